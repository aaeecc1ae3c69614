"""The generator: a network that copies, writes or keeps, feature by feature."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ._layers import PortableModule, Standardizer, linear, perceptron
from ._move_scores import MoveScorer

_HIDDEN = 64
_NARROW = 32
_KEY = 16
_LARGEST = 8.0


class NetworkInputs(NamedTuple):
    """What the generator is told of some people.

    Parameters
    ----------
    person : Tensor of shape (n_samples, width), dtype float64
        Factuals.
    neighbors : Tensor of shape (n_samples, n_neighbors, width), dtype float64
        Their accepted neighbours.
    gain : Tensor of shape (n_samples, n_choices, n_features), dtype float64
        What each choice alone adds to the objective.
    push : Tensor of shape (n_samples, n_choices, n_features), dtype float64
        What it adds to the margin of the stand-in.
    margin : Tensor of shape (n_samples,), dtype float64
        Margin of the factual.
    open : Tensor of shape (n_samples, n_choices, n_features), dtype bool
        Choices that may be taken.
    """

    person: torch.Tensor
    neighbors: torch.Tensor
    gain: torch.Tensor
    push: torch.Tensor
    margin: torch.Tensor
    open: torch.Tensor

    @classmethod
    def of(cls, landscape: MoveScorer) -> NetworkInputs:
        """Describe the people of a landscape."""
        own, encode = landscape.own(), landscape.surveyor.encoder.encode
        moves = landscape.moves(own)
        worth, margin = landscape.evaluate(own)
        n, k, n_features = landscape.neighbors.shape
        flat = encode(landscape.neighbors.reshape(-1, n_features))
        is_move = np.isfinite(moves.worth)
        gain, push = np.zeros((2, n, landscape.n_choices, n_features))
        place = (slice(None), moves.choice, moves.feature)
        gain[place] = np.where(is_move, moves.worth - worth[:, None], 0.0)
        push[place] = np.where(is_move, moves.margin - margin[:, None], 0.0)
        return cls(
            encode(landscape.codes),
            flat.view(n, k, -1),
            _bounded(gain),
            _bounded(push),
            _bounded(margin),
            torch.from_numpy(landscape.choices.open),
        )

    def __getitem__(self, rows: torch.Tensor) -> NetworkInputs:  # type: ignore[override]
        """Tell of some of the people."""
        return NetworkInputs(*(part.index_select(0, rows) for part in tuple(self)))


class GeneratorNetwork(PortableModule):
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
    A person's row, their margin and what each feature can do at best are embedded; the
    person attends to the neighbours, and what they found joins the embedding in a state
    :math:`h`. For feature j, keeping scores :math:`a_j(h)`, writing grid value g
    :math:`b_{jg}(h) + t_j(c)` and copying neighbour i
    :math:`q_j(h)^\top k(n_i) / \sqrt{16} + t_j(c)`, where the choice c alone adds
    :math:`J_{jc}` to the objective and :math:`f_{jc}` to the margin of the stand-in and

    .. math:: t_j(c) = u_j(h)\, J_{jc} + v_j(h)\, f_{jc} .

    So the network learns what margin is worth to whom, a price that a search would
    have to find anew for everybody.
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
        told = width + 1 + 2 * n_features
        self.person = perceptron([told, _HIDDEN, _NARROW], generator)
        self.neighbor = perceptron([2 * width, _NARROW, _NARROW], generator)
        self.state = perceptron([2 * _NARROW, _HIDDEN, _HIDDEN], generator)
        self.query = linear(_HIDDEN, n_features * _KEY, generator)
        self.key = linear(_NARROW, _KEY, generator)
        self.keep = linear(_HIDDEN, n_features, generator)
        self.write = linear(_HIDDEN, n_features * n_written, generator)
        self.trade = linear(_HIDDEN, 2 * n_features, generator)

    def forward(self, told: NetworkInputs) -> torch.Tensor:
        """Score choices.

        Parameters
        ----------
        told : NetworkInputs

        Returns
        -------
        scores : Tensor of shape (n_samples, n_choices, n_features), dtype float64
            Log-odds up to a constant per feature; -inf where not open.
        """
        n = len(told.person)
        own = self.standardizer(told.person)  # (n, width)
        others = self.standardizer(told.neighbors)  # (n, k, width)
        strongest = told.push.max(dim=1)  # (n, d)
        at_price = told.gain.gather(1, strongest.indices[:, None])[:, 0]
        facts = [own, told.margin[:, None], strongest.values, at_price]
        embedded = self.person(torch.cat(facts, dim=-1))  # (n, 32)
        differences = others - own[:, None]
        found = self.neighbor(torch.cat([others, differences], dim=-1))  # (n, k, 32)
        attention = (found @ embedded[..., None] / math.sqrt(_NARROW)).softmax(dim=1)
        context = (attention * found).sum(dim=1)  # (n, 32)
        state = nn.functional.silu(self.state(torch.cat([embedded, context], dim=-1)))
        query = self.query(state).view(n, self.n_features, _KEY)
        copy = self.key(found) @ query.mT / math.sqrt(_KEY)  # (n, k, d)
        write = self.write(state).view(n, self.n_written, self.n_features)
        trade = 1.0 + self.trade(state).view(n, 2, 1, self.n_features)
        both = trade[:, 0] * told.gain + trade[:, 1] * told.push  # (n, c, d)
        bias = torch.cat([self.keep(state)[:, None], write, copy], dim=1)
        return (bias + both).masked_fill(~told.open, -torch.inf)


def gumbel(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Draw standard Gumbel noise: adding it to log-odds makes argmax a draw."""
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    tiny = torch.finfo(torch.float64).tiny
    return -torch.log(-torch.log(uniform.clamp(min=tiny)))


def _bounded(values: np.ndarray) -> torch.Tensor:
    """Squash into (-8, 8): a cell may be as unlikely as it likes."""
    return torch.from_numpy(_LARGEST * np.tanh(values / _LARGEST))
