"""A stand-in for the user's classifier: cheap, smooth, and only a guess."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ..table import TableSchema
from ._layers import PortableModule, linear

_QUANTILES = 20
_HIDDEN = 64
_NARROW = 32
_BATCH = 256
_LEARNING_RATE = 4e-3
_LARGEST_MARGIN = 6.0
_LEAST_MARGIN = 0.05
_LEAST_SHARE = 1e-3


class Basis:
    """Cells as weights on a few knots, so that a network can bend at each of them.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.

    Attributes
    ----------
    bounds : ndarray of shape (n_features + 1,), dtype int64
        Where the weights of each column begin among those of a row.

    Notes
    -----
    A number has two weights, summing to 1, on the knots next to it (quantiles of the
    training rows and of their distinct values; beyond the ends all is on the last
    knot), a level has one, and so has a missing cell.
    """

    def __init__(self, schema: TableSchema, codes: np.ndarray) -> None:
        self.knots = [
            None if column.levels is not None else _knots(codes[:, j])
            for j, column in enumerate(schema.columns)
        ]
        sizes = [
            1 + len(column.levels if knots is None else knots)  # type: ignore[arg-type]
            for column, knots in zip(schema.columns, self.knots, strict=True)
        ]
        self.bounds = np.cumsum([0, *sizes])

    def expand(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Weights of the cells of one column.

        Parameters
        ----------
        j : int
            The column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes.

        Returns
        -------
        weights : ndarray of shape (n_cells, width_of_column), dtype float64
        """
        weights = np.zeros((len(cells), int(self.bounds[j + 1] - self.bounds[j])))
        present = ~np.isnan(cells)
        weights[~present, -1] = 1.0
        rows, known, knots = np.flatnonzero(present), cells[present], self.knots[j]
        if knots is None:
            weights[rows, known.astype(np.int64)] = 1.0
        elif len(knots) < 2:
            weights[rows, 0] = 1.0
        else:
            known = known.clip(knots[0], knots[-1])
            left = np.searchsorted(knots, known, side="right") - 1
            left = left.clip(0, len(knots) - 2)
            share = (known - knots[left]) / (knots[left + 1] - knots[left])
            weights[rows, left] = 1.0 - share
            weights[rows, left + 1] = share
        return weights

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Weights of rows (n, n_features), side by side: (n, width), dtype float64."""
        parts = [self.expand(j, codes[:, j]) for j in range(codes.shape[1])]
        return np.concatenate(parts, axis=1)


class Surrogate(PortableModule):
    r"""A small network that learns how far a row is from being accepted.

    Parameters
    ----------
    width : int
        Weights per row, as `Basis` lays them out.
    generator : torch.Generator or None
        Draws the first weights and the batches.

    Notes
    -----
    With :math:`\phi_j` the weights of cell j, :math:`e = b + \sum_j E_j \phi_j(x_j)`
    has 64 hidden values and one plain sum :math:`e_0`, and

    .. math:: f(x) = e_0 + w^\top\,\mathrm{relu}(V\,\mathrm{relu}(e_{1:}) + v) + c .

    The plain sum is a logistic regression by itself; the rest bends it. Since cells
    enter by a sum, one cell is replaced at the price of an addition.
    """

    def __init__(self, width: int, generator: torch.Generator | None) -> None:
        super().__init__(width=width)
        self.embed = linear(width, _HIDDEN + 1, generator)
        self.middle = linear(_HIDDEN, _NARROW, generator)
        self.last = linear(_NARROW, 1, generator)

    def forward(self, weights: torch.Tensor) -> torch.Tensor:
        """Margins of rows.

        Parameters
        ----------
        weights : Tensor of shape (n_samples, width), dtype float64

        Returns
        -------
        margin : Tensor of shape (n_samples,), dtype float64
            Above 0 where the stand-in thinks that the classifier accepts.
        """
        embedded = self.embed(weights)
        bent = self.middle(embedded[:, :-1].relu()).relu()
        margin: torch.Tensor = embedded[:, -1] + self.last(bent).squeeze(-1)
        return margin

    def distill(
        self,
        weights: np.ndarray,
        margin: np.ndarray,
        epochs: int,
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
        generator : torch.Generator
            Shuffles.
        """
        rows, target = torch.from_numpy(weights), torch.from_numpy(margin)
        n_steps = epochs * -(-len(rows) // _BATCH)
        optimizer = torch.optim.Adam(self.parameters(), lr=_LEARNING_RATE, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, _LEARNING_RATE, total_steps=n_steps + 1
        )
        for _ in range(epochs):
            order = torch.randperm(len(rows), generator=generator)
            for batch in order.split(_BATCH):
                # Near the boundary is where it matters.
                importance = 1.0 / (1.0 + target[batch].abs())
                off = nn.functional.smooth_l1_loss(
                    self(rows[batch]), target[batch], reduction="none", beta=0.3
                )
                optimizer.zero_grad()
                (importance * off).mean().backward()
                optimizer.step()
                schedule.step()


class MarginScale:
    """How far rows are from the boundary, as the classifier's score tells it.

    Parameters
    ----------
    accepted : ndarray of shape (n_samples,), dtype bool
        What the classifier predicts for some rows.
    score : ndarray of shape (n_samples,), dtype float64, or None
        How favorable it finds each of them, larger is better; None where it does not
        tell.

    Notes
    -----
    Probabilities count in log-odds. The boundary is the score that parts these rows
    into denied and accepted ones with the fewest errors, and half the median distance
    from it is the unit. Without a score, accepted rows have margin 2, denied ones -2.
    """

    def __init__(self, accepted: np.ndarray, score: np.ndarray | None) -> None:
        self.known = score is not None and bool(np.isfinite(score).all())
        self.is_probability = False
        self.boundary, self.unit = 0.0, 1.0
        if score is not None and self.known:
            self.is_probability = bool(score.min() >= 0.0 and score.max() <= 1.0)
            value = self._value(score)
            self.boundary = _boundary(accepted, value)
            spread = float(np.median(np.abs(value - self.boundary)))
            self.unit = spread / 2.0 if spread > 0.0 else 1.0

    def __call__(self, accepted: np.ndarray, score: np.ndarray | None) -> np.ndarray:
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
        if score is None or not self.known:
            return 2.0 * sign
        off = (self._value(score) - self.boundary) / self.unit
        off = np.where(off * sign > 0, off, _LEAST_MARGIN * sign)
        return off.clip(-_LARGEST_MARGIN, _LARGEST_MARGIN)

    def _value(self, score: np.ndarray) -> np.ndarray:
        """Probabilities as log-odds."""
        if not self.is_probability:
            return score
        share = score.clip(_LEAST_SHARE, 1.0 - _LEAST_SHARE)
        value: np.ndarray = np.log(share / (1.0 - share))
        return value


def _boundary(accepted: np.ndarray, score: np.ndarray) -> float:
    """Score that parts the accepted from the denied with the fewest errors."""
    order = np.argsort(score, kind="stable")
    wrong = np.cumsum(np.where(accepted[order], 1, -1))
    best = int(np.argmin(wrong))
    following = min(best + 1, len(order) - 1)
    return float(score[order[best]] + score[order[following]]) / 2.0


def _knots(cells: np.ndarray) -> np.ndarray:
    """Quantiles of the present cells of a column of numbers, and of their values."""
    present = cells[~np.isnan(cells)]
    values = np.unique(present)
    if len(values) <= 2 * _QUANTILES:
        return values
    shares = np.linspace(0.0, 1.0, _QUANTILES)
    # A spike would take all quantiles of the rows; those of the values go around it.
    samples = (present, values)
    parts = [np.quantile(part, shares, method="inverted_cdf") for part in samples]
    return np.unique(np.concatenate(parts))
