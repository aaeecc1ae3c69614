"""Validation of rules against the schema; merges the rules of each column."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from ...relations import FeatureSchema
from ...table import Column, TableSchema, finest_step
from ._feasible_categories import FeasibleCategories, distinct_moves
from ._feasible_levels import FeasibleLevels
from ._feasible_lists import FeasibleLists
from ._feasible_numbers import FeasibleNumbers
from ._feasible_values import FeasibleValues
from ._prices import PRICES, check_price
from ._rules import WORDS, Fill, Levels, Range, Rule, Transitions, Weight

_Kind = TypeVar("_Kind", Levels, Range, Transitions, Fill, Weight)


def read_rules(
    schema: TableSchema, rules: Mapping[Hashable, Any] | None
) -> tuple[FeasibleValues, ...]:
    """Validate the rules that the user wrote, and merge the rules of each column.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : mapping or None
        Column to rule, or to a list of rules. All rules of a list apply.

    Returns
    -------
    merged : tuple of FeasibleValues
        One per column, in column order. Columns without a rule may take all values
        within the range or the levels seen in training, on the learned step of the
        column. A step that the user wrote replaces the learned step.

    Raises
    ------
    TypeError
        If `rules` is no mapping, or if a rule or one of its arguments has the wrong
        type.
    ValueError
        If a rule names an unknown column or level, does not suit its column, is
        malformed, or if the rules of a column contradict each other.
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


def without_steps(schema: TableSchema, positions: Collection[int]) -> TableSchema:
    """Forget what was learned about the values of some columns of numbers.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    positions : collection of int
        The columns. Columns with levels stay as they are.

    Returns
    -------
    schema : TableSchema
        These columns take all numbers, or all whole numbers.
    """
    columns = (
        column.without_grid() if j in positions and column.is_numeric else column
        for j, column in enumerate(schema.columns)
    )
    changed = replace(schema, columns=tuple(columns))
    if not isinstance(changed, FeatureSchema):
        return changed
    inside = {j for position in positions for j in changed.members[position]}
    return changed.with_table(without_steps(changed.table, inside))


def _merge(
    schema: TableSchema, position: int, written: tuple[Rule, ...]
) -> FeasibleValues:
    """Merge the rules of one column."""
    column = schema.columns[position]
    for rule in written:
        _check(column, rule)
    if "immutable" in written:
        kinds = (Fill, Weight, *PRICES)
        if any(rule != "immutable" and not isinstance(rule, kinds) for rule in written):
            raise _refusal(
                column, written, "'immutable' can only be combined with Fill or Weight."
            )
    if sum(isinstance(rule, PRICES) for rule in written) > 1:
        raise _refusal(column, written, "only one rule of a column may set prices.")
    if column.is_numeric:
        return _merge_numbers(column, written)
    return _merge_levels(schema, position, written)


def _fills(column: Column, written: tuple[Rule, ...]) -> bool:
    """Check whether a missing cell may be filled."""
    said = _only(column, written, Fill)
    return not any(map(_compares, written)) if said is None else said.allowed


def _weight(column: Column, written: tuple[Rule, ...]) -> float:
    """Find the factor on the effort of a column."""
    said = _only(column, written, Weight)
    return 1.0 if said is None else float(said.weight)


def _compares(rule: Rule) -> bool:
    """Check whether a rule compares with the own value of a person."""
    if isinstance(rule, Range):
        bounds = (rule.low, rule.high, rule.step)
        return rule.relative and any(bound is not None for bound in bounds)
    return isinstance(rule, (str, Transitions))


def _only(column: Column, written: tuple[Rule, ...], kind: type[_Kind]) -> _Kind | None:
    """Find the rule of a kind that a column may have once."""
    found = [rule for rule in written if isinstance(rule, kind)]
    if len(found) > 1:
        raise _refusal(column, written, f"only one {kind.__name__} is possible.")
    return found[0] if found else None


