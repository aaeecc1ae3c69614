"""The generator: a network that copies, writes or keeps, feature by feature."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from ._networks import PortableModule, Standardizer, linear, perceptron

_HIDDEN = 64
_KEY = 16
_KEPT_AT_FIRST = 2.0


class CopyNetwork(PortableModule):
    r"""Scores every choice of every feature, given a person and their neighbours.

    Parameters
    ----------
    centre, spread : ndarray of shape (width,), dtype float64
        Mean and standard deviation of every tensor cell.
    n_features : int
        Number of columns.
    n_written : int
        Number of grid values per column.
    generator : torch.Generator or None
        Draws the first weights.

    Notes
    -----
    A person's row and each neighbour's are embedded; the person attends to the
    neighbours, and what they found joins the person's own embedding in a state
    :math:`h`. For feature :math:`j`, keeping scores :math:`a_j(h)`, copying neighbour
    :math:`i` scores :math:`q_j(h)^\top k(n_i) / \sqrt{16} - u_j e_{ij}` and writing
    grid value :math:`g` scores :math:`b_{jg}(h) - v_j e_{gj}` where :math:`e` is the
    effort of that choice.
    """

    def __init__(
        self,
        centre: np.ndarray,
        spread: np.ndarray,
        n_features: int,
        n_written: int,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__(
            centre=centre, spread=spread, n_features=n_features, n_written=n_written
        )
        width = len(centre)
        self.n_features = n_features
        self.n_written = n_written
        self.standardizer = Standardizer(centre, spread)
        self.person = perceptron([width, _HIDDEN, _HIDDEN], generator)
        self.neighbor = perceptron([2 * width, _HIDDEN, _HIDDEN], generator)
        self.state = perceptron([2 * _HIDDEN, _HIDDEN, _HIDDEN], generator)
        self.query = linear(_HIDDEN, n_features * _KEY, generator)
        self.key = linear(_HIDDEN, _KEY, generator)
        self.keep = linear(_HIDDEN, n_features, generator)
        self.write = linear(_HIDDEN, n_features * n_written, generator)
        ones = torch.ones(n_features, dtype=torch.float64)
        self.copy_price = nn.Parameter(ones.clone())
        self.write_price = nn.Parameter(ones.clone())

    def forward(
        self,
        person: torch.Tensor,
        neighbors: torch.Tensor,
        effort: torch.Tensor,
        is_open: torch.Tensor,
    ) -> torch.Tensor:
        """Score choices.

        Parameters
        ----------
        person : Tensor of shape (n_samples, width), dtype float64
            Factuals.
        neighbors : Tensor of shape (n_samples, n_neighbors, width), dtype float64
            Their accepted neighbours.
        effort : Tensor of shape (n_samples, n_choices, n_features), dtype float64
            Effort of every choice.
        is_open : Tensor of shape (n_samples, n_choices, n_features), dtype bool
            Choices that may be taken.

        Returns
        -------
        scores : Tensor of shape (n_samples, n_choices, n_features), dtype float64
            Log-odds up to a constant per feature; -inf where not open.
        """
        n, k = neighbors.shape[:2]
        own = self.standardizer(person)  # (n, width)
        others = self.standardizer(neighbors)  # (n, k, width)
        embedded = self.person(own)  # (n, 64)
        differences = others - own[:, None]
        found = self.neighbor(torch.cat([others, differences], dim=-1))  # (n, k, 64)
        attention = (found @ embedded[..., None] / math.sqrt(_HIDDEN)).softmax(dim=1)
        context = (attention * found).sum(dim=1)  # (n, 64)
        state = nn.functional.silu(self.state(torch.cat([embedded, context], dim=-1)))
        query = self.query(state).view(n, self.n_features, _KEY)
        copy = self.key(found) @ query.mT / math.sqrt(_KEY)  # (n, k, d)
        write = self.write(state).view(n, self.n_written, self.n_features)
        keep = self.keep(state)[:, None] + _KEPT_AT_FIRST  # (n, 1, d)
        copy = copy - self.copy_price * effort[:, 1 : 1 + k]
        write = write - self.write_price * effort[:, 1 + k :]
        scores = torch.cat([keep, copy, write], dim=1)
        return scores.masked_fill(~is_open, -torch.inf)
