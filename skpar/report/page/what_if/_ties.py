"""Ties: links and relations of one person, as plain data that a page computes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....actionability import (
    Actionability,
    CountConstraint,
    DerivedConstraint,
    DirectedChange,
    FollowingColumn,
    ImplicationConstraint,
    NotAbove,
    People,
    SumConstraint,
    origins,
)
from ....relations import (
    ExtremeFormula,
    Formula,
    LinearFormula,
    LookedUp,
    ProductFormula,
    fraction_of,
)
from ....table import Column
from ..._sentences import Writer
from ._choices import plain_cell
from ._words import Words


def locked_features(actionability: Actionability) -> set[int]:
    """Find the features that stay fixed because a Python function ties them.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.

    Returns
    -------
    locked : set of int
        Columns that a function computes, and all that they are computed from.
    """
    derived = actionability.link_set.derived_columns
    of = origins(derived)
    locked: set[int] = set()
    for one in derived:
        if not isinstance(one, FollowingColumn):
            locked |= {one.column, *of(one.column)}
    for one in derived:
        # What follows from locked features only cannot change either.
        if set(of(one.column)) <= locked:
            locked.add(one.column)
    return locked


def plain_following(actionability: Actionability) -> list[dict[str, Any]]:
    """Write the columns that the page computes, each after its sources.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.

    Returns
    -------
    following : list of dict
    """
    columns, locked = actionability.schema.columns, locked_features(actionability)
    return [
        _plain_relation(one, columns)
        for one in actionability.link_set.derived_columns
        if isinstance(one, FollowingColumn) and one.column not in locked
    ]


def plain_constraints(
    actionability: Actionability, person: People, writer: Writer, words: Words
) -> list[dict[str, Any]]:
    """Write the links that a combination of values may break.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    person : People
        One person.
    writer : Writer
        Names and values.
    words : Words
        Texts of the page.

    Returns
    -------
    constraints : list of dict
        Each with a text that says what must hold.
    """
    locked = locked_features(actionability)
    constraints = []
    for one in actionability.link_set.constraints:
        if isinstance(one, DerivedConstraint) and one.column in locked:
            continue
        constraints.append(_plain_constraint(one, person.codes[0], writer, words))
    return constraints


def _plain_relation(
    following: FollowingColumn, columns: tuple[Column, ...]
) -> dict[str, Any]:
    """Write one column that follows from others."""
    one, column = following.relation, columns[following.column]
    dtype = column.storage_dtype if column.is_numeric else None
    plain: dict[str, Any] = {
        "column": one.column,
        "sources": list(one.sources),
        "isWhole": column.is_numeric and column.kind == "integer",
        "isSingle": dtype is not None and dtype.kind == "f" and dtype.itemsize == 4,
    }
    if isinstance(one, Formula):
        plain |= {"step": one.step, "halfUp": one.half_up}
        if one.step is not None:
            plain["fraction"] = list(fraction_of(one.step))
    if isinstance(one, LinearFormula):
        plain |= {"kind": "sum", "coefficients": list(one.coefficients)}
        return plain | {"intercept": one.intercept}
    if isinstance(one, ProductFormula):
        kind = "ratio" if one.is_ratio else "product"
        return plain | {"kind": kind, "factor": one.factor}
    if isinstance(one, ExtremeFormula):
        return plain | {"kind": "largest" if one.is_max else "smallest"}
    assert isinstance(one, LookedUp)
    return plain | _plain_table(one, columns)


def _plain_table(one: LookedUp, columns: tuple[Column, ...]) -> dict[str, Any]:
    """Write a column that is looked up: pairs of values."""
    source, column = columns[one.sources[0]], columns[one.column]
    known = np.array(one.known)
    if source.levels is not None:
        known = np.arange(float(len(source.levels)))
    rows = np.full((len(known), len(columns)), np.nan)
    rows[:, one.sources[0]] = known
    pairs = [
        [plain_cell(source, old), plain_cell(column, new)]
        for old, new in zip(known.tolist(), one.compute(rows).tolist(), strict=True)
        if not np.isnan(new)
    ]
    is_ordered = one.is_ordered and source.levels is None
    return {"kind": "table", "pairs": pairs, "isOrdered": is_ordered}


def _plain_constraint(
    one: Any, own: np.ndarray, writer: Writer, words: Words
) -> dict[str, Any]:
    """Write one constraint."""
    if isinstance(one, ImplicationConstraint):
        change, then = (_plain_change(part, own) for part in (one.change, one.then))
        text = words.write(
            "link_if",
            change=_change_in_words(one.change, writer, words),
            then=_change_in_words(one.then, writer, words),
        )
        return {"kind": "if", "change": change, "then": then, "text": text}
    if isinstance(one, SumConstraint):
        return {
            "kind": "sum",
            "columns": list(one.columns),
            "weights": [float(weight) for weight in one.weights],
            "low": _end(one.low),
            "high": _end(one.high),
            "slack": one.slack,
            "text": _sum_in_words(one, writer, words),
        }
    if isinstance(one, CountConstraint):
        text = words.write("link_count", n=one.most)
        if len(one.columns) < len(own):
            names = ", ".join(writer.name(j) for j in one.columns)
            text = words.write("link_count_of", n=one.most, names=names)
        columns = list(one.columns)
        return {"kind": "count", "columns": columns, "most": one.most, "text": text}
    text = words.write("link_follows", name=writer.name(one.column))
    return {"kind": "follows", "column": one.column, "text": text}


def _plain_change(change: DirectedChange, own: np.ndarray) -> dict[str, Any]:
    """Write one change of an implication for a person."""
    start = change.rule.places(own[[change.column]])
    goal = start if change.by is None else change.goal(start)
    is_known = not np.isnan(goal[0])
    return {
        "column": change.column,
        "up": change.up,
        "isStrict": change.by is None,
        "goal": float(goal[0]) if is_known else None,
    }


def _change_in_words(change: DirectedChange, writer: Writer, words: Words) -> str:
    """Say that a feature rises or falls."""
    name = writer.name(change.column)
    key = "rises" if change.up else "falls"
    if change.by is None:
        return words.write(key, name=name)
    return words.write(f"{key}_by", name=name, by=f"{change.by:g}")


def _sum_in_words(one: SumConstraint, writer: Writer, words: Words) -> str:
    """Say what a sum must keep."""
    if isinstance(one.link, NotAbove):
        name, other = (writer.name(j) for j in one.columns[:2])
        return words.write("link_not_above", name=name, other=other)
    terms = " + ".join(
        f"{weight:g} \N{MULTIPLICATION SIGN} {writer.name(j)}"
        for j, weight in zip(one.columns, one.weights, strict=True)
    ).replace("+ -", "\N{MINUS SIGN} ")
    low, high = f"{one.low:g}", f"{one.high:g}"
    if np.isinf(one.low):
        return words.write("link_sum_below", sum=terms, high=high)
    if np.isinf(one.high):
        return words.write("link_sum_above", sum=terms, low=low)
    return words.write("link_sum_between", sum=terms, low=low, high=high)


def _end(bound: float) -> float | None:
    """Write a bound; None if there is none."""
    return None if np.isinf(bound) else float(bound)