def _check(column: Column, rule: Any) -> None:
    """Refuse a rule that is malformed or does not suit its column."""
    if isinstance(rule, str):
        if rule not in WORDS:
            close = get_close_matches(rule, WORDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(map(repr, WORDS))
            raise _refusal(column, (rule,), f"the rule must be one of {known}.{hint}")
    elif isinstance(rule, Range):
        if not column.is_numeric:
            why = f"Range is for numeric columns and this one is {column.kind}"
            raise _refusal(column, (rule,), f"{why}; use Levels([...]).")
        _check_range(column, rule)
    elif isinstance(rule, Levels):
        _check_levels(column, rule)
    elif isinstance(rule, Transitions):
        if column.is_numeric:
            why = f"Transitions is for columns with levels and this is {column.kind}"
            raise _refusal(column, (rule,), f"{why}; use Range(..., relative=True).")
    elif isinstance(rule, Fill):
        if not isinstance(rule.allowed, bool):
            raise TypeError(
                f"The rule {rule!r} for column {column.name!r} must be Fill(True) or "
                "Fill(False)."
            )
    elif isinstance(rule, Weight):
        _check_number(column, rule, "weight")
        if rule.weight < 0:
            raise _refusal(column, (rule,), "the weight must not be negative.")
    elif isinstance(rule, PRICES):
        if problem := check_price(column, rule):
            raise _refusal(column, (rule,), problem)
    else:
        raise TypeError(
            f"The rule for column {column.name!r} must be one of {', '.join(WORDS)}, a "
            "Range, Levels, Transitions, Fill, Weight, Price, LevelPrices, RareLevels "
            f"or a list of these; got {rule!r}."
        )


def _check_levels(column: Column, rule: Levels) -> None:
    """Refuse levels for numbers, empty levels, and a second order."""
    if column.is_numeric:
        why = f"Levels is for columns with levels and this one is {column.kind}"
        hint = "use Range, or declare the column in categorical_features"
        raise _refusal(column, (rule,), f"{why}; {hint} or ordinal_features.")
    if not rule.levels:
        raise _refusal(column, (rule,), "the list is empty; use 'immutable' instead.")
    if rule.ordered and column.is_ordered:
        why = f"the column is {column.kind} and has an order already; remove ordered"
        raise _refusal(column, (rule,), f"{why}, or change ordinal_features.")
    if rule.ordered and len(set(rule.levels)) < len(rule.levels):
        raise _refusal(column, (rule,), "a level occurs twice in the order.")


def _check_range(column: Column, rule: Range) -> None:
    """Refuse bounds and steps that are not finite numbers, or are out of order."""
    for name in ("low", "high", "step"):
        if getattr(rule, name) is not None:
            _check_number(column, rule, name)
    if rule.low is not None and rule.high is not None and rule.low > rule.high:
        raise _refusal(column, (rule,), "low must not be above high.")
    if rule.step is not None and rule.step <= 0:
        raise _refusal(column, (rule,), "step must be above 0.")
    if column.kind == "integer" and rule.step is not None and rule.step % 1:
        why = "step must be a whole number in a column of whole numbers."
        raise _refusal(column, (rule,), why)


def _check_number(column: Column, rule: Range | Weight, name: str) -> None:
    """Refuse a value that is not a finite number."""
    value = getattr(rule, name)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"The rule {rule!r} for column {column.name!r} must have a number as "
            f"{name}, or leave it out."
        )
    if not math.isfinite(value):
        why = f"{name} must be finite; leave it out if there is no limit."
        raise _refusal(column, (rule,), why)


