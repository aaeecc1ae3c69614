"""Words for readers: statuses, roles, and the words that a user gives for columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np

from ..relations import GroupColumn, groups_of, table_of
from ..table import Column, TableSchema
from ._phrases import Phrases, check_fields, fields_of

# Ends of regions are shown with so many digits; those of 100 or more with one more.
_END_DIGITS = 2
# Of fewer changes, all parts are single changes.
_MIN_PARTS = 3

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

# Keys of verbs.
RAISE, LOWER, CHANGE, FILL = "raise", "lower", "change", "fill"
_FIELDS = {
    RAISE: ["name", "before", "after", "difference"],
    LOWER: ["name", "before", "after", "difference"],
    CHANGE: ["name", "before", "after"],
    FILL: ["name", "after"],
}

# Between letters only: a sign in front of a digit is a minus.
_SEPARATORS = re.compile(r"_|(?<=[^\W\d])-(?=[^\W\d])")

NumberFormat = str | Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Words for the columns of a table, and the phrases of sentences.

    Methods that write sentences take it, such as :meth:`RecourseReport.actions`. It
    needs only the columns for which the table itself does not read well.

    Parameters
    ----------
    names : mapping of column to str, default=None
        Names of features. Other columns have their label, with spaces for ``_`` and
        ``-``. A group of one-hot columns can have a name, and each column in it.
    labels : mapping of column to mapping of value to str, default=None
        Words for values, such as ``{"status": {"A14": "no account"}}``. The key None is
        for a missing cell.
    units : mapping of column to str, default=None
        ``"months"`` stands after the new value. A unit with ``{}`` stands around both
        values (``"about {} EUR"``). The phrases know the place of ``"%"``, ``"$"``,
        ``"€"`` and ``"£"``. Numbers with a unit have a mark between thousands, other
        numbers have it from 10,000 on, because a year has none.
    formats : mapping of column to str or callable, default=None
        How to write the numbers of a column, such as ``"${:,.0f}"`` or ``"{:.0%}"``.
        The new number of an action has as many more decimals as it needs to be the
        number of the table. A callable gets the value and returns a str, which is not
        changed; for instance, a date.
    verbs : mapping of column to str or mapping, default=None
        A verb for all changes of a number or level, such as ``"pay off"``. Or a mapping
        with some of the keys ``"raise"``, ``"lower"``, ``"change"`` and ``"fill"`` (a
        missing cell) or new values of the column. A verb with fields is the whole
        sentence: ``"wait until {name} is {after}"``. Fields are ``name``, ``before``,
        ``after`` and, if a number rises or falls, ``difference``. The text for a
        value, or for ``"fill"``, is always the whole sentence, such as
        ``{True: "get a guarantor"}``.
    phrases : Phrases, default=None
        Phrases of all sentences. None stands for English.

    See Also
    --------
    Phrases : The phrases, in English and German.
    RecourseReport.actions : Recourse in words.

    Notes
    -----
    Columns, values, units, formats and verbs are checked when the wording meets a
    table. The errors are ValueErrors that name the parameter and the column.

    Examples
    --------
    >>> from skpar import PARRecourse, Wording
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> report = PARRecourse(max_iter=2, random_state=0).fit(X, y).recourse(X[:20])
    >>> wording = Wording(
    ...     names={"loan_amount": "the loan"},
    ...     units={"loan_amount": "$", "loan_months": "months"},
    ...     formats={"debt_share": "{:.0%}"},
    ...     verbs={"years_in_job": {"raise": "wait until {name} are {after}"}},
    ... )
    >>> len(report.actions(wording))
    20
    """

    names: Mapping[Hashable, str] | None = None
    labels: Mapping[Hashable, Mapping[Any, str]] | None = None
    units: Mapping[Hashable, str] | None = None
    formats: Mapping[Hashable, NumberFormat] | None = None
    verbs: Mapping[Hashable, str | Mapping[Any, str]] | None = None
    phrases: Phrases | None = None


@dataclass(frozen=True)
class ColumnWords:
    """The words of one column.

    Parameters
    ----------
    name : str
        Name of the feature.
    labels : dict of float to str
        Words for values, by code.
    missing : str
        A missing cell.
    unit : str
        With ``{}`` if it stands around both values; may be empty.
    number_format : str, callable or None
        How to write numbers.
    verbs : dict of str to str
        By the kind of the change.
    sentences : dict of float to str
        Whole sentences, by the new code.
    """

    name: str
    labels: Mapping[float, str] = field(default_factory=dict)
    missing: str = "missing"
    unit: str = ""
    number_format: NumberFormat | None = None
    verbs: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[float, str] = field(default_factory=dict)


