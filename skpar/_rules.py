"""Rules: what a person may do with one feature, as written and as merged."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

from ._permitted import Permitted, finest
from ._schema import Column, TableSchema

_WORDS = ("immutable", "increasing", "decreasing")


@dataclass(frozen=True)
class Range:
    """Bounds and steps for a column of numbers.

    Parameters
    ----------
    low, high : float, default=None
        The smallest and the largest value that may be proposed; None leaves
        that side to the values seen in training, which are never exceeded.
    step : float, default=None
        Only ``low + k * step`` for whole numbers ``k`` may be proposed
        (``k * step`` where `low` is None).
    relative : bool, default=False
        Whether `low` and `high` are changes from the person's own value, and
        the steps are counted from there.

    Examples
    --------
    >>> from skpar import Range
    >>> Range(10, 60, step=5)
    Range(10, 60, step=5)
    >>> Range(0, 5, relative=True)  # up, by at most 5
    Range(0, 5, relative=True)
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    relative: bool = False

    def __repr__(self) -> str:
        """Show what was given, and nothing else."""
        bounded = self.low is not None and self.high is not None
        shown = []
        for name in ("low", "high", "step"):
            value = getattr(self, name)
            if value is not None:
                label = "" if bounded and name != "step" else f"{name}="
                shown.append(f"{label}{_plain(value)!r}")
        if self.relative:
            shown.append("relative=True")
        return f"Range({', '.join(shown)})"


@dataclass(frozen=True)
class Levels:
    """The levels of a column that may be proposed.

    Parameters
    ----------
    levels : sequence
        Levels as they stand in the table.

    Examples
    --------
    >>> from skpar import Levels
    >>> Levels(["rent", "own"])
    Levels(['rent', 'own'])
    """

    levels: Sequence[Any]

    def __post_init__(self) -> None:
        """Keep a tuple, so that the rule can be hashed."""
        if isinstance(self.levels, (str, bytes)):
            raise TypeError(
                f"Levels takes a list of levels; write Levels([{self.levels!r}])."
            )
        levels = tuple(_plain(level) for level in self.levels)
        object.__setattr__(self, "levels", levels)

    def __repr__(self) -> str:
        """Show the levels as a list."""
        return f"Levels({list(self.levels)!r})"


Rule = str | Range | Levels


def read_rules(
    schema: TableSchema, rules: Mapping[Hashable, Any] | None
) -> tuple[Permitted, ...]:
    """Validate what the user wrote and merge it, one rule per column.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : mapping or None
        Column to rule, or to a list of rules that hold together.

    Returns
    -------
    merged : tuple of Permitted
        In column order; columns that `rules` leaves out are free within what was
        seen in training.
    """
    rules = {} if rules is None else rules
    if not isinstance(rules, Mapping):
        raise TypeError(
            "actionability must map columns to rules, as in {'age': 'increasing'}; "
            f"got {rules!r}."
        )
    keys: dict[int, Hashable] = {}
    written: dict[int, tuple[Rule, ...]] = {}
    for key, rule in rules.items():
        try:
            position = schema.position(key)
        except ValueError as error:
            raise ValueError(f"actionability, rule {rule!r}: {error}") from None
        if position in keys:
            raise ValueError(
                f"actionability names column {schema.columns[position].name!r} twice, "
                f"as {keys[position]!r} and as {key!r}; put both rules in one list."
            )
        keys[position] = key
        written[position] = tuple(rule) if isinstance(rule, (list, tuple)) else (rule,)
    return tuple(
        _merge(schema, position, written.get(position, ()))
        for position in range(len(schema.columns))
    )


def _merge(schema: TableSchema, position: int, written: tuple[Rule, ...]) -> Permitted:
    """Merge the rules of one column."""
    column = schema.columns[position]
    for rule in written:
        _check(column, rule)
    if "immutable" in written:
        if any(rule != "immutable" for rule in written):
            raise _refusal(column, written, "'immutable' leaves no room for others.")
        return Permitted(written, immutable=True)
    if column.is_numeric:
        return _merge_numbers(column, written)
    return _merge_levels(schema, position, written)


