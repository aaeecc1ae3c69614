"""The surrogate as a network that learns from the classifier's answers."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from .._config import TrainingConfig
from ..classifier import SplineBasis, Surrogate
from ..generator import PortableModule, linear


class SurrogateNetwork(PortableModule):
    r"""A small network that learns margins of acceptance.

    Parameters
    ----------
    width : int
        Weights per row, in the order of `SplineBasis`.
    hidden, narrow : int
        Widths of the two hidden layers.
    generator : torch.Generator or None
        Draws the first parameters.

    Notes
    -----
    With :math:`\phi_j` the weights of cell j, :math:`e = b + \sum_j E_j \phi_j(x_j)`
    has `hidden` hidden values and one plain sum :math:`e_0`, and

    .. math:: f(x) = e_0 + w^\top\,\mathrm{relu}(V\,\mathrm{relu}(e_{1:}) + v) + c .

    The plain sum is a logistic regression by itself; the rest adds interactions. Since
    cells enter by a sum, replacing one costs a single addition.
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
        """Margins of rows.

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
        """Copy the surrogate, as it is now, into plain numpy.

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
            From `MarginScale`.
        epochs : int
            Passes over the rows; the learning rate rises and falls once in them.
        config : TrainingConfig
            Batch size and learning rate.
        generator : torch.Generator
            Shuffles.
        """
        rows, target = torch.from_numpy(weights), torch.from_numpy(margin)
        n_steps = epochs * -(-len(rows) // config.surrogate_batch)
        rate = config.surrogate_learning_rate
        optimizer = torch.optim.Adam(self.parameters(), lr=rate, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rate, total_steps=n_steps + 1
        )
        for _ in range(epochs):
            order = torch.randperm(len(rows), generator=generator)
            for batch in order.split(config.surrogate_batch):
                # Rows near the decision boundary matter most.
                importance = 1.0 / (1.0 + target[batch].abs())
                off = nn.functional.smooth_l1_loss(
                    self(rows[batch]), target[batch], reduction="none", beta=0.3
                )
                optimizer.zero_grad()
                (importance * off).mean().backward()
                optimizer.step()
                schedule.step()


class MarginScale:
    """Scale of margins: signed distances from the decision boundary, by the score.

    Parameters
    ----------
    accepted : ndarray of shape (n_samples,), dtype bool
        Whether the classifier accepts some rows.
    score : ndarray of shape (n_samples,), dtype float64, or None
        Its score of the same rows, larger is more favorable; None if it has none.
    config : TrainingConfig
        Bounds of margins and probabilities.

    Notes
    -----
    Probabilities are turned into log-odds. The boundary is the score that separates
    denied from accepted rows with the fewest errors, and half the median distance from
    it is the unit. Without a score, accepted rows have margin 2, denied ones -2.
    """

    def __init__(
        self, accepted: np.ndarray, score: np.ndarray | None, config: TrainingConfig
    ) -> None:
        self.config = config
        self.has_score = score is not None and bool(np.isfinite(score).all())
        self.is_probability = False
        self.boundary, self.unit = 0.0, 1.0
        if score is not None and self.has_score:
            self.is_probability = bool(score.min() >= 0.0 and score.max() <= 1.0)
            value = self._value(score)
            self.boundary = _best_threshold(accepted, value)
            spread = float(np.median(np.abs(value - self.boundary)))
            self.unit = spread / 2.0 if spread > 0.0 else 1.0

    def margins(self, accepted: np.ndarray, score: np.ndarray | None) -> np.ndarray:
        """Margins of rows.

        Parameters
        ----------
        accepted : ndarray of shape (n_samples,), dtype bool
        score : ndarray of shape (n_samples,), dtype float64, or None

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
            Positive where accepted, negative where denied.
        """
        sign = np.where(accepted, 1.0, -1.0)
        if score is None or not self.has_score:
            return 2.0 * sign
        off = (self._value(score) - self.boundary) / self.unit
        off = np.where(off * sign > 0, off, self.config.min_margin * sign)
        return off.clip(-self.config.max_margin, self.config.max_margin)

    def _value(self, score: np.ndarray) -> np.ndarray:
        """Probabilities as log-odds."""
        if not self.is_probability:
            return score
        lowest = self.config.min_probability_share
        share = score.clip(lowest, 1.0 - lowest)
        value: np.ndarray = np.log(share / (1.0 - share))
        return value


def _best_threshold(accepted: np.ndarray, score: np.ndarray) -> float:
    """Score that separates accepted from denied rows with the fewest errors."""
    order = np.argsort(score, kind="stable")
    wrong = np.cumsum(np.where(accepted[order], 1, -1))
    best = int(np.argmin(wrong))
    following = min(best + 1, len(order) - 1)
    return float(score[order[best]] + score[order[following]]) / 2.0
