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

    Attributes
    ----------
    determines : dict of int to list of int
        For each column of a relation or derivation: the columns that follow from it.
    tied : dict of int to list of int
        For each column of another link: the other columns of its links.
    linked : set of int
        All of these columns. They do not stray.
    """

    def __init__(self, actionability: Actionability, effort: Effort) -> None:
        self.actionability = actionability
        self.effort = effort
        self.schema = actionability.schema
        self.determines = _determines(actionability)
        self.tied = _tied(actionability)
        self.linked = {*self.determines, *self.tied}

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


def _determines(actionability: Actionability) -> dict[int, list[int]]:
    """List the columns that follow from each column, none for those that follow."""
    sources_of = actionability.link_set.sources
    pairs = list(sources_of.items())
    pairs += [(one.column, one.sources) for one in determined_of(actionability.schema)]
    found: dict[int, set[int]] = {}
    for column, sources in pairs:
        found.setdefault(column, set())
        for source in sources:
            found.setdefault(source, set()).add(column)
    return {j: sorted(some) for j, some in found.items()}


def _tied(actionability: Actionability) -> dict[int, list[int]]:
    """List the columns that links tie to each column."""
    found: dict[int, set[int]] = {}
    for constraint in actionability.link_set.constraints:
        # A number that strays is changed already: the number of changes never rises.
        if not isinstance(constraint, CountConstraint):
            for j in constraint.depends_on:
                found.setdefault(j, set()).update(constraint.depends_on)
    return {j: sorted(some - {j}) for j, some in found.items()}
