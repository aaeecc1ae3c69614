"""Violations in words: the rules, links and limits that a row breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..relations import FeatureSchema, GroupColumn
from ..table import Column
from ._actionability import Actionability
from ._people import People
from .links import Determines, ExactlyOne, LinkSet
from .rules import has_step, without_steps


def find_violations(
    actionability: Actionability, people: People, rows: np.ndarray
) -> list[list[str]]:
    """Name the rules, links and personal limits that each row breaks.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    people : People
        Whose rows they could become.
    rows : ndarray of shape (n_people, n_features), dtype float64
        One row of codes per person.

    Returns
    -------
    violations : list of list of str
        One list per person, empty if the row is feasible.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.actionability import Actionability, People
    >>> from skpar.actionability._violations import find_violations
    >>> from skpar.table import TableSchema
    >>> schema = TableSchema.infer(pd.DataFrame({"age": [20, 60], "debt": [0.0, 9.5]}))
    >>> able = Actionability(schema, {"age": "increasing"})
    >>> people = People.unlimited(np.array([[30.0, 5.0]]))
    >>> find_violations(able, people, np.array([[25.0, 99.0]]))
    [["age: 'increasing'", 'debt: no feasible value of the column']]
    """
    free, plain = People.unlimited(people.codes), _without_rules(actionability)
    kept = actionability.keeps_rules(people, rows)
    kept_by_rules = actionability.keeps_rules(free, rows)
    kept_by_column = plain.keeps_rules(free, rows)
    schema = actionability.schema
    is_broken = np.zeros(rows.shape, dtype=bool)
    if isinstance(schema, FeatureSchema):
        is_broken = schema.is_broken(rows)
    violations: list[list[str]] = [[] for _ in rows]
    for row, j in np.argwhere(~kept):
        if is_broken[row, j]:
            text = _pattern_wanted(actionability.schema.columns[j])
        elif not kept_by_column[row, j]:
            text = "no feasible value of the column"
        elif not kept_by_rules[row, j]:
            text = ", ".join(repr(rule) for rule in actionability.rules[j].written)
        else:
            text = "limit of this person"
        violations[row].append(f"{actionability.schema.names[j]}: {text}")
    for text, alone in _one_by_one(actionability):
        for row in np.flatnonzero(~alone.holds(people, rows)):
            violations[row].append(text)
    return violations


def _pattern_wanted(column: Column) -> str:
    """Say which columns of a group may be on."""
    assert isinstance(column, GroupColumn)
    most = "at most" if column.group.at_most else "exactly"
    return f"{most} one of its columns must be on"


def _one_by_one(actionability: Actionability) -> Iterator[tuple[str, LinkSet]]:
    """Take each relation and each link alone, with its text."""
    schema, rules = actionability.schema, actionability.rules
    if isinstance(schema, FeatureSchema):
        for one in schema.determined:
            alone = replace(schema, determined=(one,))
            yield one.describe(schema.names), LinkSet(alone, rules)
        schema = replace(schema, determined=())
    for link in actionability.links:
        if not isinstance(link, (Determines, ExactlyOne)):
            yield repr(link), LinkSet(schema, rules, [link])


def _without_rules(actionability: Actionability) -> Actionability:
    """Leave out all rules and links, and learned steps that do not apply."""
    replaced = [
        j
        for j, rule in enumerate(actionability.rules)
        if has_step(rule.written) or j in actionability.derived
    ]
    return Actionability(without_steps(actionability.schema, replaced))
