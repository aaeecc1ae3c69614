"""Rules of features: of groups of columns, and of the other columns of a table."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...relations import FeatureSchema, GroupColumn, groups_of, table_of
from ...table import TableSchema
from ._feasible_groups import FeasibleGroup
from ._feasible_values import FeasibleValues
from ._prices import price_of
from ._validation import read_rules, without_steps


def read_feature_rules(
    schema: TableSchema,
    rules: Mapping[Hashable, Any] | None,
    computed: Collection[int] = (),
) -> tuple[FeasibleValues, ...]:
    """Validate the rules that the user wrote, and merge the rules of each feature.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    rules : mapping or None
        Column of the table, or name of a group, to rule or list of rules.
    computed : collection of int
        Features that are computed from others: they keep no learned step.

    Returns
    -------
    merged : tuple of FeasibleValues
        One per feature. A group keeps its own rules and the rules of its columns. Its
        weight is its own weight times the largest weight of its columns.

    Raises
    ------
    TypeError, ValueError
        As `read_rules`.
    """
    if not isinstance(schema, FeatureSchema) or not _is_mapping(rules):
        return read_rules(without_steps(schema, computed), rules)
    names = {schema.names[j] for j in schema.groups}
    of_groups = {key: rule for key, rule in (rules or {}).items() if key in names}
    of_columns = {key: rule for key, rule in (rules or {}).items() if key not in names}
    positions = {j for feature in computed for j in schema.members[feature]}
    by_column = read_rules(_two_valued(schema, positions), of_columns)
    plain = TableSchema(schema.columns)
    by_group = read_rules(plain, of_groups)
    return tuple(
        _merged(column, by_group[j], tuple(by_column[k] for k in schema.members[j]))
        if isinstance(column, GroupColumn)
        else by_column[schema.members[j][0]]
        for j, column in enumerate(schema.columns)
    )


def _two_valued(schema: FeatureSchema, positions: Collection[int]) -> TableSchema:
    """Let columns of groups take their two values, without regard to steps."""
    ends = {
        k: end
        for group in schema.groups.values()
        for k, *end in zip(group.members, group.off, group.on, strict=True)
    }
    table = without_steps(schema.table, {*positions, *ends})
    columns = list(table.columns)
    for k, (low, high) in ends.items():
        columns[k] = replace(columns[k], low=low, high=high)
    return replace(table, columns=tuple(columns))


def written_rules(
    schema: TableSchema, rules: Mapping[Hashable, Any] | None
) -> dict[Hashable, tuple[Any, ...]]:
    """List the rules that the user wrote, by column of the table or name of a group.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    rules : mapping or None
        Valid rules.

    Returns
    -------
    written : dict of label to tuple of rule
        In the order of the table; groups come last.
    """
    table, given = table_of(schema), dict(rules or {})
    known = [schema.names[j] for j in groups_of(schema)]
    written = {}
    for key, rule in given.items():
        name = key if key in known else table.names[table.position(key)]
        written[name] = tuple(rule) if isinstance(rule, (list, tuple)) else (rule,)
    order = (*table.names, *known)
    return {name: written[name] for name in order if name in written}


def _is_mapping(rules: Any) -> bool:
    """Whether rules can be split; others are refused by `read_rules`."""
    return rules is None or isinstance(rules, Mapping)


def _merged(
    column: GroupColumn, own: FeasibleValues, members: tuple[FeasibleValues, ...]
) -> FeasibleGroup:
    """Merge the rules of a group with those of its columns."""
    group = column.group
    for rule in members:
        if (price := price_of(rule.written)) is not None:
            raise ValueError(
                f"actionability, {price!r}: columns of the group {column.name!r} have "
                f"no prices of their own. Use {{{column.name!r}: LevelPrices(...)}}."
            )
    off, on = np.array(group.off), np.array(group.on)
    rises = tuple(_permits(rule, off[k], on[k]) for k, rule in enumerate(members))
    falls = tuple(_permits(rule, on[k], off[k]) for k, rule in enumerate(members))
    levels = np.arange(float(group.n_levels))
    moves = [own.nearest(np.full(len(levels), k), levels) == levels for k in levels]
    # A broken pattern is at no level, as if the cell were missing.
    unknown = np.full(len(levels), np.nan)
    moves.append(own.nearest(unknown, levels) == levels)
    is_fixed = own.immutable or not (any(rises) or group.at_most)
    return FeasibleGroup(
        own.written + tuple(rule for one in members for rule in one.written),
        own.weight * max(rule.weight for rule in members),
        is_fixed,
        True,
        group,
        rises,
        falls,
        tuple(tuple(row.tolist()) for row in moves),
    )


def _permits(rule: FeasibleValues, before: float, after: float) -> bool:
    """Check whether the rules of a column permit a change for everybody."""
    return bool(rule.nearest(np.array([before]), np.array([after]))[0] == after)
