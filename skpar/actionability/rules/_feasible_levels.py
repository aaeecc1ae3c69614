"""Permitted levels of a column: who may move from which level to which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._feasible_values import FeasibleValues, Limit


@dataclass(frozen=True)
class FeasibleLevels(FeasibleValues):
    """All rules of a column with levels, merged.

    Attributes
    ----------
    moves : tuple of tuple of bool
        ``moves[own][level]`` tells whether a person at level `own` may move to
        `level`; the last row is for a missing cell.
    ordered : bool
        False for nominal columns, where no level is nearer than another.
    ranks : tuple of float or None
        Place of each level in its order, NaN where it has none; None for a column
        without order.

    Notes
    -----
    The levels that a person may move to are the lattice of an ordered column. In a
    nominal one a proposed level is permitted, or the own level stays; of limits, it
    knows only the NaN of a frozen cell.
    """

    moves: tuple[tuple[bool, ...], ...] = ()
    ordered: bool = True
    ranks: tuple[float, ...] | None = None

    def nearest(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        low: Limit = -np.inf,
        high: Limit = np.inf,
    ) -> np.ndarray:
        """Find the permitted level nearest to each proposal, own levels included."""
        if self.immutable or self.ordered:
            return super().nearest(own, proposal, low, high)
        is_level = (proposal >= 0) & (proposal < self._table.shape[1])
        is_level &= proposal == np.rint(proposal)
        level = np.where(is_level, proposal, 0).astype(np.intp)
        permitted = is_level & self._table[self._row(own), level] & ~np.isnan(low)
        return np.where(permitted, proposal + 0.0, own)

    def is_free(
        self, own: np.ndarray, low: Limit = -np.inf, high: Limit = np.inf
    ) -> np.ndarray:
        """Tell whether anything but the own level is permitted."""
        if self.immutable or self.ordered:
            return super().is_free(own, low, high)
        elsewhere = self._table.copy()
        np.fill_diagonal(elsewhere, False)
        return np.any(elsewhere, axis=1, keepdims=True)[self._row(own), 0] & ~np.isnan(
            low
        )

    def ends(
        self, own: np.ndarray, low: Limit = -np.inf, high: Limit = np.inf
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the lowest and the highest permitted level."""
        top = self._table.shape[1] - 1.0
        first = self.around(np.broadcast_to(np.maximum(0.0, low), own.shape), own)[1]
        last = self.around(np.broadcast_to(np.minimum(top, high), own.shape), own)[0]
        return first, last

    def around(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the permitted levels next to given values."""
        top = self._table.shape[1]
        row = self._row(own)
        known = np.nan_to_num(values, nan=-1.0)
        floor = np.clip(np.floor(known), -1, top - 1).astype(np.intp)
        ceiling = np.clip(np.ceil(known), 0, top).astype(np.intp)
        missing = np.isnan(values)
        below = np.where(missing, np.nan, self._below[row, floor + 1])
        above = np.where(missing, np.nan, self._above[row, ceiling])
        return below, above

    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the permitted levels from one end to the other."""
        levels = np.flatnonzero(self._table[self._row(own)[0]]).astype(float)
        return levels[(levels >= first) & (levels <= last)]

    def _row(self, own: np.ndarray) -> np.ndarray:
        """Row of the table for every person."""
        missing = float(len(self._table) - 1)
        return np.where(np.isnan(own), missing, own).astype(np.intp)

    @cached_property
    def _table(self) -> np.ndarray:
        """The moves, (L + 1, L), dtype bool."""
        return np.array(self.moves, dtype=bool)

    @cached_property
    def _below(self) -> np.ndarray:
        """Largest permitted level at or below level k, at column k + 1; else NaN."""
        levels = np.where(self._table, np.arange(self._table.shape[1]), -np.inf)
        best = np.maximum.accumulate(levels, axis=1)
        best = np.pad(best, ((0, 0), (1, 0)), constant_values=-np.inf)
        return np.where(np.isinf(best), np.nan, best)

    @cached_property
    def _above(self) -> np.ndarray:
        """Smallest permitted level at or above level k, at column k; else NaN."""
        levels = np.where(self._table, np.arange(self._table.shape[1]), np.inf)
        best = np.minimum.accumulate(levels[:, ::-1], axis=1)[:, ::-1]
        best = np.pad(best, ((0, 0), (0, 1)), constant_values=np.inf)
        return np.where(np.isinf(best), np.nan, best)
