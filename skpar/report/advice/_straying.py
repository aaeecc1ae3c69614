"""Which changed numbers may stray, and how far rules and limits let them."""

from __future__ import annotations

import numpy as np

from ...actionability import Actionability, CountConstraint, OrderedValues, People
from ...classifier import Axis
from ...objective import Effort
from ...relations import determined_of
from ...table import same_cells


class Straying:
    """The numbers of people that may stray under rules, links and limits.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    effort : Effort
        Knows the shares of people below values.
    """

    def __init__(self, actionability: Actionability, effort: Effort) -> None:
        self.actionability = actionability
        self.effort = effort
        self.schema = actionability.schema
        self.linked = _linked(actionability)

    def changed(self, own: np.ndarray, row: np.ndarray) -> list[int]:
        """List the numbers that a person changes.

        Parameters
        ----------
        own : ndarray of shape (n_features,), dtype float64
            Codes before.
        row : ndarray of shape (n_features,), dtype float64
            Codes after.

        Returns
        -------
        columns : list of int
            Without columns that follow from others.
        """
        derived = self.actionability.derived
        follow = {*derived, *(one.column for one in determined_of(self.schema))}
        return [
            j
            for j in np.flatnonzero(~same_cells(own, row)).tolist()
            if self.schema.columns[j].is_numeric and j not in follow
        ]

    def axes(self, person: People, row: np.ndarray) -> list[Axis]:
        """Describe the changed numbers that may stray.

        Parameters
        ----------
        person : People
            One person.
        row : ndarray of shape (n_features,), dtype float64
            Codes after the change.

        Returns
        -------
        axes : list of Axis
            Without columns of links, and columns without another feasible value.
        """
        own = person.codes[0]
        return [
            axis
            for j in self.changed(own, row)
            if j not in self.linked
            and (axis := self._axis(person, j, float(row[j]))) is not None
        ]

    def _axis(self, person: People, j: int, value: float) -> Axis | None:
        """Describe one number; None if it cannot move."""
        rule, own = self.actionability.rules[j], person.codes[:, j]
        if not isinstance(rule, OrderedValues):
            return None
        ordered = rule
        first, last = rule.ends(own, person.limits.of_column(j))
        low, high = float(np.fmin(first[0], value)), float(np.fmax(last[0], value))
        if not low < high:
            return None

        def around(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return ordered.around(values, own)

        return Axis(j, value, low, high, around, *self.effort.shares_of(j))


def _linked(actionability: Actionability) -> set[int]:
    """Find the columns that take part in a link or a relation."""
    links = actionability.link_set
    linked = {*links.derived, *(j for some in links.sources.values() for j in some)}
    for one in determined_of(actionability.schema):
        linked |= {one.column, *one.sources}
    for constraint in links.constraints:
        # A number that strays is changed already: the number of changes never rises.
        if not isinstance(constraint, CountConstraint):
            linked |= set(constraint.depends_on)
    return linked
