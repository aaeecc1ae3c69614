"""Rules and links as plain data, and back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ....actionability import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    Fill,
    If,
    LevelPrices,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Price,
    Range,
    RareLevels,
    Rises,
    Transitions,
    Weight,
)
from ._values import plain_value, shown, value_of

NOT_STORED = "not_stored"
"""Key of a function of the user, which a record names and does not hold."""

_WORDS = ("immutable", "increasing", "decreasing")
_RULES: dict[str, Any] = {
    one.__name__: one
    for one in (
        Range,
        Levels,
        Transitions,
        Fill,
        Weight,
        Price,
        LevelPrices,
        RareLevels,
    )
}
_CHANGES: dict[str, Any] = {one.__name__: one for one in (Rises, Falls)}
_LINKS: dict[str, Any] = {
    one.__name__: one
    for one in (If, NotAbove, Linear, Derived, MaxChanged, ExactlyOne, Determines)
}
# Fields that hold a sequence of values, and fields that hold pairs. All other fields
# hold one value, which may be a tuple if it names a column.
_SEQUENCES = {"levels", "sources", "of", "columns"}
_PAIRS = {"moves", "prices", "weights"}


@dataclass(frozen=True)
class NotStored:
    """Takes the place of a function that a record does not hold.

    Parameters
    ----------
    name : str
        Name of the function.
    """

    name: str

    @property
    def __name__(self) -> str:
        """Name of the function, which links show."""
        return self.name

    def __call__(self, *tables: Any) -> np.ndarray:
        """Return that all values are unknown, (n,), as one of a `Derived` link."""
        return np.full(len(tables[0]), np.nan)


def plain_rules(
    rules: Mapping[Hashable, Sequence[Any]], links: Sequence[Any]
) -> dict[str, Any]:
    """Write rules and links as plain data.

    Parameters
    ----------
    rules : mapping of label to sequence of rule
        Rules of each column.
    links : sequence of link
        Links between columns.

    Returns
    -------
    plain : dict of str to list
        ``actionability`` has one ``{"column", "rules"}`` per column.

    Raises
    ------
    ValueError
        Names the rule or link that cannot be written.
    """
    written = []
    for name, some in rules.items():
        where = f"actionability of column {name!r}"
        plain = [_named(where, rule, _RULES) for rule in some]
        written.append({"column": _named(where, name), "rules": plain})
    return {
        "actionability": written,
        "links": [_named(f"links, {link!r}", link, _LINKS) for link in links],
    }


def rules_of(plain: Mapping[str, Any]) -> tuple[dict[Hashable, list[Any]], list[Any]]:
    """Read rules and links that `plain_rules` wrote.

    Parameters
    ----------
    plain : mapping
        As `plain_rules` returns it.

    Returns
    -------
    rules : dict of label to list of rule
        Functions are `NotStored`.
    links : list of link

    Raises
    ------
    ValueError, TypeError
        If they are no rules and links of skpar.
    """
    rules = {
        value_of(one["column"]): [_object_of(rule, _RULES) for rule in one["rules"]]
        for one in plain["actionability"]
    }
    return rules, [_object_of(link, _LINKS) for link in plain["links"]]


def _named(where: str, value: Any, known: Mapping[str, Any] | None = None) -> Any:
    """Write a rule, link or label; an error names the place."""
    try:
        return plain_value(value) if known is None else _plain_object(value, known)
    except ValueError as error:
        raise ValueError(f"{where}: {error}.") from None


def _plain_object(value: Any, known: Mapping[str, Any]) -> Any:
    """Write a rule, link or change."""
    if type(value) is str and value in _WORDS:
        return value
    name = type(value).__name__
    if known.get(name) is not type(value):
        raise ValueError(
            f"{shown(value)}, a {name}, is no rule or link that a record can hold"
        )
    plain: dict[str, Any] = {"type": name}
    for field in fields(value):
        plain[field.name] = _plain_field(field.name, getattr(value, field.name))
    return plain


def _plain_field(name: str, value: Any) -> Any:
    """Write one field of a rule or link."""
    if callable(value):
        return {NOT_STORED: str(getattr(value, "__name__", type(value).__name__))}
    if type(value).__name__ in _CHANGES:
        return _plain_object(value, _CHANGES)
    if name in _SEQUENCES and value is not None:
        return [plain_value(one) for one in value]
    if name not in _PAIRS:
        return plain_value(value)
    if name == "weights":
        return [[plain_value(column), plain_value(one)] for column, one in value]
    return [
        [[plain_value(one) for one in left], plain_value(right)]
        if name == "prices"
        else [plain_value(left), [plain_value(one) for one in right]]
        for left, right in value
    ]


def _object_of(plain: Any, known: Mapping[str, Any]) -> Any:
    """Read a rule, link or change."""
    if isinstance(plain, str) and known is _RULES and plain in _WORDS:
        return plain
    if not isinstance(plain, dict) or plain.get("type") not in known:
        raise ValueError(f"{shown(plain)} is no rule or link of skpar")
    kind = known[plain["type"]]
    if {*plain} - {"type"} != {field.name for field in fields(kind)}:
        raise ValueError(f"{plain['type']} has other fields: {sorted(plain)}")
    return kind(
        **{name: _field_of(name, one) for name, one in plain.items() if name != "type"}
    )


def _field_of(name: str, plain: Any) -> Any:
    """Read one field of a rule or link."""
    if isinstance(plain, dict) and NOT_STORED in plain:
        return NotStored(str(plain[NOT_STORED]))
    if isinstance(plain, dict) and plain.get("type") in _CHANGES:
        return _object_of(plain, _CHANGES)
    if name in _SEQUENCES and plain is not None:
        return [value_of(one) for one in plain]
    if name not in _PAIRS:
        return value_of(plain)
    if name == "weights":
        return {value_of(column): value_of(one) for column, one in plain}
    if name == "prices":
        return {tuple(map(value_of, pair)): value_of(one) for pair, one in plain}
    return {value_of(own): [value_of(one) for one in some] for own, some in plain}
