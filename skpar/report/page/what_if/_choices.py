"""Choices: the values that one person may try, as codes and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....actionability import Actionability, OrderedValues, People
from ....relations import determined_of
from ....table import Column, TableSchema

Feasible = Mapping[int, Sequence[Any]]
"""By position of the feature: a tuple (low, high) of numbers, or a list of values."""

# JavaScript has no larger whole numbers without gaps.
_LARGEST_WHOLE = 2**53


@dataclass(frozen=True)
class Choice:
    """The values that a person may try in one feature.

    Attributes
    ----------
    feature : int
        Its position.
    codes : ndarray of shape (n_codes,), dtype float64
        The listed codes, with the own one and NaN for a missing cell. Of a range, only
        NaN if the own cell is missing.
    low : float
        Smallest number of a range; infinity if there is none.
    high : float
        Largest number of a range; minus infinity if there is none.
    is_whole : bool
        Whether all numbers of the column are whole.
    """

    feature: int
    codes: np.ndarray
    low: float = np.inf
    high: float = -np.inf
    is_whole: bool = False

    @property
    def is_range(self) -> bool:
        """Whether all numbers between two ends may be tried."""
        return self.low <= self.high

    @property
    def may_be_missing(self) -> bool:
        """Whether the cell may be missing."""
        return bool(np.isnan(self.codes).any())

    def drawn(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw codes.

        Parameters
        ----------
        n : int
            Number of codes.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        codes : ndarray of shape (n,), dtype float64
            NaN for a range without ends, of which nothing is drawn.
        """
        if not self.is_range:
            return rng.choice(self.codes, n)
        if not np.isfinite(self.high - self.low):
            return np.full(n, np.nan)
        return rng.uniform(self.low, self.high, n)

    def plain(self, column: Column) -> dict[str, Any]:
        """Write the choice as plain data: the position, and the listed values."""
        if self.is_range:
            return {"feature": self.feature, "mayBeMissing": self.may_be_missing}
        values = [plain_cell(column, code) for code in self.codes.tolist()]
        return {"feature": self.feature, "values": values}


def read_choices(
    schema: TableSchema, own: np.ndarray, feasible: Feasible, max_listed: int
) -> list[Choice]:
    """Read the values that a person may try; the own value is always among them.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    feasible : dict of int to tuple or list
        For each feature that may change, by position: the ends ``(low, high)`` as a
        tuple, or a list of values. None is a missing cell.
    max_listed : int
        Largest number of numbers that are listed.

    Returns
    -------
    choices : list of Choice
        In the order of the features, without those that have one value only.
    """
    choices = []
    for j, values in sorted(feasible.items()):
        code, is_whole = float(own[j]), schema.columns[j].kind == "integer"
        if isinstance(values, tuple):
            low, high = (float(end) for end in values)
            choices.append(_of_range(j, is_whole, np.array([code]), low, high))
            continue
        codes = np.array([code, *(_code_of(schema, j, code, one) for one in values)])
        codes = np.unique(codes)
        if len(codes) < 2:
            continue
        if schema.columns[j].is_numeric and len(codes) > max_listed:
            choices.append(_of_range(j, is_whole, codes))
        else:
            choices.append(Choice(j, codes))
    return choices


def _of_range(j: int, is_whole: bool, codes: np.ndarray, *ends: float) -> Choice:
    """Make a range that holds some codes; only NaN among them stays a code."""
    numbers = [*codes[~np.isnan(codes)].tolist(), *ends]
    missing = codes[np.isnan(codes)][:1]
    return Choice(j, missing, min(numbers), max(numbers), is_whole)


def _code_of(schema: TableSchema, j: int, own: float, value: Any) -> float:
    """Convert a value to its code; the own value may be a broken pattern of a group."""
    if value is None:
        return np.nan
    if value == schema.value_of(j, own):
        return own
    return schema.code_of(j, value)


