"""Feasible levels of an ordered column: the permitted moves between levels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._feasible_values import Bounds, OrderedValues


def rows_of_moves(own: np.ndarray, n_levels: int) -> np.ndarray:
    """Find the row of each person in a table of moves.

    Parameters
    ----------
    own : ndarray, dtype float64
        Own levels, NaN where missing.
    n_levels : int
        Number of levels.

    Returns
    -------
    rows : ndarray of the shape of `own`, dtype intp
        The own level; `n_levels`, the last row, if it is missing.
    """
    return np.where(np.isnan(own), float(n_levels), own).astype(np.intp)


def can_climb(moves: np.ndarray, ranks: np.ndarray, up: bool, by: float) -> bool:
    """Check whether any move between levels rises (or falls) by at least `by`.

    Parameters
    ----------
    moves : ndarray of shape (n_levels + 1, n_levels), dtype bool
        ``moves[own, level]`` says whether a person at level `own` may move to
        `level`. The last row is for a missing cell.
    ranks : ndarray of shape (n_levels,), dtype float64
        Position of each level in the order.
    up : bool
        True to rise, False to fall.
    by : float
        The smallest step that counts.

    Returns
    -------
    can_climb : bool
    """
    change = ranks - ranks[:, np.newaxis]
    change = change if up else -change
    return bool((moves[:-1] & (change > 0) & (change >= by)).any())


@dataclass(frozen=True)
class FeasibleLevels(OrderedValues):
    """All rules of an ordered column with levels, merged.

    The lattice of a person consists of the levels that the person may move to.

    Attributes
    ----------
    moves : tuple of tuple of bool
        ``moves[own][level]`` says whether a person at level `own` may move to
        `level`. The last row is for a missing cell.
    """

    moves: tuple[tuple[bool, ...], ...] = ()

    @cached_property
    def n_levels(self) -> int:
        """Number of levels."""
        return self._table.shape[1]

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest level."""
        return 0.0, self.n_levels - 1.0

    def can_move(self, up: bool, by: float) -> bool:
        """Check whether the rules let anybody rise (or fall) by at least `by`."""
        ranks = np.arange(float(self.n_levels))
        return not self.immutable and can_climb(self._table, ranks, up, by)

    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible levels of each person, without the own level."""
        if self.immutable:
            return np.zeros(own.shape)
        first, last = (end[..., None] for end in self.ends(own, bounds))
        levels = np.arange(float(self.n_levels))
        feasible = self._table[rows_of_moves(own, self.n_levels)] & (levels >= first)
        feasible &= (levels <= last) & (levels != own[..., None])
        return feasible.sum(axis=-1)

    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """Return the feasible level nearest to each level."""
        levels = np.arange(float(self.n_levels))
        return [self.nearest(own, np.full(own.shape, k), bounds) for k in levels]

    def _lattice_ends(
        self, own: np.ndarray, low: float | np.ndarray, high: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the lowest and the highest feasible level."""
        top = self.n_levels - 1.0
        first = self.around(np.broadcast_to(np.maximum(0.0, low), own.shape), own)[1]
        last = self.around(np.broadcast_to(np.minimum(top, high), own.shape), own)[0]
        return first, last

    def around(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the feasible levels next to given values."""
        top = self.n_levels
        row = rows_of_moves(own, top)
        missing = np.isnan(values)
        known = np.where(missing, -1.0, values)
        floor = np.minimum(np.maximum(np.floor(known), -1), top - 1).astype(np.intp)
        ceiling = np.minimum(np.maximum(np.ceil(known), 0), top).astype(np.intp)
        below = np.where(missing, np.nan, self._below[row, floor + 1])
        above = np.where(missing, np.nan, self._above[row, ceiling])
        return below, above

    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the feasible levels from one end to the other."""
        row = rows_of_moves(own, self.n_levels)[0]
        levels = np.flatnonzero(self._table[row]).astype(float)
        return levels[(levels >= first) & (levels <= last)]

    @cached_property
    def _table(self) -> np.ndarray:
        """The moves, (n_levels + 1, n_levels), dtype bool."""
        return np.array(self.moves, dtype=bool)

    @cached_property
    def _below(self) -> np.ndarray:
        """Largest feasible level at or below level k, in column k + 1; NaN if none."""
        levels = np.where(self._table, np.arange(self._table.shape[1]), -np.inf)
        best = np.maximum.accumulate(levels, axis=1)
        best = np.pad(best, ((0, 0), (1, 0)), constant_values=-np.inf)
        return np.where(np.isinf(best), np.nan, best)

    @cached_property
    def _above(self) -> np.ndarray:
        """Smallest feasible level at or above level k, in column k; NaN if none."""
        levels = np.where(self._table, np.arange(self._table.shape[1]), np.inf)
        best = np.minimum.accumulate(levels[:, ::-1], axis=1)[:, ::-1]
        best = np.pad(best, ((0, 0), (0, 1)), constant_values=np.inf)
        return np.where(np.isinf(best), np.nan, best)
