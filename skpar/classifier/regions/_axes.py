"""Axes: numbers of a row that may stray. Cells: runs of their neighboring values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

Around = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Axis:
    """A number that may stray from its value.

    Attributes
    ----------
    column : int
        Its column.
    value : float
        Its value.
    low : float
        Smallest value that it may take.
    high : float
        Largest value that it may take.
    around : callable
        Finds the nearest values that the column can take, below and above given ones.
    knots : ndarray of shape (n_knots,), dtype float64
        Values of training rows, in ascending order.
    shares : ndarray of shape (n_knots,), dtype float64
        Share of the training rows below each knot.
    """

    column: int
    value: float
    low: float
    high: float
    around: Around
    knots: np.ndarray
    shares: np.ndarray

    def share(self, values: np.ndarray) -> np.ndarray:
        """Compute the share of the training rows below values, of the same shape."""
        return np.interp(values, self.knots, self.shares)

    def value_at(self, share: np.ndarray) -> np.ndarray:
        """Find values with a share of the training rows below them."""
        return np.interp(share, self.shares, self.knots)

    def within(self, low: float, high: float) -> Axis:
        """Make an axis with narrower ends."""
        return replace(self, low=low, high=high)

    def feasible(self, values: np.ndarray) -> np.ndarray:
        """List the nearest values that the column can take, and the ends.

        Parameters
        ----------
        values : ndarray of shape (n,), dtype float64

        Returns
        -------
        feasible : ndarray of shape (n_feasible,), dtype float64
            In ascending order, each once, between the ends, with the own value.
        """
        inside = values[(values >= self.low) & (values <= self.high)]
        below, above = self.around(inside)
        ends = [self.low, self.high, self.value]
        found = np.unique(np.concatenate([below, above, ends]))
        return found[(found >= self.low) & (found <= self.high)]

    def spread(self, n: int) -> np.ndarray:
        """List feasible values, evenly spaced in value and in share of people."""
        even = np.linspace(self.low, self.high, n)
        first, last = self.share(np.array([self.low, self.high])).tolist()
        likely = self.value_at(np.linspace(first, last, n))
        knots = self.knots[:: max(1, len(self.knots) // n)]
        return self.feasible(np.concatenate([even, likely, knots]))

    def has_gap_after(self, candidates: np.ndarray) -> np.ndarray:
        """Check whether there is no value between each candidate and the next."""
        if len(candidates) < 2:
            return np.zeros(0, dtype=bool)
        beyond = np.nextafter(candidates[:-1], np.inf)
        return np.asarray(self.around(beyond)[1] >= candidates[1:])


def cell_caps(counts: Sequence[int], most: int) -> list[int]:
    """Share out a number of cells of a grid among its axes.

    Parameters
    ----------
    counts : sequence of int
        Number of cells that each axis could have.
    most : int
        Largest number of cells of the grid, their product.

    Returns
    -------
    caps : list of int
        At least 3 for each axis; short axes leave their part to the others.

    Examples
    --------
    >>> from skpar.classifier.regions._axes import cell_caps
    >>> cell_caps([4, 1000, 1000], 400)
    [4, 10, 10]
    """
    caps, budget = [0] * len(counts), float(most)
    order = np.argsort(counts, kind="stable").tolist()
    for n_done, k in enumerate(order):
        even = budget ** (1.0 / (len(order) - n_done))
        caps[k] = max(3, min(counts[k], int(even + 1e-9)))
        budget = max(budget / caps[k], 1.0)
    return caps


def coarse_cells(
    axes: Sequence[Axis], cells: Sequence[Cells], most: int
) -> list[Cells]:
    """Merge cells of all axes until a grid of them is small."""
    caps = cell_caps([len(one) for one in cells], most)
    return [
        one.coarsened(axis.value, axis.share((one.low + one.high) / 2), cap)
        for axis, one, cap in zip(axes, cells, caps, strict=True)
    ]


@dataclass(frozen=True)
class Cells:
    """Runs of neighboring candidates of one column.

    Attributes
    ----------
    candidates : ndarray of shape (n_candidates,), dtype float64
        Values of the column, in ascending order.
    first : ndarray of shape (n_cells,), dtype int64
        Number of the first candidate of each cell.
    last : ndarray of shape (n_cells,), dtype int64
        Number of the last candidate of each cell.

    Notes
    -----
    A cell holds all values from its first to its last candidate. Between two cells,
    there are only values that the model treats like the candidate before or after.
    """

    candidates: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of_gaps(cls, candidates: np.ndarray, is_clean: np.ndarray) -> Cells:
        """Cut candidates into as many cells as possible.

        Parameters
        ----------
        candidates : ndarray of shape (n_candidates,), dtype float64
            In ascending order.
        is_clean : ndarray of shape (n_candidates - 1,), dtype bool
            Whether a cell may end before the gap after each candidate.
        """
        cuts = np.flatnonzero(is_clean)
        first = np.concatenate([[0], cuts + 1])
        return cls(candidates, first, np.append(cuts, len(candidates) - 1))

    @classmethod
    def of_points(cls, candidates: np.ndarray) -> Cells:
        """Make a cell of each candidate."""
        return cls.of_gaps(candidates, np.ones(len(candidates) - 1, dtype=bool))

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.first)

    @property
    def low(self) -> np.ndarray:
        """Smallest value of each cell, (n_cells,), dtype float64."""
        return np.asarray(self.candidates[self.first])

    @property
    def high(self) -> np.ndarray:
        """Largest value of each cell, (n_cells,), dtype float64."""
        return np.asarray(self.candidates[self.last])

    def place(self, value: float) -> int:
        """Find the cell of a candidate."""
        return int(np.searchsorted(self.high, value))

    def coarsened(self, value: float, shares: np.ndarray, most: int) -> Cells:
        """Merge cells until few are left.

        Parameters
        ----------
        value : float
            A candidate; its cell stays.
        shares : ndarray of shape (n_cells,), dtype float64
            Position of each cell on a scale, in ascending order.
        most : int
            Largest number of cells, at least 3.

        Returns
        -------
        cells : Cells
            Cuts are evenly spaced in `shares`, on each side of the kept cell.
        """
        if len(self) <= most:
            return self
        own = self.place(value)
        n_below, n_above = own, len(self) - 1 - own
        width = max(float(shares[-1] - shares[0]), np.finfo(float).tiny)
        part = float(shares[own] - shares[0]) / width
        below = int(np.clip(round((most - 1) * part), min(n_below, 1), most - 2))
        below = min(below, n_below)
        above = min(most - 1 - below, n_above)
        below = min(most - 1 - above, n_below)
        starts = np.concatenate(
            [
                _even_starts(shares[:own], below),
                [own],
                own + 1 + _even_starts(shares[own + 1 :], above),
            ]
        ).astype(np.int64)
        ends = np.append(starts[1:], len(self)) - 1
        return Cells(self.candidates, self.first[starts], self.last[ends])


def _even_starts(shares: np.ndarray, most: int) -> np.ndarray:
    """Choose at most `most` starts of runs, evenly spaced in shares and in number."""
    n = len(shares)
    if n <= most:
        return np.arange(n)
    blend = (shares - shares[0]) / max(float(shares[-1] - shares[0]), 1e-300)
    blend = blend + np.linspace(0.0, 1.0, n)
    goals = np.linspace(0.0, blend[-1], most, endpoint=False)
    return np.unique(np.searchsorted(blend, goals))
