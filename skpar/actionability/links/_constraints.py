"""Constraints: links on codes, which rows break them, and how to repair those rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from ...table import same_cells
from .._people import People
from ..rules import FeasibleValues, OrderedValues, add_decimal


@dataclass(frozen=True)
class Constraint(ABC):
    """A link, as a constraint on codes.

    Attributes
    ----------
    link : link
        The link that the user wrote.
    actionable : tuple of int
        Columns that people change directly. If all of these have the person's own
        values, the link holds.
    """

    link: Hashable
    actionable: tuple[int, ...]

    @property
    @abstractmethod
    def depends_on(self) -> tuple[int, ...]:
        """Columns that decide whether the link holds."""

    @abstractmethod
    def broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows break the link.

        Parameters
        ----------
        people : People
            People with codes of shape (..., n_features) that broadcast against `rows`.
        rows : ndarray of shape (..., n_features), dtype float64
            Codes that they could change to.

        Returns
        -------
        broken : ndarray of shape (...), dtype bool
            False if no column of the link changes.
        """

    def repair(self, people: People, rows: np.ndarray) -> None:
        """Change rows that break the link so that it holds, if that is easy.

        Parameters
        ----------
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            One row per person; changed in place.
        """
        self.revert(people, rows)

    def revert(self, people: People, rows: np.ndarray) -> None:
        """Take back at least one change in each row that breaks the link.

        Parameters
        ----------
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            One row per person; changed in place.
        """
        which = np.flatnonzero(self.broken(people, rows))[:, np.newaxis]
        rows[which, self.actionable] = people.codes[which, self.actionable]


