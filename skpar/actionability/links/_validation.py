"""LinkValidator: checks links and turns them into constraints."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from itertools import combinations
from numbers import Integral, Real
from typing import Any

import numpy as np

from ...relations import FeatureSchema, determined_of, groups_of
from ...table import TableSchema
from ..rules import FeasibleValues, OrderedValues
from ._constraints import (
    Constraint,
    CountConstraint,
    DerivedConstraint,
    DirectedChange,
    ImplicationConstraint,
    SumConstraint,
)
from ._derived_columns import (
    DerivedColumn,
    FollowingColumn,
    origins,
    sort_by_dependency,
)
from ._links import (
    Derived,
    Determines,
    Falls,
    If,
    Linear,
    Link,
    MaxChanged,
    NotAbove,
    Rises,
)

_ROUNDING = 1e-12


class LinkValidator:
    """Check links against schema and rules, and turn them into constraints.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : tuple of FeasibleValues
        The rules of each column.
    links : list of link, or None
        The links that the user wrote.

    Attributes
    ----------
    derived_columns : tuple of DerivedColumn
        The derived columns, each after the columns it is computed from.
    """

    def __init__(
        self, schema: TableSchema, rules: tuple[FeasibleValues, ...], links: Any
    ) -> None:
        self.schema, self.rules, self.links = schema, rules, _as_list(links)
        for link in self.links:
            if not isinstance(link, Link):
                known = "If, NotAbove, Linear, Derived, MaxChanged, ExactlyOne or "
                known += "Determines"
                raise TypeError(f"links must contain only {known}; got {link!r}.")
        following = [FollowingColumn(one, schema) for one in determined_of(schema)]
        self.derived_columns = sort_by_dependency(
            [self._derivation(link) for link in self.links if isinstance(link, Derived)]
            + following
        )
        self._origins = origins(self.derived_columns)
        self._check_determined()

    def constraints(self) -> tuple[Constraint, ...]:
        """Turn all links into constraints.

        Returns
        -------
        constraints : tuple of Constraint
            One for each link except `Derived`, in the order of the links. Then one
            for each derived column: it must keep its rules. `ExactlyOne` and
            `Determines` give none: the schema knows them.
        """
        made: list[Constraint] = []
        for link in self.links:
            if isinstance(link, If):
                made.append(self._implication(link))
            elif isinstance(link, (NotAbove, Linear)) and not self._is_group(link):
                made.append(self._sum(link))
            elif isinstance(link, MaxChanged):
                made.append(self._count(link))
        self._check_implications(
            [one for one in made if isinstance(one, ImplicationConstraint)]
        )
        for one in self.derived_columns:
            sources = self._actionable(one.sources)
            rule = self.rules[one.column]
            made.append(DerivedConstraint(one.link, sources, one.column, rule))
        return tuple(made)

    def _is_group(self, link: NotAbove | Linear) -> bool:
        """Whether a sum says what a group of the schema says already."""
        if not isinstance(link, Linear) or not link.means_exactly_one:
            return False
        columns = {self.schema.position(key) for key, _ in link.terms}
        groups = groups_of(self.schema)
        return any(
            columns == {j} and len(group.members) == len(link.terms)
            for j, group in groups.items()
        )

    def _check_determined(self) -> None:
        """Refuse a `Determines` that was not learned from training rows."""
        known = {one.column for one in self.derived_columns}
        for link in self.links:
            if isinstance(link, Determines):
                if self._position(link, link.column) not in known:
                    why = "it is learned from training rows; give a schema that knows "
                    why += "them, such as schema_ of a fitted PARRecourse."
                    raise _refusal(link, why)

    def _actionable(self, columns: Iterable[int]) -> tuple[int, ...]:
        """Find the columns to change in order to change the given columns."""
        return tuple(sorted(set().union(*map(self._origins, columns))))

    def _position(self, link: Link, key: Hashable) -> int:
        """Find the position of a column."""
        try:
            j = self.schema.position(key)
        except ValueError as error:
            raise ValueError(f"links, {link!r}: {error}") from None
        if j in groups_of(self.schema) and key != self.schema.names[j]:
            why = f"column {key!r} is in ExactlyOne, so no other link can name it."
            raise _refusal(link, why)
        return j

    def _positions(self, link: Link, keys: Iterable[Hashable]) -> tuple[int, ...]:
        """Find the positions of columns; refuse duplicates."""
        found = tuple(self._position(link, key) for key in keys)
        if len(set(found)) < len(found):
            raise _refusal(link, "a column is named twice; name it once.")
        return found

    def _features(self, link: Link, keys: Iterable[Hashable]) -> tuple[int, ...]:
        """Find the features of columns; columns of one group are one feature."""
        if not isinstance(self.schema, FeatureSchema):
            return self._positions(link, keys)
        try:
            found = [self.schema.position(key) for key in keys]
        except ValueError as error:
            raise ValueError(f"links, {link!r}: {error}") from None
        return tuple(dict.fromkeys(found))

    def _derivation(self, link: Derived) -> DerivedColumn:
        """Read a derived column, and try its function."""
        if not link.sources:
            raise _refusal(link, "sources is empty; name the columns it depends on.")
        if not callable(link.function):
            raise TypeError(f"links, {link!r}: the function must be callable.")
        if not isinstance(link.uses_old, bool):
            raise TypeError(f"links, {link!r}: uses_old must be True or False.")
        column = self._position(link, link.column)
        one = DerivedColumn(
            link, self.schema, column, self._features(link, link.sources)
        )
        columns = self.schema.columns
        ends = np.array([[c.low for c in columns], [c.high for c in columns]])
        one.compute(ends, ends)
        return one

    def _step(self, link: If, step: Any) -> DirectedChange:
        """Read a rise or fall."""
        if not isinstance(step, (Rises, Falls)):
            raise TypeError(f"links, {link!r}: If takes Rises or Falls, not {step!r}.")
        j = self._position(link, step.column)
        rule, column = self.rules[j], self.schema.columns[j]
        if not rule.has_order:
            why = f"the levels of column {column.name!r} have no order. Give one in "
            why += "ordinal_features, or by the rule Levels([...], ordered=True)."
            raise _refusal(link, why)
        if step.by is not None and _number(link, "by", step.by) <= 0:
            raise _refusal(link, "by must be above 0.")
        by = None if step.by is None else float(step.by)
        return DirectedChange(j, isinstance(step, Rises), by, rule)

    def _implication(self, link: If) -> ImplicationConstraint:
        """Read a condition."""
        change, then = self._step(link, link.change), self._step(link, link.then)
        if change.column == then.column and change.up != then.up:
            raise _refusal(link, "a column cannot rise and fall at the same time.")
        for step, written in ((change, link.change), (then, link.then)):
            if not step.is_possible:
                rules = ", ".join(map(repr, step.rule.written))
                why = f"{written!r} is impossible under the rules {rules}. "
                why += "Remove the link, or relax the rules."
                raise _refusal(link, why)
        return ImplicationConstraint(link, self._origins(change.column), change, then)

    def _check_implications(self, implications: list[ImplicationConstraint]) -> None:
        """Refuse two consequences of one change that contradict each other."""
        for one, two in combinations(implications, 2):
            same = (one.change.column, one.change.up) == (
                two.change.column,
                two.change.up,
            )
            apart = one.then.column == two.then.column and one.then.up != two.then.up
            if same and apart:
                raise ValueError(
                    f"links {one.link!r} and {two.link!r} contradict each other: "
                    f"column {self.schema.columns[one.then.column].name!r} cannot rise "
                    "and fall at the same time."
                )

    def _sum(self, link: NotAbove | Linear) -> SumConstraint:
        """Read an inequality."""
        if isinstance(link, NotAbove):
            terms: Any = ((link.column, 1.0), (link.other, -1.0))
            low, high, slack = -math.inf, 0.0, 0.0
        else:
            terms, slack = link.terms, _ROUNDING
            low = -math.inf if link.low is None else _number(link, "low", link.low)
            high = math.inf if link.high is None else _number(link, "high", link.high)
        if not terms or (low == -math.inf and high == math.inf):
            raise _refusal(link, "give weights of columns, and low or high, or both.")
        if low > high:
            raise _refusal(link, "low must not be above high.")
        columns = self._positions(link, (key for key, _ in terms))
        weights = tuple(_number(link, "every weight", c) for _, c in terms)
        for j, weight in zip(columns, weights, strict=True):
            column = self.schema.columns[j]
            if not (column.is_numeric or column.family == "bool"):
                raise _refusal(link, f"{column.name!r} is {column.kind}, not numeric.")
            if weight == 0:
                raise _refusal(link, f"the weight of {column.name!r} must not be 0.")
        order = self._check_sum(link, columns, weights, low, high)
        actionable = self._actionable(columns)
        rules = self._numbers(columns)
        return SumConstraint(
            link, actionable, columns, weights, low, high, slack, rules, order
        )

    def _numbers(self, columns: tuple[int, ...]) -> tuple[OrderedValues, ...]:
        """Find the rules of columns of numbers and booleans."""
        rules = (self.rules[j] for j in columns)
        return tuple(rule for rule in rules if isinstance(rule, OrderedValues))

    def _check_sum(
        self,
        link: Link,
        columns: tuple[int, ...],
        weights: tuple[float, ...],
        low: float,
        high: float,
    ) -> tuple[int, ...]:
        """Refuse bounds that no feasible row keeps; order the columns to move."""
        ends = np.array([rule.range for rule in self._numbers(columns)])
        terms = np.sort(np.array(weights)[:, np.newaxis] * ends, axis=1)
        least, most = terms.sum(axis=0).tolist()
        tolerance = _ROUNDING * float(np.abs(terms).sum())
        if least > high + tolerance or most < low - tolerance:
            why = f"the weighted sum can only be {least:.15g} to {most:.15g}."
            raise _refusal(link, why)
        reach = terms[:, 1] - terms[:, 0]
        order = np.argsort(-reach, kind="stable").tolist()
        return tuple(p for p in order if self._origins(columns[p]) == (columns[p],))

    def _count(self, link: MaxChanged) -> CountConstraint:
        """Read a limit on the number of changes."""
        count = link.count
        if isinstance(count, bool) or not isinstance(count, Integral):
            raise TypeError(f"links, {link!r}: count must be a whole number.")
        if count < 1:
            raise _refusal(link, "count must be at least 1.")
        columns = tuple(range(self.schema.n_features))
        if link.of is not None:
            columns = self._features(link, link.of)
            # Columns of one group are one change, so less can break the link.
            n_columns = len(set(link.of))
            if n_columns <= count:
                raise _refusal(
                    link, f"of has only {n_columns} columns; count must be smaller."
                )
        widths = [
            c.high - c.low if c.is_ordered and c.high > c.low else math.nan
            for c in (self.schema.columns[j] for j in columns)
        ]
        back = tuple(self._origins(j) for j in columns)
        actionable = self._actionable(columns)
        return CountConstraint(
            link, actionable, int(count), columns, tuple(widths), back
        )


def _as_list(links: Any) -> list[Any]:
    """Take a list or tuple of links, or None."""
    if links is None:
        return []
    if not isinstance(links, (list, tuple)):
        raise TypeError(f"links must be a list, as in [MaxChanged(3)]; got {links!r}.")
    return list(links)


def _number(link: Link, name: str, value: Any) -> float:
    """Read a finite number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"links, {link!r}: {name} must be a number, not {value!r}.")
    if not math.isfinite(value):
        raise _refusal(link, f"{name} must be finite.")
    return float(value)


def _refusal(link: Link, why: str) -> ValueError:
    """Make an error that names the link."""
    return ValueError(f"links, {link!r}: {why}")