def plain_cell(column: Column, code: float) -> Any:
    """Write a cell as plain data.

    Parameters
    ----------
    column : Column
        Its column.
    code : float
        Its code.

    Returns
    -------
    cell : None, bool, int, float or str

    Raises
    ------
    ValueError
        If a level is a whole number that JavaScript does not have.
    """
    value = column.value_of(code)
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, str):
        return str(value)
    if abs(value) >= _LARGEST_WHOLE and float(value) != code:
        raise ValueError(
            f"Column {column.name!r} has the level {value!r}, and a page can hold only "
            "whole numbers below 2**53; use strings for identifiers."
        )
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def rounded(values: np.ndarray, digits: int) -> list[Any]:
    """Write an array as nested lists of numbers with few significant digits.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
        At least one axis.
    digits : int
        Number of digits.

    Returns
    -------
    rounded : list
    """
    if values.ndim > 1:
        return [rounded(row, digits) for row in values]
    return [float(f"{value:.{digits}g}") for value in values.tolist()]


def feasible_values(
    actionability: Actionability, person: People, max_listed: int
) -> dict[int, tuple[float, float] | list[Any]]:
    """Find the values that one person may try in each feature.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    person : People
        One person, with limits.
    max_listed : int
        Largest number of numbers that are listed.

    Returns
    -------
    feasible : dict of int to tuple of float, or list
        By position of the feature, without those that cannot change: the ends of its
        numbers, or a list of values. Values that follow from others have no ends.
    """
    schema = actionability.schema
    follow = _following(actionability)
    feasible: dict[int, tuple[float, float] | list[Any]] = {}
    can_change = actionability.can_change(person)[0]
    for j in np.flatnonzero(can_change).tolist():
        if j not in follow:
            feasible[j] = _values_of(actionability, person, j, max_listed)
    waiting = True
    while waiting:
        new = [j for j in follow if j not in feasible and feasible.keys() & follow[j]]
        feasible |= {j: _any_value(schema, j) for j in new}
        waiting = bool(new)
    return feasible


def _values_of(
    actionability: Actionability, person: People, j: int, max_listed: int
) -> tuple[float, float] | list[Any]:
    """Find the values of a feature that can change."""
    schema, rule = actionability.schema, actionability.rules[j]
    own, bounds = person.codes[:, j], person.limits.of_column(j)
    levels = schema.columns[j].levels
    most = max_listed if levels is None else len(levels)
    if (
        not isinstance(rule, OrderedValues)
        or rule.count_alternatives(own, bounds) < most + 1
    ):
        codes = rule.alternatives(float(own[0]), bounds, most).tolist()
        return [schema.value_of(j, code) for code in [float(own[0]), *codes]]
    first, last = rule.ends(own, bounds)
    ends = [float(first[0]), float(last[0]), float(own[0])]
    return float(np.nanmin(ends)), float(np.nanmax(ends))


def _following(actionability: Actionability) -> dict[int, tuple[int, ...]]:
    """Map the features that follow from others to their sources."""
    links = actionability.link_set
    follow = {j: tuple(links.sources[j]) for j in links.derived}
    for one in determined_of(actionability.schema):
        follow[one.column] = one.sources
    return follow


def _any_value(schema: TableSchema, j: int) -> tuple[float, float] | list[Any]:
    """Let a feature take any value."""
    column = schema.columns[j]
    if column.levels is None:
        return -np.inf, np.inf
    missing = [None] if column.may_be_missing else []
    return [*column.levels, *missing]


def free_rows(own: np.ndarray, choices: Sequence[Choice]) -> np.ndarray:
    """Write rows that have the listed codes of all choices, one after the other.

    Parameters
    ----------
    own : ndarray of shape (n_features,), dtype float64
    choices : sequence of Choice

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features), dtype float64
        Row v has the v-th code of each feature, and the own code beyond its codes.
    """
    n_rows = max((len(one.codes) for one in choices), default=0)
    rows = np.repeat(own[np.newaxis], max(n_rows, 1), axis=0)
    for one in choices:
        rows[: len(one.codes), one.feature] = one.codes
    return rows