def _merge_numbers(column: Column, written: tuple[Rule, ...]) -> FeasibleValues:
    """Merge ranges and directions; refuse rules that permit no value to anybody."""
    ranges = [
        _as_range(rule)
        for rule in written
        if isinstance(rule, (str, Range)) and rule != "immutable"
    ]
    low, high = _overlap(column, written, [r for r in ranges if not r.relative])
    fall, rise = _overlap(column, written, [r for r in ranges if r.relative])
    if low > column.high or high < column.low:
        why = f"the values seen in training, {_seen(column)}, are outside the bounds."
        raise _refusal(column, written, why)
    step, anchor = _merge_steps(column, written, ranges)
    low, high = max(low, column.low), min(high, column.high)
    dtype = column.coarse_dtype
    if dtype is not None:
        low, high = float(dtype.type(low)), float(dtype.type(high))
    fills, immutable = _fills(column, written), "immutable" in written
    common = (written, _weight(column, written), immutable, fills)
    feasible = FeasibleNumbers(*common, low, high, fall, rise, step, anchor, dtype)
    if column.few_values is not None and not has_step(written):
        feasible = FeasibleLists(
            *common, low, high, fall, rise, step, anchor, dtype, column.few_values
        )
    if immutable and fills:
        return replace(feasible, fall=0.0, rise=0.0, immutable=False)
    _check_numbers(column, written, feasible)
    return feasible


def has_step(written: tuple[Hashable, ...]) -> bool:
    """Check whether the rules of a column have a step, which replaces the learned."""
    return any(isinstance(rule, Range) and rule.step is not None for rule in written)


def _check_numbers(
    column: Column, written: tuple[Rule, ...], feasible: FeasibleNumbers
) -> None:
    """Refuse rules that permit no value to anybody."""
    whole = 1.0 if column.kind == "integer" else None
    stride, common = whole, feasible
    if feasible.anchor is None:
        stride, common = feasible.step, replace(feasible, step=whole, anchor=0.0)
    common = replace(common, fall=-math.inf, rise=math.inf, fills=True)
    if not _has_members(common):
        why = f"no {_noun(column, written)} in the range seen in training, "
        raise _refusal(column, written, f"{why}{_seen(column)}, is feasible.")
    changes = FeasibleNumbers(low=feasible.fall, high=feasible.rise, step=stride)
    _check_changes(column, written, changes)


def _noun(column: Column, written: tuple[Rule, ...]) -> str:
    """Name the values that are feasible without regard to bounds."""
    if not has_step(written):
        if column.few_values is not None:
            return "value seen in training (Range(step=...) allows others)"
        if column.step not in (None, 1.0):
            return f"multiple of {column.step:.15g} (Range(step=...) allows others)"
    return "whole number" if column.kind == "integer" else "value"


def _merge_steps(
    column: Column, written: tuple[Rule, ...], ranges: list[Range]
) -> tuple[float | None, float | None]:
    """Find the step of a column of numbers, and the value to count steps from."""
    stepped = [rule for rule in ranges if rule.step is not None]
    if not stepped:
        return column.step, 0.0
    if len(stepped) > 1:
        why = "only one rule of a column may have a step."
        raise _refusal(column, written, why)
    step, start = float(stepped[0].step or 0.0), float(stepped[0].low or 0.0)
    anchor = None if stepped[0].relative else start
    reach = max(abs(column.low), abs(column.high), abs(start))
    if step <= 4 * reach * finest_step(column.coarse_dtype):
        why = f"the step is too fine for the precision of values of {_seen(column)}."
        raise _refusal(column, written, why)
    return step, anchor