def words_of_columns(
    schema: TableSchema, wording: Wording, phrases: Phrases
) -> tuple[ColumnWords, ...]:
    """Check the words of a user, and complete them for all columns.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    wording : Wording
        The words.
    phrases : Phrases
        The phrases.

    Returns
    -------
    words : tuple of ColumnWords
        One per column.

    Raises
    ------
    ValueError
        For an unknown column or value, or a text that cannot be used.
    """
    columns, members = _split(schema, wording.names)
    names = dict(enumerate(_readable_names(schema)))
    names.update(_texts(schema, "names", columns))
    of_members = _texts(table_of(schema), "names", members)
    labels = _by_position(schema, "labels", wording.labels)
    units = _texts(schema, "units", wording.units)
    formats = _by_position(schema, "formats", wording.formats)
    verbs = _by_position(schema, "verbs", wording.verbs)
    words = []
    for j, column in enumerate(schema.columns):
        known = _known_labels(column, phrases, of_members)
        own = dict(_labels(column, labels.get(j, {})))
        missing = own.pop(None, phrases.missing)
        by_kind, by_code = _verbs(column, verbs.get(j, {}))
        unit = units.get(j, "")
        words.append(
            ColumnWords(
                names[j],
                known | own,
                missing,
                phrases.units.get(unit, unit),
                _checked_format(column, formats.get(j)),
                by_kind,
                by_code,
            )
        )
    return tuple(words)


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


def _by_position(
    schema: TableSchema, parameter: str, given: Mapping[Hashable, Any] | None
) -> dict[int, Any]:
    """Find the positions of the columns for which something is given."""
    found = {}
    if not isinstance(given, Mapping | None):
        raise ValueError(f"{parameter} must map columns to words; got {given!r}.")
    for key, value in (given or {}).items():
        try:
            found[schema.position(key)] = value
        except ValueError as error:
            raise ValueError(f"{parameter}: {error}") from None
    return found


def _texts(
    schema: TableSchema, parameter: str, given: Mapping[Hashable, str] | None
) -> dict[int, str]:
    """Texts by position of their column."""
    found = _by_position(schema, parameter, given)
    for key, text in (given or {}).items():
        if not isinstance(text, str):
            raise ValueError(
                f"{parameter} must map columns to strings; got {text!r} for {key!r}."
            )
    return found


def _split(
    schema: TableSchema, names: Mapping[Hashable, str] | None
) -> tuple[Mapping[Hashable, str] | None, dict[Hashable, str]]:
    """Split names into those of features, and those of columns of groups."""
    groups = groups_of(schema)
    if not groups or not isinstance(names, Mapping):
        return names, {}
    own = {schema.names[j] for j in groups}
    features: dict[Hashable, str] = {}
    members: dict[Hashable, str] = {}
    for key, name in names.items():
        inside = key not in own and schema.position(key) in groups
        (members if inside else features)[key] = name
    return features, members


def level_text(level: Any) -> str:
    """Write a level; without a visible character, it is in quotes.

    Parameters
    ----------
    level : object
        The level.

    Returns
    -------
    text : str

    Examples
    --------
    >>> from skpar.report._wording import level_text
    >>> print(level_text("rent"), level_text(""))
    rent ""
    """
    text = str(level)
    return text if text.strip() else f'"{text}"'


def _readable_names(schema: TableSchema) -> list[str]:
    """Names of columns with spaces, if they stay different."""
    plain = [str(name) for name in schema.names]
    spaced = [" ".join(_SEPARATORS.sub(" ", name).split()) for name in plain]
    counts = Counter(spaced)
    return [
        new if new and counts[new] == 1 else old
        for old, new in zip(plain, spaced, strict=True)
    ]


def _known_labels(
    column: Column, phrases: Phrases, of_members: Mapping[int, str]
) -> dict[float, str]:
    """Labels that need no words of the user, by code: of booleans and of groups."""
    if column.kind == "binary":
        return {0.0: phrases.no, 1.0: phrases.yes}
    if not isinstance(column, GroupColumn):
        return {}
    assert column.levels is not None
    places = {member: float(k) for k, member in enumerate(column.group.members)}
    labels = {places[j]: name for j, name in of_members.items() if j in places}
    if column.group.at_most:
        labels[float(len(column.levels) - 1)] = phrases.none
    return labels


