"""Links on codes: which rows break them, and how such a row is mended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from ...table import same_cells
from .._limits import Limits, bounds_of
from ..rules import FeasibleLevels, FeasibleNumbers, FeasibleValues, shift


@dataclass(frozen=True)
class Constraint(ABC):
    """A link, on codes.

    Attributes
    ----------
    link : link
        What the user wrote.
    culprits : tuple of int
        Columns that people change themselves; the link is kept, once more, where
        all of these have their own values.
    """

    link: Hashable
    culprits: tuple[int, ...]

    @property
    @abstractmethod
    def reads(self) -> tuple[int, ...]:
        """Columns that decide whether the link is kept."""

    @abstractmethod
    def broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows that break the link.

        Parameters
        ----------
        own, new : ndarray of shape (..., n_features), dtype float64
            Codes before and after; they are broadcast against each other.
        limits : Limits or None
            Limits of each person, of the shape of `own`.

        Returns
        -------
        broken : ndarray of shape (...), dtype bool
            False where no column of the link changes.
        """

    def mend(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Move rows that break the link to where they keep it, if that is easy.

        Parameters
        ----------
        own, new : ndarray of shape (n, n_features), dtype float64
            Codes before and after; `new` is written to.
        limits : Limits or None
            Limits of each person.
        """
        self.undo(own, new, limits)

    def undo(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Take changes back in the rows that break the link, at least one each.

        Parameters
        ----------
        own, new : ndarray of shape (n, n_features), dtype float64
            Codes before and after; `new` is written to.
        limits : Limits or None
            Limits of each person.
        """
        rows = np.flatnonzero(self.broken(own, new, limits))[:, np.newaxis]
        new[rows, self.culprits] = own[rows, self.culprits]


@dataclass(frozen=True)
class DirectedChange:
    """A column goes up, or down.

    Attributes
    ----------
    column : int
        The column.
    up : bool
        The direction.
    by : float or None
        The smallest step that counts, above 0; None for any.
    rule : FeasibleValues
        The rules of the column.
    """

    column: int
    up: bool
    by: float | None
    rule: FeasibleValues

    def happens(self, own: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Tell the rows in which it does; filling a missing cell is no step."""
        start = self._places(own[..., self.column])
        end = self._places(new[..., self.column])
        if self.by is None:
            return np.asarray(end > start if self.up else end < start)
        goal = shift(start, np.float64(self.by if self.up else -self.by))
        return np.asarray(end >= goal if self.up else end <= goal)

    def force(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Find the nearest values with which it happens, where there are some."""
        start, asked = own[:, self.column], new[:, self.column]
        low, high = bounds_of(limits, self.column)
        is_lattice = not isinstance(self.rule, FeasibleNumbers) or self.rule.step
        if (self.by is None and not is_lattice) or not self._has_bounds:
            return asked
        if self.by is None:
            goal = np.nextafter(start, np.inf if self.up else -np.inf)
        else:
            goal = shift(start, np.float64(self.by if self.up else -self.by))
        if self.up:
            return self.rule.forced(start, asked, np.maximum(low, goal), high)
        return self.rule.forced(start, asked, low, np.minimum(high, goal))

    @property
    def _has_bounds(self) -> bool:
        """Whether the rules know bounds: those of nominal columns do not."""
        return not isinstance(self.rule, FeasibleLevels) or self.rule.ordered

    def _places(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into places in the order of the column."""
        if self._has_bounds:
            return codes
        assert isinstance(self.rule, FeasibleLevels) and self.rule.ranks is not None
        ranks = np.array([*self.rule.ranks, np.nan])
        return ranks[np.nan_to_num(codes, nan=-1.0).astype(np.intp)]


@dataclass(frozen=True)
class ImplicationConstraint(Constraint):
    """If one step happens, so must another."""

    change: DirectedChange
    then: DirectedChange

    @property
    def reads(self) -> tuple[int, ...]:
        """Columns that decide whether the link is kept."""
        return (self.change.column, self.then.column)

    def broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows that break the link."""
        return self.change.happens(own, new) & ~self.then.happens(own, new)

    def mend(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Let the consequence happen."""
        rows = np.flatnonzero(self.broken(own, new, limits))
        forced = self.then.force(
            own[rows], new[rows], None if limits is None else limits[rows]
        )
        new[rows, self.then.column] = forced


@dataclass(frozen=True)
class SumConstraint(Constraint):
    """A weighted sum stays between bounds.

    Attributes
    ----------
    columns : tuple of int
        Columns of numbers.
    weights : tuple of float
        Their weights.
    low, high : float
        Bounds of the sum.
    slack : float
        Rounding that is forgiven, as a share of the sizes of the terms.
    rules : tuple of FeasibleValues
        The rules of every column of the table.
    order : tuple of int
        Places in `columns` of those that people change themselves, by how much of
        the sum one can move at the same share of its range.
    """

    columns: tuple[int, ...]
    weights: tuple[float, ...]
    low: float
    high: float
    slack: float
    rules: tuple[FeasibleValues, ...]
    order: tuple[int, ...]

    @property
    def reads(self) -> tuple[int, ...]:
        """Columns that decide whether the link is kept."""
        return self.columns

    def broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows that break the link; an unknown sum breaks nothing."""
        moved = np.zeros(np.broadcast_shapes(own.shape, new.shape)[:-1], dtype=bool)
        for j in self.columns:
            moved |= ~same_cells(own[..., j], new[..., j])
        above, below = self._excess(new)
        return moved & (above | below)

    def mend(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Move one column after the other, just far enough."""
        rows = np.flatnonzero(self.broken(own, new, limits))
        own, moved = own[rows], new[rows]
        limits = None if limits is None else limits[rows]
        for place in self.order:
            above, below = self._excess(moved)
            if above.any():
                self._move(place, self.high, True, above, own, moved, limits)
            if below.any():
                self._move(place, self.low, False, below, own, moved, limits)
        new[rows] = moved

    def _move(
        self,
        place: int,
        bound: float,
        is_upper: bool,
        outside: np.ndarray,
        own: np.ndarray,
        new: np.ndarray,
        limits: Limits | None,
    ) -> None:
        """Move one column of some rows until the sum is at a bound."""
        j, weight = self.columns[place], self.weights[place]
        goal = (bound - self._total(new, leave_out=place)) / weight
        low, high = bounds_of(limits, j)
        if is_upper == (weight > 0):
            high = np.minimum(high, goal)
        else:
            low = np.maximum(low, goal)
        cells = self.rules[j].forced(own[:, j], goal, low, high)
        nearer = np.abs(cells - goal) < np.abs(new[:, j] - goal)
        new[:, j] = np.where(outside & nearer, cells, new[:, j])

    def _total(self, new: np.ndarray, leave_out: int = -1) -> np.ndarray:
        """Add up the terms, from left to right."""
        total = np.zeros(new.shape[:-1])
        for place, (j, weight) in enumerate(
            zip(self.columns, self.weights, strict=True)
        ):
            if place != leave_out:
                total = total + weight * new[..., j]
        return total

    def _excess(self, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tell the rows whose sum is above, and below, the bounds."""
        total, size = self._total(new), np.zeros(new.shape[:-1])
        if self.slack:
            for j, weight in zip(self.columns, self.weights, strict=True):
                size = size + np.abs(weight * new[..., j])
        above = total - self.high > self.slack * size
        return above, self.low - total > self.slack * size


@dataclass(frozen=True)
class CountConstraint(Constraint):
    """At most so many columns change.

    Attributes
    ----------
    most : int
        The largest number of changes.
    columns : tuple of int
        The columns that count.
    widths : tuple of float
        What a change of each is measured by; NaN where all changes are equal.
    origins : tuple of tuple of int
        Columns to take back so that each of `columns` goes back.
    """

    most: int
    columns: tuple[int, ...]
    widths: tuple[float, ...]
    origins: tuple[tuple[int, ...], ...]

    @property
    def reads(self) -> tuple[int, ...]:
        """Columns that decide whether the link is kept."""
        return self.columns

    def broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows with too many changes."""
        count = np.zeros(np.broadcast_shapes(own.shape, new.shape)[:-1], dtype=int)
        for j in self.columns:
            count += ~same_cells(own[..., j], new[..., j])
        return count > self.most

    def mend(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Take the smallest changes back, until few enough are left."""
        rows = np.flatnonzero(self.broken(own, new, limits))
        before, after = own[rows][:, self.columns], new[rows][:, self.columns]
        size = np.abs(after - before) / np.array(self.widths)
        size = np.where(np.isnan(size), 1.0, size)
        changed = ~same_cells(before, after)
        order = np.argsort(np.where(changed, -size, np.inf), axis=1, kind="stable")
        dropped = changed.copy()
        np.put_along_axis(dropped, order[:, : self.most], False, axis=1)
        for place, back in enumerate(self.origins):
            who = rows[dropped[:, place], np.newaxis]
            new[who, back] = own[who, back]

    def undo(self, own: np.ndarray, new: np.ndarray, limits: Limits | None) -> None:
        """Take the smallest changes back, until few enough are left."""
        self.mend(own, new, limits)


@dataclass(frozen=True)
class DerivedConstraint(Constraint):
    """A derived column keeps its own rules.

    Attributes
    ----------
    column : int
        The derived column.
    rule : FeasibleValues
        Its rules.
    """

    column: int
    rule: FeasibleValues

    @property
    def reads(self) -> tuple[int, ...]:
        """Columns that decide whether the link is kept."""
        return (self.column,)

    def broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows with a value that is not permitted."""
        before, after = own[..., self.column], new[..., self.column]
        low, high = bounds_of(limits, self.column)
        return ~same_cells(self.rule.nearest(before, after, low, high), after)
