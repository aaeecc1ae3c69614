"""The fuzzer of `tests/fuzz`: a few of its cases, and faults that its oracle sees."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

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
    Transitions,
)

from .fuzz._oracle import Limit, Oracle, table_maker
from .fuzz._running import run_seed
from .fuzz._tables import ColumnFacts, plain_rows, total

TRAIN = pd.DataFrame(
    {
        "age": [18, 90],
        "debt": [0.0, 500.0],
        "grade": pd.Categorical(["a", "c"], list("abc"), ordered=True),
        "sum": [18.0, 590.0],
    }
)
FACTS = [
    ColumnFacts("age", True, True, 18, 90, (), None, False, np.dtype("int64")),
    ColumnFacts("debt", True, False, 0, 500, (), None, True, np.dtype("float64")),
    ColumnFacts(
        "grade",
        False,
        False,
        math.nan,
        math.nan,
        ("a", "c"),
        ("a", "b", "c"),
        True,
        None,
    ),
    ColumnFacts("sum", True, False, 18, 590, (), None, True, np.dtype("float64")),
]
OWN = [30, 100.0, "a", 130.0]
FREE = Limit()


def broken(rules=None, links=(), own=OWN, limit=FREE, **cells):
    """Kinds of what a changed row breaks."""
    names = [fact.key for fact in FACTS]
    written = [(rules or {}).get(name, []) for name in names]
    inside = [k for link in links for k in getattr(link, "columns", ())]
    features = {k: (j,) for j, k in enumerate(names) if k not in inside}
    if inside:
        features["group"] = tuple(names.index(k) for k in inside)
    training, table = plain_rows(TRAIN), table_maker(TRAIN)
    oracle = Oracle(FACTS, written, list(links), table, training, features)
    new = [cells.get(name, cell) for name, cell in zip(names, own, strict=True)]
    return [kind for kind, _ in oracle.broken(own, new, [limit] * len(FACTS))]


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_a_few_cases_keep_all_promises(seed):
    outcome = run_seed(seed)
    assert outcome.violations == [], outcome.description


def test_violations_are_found_without_the_checks_of_the_engine():
    kinds = {violation.kind for violation in run_seed(6, False).violations}
    assert "denied" in kinds
    assert any(kind.startswith("link") for kind in kinds)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("range", {"age": 91}),
        ("whole", {"age": 40.5}),
        ("level", {"grade": "b"}),
        ("emptied", {"debt": None}),
    ],
)
def test_values_that_no_training_row_permits_are_seen(kind, cells):
    assert broken(**cells) == [kind]


@pytest.mark.parametrize(
    ("rule", "cells", "is_kept"),
    [
        ("immutable", {"age": 31}, False),
        ("increasing", {"age": 31}, True),
        ("increasing", {"age": 29}, False),
        ("decreasing", {"grade": "c"}, False),
        (Range(20, 40, step=5), {"age": 35}, True),
        (Range(20, 40, step=5), {"age": 34}, False),
        (Range(20, 40), {"age": 41}, False),
        (Range(-5, 5, step=2, relative=True), {"age": 34}, True),
        (Range(-5, 5, step=2, relative=True), {"age": 35}, False),
        (Range(-5, 5, relative=True), {"age": 36}, False),
        (Levels(["a"]), {"grade": "c"}, False),
        (Transitions({"a": ["c"]}), {"grade": "c"}, True),
        (Transitions({"c": ["a"]}), {"grade": "c"}, False),
    ],
)
def test_rules_are_read_as_documented(rule, cells, is_kept):
    (name,) = cells
    assert (broken({name: [rule]}, **cells) == []) == is_kept


@pytest.mark.parametrize(
    ("rules", "is_kept"),
    [
        ([], True),
        (["increasing"], False),
        (["increasing", Fill()], True),
        ([Fill(False)], False),
        ([Range(0, 50), Fill()], False),
        ([Range(0, 50, relative=True)], False),
    ],
)
def test_missing_cells_are_filled_as_documented(rules, is_kept):
    own = [30, None, "a", 130.0]
    assert (broken({"debt": rules}, own=own, debt=60.0) == []) == is_kept


@pytest.mark.parametrize(
    ("link", "cells", "is_kept"),
    [
        (If(Rises("grade"), Rises("age", by=2)), {"grade": "c", "age": 32}, True),
        (If(Rises("grade"), Rises("age", by=2)), {"grade": "c", "age": 31}, False),
        (If(Falls("age"), Rises("grade")), {"age": 31}, True),
        (NotAbove("age", "debt"), {"debt": 29.0}, False),
        (NotAbove("age", "debt"), {"debt": 30.0}, True),
        (Linear({"age": 2, "debt": -1}, high=0), {"age": 51}, False),
        (Linear({"age": 2, "debt": -1}, high=0), {"age": 50}, True),
        (MaxChanged(1), {"age": 31, "grade": "c"}, False),
        (MaxChanged(1, of=["age", "debt"]), {"age": 31, "grade": "c"}, True),
        (Derived("sum", ["age", "debt"], total), {"age": 31, "sum": 131.0}, True),
        (Derived("sum", ["age", "debt"], total), {"age": 31}, False),
        (Derived("sum", ["age", "debt"], total), {"sum": 131.0}, False),
    ],
)
def test_links_are_read_as_documented(link, cells, is_kept):
    assert (broken(links=[link], **cells) == []) == is_kept


def test_limits_of_people_are_read_as_documented():
    assert broken(limit=Limit(upper=40), age=40) == []
    assert broken(limit=Limit(upper=40), age=41) == ["limit"]
    assert broken(limit=Limit(lower=30), age=29) == ["limit"]
    assert broken(limit=Limit(is_frozen=True), age=31) == ["limit"]


@pytest.mark.parametrize(
    ("link", "cells", "is_kept"),
    [
        (ExactlyOne(["age", "debt"]), {"age": 90}, True),
        (ExactlyOne(["age", "debt"]), {"age": 90, "debt": 500.0}, False),
        (ExactlyOne(["age", "debt"]), {"age": 18}, False),
        (ExactlyOne(["age", "debt"], at_most=True), {"age": 18}, True),
        (ExactlyOne(["age", "debt"]), {"grade": "c"}, True),
        (Determines("grade", "age"), {"grade": "c", "age": 90}, True),
        (Determines("grade", "age"), {"grade": "c", "age": 30}, False),
        (Determines("grade", "age"), {"age": 90}, False),
    ],
)
def test_relations_are_read_by_their_definition(link, cells, is_kept):
    own = [90, 0.0, "a", 130.0] if "age" not in cells else [30, 0.0, "a", 130.0]
    assert broken(links=[link], own=own, **cells) == (
        [] if is_kept else [f"link {type(link).__name__}"]
    )


def test_a_group_counts_once():
    links = [MaxChanged(1), ExactlyOne(["age", "debt"])]
    own = [18, 500.0, "a", 130.0]
    assert broken(links=links, own=own, age=90, debt=0.0) == []
    changed = broken(links=links, own=own, age=90, debt=0.0, grade="c")
    assert changed == ["link MaxChanged"]