def _check(column: Column, rule: Any) -> None:
    """Refuse a rule that is malformed or does not suit its column."""
    if isinstance(rule, str):
        if rule not in _WORDS:
            close = get_close_matches(rule, _WORDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(map(repr, _WORDS))
            raise _refusal(column, (rule,), f"the words known are {known}.{hint}")
        if rule != "immutable" and not column.is_ordered:
            why = "the levels of a nominal column have no order; use Levels([...])"
            raise _refusal(
                column, (rule,), f"{why}, or ordinal_features to order them."
            )
    elif isinstance(rule, Range):
        if not column.is_numeric:
            why = f"Range is for numbers and the column is {column.kind}"
            raise _refusal(column, (rule,), f"{why}; use Levels([...]).")
        _check_range(column, rule)
    elif isinstance(rule, Levels):
        if column.is_numeric:
            why = f"Levels is for columns with levels and this one is {column.kind}"
            hint = "use Range, or declare the column in categorical_features"
            raise _refusal(column, (rule,), f"{why}; {hint} or ordinal_features.")
        if not rule.levels:
            raise _refusal(column, (rule,), "it permits no level; use 'immutable'.")
    else:
        raise TypeError(
            f"The rule for column {column.name!r} must be one of {', '.join(_WORDS)}, "
            f"a Range, a Levels or a list of these; got {rule!r}."
        )


def _check_range(column: Column, rule: Range) -> None:
    """Refuse bounds and steps that are no finite numbers or out of order."""
    for name in ("low", "high", "step"):
        value = getattr(rule, name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(
                f"The rule {rule!r} for column {column.name!r} must have a number or "
                f"None as {name}."
            )
        if not math.isfinite(value):
            why = f"{name} must be finite; leave it out where there is no limit."
            raise _refusal(column, (rule,), why)
    if rule.low is not None and rule.high is not None and rule.low > rule.high:
        raise _refusal(column, (rule,), "low must not be above high.")
    if rule.step is not None and rule.step <= 0:
        raise _refusal(column, (rule,), "step must be above 0.")
    if column.kind == "integer" and rule.step is not None and rule.step % 1:
        why = "step must be a whole number in a column of whole numbers."
        raise _refusal(column, (rule,), why)


def _merge_numbers(column: Column, written: tuple[Rule, ...]) -> Permitted:
    """Merge ranges and directions; refuse what permits nothing to anybody."""
    ranges = [_as_range(rule) for rule in written]
    low, high = _overlap(column, written, [r for r in ranges if not r.relative])
    fall, rise = _overlap(column, written, [r for r in ranges if r.relative])
    if low > column.high or high < column.low:
        why = f"the values seen in training, {_seen(column)}, lie outside."
        raise _refusal(column, written, why)
    step, anchor = _merge_steps(column, written, ranges)
    low, high, dtype = max(low, column.low), min(high, column.high), _coarse(column)
    if dtype is not None:
        low, high = float(dtype.type(low)), float(dtype.type(high))
    rule = Permitted(
        written,
        low=low,
        high=high,
        fall=fall,
        rise=rise,
        step=step,
        anchor=anchor,
        dtype=dtype,
    )
    whole = 1.0 if column.kind == "integer" else None
    stride = step if anchor is None else whole
    grid = whole if anchor is None else step
    common = Permitted(low=low, high=high, step=grid, anchor=anchor or 0.0, dtype=dtype)
    if not _has_members(common):
        noun = "whole number" if whole else "value"
        why = f"no {noun} among those seen in training, {_seen(column)}, is permitted."
        raise _refusal(column, written, why)
    _check_changes(column, written, Permitted(low=fall, high=rise, step=stride))
    return rule


def _merge_steps(
    column: Column, written: tuple[Rule, ...], ranges: list[Range]
) -> tuple[float | None, float | None]:
    """Find the step of a column of numbers and where it is counted from."""
    stepped = [rule for rule in ranges if rule.step is not None]
    if not stepped:
        return (1.0 if column.kind == "integer" else None), 0.0
    if len(stepped) > 1:
        why = "only one rule of a column may have a step."
        raise _refusal(column, written, why)
    step, start = float(stepped[0].step or 0.0), float(stepped[0].low or 0.0)
    anchor = None if stepped[0].relative else start
    reach = max(abs(column.low), abs(column.high), abs(start))
    if step <= 4 * reach * finest(_coarse(column)):
        why = f"the step is too fine to be counted between {_seen(column)}."
        raise _refusal(column, written, why)
    return step, anchor


def _merge_levels(
    schema: TableSchema, position: int, written: tuple[Rule, ...]
) -> Permitted:
    """Merge levels and directions; refuse what permits nothing to anybody."""
    column = schema.columns[position]
    permitted = {float(code) for code in np.flatnonzero(column.seen or ())}
    for rule in written:
        if isinstance(rule, Levels):
            permitted &= {schema.code_of(position, level) for level in rule.levels}
    if not permitted:
        raise _refusal(column, written, "no level seen in training is permitted.")
    levels = tuple(sorted(permitted))
    if not column.is_ordered:
        return Permitted(written, ordered=False, levels=levels)
    fall = 0.0 if "increasing" in written else -math.inf
    rise = 0.0 if "decreasing" in written else math.inf
    _check_changes(column, written, Permitted(low=fall, high=rise))
    dense = levels[-1] - levels[0] == len(levels) - 1
    return Permitted(
        written,
        low=levels[0],
        high=levels[-1],
        fall=fall,
        rise=rise,
        step=1.0 if dense else None,
        levels=None if dense else levels,
    )


def _as_range(rule: Rule) -> Range:
    """Write a direction as a range."""
    if isinstance(rule, Range):
        return rule
    rising = rule == "increasing"
    return Range(0 if rising else None, None if rising else 0, relative=True)


def _overlap(
    column: Column, written: tuple[Rule, ...], ranges: list[Range]
) -> tuple[float, float]:
    """Intersect the bounds of ranges."""
    low = max((float(r.low) for r in ranges if r.low is not None), default=-math.inf)
    high = min((float(r.high) for r in ranges if r.high is not None), default=math.inf)
    if low > high:
        raise _refusal(column, written, "these exclude one another.")
    return low, high


def _has_members(rule: Permitted) -> bool:
    """Tell whether a rule that is the same for everybody permits any value."""
    first, last = rule.ends(np.zeros(1))
    return bool(first[0] <= last[0])


def _check_changes(
    column: Column, written: tuple[Rule, ...], changes: Permitted
) -> None:
    """Refuse bounds of the change that leave nothing but the own value."""
    first, last = changes.ends(np.zeros(1))
    if first[0] > last[0] or first[0] == last[0] == 0.0:
        why = "no change is left; use 'immutable' if that is meant."
        raise _refusal(column, written, why)


def _coarse(column: Column) -> np.dtype | None:
    """Say what holds the column, if that is less precise than float64."""
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    coarse = isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8
    return dtype if coarse else None


def _seen(column: Column) -> str:
    """Show the range seen in training."""
    return f"{column.low:.15g} to {column.high:.15g}"


def _refusal(column: Column, rules: tuple[Rule, ...], why: str) -> ValueError:
    """Name the column and the rules that cannot be kept."""
    shown = ", ".join(map(repr, rules))
    return ValueError(f"actionability of column {column.name!r}, {shown}: {why}")


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into a Python one, which has the shorter repr."""
    return value.item() if isinstance(value, np.generic) else value