@dataclass(frozen=True)
class DirectedChange:
    """A change of one column in one direction.

    Attributes
    ----------
    column : int
        The column.
    up : bool
        True if the column rises, False if it falls.
    by : float or None
        The smallest step that counts, above 0; None if every step counts.
    rule : FeasibleValues
        The rules of the column.
    """

    column: int
    up: bool
    by: float | None
    rule: FeasibleValues

    def happens(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Check in which rows the change happens; filling a missing cell is none."""
        start = self.rule.places(own[..., self.column])
        end = self.rule.places(rows[..., self.column])
        if self.by is None:
            return np.asarray(end > start if self.up else end < start)
        goal = self.goal(start)
        return np.asarray(end >= goal if self.up else end <= goal)

    def enforce(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Find the nearest values with which the change happens, if there are any."""
        own, proposal = people.codes[:, self.column], rows[:, self.column]
        bounds = people.limits.of_column(self.column)
        goal = None if self.by is None else self.goal(own)
        return self.rule.moved(own, proposal, self.up, goal, bounds)

    @property
    def is_possible(self) -> bool:
        """Whether the rules let the change happen to at least one person."""
        return self.rule.can_move(self.up, self.by or 0.0)

    def goal(self, start: np.ndarray) -> np.ndarray:
        """Compute the value that a change from `start` must at least reach."""
        assert self.by is not None
        return add_decimal(start, np.float64(self.by if self.up else -self.by))


@dataclass(frozen=True)
class ImplicationConstraint(Constraint):
    """If one change happens, another change must happen too."""

    change: DirectedChange
    then: DirectedChange

    @property
    def depends_on(self) -> tuple[int, ...]:
        """Columns that decide whether the link holds."""
        return (self.change.column, self.then.column)

    def broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows break the link."""
        own = people.codes
        return self.change.happens(own, rows) & ~self.then.happens(own, rows)

    def repair(self, people: People, rows: np.ndarray) -> None:
        """Make the second change."""
        which = np.flatnonzero(self.broken(people, rows))
        rows[which, self.then.column] = self.then.enforce(people[which], rows[which])


@dataclass(frozen=True)
class SumConstraint(Constraint):
    """A weighted sum stays between bounds.

    Attributes
    ----------
    columns : tuple of int
        Columns of numbers.
    weights : tuple of float
        Their weights.
    low : float
        Lower bound of the sum.
    high : float
        Upper bound of the sum.
    slack : float
        Tolerated rounding error, as a share of the sum of the absolute terms.
    rules : tuple of OrderedValues
        The rules of these columns.
    order : tuple of int
        Positions in `columns` of the columns that people change directly. The column
        that can change the sum most over its range comes first.
    """

    columns: tuple[int, ...]
    weights: tuple[float, ...]
    low: float
    high: float
    slack: float
    rules: tuple[OrderedValues, ...]
    order: tuple[int, ...]

    @property
    def depends_on(self) -> tuple[int, ...]:
        """Columns that decide whether the link holds."""
        return self.columns

    def broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows break the link; a sum with a missing term never does."""
        own = people.codes
        moved = np.zeros(np.broadcast_shapes(own.shape, rows.shape)[:-1], dtype=bool)
        for j in self.columns:
            moved |= ~same_cells(own[..., j], rows[..., j])
        above, below = self._excess(rows)
        return moved & (above | below)

    def repair(self, people: People, rows: np.ndarray) -> None:
        """Move one column after the other, each only as far as needed."""
        which = np.flatnonzero(self.broken(people, rows))
        people, moved = people[which], rows[which]
        for place in self.order:
            above, below = self._excess(moved)
            if above.any():
                self._move(place, self.high, True, above, people, moved)
            if below.any():
                self._move(place, self.low, False, below, people, moved)
        rows[which] = moved

    def _move(
        self,
        place: int,
        bound: float,
        is_upper: bool,
        outside: np.ndarray,
        people: People,
        rows: np.ndarray,
    ) -> None:
        """Move one column of some rows until the sum reaches a bound."""
        j, weight = self.columns[place], self.weights[place]
        goal = (bound - self._total(rows, leave_out=place)) / weight
        own, rule = people.codes[:, j], self.rules[place]
        error = self._error(rows, leave_out=place) / abs(weight)
        goal = rule.settled(goal, own, error)
        limits = people.limits.of_column(j)
        if is_upper == (weight > 0):
            bounds = limits._replace(high=np.minimum(limits.high, goal))
        else:
            bounds = limits._replace(low=np.maximum(limits.low, goal))
        cells = rule.nearest_change(own, goal, bounds)
        nearer = np.abs(cells - goal) < np.abs(rows[:, j] - goal)
        rows[:, j] = np.where(outside & nearer, cells, rows[:, j])

    def _total(self, rows: np.ndarray, leave_out: int = -1) -> np.ndarray:
        """Add up the terms, from left to right."""
        total = np.zeros(rows.shape[:-1])
        for place, (j, weight) in enumerate(
            zip(self.columns, self.weights, strict=True)
        ):
            if place != leave_out:
                total = total + weight * rows[..., j]
        return total

    def _excess(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Check in which rows the sum is above or below the bounds."""
        total, error = self._total(rows), self._error(rows)
        return total - self.high > error, self.low - total > error

    def _error(self, rows: np.ndarray, leave_out: int = -1) -> np.ndarray:
        """Bound the rounding error of the sum."""
        size = np.zeros(rows.shape[:-1])
        if not self.slack:
            return size
        for place, (j, weight) in enumerate(
            zip(self.columns, self.weights, strict=True)
        ):
            if place != leave_out:
                size = size + np.abs(weight * rows[..., j])
        return self.slack * size


@dataclass(frozen=True)
class CountConstraint(Constraint):
    """At most `most` columns change.

    Attributes
    ----------
    most : int
        The largest number of changes.
    columns : tuple of int
        The columns that count.
    widths : tuple of float
        Range of each of `columns`. The size of a change is a share of this range. NaN
        if all changes of a column have the same size.
    origins : tuple of tuple of int
        For each of `columns`, the columns to revert so that it is reverted too.
    """

    most: int
    columns: tuple[int, ...]
    widths: tuple[float, ...]
    origins: tuple[tuple[int, ...], ...]

    @property
    def depends_on(self) -> tuple[int, ...]:
        """Columns that decide whether the link holds."""
        return self.columns

    def broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows have too many changes."""
        own = people.codes
        count = np.zeros(np.broadcast_shapes(own.shape, rows.shape)[:-1], dtype=int)
        for j in self.columns:
            count += ~same_cells(own[..., j], rows[..., j])
        return count > self.most

    def revert(self, people: People, rows: np.ndarray) -> None:
        """Take back the smallest changes until at most `most` are left."""
        which = np.flatnonzero(self.broken(people, rows))
        before = people.codes[which][:, self.columns]
        after = rows[which][:, self.columns]
        size = np.abs(after - before) / np.array(self.widths)
        size = np.where(np.isnan(size), 1.0, size)
        changed = ~same_cells(before, after)
        order = np.argsort(np.where(changed, -size, np.inf), axis=1, kind="stable")
        dropped = changed.copy()
        np.put_along_axis(dropped, order[:, : self.most], False, axis=1)
        for place, back in enumerate(self.origins):
            some = which[dropped[:, place], np.newaxis]
            rows[some, back] = people.codes[some, back]


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
    def depends_on(self) -> tuple[int, ...]:
        """Columns that decide whether the link holds."""
        return (self.column,)

    def broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows have a value that is not feasible."""
        own, cells = people.codes[..., self.column], rows[..., self.column]
        bounds = people.limits.of_column(self.column)
        return ~same_cells(self.rule.nearest(own, cells, bounds), cells)