def _merge_levels(
    schema: TableSchema, position: int, written: tuple[Rule, ...]
) -> FeasibleValues:
    """Merge levels, transitions and directions; refuse rules that permit no change."""
    column = schema.columns[position]
    moves = _moves(schema, position, written)
    ranks = _ranks(schema, position, written)
    for word in ("increasing", "decreasing"):
        if word not in written:
            continue
        if ranks is None:
            why = "the levels of a nominal column have no order. Add Levels([...], "
            why += "ordered=True), or give the order in ordinal_features."
            raise _refusal(column, written, why)
        rise = ranks - ranks[:, np.newaxis]
        moves[:-1] &= (rise > 0) if word == "increasing" else (rise < 0)
    n_moves = np.count_nonzero(moves[:-1], axis=1) - np.diagonal(moves)
    immutable, fills = "immutable" in written, _fills(column, written)
    if not n_moves.any() and not immutable and len(n_moves) > 1:
        why = "no change is feasible; use 'immutable' if this is intended."
        raise _refusal(column, written, why)
    if immutable and fills:
        moves[:-1], immutable = False, False
    moves[-1] &= fills
    common = (written, _weight(column, written), immutable, fills)
    if column.is_ordered:
        return FeasibleLevels(*common, tuple(map(tuple, moves.tolist())))
    order = None if ranks is None else tuple(ranks.tolist())
    return FeasibleCategories(*common, *distinct_moves(moves), order)


def _moves(schema: TableSchema, position: int, written: tuple[Rule, ...]) -> np.ndarray:
    """Find the permitted moves between levels, without directions, (L + 1, L)."""
    column = schema.columns[position]
    permitted = np.array(column.seen, dtype=bool)
    for rule in written:
        if isinstance(rule, Levels):
            codes = [_code(column, written, level) for level in rule.levels]
            permitted &= np.isin(np.arange(len(permitted)), codes)
    if not permitted.any():
        raise _refusal(column, written, "no level seen in training is feasible.")
    moves = np.tile(permitted, (len(permitted) + 1, 1))
    for rule in written:
        if isinstance(rule, Transitions):
            listed = np.zeros_like(moves[:-1])
            for level, targets in rule.pairs:
                own = _code(column, written, level)
                for target in targets:
                    listed[own, _code(column, written, target)] = True
            moves[:-1] &= listed
    return moves


def _code(column: Column, written: tuple[Rule, ...], level: Any) -> int:
    """Find the code of a level that a rule names."""
    try:
        return int(column.code_of(level))
    except ValueError as error:
        raise _refusal(column, written, str(error)) from None


def _ranks(
    schema: TableSchema, position: int, written: tuple[Rule, ...]
) -> np.ndarray | None:
    """Find the position of every level in the order of its column, if it has one."""
    column = schema.columns[position]
    assert column.levels is not None
    if column.is_ordered:
        return np.arange(len(column.levels), dtype=np.float64)
    orders = [rule for rule in written if isinstance(rule, Levels) and rule.ordered]
    if not orders:
        return None
    if len(orders) > 1:
        raise _refusal(column, written, "only one rule of a column may order levels.")
    ranks = np.full(len(column.levels), np.nan)
    for rank, level in enumerate(orders[0].levels):
        ranks[_code(column, written, level)] = rank
    return ranks


def _as_range(rule: str | Range) -> Range:
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
        raise _refusal(column, written, "these rules exclude each other.")
    return low, high


def _has_members(rule: FeasibleNumbers) -> bool:
    """Check whether a rule that is the same for everybody permits any value."""
    first, last = rule.ends(np.zeros(1))
    return bool(first[0] <= last[0])


def _check_changes(
    column: Column, written: tuple[Rule, ...], changes: FeasibleNumbers
) -> None:
    """Refuse bounds of the change that permit only the own value."""
    first, last = changes.ends(np.zeros(1))
    if first[0] > last[0] or first[0] == last[0] == 0.0:
        why = "no change is feasible; use 'immutable' if this is intended."
        raise _refusal(column, written, why)


def _seen(column: Column) -> str:
    """Show the range seen in training."""
    return f"{column.low:.15g} to {column.high:.15g}"


def _refusal(column: Column, rules: tuple[Rule, ...], why: str) -> ValueError:
    """Make an error that names the column and its rules."""
    shown = ", ".join(map(repr, rules))
    return ValueError(f"actionability of column {column.name!r}, {shown}: {why}")
