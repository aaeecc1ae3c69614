"""Random rules, links and limits of people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from skpar import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    Fill,
    If,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Range,
    Rises,
    TableSchema,
    Transitions,
    Weight,
)
from skpar.actionability import Actionability

from ._tables import ColumnFacts, DrawnTable, plain_rows, with_effect


def draw_rules(rng: np.random.Generator, drawn: DrawnTable) -> dict[Any, Any]:
    """Draw rules for most columns; rules that `fit` refuses are left out."""
    schema = TableSchema.infer(drawn.train, **drawn.parameters)
    rules: dict[Any, Any] = {}
    for j, fact in enumerate(drawn.facts):
        cells = [row[j] for row in plain_rows(drawn.train) if row[j] is not None]
        if rng.random() < 0.3:
            continue
        rule = [draw_rule(rng, fact, cells) for _ in range(int(rng.integers(1, 3)))]
        flat = [one for some in rule for one in some]
        given: Any = flat if len(flat) > 1 else flat[0]
        if is_legal(schema, {fact.key: given}, []):
            rules[fact.key] = given
    return rules


def is_legal(schema: TableSchema, rules: Any, links: list[Any]) -> bool:
    """Check whether `fit` takes some rules and links.

    Planted columns that `Determines` names do follow, but only training rows show it.
    """
    links = [link for link in links if not isinstance(link, Determines)]
    try:
        Actionability(schema, rules, links)
    except ValueError:
        return False
    return True


def draw_rule(
    rng: np.random.Generator, fact: ColumnFacts, cells: list[Any]
) -> list[Any]:
    """Draw one rule of a column; a direction may need the order of the levels."""
    kind = rng.integers(6)
    if kind == 0:
        return (
            ["immutable"] if rng.random() < 0.5 else [Weight(rng.choice([0, 0.5, 3]))]
        )
    if kind == 1:
        return [Fill(bool(rng.random() < 0.6))]
    if kind == 2 or (kind == 3 and fact.is_number):
        word = "increasing" if rng.random() < 0.6 else "decreasing"
        if fact.is_number or fact.order:
            return [word]
        return [word, Levels(list(rng.permutation(fact.seen)), ordered=True)]
    if fact.is_number:
        return [draw_range(rng, fact, cells)]
    levels = list(fact.seen)
    if kind == 3:
        size = int(rng.integers(1, len(levels) + 1))
        return [Levels([levels[k] for k in rng.permutation(len(levels))[:size]])]
    moves = {
        level: [other for other in levels if rng.random() < 0.6]
        for level in levels
        if rng.random() < 0.8
    }
    return [Transitions(moves)] if moves else [Weight(2)]


def draw_range(rng: np.random.Generator, fact: ColumnFacts, cells: list[Any]) -> Range:
    """Draw bounds of the value or of the change, some with steps."""
    numbers = np.array([float(cell) for cell in cells])
    width = fact.high - fact.low
    scale = 10.0 ** np.floor(np.log10(width)) if width > 0 else 1.0
    step = None
    if rng.random() < 0.5:
        step = float(rng.choice([0.05, 0.1, 0.2, 0.25]) * scale)
        step = max(1, round(step)) if fact.is_whole else float(f"{step:.6g}")
    if rng.random() < 0.4:
        low, high = -rng.random() * width, rng.random() * width
        bounds = [rounded(low, fact, scale), rounded(high, fact, scale)]
        relative = True
    else:
        ends = np.sort(np.quantile(numbers, rng.random(2)))
        bounds = [rounded(end, fact, scale) for end in ends]
        relative = False
    low, high = (None if rng.random() < 0.3 else end for end in bounds)
    return Range(low, high, step=step, relative=relative)


def rounded(value: float, fact: ColumnFacts, scale: float) -> float:
    """Write a bound with two digits, as people do."""
    if fact.is_whole:
        return int(round(value))
    return float(f"{np.round(value / scale, 2) * scale:.6g}")


def draw_links(
    rng: np.random.Generator, drawn: DrawnTable, rules: dict[Any, Any]
) -> list[Any]:
    """Draw up to three links; those that `fit` refuses are left out."""
    schema = TableSchema.infer(drawn.train, **drawn.parameters)
    facts = drawn.facts
    links: list[Any] = []
    for j, (sources, function) in drawn.derived.items():
        keys = [facts[k].key for k in sources]
        # Cases without a function of the old table are drawn as ever.
        uses_old = facts[j].is_number and rng.spawn(1)[0].random() < 0.5
        function = with_effect if uses_old else function
        links.append(Derived(facts[j].key, keys, function, uses_old))
    links = links if is_legal(schema, rules, links) else []
    for link in planted_links(rng, drawn):
        links = [*links, link] if is_legal(schema, rules, [*links, link]) else links
    if rng.random() < 0.4:
        return links
    for _ in range(int(rng.integers(1, 4))):
        link = draw_link(rng, drawn, rules)
        if link is not None and is_legal(schema, rules, [*links, link]):
            links.append(link)
    return links


def planted_links(rng: np.random.Generator, drawn: DrawnTable) -> list[Any]:
    """Write some of the planted relations as links."""
    keys = [fact.key for fact in drawn.facts]
    links: list[Any] = [
        ExactlyOne([keys[j] for j in columns], at_most)
        for columns, at_most in drawn.groups
    ]
    links += [Determines(keys[j], keys[k]) for j, k in drawn.pairs]
    return [link for link in links if rng.random() < 0.4]


def draw_link(
    rng: np.random.Generator, drawn: DrawnTable, rules: dict[Any, Any]
) -> Any:
    """Draw one link, or None."""
    facts = drawn.facts
    numbers = [fact for fact in facts if fact.is_number]
    ordered = [
        fact
        for fact in facts
        if fact.is_number or fact.order or "ordered" in repr(rules.get(fact.key))
    ]
    kind = rng.integers(4)
    if kind == 0 and ordered:
        return If(draw_step(rng, ordered), draw_step(rng, ordered))
    if kind == 1 and len(numbers) > 1:
        one, other = rng.permutation(len(numbers))[:2]
        return NotAbove(numbers[one].key, numbers[other].key)
    if kind == 2 and numbers:
        return draw_sum(rng, drawn, numbers)
    if rng.random() < 0.5:
        return MaxChanged(int(rng.integers(1, 4)))
    some = [fact.key for fact in facts if rng.random() < 0.7]
    return MaxChanged(1, of=some) if len(some) > 1 else None


def draw_step(rng: np.random.Generator, facts: list[ColumnFacts]) -> Any:
    """Draw a rise or a fall."""
    fact = facts[int(rng.integers(len(facts)))]
    by = None
    if rng.random() < 0.5:
        width = fact.high - fact.low if fact.is_number else 3.0
        by = float(f"{width * rng.random() / 3 + 1e-6:.2g}")
        by = max(1.0, np.rint(by)) if fact.is_whole or not fact.is_number else by
    return (Rises if rng.random() < 0.6 else Falls)(fact.key, by)


def draw_sum(
    rng: np.random.Generator, drawn: DrawnTable, numbers: list[ColumnFacts]
) -> Linear:
    """Draw a bound that about half of the training rows keep."""
    some = rng.permutation(len(numbers))[: int(rng.integers(1, 4))]
    weights = {numbers[k].key: float(rng.choice([-2, -0.5, 1, 12])) for k in some}
    places = [j for j, fact in enumerate(drawn.facts) if fact.key in weights]
    rows = plain_rows(drawn.train)
    sums = [
        sum(weights[drawn.facts[j].key] * (row[j] or 0) for j in places) for row in rows
    ]
    low, high = np.quantile(sums, [0.2, 0.7]).round(2).tolist()
    kind = rng.integers(3)
    return Linear(weights, low if kind else None, high if kind < 2 else None)


def draw_limits(rng: np.random.Generator, drawn: DrawnTable) -> dict[str, Any]:
    """Draw limits of people, for some columns, as frames; or none."""
    ask, given = drawn.ask, {}
    if rng.random() < 0.5:
        return {}
    is_frame = isinstance(ask, pd.DataFrame)
    index = ask.index if is_frame else None
    rows = plain_rows(ask)
    lower, upper, frozen = {}, {}, {}
    for j, fact in enumerate(drawn.facts):
        key = fact.key if is_frame else f"x{fact.key}"
        if rng.random() < 0.4 and (fact.is_number or fact.order):
            pairs = [draw_pair(rng, fact, row[j]) for row in rows]
            ends = [list(end) for end in zip(*pairs, strict=True)]
            dtype = "float64" if fact.is_number else "object"
            lower[key] = pd.Series(ends[0], index=index, dtype=dtype)
            upper[key] = pd.Series(ends[1], index=index, dtype=dtype)
        if rng.random() < 0.3:
            frozen[key] = pd.Series(rng.random(len(rows)) < 0.3, index=index)
    for name, columns in (("lower", lower), ("upper", upper), ("frozen", frozen)):
        if columns and rng.random() < 0.8:
            given[name] = pd.DataFrame(columns, index=index)
    return given


def draw_pair(rng: np.random.Generator, fact: ColumnFacts, own: Any) -> Any:
    """Draw a lower and an upper limit of one cell; None sets no limit."""
    if fact.is_number:
        start = fact.low if own is None else float(own)
        width = fact.high - fact.low
        pair: list[Any] = [start - width * rng.random(), start + width * rng.random()]
    else:
        order = list(fact.order or ())
        places = sorted(rng.integers(0, len(order), 2).tolist())
        pair = [order[places[0]], order[places[1]]]
    return [None if rng.random() < 0.4 else end for end in pair]
