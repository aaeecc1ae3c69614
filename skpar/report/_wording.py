"""Statuses and changes in words, and cells that are safe in a spreadsheet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ..relations import FeatureSchema, table_of
from ..table import TableSchema

ACCEPTED = "accepted"
FOUND = "found"
NOT_FOUND = "not found"
IMPOSSIBLE = "impossible"
UNREADABLE = "unreadable"

# Roles of changes.
NEEDED = "needed"
ACCOMPANIES = "accompanies"
FOLLOWS = "follows"
UNKNOWN = "unknown"

# Sizes of numbers that are written without a power of ten.
_LEAST_PLAIN, _LARGEST_PLAIN = 1e-5, 1e16
# Of fewer changes, all parts are single changes.
_MIN_PARTS = 3
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Wording:
    """Write changes of codes in words.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    names : mapping of column to str, default=None
        Names of columns for readers. Other columns keep their labels.
    units : mapping of column to str, default=None
        Text after the new value, or around both values if the unit has a ``{}``.

    Raises
    ------
    ValueError
        For an unknown column, or a name or unit that is no string.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table import TableSchema
    >>> from skpar.report._wording import Wording
    >>> schema = TableSchema.infer(pd.DataFrame({"term": [12, 24], "sum": [5.5, 900]}))
    >>> units = {"term": "months", "sum": "${}"}
    >>> wording = Wording(schema, {"term": "the term"}, units)
    >>> wording.action(0, 24.0, 18.0)
    'lower the term from 24 to 18 months'
    >>> wording.action(1, 100.0, 500.5)
    'raise sum from $100 to $500.5'
    """

    def __init__(
        self,
        schema: TableSchema,
        names: Mapping[Hashable, str] | None = None,
        units: Mapping[Hashable, str] | None = None,
    ) -> None:
        self.schema = schema
        columns, levels = _split(schema, names)
        self._names = {j: str(name) for j, name in enumerate(schema.names)}
        self._names.update(_by_position(schema, "names", columns))
        self._levels = {
            schema.position(key): _level_names(schema, key, levels) for key in levels
        }
        self._units = _by_position(schema, "units", units)

    def action(self, j: int, old: float, new: float) -> str:
        """Write one change.

        Parameters
        ----------
        j : int
            The column.
        old : float
            Code before; NaN if a missing cell is filled.
        new : float
            Code after.

        Returns
        -------
        action : str
        """
        column = self.schema.columns[j]
        before, after = self.values(j, old, new)
        if np.isnan(old):
            return f"fill in {self.name(j)} with {after}"
        verb = "change"
        if column.kind != "binary" and column.is_ordered:
            verb = "raise" if new > old else "lower"
        return f"{verb} {self.name(j)} from {before} to {after}"

    def actions(self, before: np.ndarray, after: np.ndarray, chosen: np.ndarray) -> str:
        """Write several changes of a row.

        Parameters
        ----------
        before : ndarray of shape (n_features,), dtype float64
            Codes before.
        after : ndarray of shape (n_features,), dtype float64
            Codes after.
        chosen : ndarray of shape (n_features,), dtype bool
            The columns to write.

        Returns
        -------
        actions : str
            Empty if no column is chosen.
        """
        places = np.flatnonzero(chosen).tolist()
        texts = [self.action(j, float(before[j]), float(after[j])) for j in places]
        return " and ".join(texts)

    def consequence(self, j: int, old: float, new: float) -> str:
        """Write a change that follows from the others, with the arguments of `action`.

        Returns
        -------
        text : str
        """
        before, after = self._with_unit(
            j, old, *_distinct(self._value(j, old), self._value(j, new))
        )
        return f"as a result, {self.name(j)} becomes {after} instead of {before}"

    def name(self, j: int) -> str:
        """Name of a column for readers."""
        return self._names[j]

    def values(self, j: int, old: float, new: float) -> tuple[str, str]:
        """Write two values of a column; the new one with all of its digits.

        Parameters
        ----------
        j : int
            The column.
        old : float
            Code before; may be NaN.
        new : float
            Code after.

        Returns
        -------
        before : str
            Value before, with six digits or as many as distinguish it. The unit is
            around it if the unit has a ``{}``.
        after : str
            Value after, as it is in the table, with the unit.
        """
        before, after = _rounded(self._value(j, old)), self._exact(j, new)
        if self.schema.columns[j].is_numeric and not np.isnan(old):
            # A rounded number must not seem to lie on the other side.
            if np.sign(float(before) - new) != np.sign(old - new):
                before = self._exact(j, old)
        return self._with_unit(j, old, before, after)

    def number(self, j: int, number: float) -> str:
        """Write a number of the unit of a column, such as a mean, with six digits."""
        return self._with_unit(j, 0.0, "", _rounded(number))[1]

    def _with_unit(
        self, j: int, old: float, before: str, after: str
    ) -> tuple[str, str]:
        """Add the unit of a column to two values."""
        unit = self._units.get(j, "")
        if np.isnan(old):
            before = "missing"
        elif "{}" in unit:
            before = unit.replace("{}", before)
        if "{}" in unit:
            return before, unit.replace("{}", after)
        return before, f"{after} {unit}" if unit else after

    def _exact(self, j: int, code: float) -> str:
        """Write a value as it is in the table."""
        value = self._value(j, code)
        if not isinstance(value, float):
            return str(value)
        dtype = self.schema.columns[j].coarse_dtype or np.dtype(np.float64)
        if value and not _LEAST_PLAIN <= abs(value) < _LARGEST_PLAIN:
            return str(dtype.type(value))
        return np.format_float_positional(dtype.type(value), trim="-")

    def _value(self, j: int, code: float) -> Any:
        """Value of a code; a level of a group has the name that readers know."""
        return self._levels.get(j, {}).get(code, self.schema.value_of(j, code))


def row_labels(table: Any) -> Any:
    """Labels of the rows of a table, shape (n_samples,): its index, or numbers."""
    return getattr(table, "index", np.arange(len(table)))


def shorten(text: str, max_length: int = 30) -> str:
    """Cut a long text in its middle.

    Parameters
    ----------
    text : str
    max_length : int, default=30
        Number of characters left, the ellipsis included.

    Returns
    -------
    short : str

    Examples
    --------
    >>> from skpar.report._wording import shorten
    >>> shorten("a job with quite a long name", 13)
    'a job …g name'
    """
    if len(text) <= max_length:
        return text
    half = (max_length - 1) // 2
    return f"{text[: max_length - 1 - half]}\N{HORIZONTAL ELLIPSIS}{text[-half:]}"


def why_impossible(blocking: tuple[str, ...], demands: Sequence[str] = ()) -> str:
    """Write that recourse is impossible, and which rules prevent it.

    Parameters
    ----------
    blocking : tuple of str
        Rules. Dropping any single one of them would give a recourse.
    demands : sequence of str, default=()
        What recourse of the person needs besides acceptance.

    Returns
    -------
    reason : str

    Examples
    --------
    >>> from skpar.report._wording import why_impossible
    >>> why_impossible(("age: 'immutable'",))
    "no feasible row is accepted; dropping one rule would help: age: 'immutable'"
    """
    reason = f"no feasible row is accepted{_with(demands)}"
    if blocking:
        reason += f"; dropping one rule would help: {' or '.join(blocking)}"
    return reason


def _with(demands: Sequence[str]) -> str:
    """Write demands on a row, such as " with a and b"."""
    return f" with {' and '.join(demands)}" if demands else ""


def why_not_found(
    n_queries: int,
    max_queries: int,
    miss: str = "",
    probability: float | None = None,
    binding: tuple[str, ...] = (),
    demands: Sequence[str] = (),
    lacks: Sequence[str] = (),
) -> str:
    """Write that no recourse was found, and what was done.

    Parameters
    ----------
    n_queries : int
        Number of rows with which the classifier was queried.
    max_queries : int
        Largest number of such rows.
    miss : str, default=""
        The changes to the nearest miss; empty if no row was tried.
    probability : float, default=None
        Probability of the nearest miss; None if the classifier gives none.
    binding : tuple of str, default=()
        The rules that bind at the nearest miss.
    demands : sequence of str, default=()
        What recourse of the person needs besides acceptance.
    lacks : sequence of str, default=()
        Which of these demands the nearest miss breaks.

    Returns
    -------
    reason : str

    Examples
    --------
    >>> from skpar.report._wording import why_not_found
    >>> print(why_not_found(200, 200))
    no accepted row was found; 200 rows were tried, which is all that max_queries allows
    >>> reason = why_not_found(1, 9, "raise age from 20 to 25", 0.412, ("a rule",))
    >>> for part in reason.split("; "):
    ...     print(part)
    no accepted row was found
    1 row was tried, and max_queries allows 9
    the nearest miss has probability 0.41: raise age from 20 to 25
    rules that bind there: a rule
    >>> demands, lacks = ["min_probability=0.7"], ["probability 0.6 below ..."]
    >>> reason = why_not_found(1, 9, "a change", demands=demands, lacks=lacks)
    >>> for part in reason.split("; "):
    ...     print(part)
    no accepted row with min_probability=0.7 was found
    1 row was tried, and max_queries allows 9
    the nearest miss: a change
    it is no recourse: probability 0.6 below ...
    """
    rows = "1 row was" if n_queries == 1 else f"{n_queries} rows were"
    left = f"and max_queries allows {max_queries}"
    if n_queries >= max_queries:
        left = "which is all that max_queries allows"
    within = _with(demands)
    reason = f"no accepted row{within} was found; {rows} tried, {left}"
    if miss:
        known = "" if probability is None else f" has probability {probability:.2f}"
        reason += f"; the nearest miss{known}: {miss}"
        if lacks:
            reason += f"; it is no recourse: {' and '.join(lacks)}"
        if binding:
            reason += f"; rules that bind there: {' and '.join(binding)}"
    return reason


def why_no_proposal(n_queries: int) -> str:
    """Write that no proposal of the generator is a recourse, and no search was made.

    Parameters
    ----------
    n_queries : int
        Number of proposals with which the classifier was queried.

    Returns
    -------
    reason : str

    Examples
    --------
    >>> from skpar.report._wording import why_no_proposal
    >>> print(why_no_proposal(6))
    no proposal is a recourse (6 tried); no search was made, because search="none"
    """
    return (
        f"no proposal is a recourse ({n_queries} tried); no search was made, because "
        'search="none"'
    )


def with_role(action: str, role: str) -> str:
    """Write a change that accompanies the others with what this means.

    Parameters
    ----------
    action : str
        The change.
    role : str
        ``"needed"``, ``"accompanies"``, ``"follows"`` or ``"unknown"``.

    Returns
    -------
    text : str
        The action alone, if it does not accompany the others.

    Examples
    --------
    >>> from skpar.report._wording import with_role
    >>> text = with_role("raise age from 20 to 25", "accompanies")
    >>> for part in text.split(": "):
    ...     print(part)
    raise age from 20 to 25 (accompanies
    the classifier also accepts if only this change is left out)
    """
    if role != ACCOMPANIES:
        return action
    meaning = "the classifier also accepts if only this change is left out"
    return f"{action} ({ACCOMPANIES}: {meaning})"


def unchecked_parts(roles: list[str], is_needed: bool, is_searched: bool = True) -> str:
    """Write that not every part of the changes of a recourse was checked.

    Parameters
    ----------
    roles : list of str
        The role of each change.
    is_needed : bool
        Whether all changes are known to be needed.
    is_searched : bool, default=True
        Whether there was a search.

    Returns
    -------
    text : str
        Empty if every part was checked, or if a change is known to accompany the others
        and all others were checked.

    Examples
    --------
    >>> from skpar.report._wording import unchecked_parts
    >>> unchecked_parts(["needed", "needed", "needed"], is_needed=False)
    'not every part of these changes was checked, so fewer may be enough'
    """
    because = ""
    if UNKNOWN in roles:
        why = "the query budget was spent" if is_searched else "no search was made"
        because = f" ({why})"
    elif is_needed or ACCOMPANIES in roles or roles.count(NEEDED) < _MIN_PARTS:
        return ""
    return (
        f"not every part of these changes was checked{because}, so fewer may be enough"
    )


def escape_formula(value: Any) -> Any:
    """Keep a spreadsheet from reading a text as a formula.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    value : object
        A string that begins with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line
        gets an apostrophe in front. All other values stay.

    Examples
    --------
    >>> from skpar.report._wording import escape_formula
    >>> escape_formula("=1+1"), escape_formula("cook"), escape_formula(-3)
    ("'=1+1", 'cook', -3)
    """
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def _by_position(
    schema: TableSchema, parameter: str, texts: Mapping[Hashable, str] | None
) -> dict[int, str]:
    """Texts by position of their column."""
    found = {}
    for key, text in (texts or {}).items():
        try:
            j = schema.position(key)
        except ValueError as error:
            raise ValueError(f"{parameter}: {error}") from None
        if not isinstance(text, str):
            raise ValueError(
                f"{parameter} must map columns to strings; got {text!r} for {key!r}."
            )
        found[j] = text
    return found


def _split(
    schema: TableSchema, names: Mapping[Hashable, str] | None
) -> tuple[dict[Hashable, str], dict[Hashable, str]]:
    """Split names into those of features, and those of columns of groups."""
    groups = schema.groups if isinstance(schema, FeatureSchema) else {}
    own = {schema.names[j] for j in groups}
    features: dict[Hashable, str] = {}
    levels: dict[Hashable, str] = {}
    for key, name in (names or {}).items():
        inside = key not in own and groups and schema.position(key) in groups
        (levels if inside else features)[key] = name
    return features, levels


def _level_names(
    schema: TableSchema, key: Hashable, names: Mapping[Hashable, str]
) -> dict[float, str]:
    """Names of the levels of the group that a column belongs to, by code."""
    j, table = schema.position(key), table_of(schema)
    assert isinstance(schema, FeatureSchema)
    places = {column: float(k) for k, column in enumerate(schema.members[j])}
    named = {table.position(other): name for other, name in names.items()}
    return {places[k]: name for k, name in named.items() if k in places}


def _distinct(*values: Any) -> list[str]:
    """Write values for a reader, with as few digits as distinguish them."""
    texts = [_rounded(value) for value in values]
    return texts if len(set(texts)) == len(texts) else [str(value) for value in values]


def _rounded(value: Any) -> str:
    """Write a value, a number with six digits or up to its decimal point."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
