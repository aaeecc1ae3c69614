"""Feasible levels of a nominal column: the permitted moves between levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._feasible_levels import can_climb, rows_of_moves
from ._feasible_values import UNBOUNDED, Bounds, FeasibleValues

# The moves of more levels are not copied.
_FEW_LEVELS = 64


@dataclass(frozen=True)
class FeasibleCategories(FeasibleValues):
    """All rules of a nominal column, merged.

    Nominal levels have no distance. So a proposed level is taken if it is feasible, and
    the own level stays otherwise. The only limits of single people in a nominal column
    are frozen cells.

    Attributes
    ----------
    moves : tuple of tuple of bool
        ``moves[row_of[own]][level]`` says whether a person at level `own` may move to
        `level`. No row occurs twice: of thousands of levels, most have the same row.
    row_of : tuple of int
        Row of `moves` for each level. The last one is for a missing cell.
    ranks : tuple of float or None
        Position of each level in the order that a rule gives; NaN for levels without
        a position. None if no rule gives an order.
    """

    moves: tuple[tuple[bool, ...], ...] = ()
    row_of: tuple[int, ...] = ()
    ranks: tuple[float, ...] | None = None

    @cached_property
    def n_levels(self) -> int:
        """Number of levels."""
        return len(self.row_of) - 1

    @property
    def has_order(self) -> bool:
        """Whether a rule orders the levels."""
        return self.ranks is not None

    def places(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into positions in the order that a rule gives."""
        assert self.ranks is not None
        ranks = np.array([*self.ranks, np.nan])
        return ranks[np.nan_to_num(codes, nan=-1.0).astype(np.intp)]

    def nearest(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> np.ndarray:
        """Take proposed levels that are feasible, and own levels otherwise."""
        if self.immutable:
            return own
        is_level = (proposal >= 0) & (proposal < self.n_levels)
        is_level &= proposal == np.rint(proposal)
        level = np.where(is_level, proposal, 0).astype(np.intp)
        feasible = is_level & self._distinct[self._row(own), level]
        return np.where(feasible & ~np.asarray(bounds.frozen), proposal + 0.0, own)

    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Check whether any level other than the own level is feasible."""
        if self.immutable:
            return np.zeros(own.shape, dtype=bool)
        return self.count_alternatives(own, bounds) > 0

    def alternatives(self, own: float, bounds: Bounds, most: int) -> np.ndarray:
        """List the feasible levels of one person, without the own level."""
        own_ = np.array([own])
        if not self.can_change(own_, bounds)[0]:
            return np.empty(0)
        levels = np.flatnonzero(self._distinct[self._row(own_)[0]]).astype(float)
        return levels[levels != own]

    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible levels of each person, without the own level."""
        count = self._n_others[rows_of_moves(own, self.n_levels)]
        return np.where(self.immutable | np.asarray(bounds.frozen), 0, count)

    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """Return every level; the own level if a level is not feasible."""
        levels = np.arange(float(self.n_levels))
        return [self.nearest(own, np.full(own.shape, k), bounds) for k in levels]

    def can_move(self, up: bool, by: float) -> bool:
        """Check whether the rules let anybody rise (or fall) by at least `by`."""
        if self.immutable or self.ranks is None:
            return False
        return can_climb(self.table(), np.array(self.ranks), up, by)

    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Return the proposals: nominal levels have no nearest level."""
        return proposal

    def table(self) -> np.ndarray:
        """Return the moves from each level, (n_levels + 1, n_levels), dtype bool."""
        return self._distinct[self._rows]

    def _row(self, own: np.ndarray) -> np.ndarray:
        """Find the row of `moves` of each person."""
        return self._rows[rows_of_moves(own, self.n_levels)]

    @cached_property
    def _distinct(self) -> np.ndarray:
        """The rows of moves, (n_distinct, n_levels), dtype bool."""
        return np.array(self.moves, dtype=bool)

    @cached_property
    def _rows(self) -> np.ndarray:
        """Row of moves of each level, (n_levels + 1,), dtype int64."""
        return np.array(self.row_of, dtype=np.int64)

    @cached_property
    def _n_others(self) -> np.ndarray:
        """Number of moves from each level to other levels, (n_levels + 1,)."""
        n_moves: np.ndarray = self._distinct.sum(axis=1)[self._rows]
        levels = np.arange(self.n_levels)
        n_moves[:-1] -= self._distinct[self._rows[:-1], levels]
        return n_moves


def distinct_moves(
    table: np.ndarray,
) -> tuple[tuple[tuple[bool, ...], ...], tuple[int, ...]]:
    """Find the distinct rows of a table of moves.

    Parameters
    ----------
    table : ndarray of shape (n_levels + 1, n_levels), dtype bool
        Moves from each level, and from a missing cell.

    Returns
    -------
    moves : tuple of tuple of bool
        The distinct rows.
    row_of : tuple of int
        Row of `moves` for each row of `table`.
    """
    first: dict[bytes, int] = {}
    packed = np.packbits(table, axis=1)
    row_of = tuple(first.setdefault(row.tobytes(), len(first)) for row in packed)
    _, place = np.unique(row_of, return_index=True)
    return tuple(map(tuple, table[place].tolist())), row_of


class SeveralCategories:
    """Nominal columns with few levels, projected together; faster for few rows.

    Parameters
    ----------
    rules : sequence of FeasibleValues
        The rules of all columns of a table.
    without : sequence of int
        Columns that are projected otherwise.

    Attributes
    ----------
    columns : ndarray of shape (n_together,), dtype int64
        The columns that are projected together.
    """

    def __init__(self, rules: Sequence[FeasibleValues], without: Sequence[int]) -> None:
        together = [
            (j, rule)
            for j, rule in enumerate(rules)
            if type(rule) is FeasibleCategories
            and not rule.immutable
            and j not in without
            and rule.n_levels <= _FEW_LEVELS
        ]
        self.columns = np.array([j for j, _ in together], dtype=np.int64)
        tables = [rule.table() for _, rule in together]
        self._moves = np.concatenate([np.empty(0, bool), *map(np.ravel, tables)])
        self._n_levels = np.array([rule.n_levels for _, rule in together], dtype=float)
        sizes = np.array([table.size for table in tables], dtype=np.int64)
        self._first = np.cumsum(sizes) - sizes

    def nearest(
        self, own: np.ndarray, proposal: np.ndarray, frozen: np.ndarray
    ) -> np.ndarray:
        """Take proposed levels that are feasible, and own levels otherwise.

        Parameters
        ----------
        own : ndarray of shape (..., n_features), dtype float64
            Own codes.
        proposal : ndarray of shape (..., n_features), dtype float64
            Proposed codes; must broadcast with `own`.
        frozen : ndarray of the shape of `own`, dtype bool
            Frozen cells.

        Returns
        -------
        nearest : ndarray of shape (..., n_together), dtype float64
        """
        own, proposal = own[..., self.columns], proposal[..., self.columns]
        n_levels = self._n_levels
        is_level = (proposal >= 0) & (proposal < n_levels)
        is_level &= proposal == np.rint(proposal)
        is_level &= ~frozen[..., self.columns]
        row = np.where(np.isnan(own), n_levels, own)
        place = row * n_levels + np.where(is_level, proposal, 0.0)
        is_level &= self._moves.take(place.astype(np.intp) + self._first)
        return np.where(is_level, proposal + 0.0, own)
