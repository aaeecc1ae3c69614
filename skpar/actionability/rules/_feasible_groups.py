"""Feasible levels of a group: the permitted moves between its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...relations import ColumnGroup
from ._feasible_values import UNBOUNDED, Bounds, FeasibleValues


@dataclass(frozen=True)
class FeasibleGroup(FeasibleValues):
    """All rules of a group and of its columns, merged.

    A person may move to a level if the rules of every column permit what the move does
    to the column. A group has no order, so a proposed level is taken if it is feasible,
    and the own level stays otherwise.

    Attributes
    ----------
    group : ColumnGroup
        The group.
    rises : tuple of bool
        Whether each column may be turned on.
    falls : tuple of bool
        Whether each column may be turned off.
    moves : tuple of tuple of bool
        ``moves[own][level]`` says whether the rules of the group itself let a person at
        level `own` move to `level`. The last row is for broken patterns: people with
        one may move as people with a missing cell may.
    """

    group: ColumnGroup = ColumnGroup((), (), ())
    rises: tuple[bool, ...] = ()
    falls: tuple[bool, ...] = ()
    moves: tuple[tuple[bool, ...], ...] = ()

    @property
    def has_order(self) -> bool:
        """A group has no order."""
        return False

    def nearest(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> np.ndarray:
        """Take proposed levels that are feasible, and own levels otherwise."""
        if self.immutable:
            return own
        n_levels = self.group.n_levels
        is_level = (proposal >= 0) & (proposal < n_levels)
        is_level &= proposal == np.rint(proposal)
        level = np.where(is_level, proposal, 0).astype(np.intp)
        feasible = self._feasible(own, bounds)
        shape = np.broadcast_shapes(own.shape, proposal.shape)
        table = np.broadcast_to(feasible, (*shape, n_levels))
        place = np.broadcast_to(level, shape)[..., np.newaxis]
        taken = np.take_along_axis(table, place, axis=-1)[..., 0] & is_level
        return np.where(taken, proposal + 0.0, own)

    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Check whether any level other than the own level is feasible."""
        return self.count_alternatives(own, bounds) > 0

    def alternatives(self, own: float, bounds: Bounds, most: int) -> np.ndarray:
        """List the feasible levels of one person, without the own level."""
        if self.immutable:
            return np.empty(0)
        feasible = self._feasible(np.array([own]), bounds)[0]
        levels = np.flatnonzero(feasible).astype(float)
        return levels[levels != own]

    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible levels of each person, without the own level."""
        if self.immutable:
            return np.zeros(own.shape)
        levels = np.arange(self.group.n_levels)
        others = self._feasible(own, bounds) & (own[..., np.newaxis] != levels)
        return others.sum(axis=-1).astype(float)

    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """Return every level; the own level if a level is not feasible."""
        levels = np.arange(float(self.group.n_levels))
        return [self.nearest(own, np.full(own.shape, k), bounds) for k in levels]

    def can_move(self, up: bool, by: float) -> bool:
        """Nobody can rise or fall without an order."""
        return False

    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Return the proposals: a group has no nearest level."""
        return proposal

    def _feasible(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Levels that each person may move to, (..., n_levels), dtype bool."""
        is_broken = self.group.is_broken(own)
        row = np.where(is_broken, self.group.n_levels, own).astype(np.intp)
        feasible = self._table[row]
        for place in zip(*np.nonzero(is_broken), strict=True):
            feasible[place] &= self._from_pattern(float(own[place]))
        if bounds.closed is not None:
            feasible = feasible & ~bounds.closed
        return feasible & ~np.asarray(bounds.frozen)[..., np.newaxis]

    def _from_pattern(self, code: float) -> np.ndarray:
        """Levels that the rules of the columns permit from one pattern."""
        n_members = len(self.group.members)
        on = np.zeros(n_members, dtype=bool)
        on[self.group.columns_on(code)] = True
        target = np.eye(self.group.n_levels, n_members, dtype=bool)
        stuck = on & ~target & ~np.array(self.falls)
        shut = ~on & target & ~np.array(self.rises)
        return ~(stuck | shut).any(axis=1)

    @cached_property
    def _table(self) -> np.ndarray:
        """Moves that all rules permit, (n_levels + 1, n_levels).

        In the last row, for broken patterns, the rules of the columns are left out.
        """
        table = np.array(self.moves, dtype=bool)
        for level in range(self.group.n_levels):
            table[level] &= self._from_pattern(float(level))
        return table
