"""The surrogate as a network that learns from the classifier's decisions."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ..._config import TrainingConfig
from ...classifier import SplineBasis, Surrogate
from ...generator import PortableModule, linear


class SurrogateNetwork(PortableModule):
    r"""A small network that learns margins of acceptance.

    Parameters
    ----------
    width : int
        Number of weights per row, in the order of `SplineBasis`.
    hidden : int
        Width of the first hidden layer.
    narrow : int
        Width of the second hidden layer.
    generator : torch.Generator or None
        Draws the first parameters; None leaves them uninitialized.

    Notes
    -----
    Let :math:`\phi_j` be the weights of cell j. The embedding
    :math:`e = b + \sum_j E_j \phi_j(x_j)` has one plain sum :math:`e_0` and `hidden`
    hidden values :math:`e_{1:}`. The margin is

    .. math:: f(x) = e_0 + w^\top\,\mathrm{relu}(V\,\mathrm{relu}(e_{1:}) + v) + c .

    The plain sum alone is a logistic regression. The rest adds interactions. Because
    cells enter by a sum, replacing one cell costs a single addition.
    """

    def __init__(
        self,
        width: int,
        hidden: int,
        narrow: int,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__(width=width, hidden=hidden, narrow=narrow)
        self.embed = linear(width, hidden + 1, generator)
        self.middle = linear(hidden, narrow, generator)
        self.last = linear(narrow, 1, generator)

    def forward(self, weights: torch.Tensor) -> torch.Tensor:
        """Compute the margins of rows.

        Parameters
        ----------
        weights : Tensor of shape (n_samples, width), dtype float64

        Returns
        -------
        margin : Tensor of shape (n_samples,), dtype float64
            Positive if the surrogate expects acceptance.
        """
        embedded = self.embed(weights)
        bent = self.middle(embedded[:, :-1].relu()).relu()
        margin: torch.Tensor = embedded[:, -1] + self.last(bent).squeeze(-1)
        return margin

    def frozen(self, basis: SplineBasis) -> Surrogate:
        """Copy the current surrogate into plain numpy.

        Parameters
        ----------
        basis : SplineBasis
            Expands cells into weights.

        Returns
        -------
        surrogate : Surrogate
        """
        state = self.state_dict().items()
        return Surrogate(basis, {name: value.numpy().copy() for name, value in state})

    def distill(
        self,
        weights: np.ndarray,
        margin: np.ndarray,
        epochs: int,
        config: TrainingConfig,
        generator: torch.Generator,
    ) -> None:
        """Learn the margins of rows.

        Parameters
        ----------
        weights : ndarray of shape (n_samples, width), dtype float64
        margin : ndarray of shape (n_samples,), dtype float64
            Targets from `MarginScale`.
        epochs : int
            Passes over the rows. The learning rate rises and falls once during all of
            them.
        config : TrainingConfig
            Batch size, learning rate and loss.
        generator : torch.Generator
            Shuffles the rows.
        """
        rows, target = torch.from_numpy(weights), torch.from_numpy(margin)
        n_steps = epochs * -(-len(rows) // config.surrogate_batch)
        rate, beta = config.surrogate_learning_rate, config.margin_loss_beta
        optimizer = torch.optim.Adam(self.parameters(), lr=rate, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rate, total_steps=n_steps + 1
        )
        for _ in range(epochs):
            order = torch.randperm(len(rows), generator=generator, device="cpu")
            for batch in order.split(config.surrogate_batch):
                # Rows near the decision boundary matter most.
                importance = 1.0 / (1.0 + target[batch].abs())
                off = nn.functional.smooth_l1_loss(
                    self(rows[batch]), target[batch], reduction="none", beta=beta
                )
                optimizer.zero_grad()
                (importance * off).mean().backward()
                optimizer.step()
                schedule.step()