def _labels(column: Column, labels: Any) -> list[tuple[Any, str]]:
    """Labels of the user with codes for values, and None for a missing cell."""
    where = f"labels of column {column.name!r}"
    if not isinstance(labels, Mapping):
        raise ValueError(f"{where} must map values to strings; got {labels!r}.")
    for text in labels.values():
        if not isinstance(text, str):
            raise ValueError(f"{where} must be strings; got {text!r}.")
    return [
        (None if value is None else _code_of(column, where, value), text)
        for value, text in labels.items()
    ]


def _code_of(column: Column, where: str, value: Any) -> float:
    """Code of a value; it may be a value that no training row has, if a number."""
    try:
        return float(column.code_of(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from None


def _verbs(column: Column, verbs: Any) -> tuple[dict[str, str], dict[float, str]]:
    """Verbs of a column by kind of change, and sentences by new code."""
    where = f"verbs of column {column.name!r}"
    if isinstance(verbs, str):
        verbs = dict.fromkeys((RAISE, LOWER, CHANGE), verbs)
    if not isinstance(verbs, Mapping):
        raise ValueError(f"{where} must be a string or a mapping; got {verbs!r}.")
    by_kind: dict[str, str] = {}
    by_code: dict[float, str] = {}
    for key, text in verbs.items():
        if not isinstance(text, str):
            raise ValueError(f"{where} must be strings; got {text!r}.")
        known = _FIELDS[CHANGE]
        if key in _FIELDS and key not in (column.levels or ()):
            by_kind[key] = text
            known = _FIELDS[CHANGE if column.levels and key != FILL else key]
        else:
            by_code[_code_of(column, where, key)] = text
        check_fields(where, text, known)
    return by_kind, by_code


def _checked_format(column: Column, number_format: Any) -> NumberFormat | None:
    """Check a format of numbers: it writes a number of the column."""
    if number_format is None or callable(number_format):
        return number_format
    where = f"formats of column {column.name!r}"
    if not column.is_numeric:
        raise ValueError(f"{where}: the column has no numbers; use labels.")
    if not isinstance(number_format, str):
        raise ValueError(f"{where} must be strings or callables; got {number_format!r}")
    check_fields(where, number_format, [""])
    if len(fields_of(number_format)) != 1:
        raise ValueError(
            f"{where}: {number_format!r} must have one field, like {{:.0f}}."
        )
    try:
        number_format.format(column.value_of(column.low))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {number_format!r}: {error}.") from None
    return number_format


def with_role(action: str, role: str, phrases: Phrases | None = None) -> str:
    """Write a change that accompanies the others with what this means.

    Parameters
    ----------
    action : str
        The change.
    role : str
        ``"needed"``, ``"accompanies"``, ``"follows"`` or ``"unknown"``.
    phrases : Phrases, default=None
        None stands for English.

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
    return (phrases or Phrases()).accompanies.format(action=action)


def unchecked_parts(
    roles: list[str],
    is_needed: bool,
    is_searched: bool = True,
    phrases: Phrases | None = None,
) -> str:
    """Write that not every part of the changes of a recourse was checked.

    Parameters
    ----------
    roles : list of str
        The role of each change.
    is_needed : bool
        Whether all changes are known to be needed.
    is_searched : bool, default=True
        Whether there was a search.
    phrases : Phrases, default=None
        None stands for English.

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
    phrases = phrases or Phrases()
    if UNKNOWN in roles:
        return phrases.budget_note if is_searched else phrases.no_search_note
    if is_needed or ACCOMPANIES in roles or roles.count(NEEDED) < _MIN_PARTS:
        return ""
    return phrases.unchecked


def rounded_inwards(value: float, low: float, high: float) -> tuple[float, float]:
    """Round the ends of an interval towards a value inside, so that it only shrinks.

    Parameters
    ----------
    value : float
        A value inside.
    low : float
        Lower end; may be infinite.
    high : float
        Upper end; may be infinite.

    Returns
    -------
    low : float
        At most `value`, with two or three digits if it is below.
    high : float
        At least `value`.

    Examples
    --------
    >>> from skpar.report._wording import rounded_inwards
    >>> rounded_inwards(3300.0, 2233.0, 8483.0)
    (2240.0, 8480.0)
    """
    return -_floor(-low, -value), _floor(high, value)


def _floor(end: float, value: float) -> float:
    """Round an end down to few digits, but not below a value."""
    if not np.isfinite(end) or end == 0.0:
        return end
    digits, exact = _END_DIGITS + (abs(end) >= 100), Decimal(repr(end))
    step = Decimal(10) ** (exact.adjusted() + 1 - digits)
    shorter = float((exact / step).to_integral_value(ROUND_FLOOR) * step)
    return max(shorter, value)
