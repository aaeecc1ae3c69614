"""Violations are named, and there are none exactly where a row is feasible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import Derived, Linear, MaxChanged, NotAbove, Range
from skpar.actionability import Actionability, People
from skpar.actionability._limits import Limits
from skpar.actionability._violations import find_violations
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "age": [20, 30, 60],
        "debt": [0.0, 5.5, 9.0],
        "job": ["cook", "clerk", "cook"],
        "ratio": [0.0, 0.2, 0.15],
    }
)
SCHEMA = TableSchema.infer(TABLE)
RULES = {"age": ["increasing", Range(high=50)], "job": "immutable"}


def ratio(table):
    return table["debt"] / table["age"]


LINKS = [
    NotAbove("debt", "age"),
    MaxChanged(2),
    Derived("ratio", ["debt", "age"], ratio),
]
OWN = np.array([[30.0, 5.5, 1.0, 0.2]])


def named(row, rules=None, links=None, limits=None):
    able = Actionability(SCHEMA, rules, links)
    people = People.unlimited(OWN) if limits is None else People(OWN, limits)
    return find_violations(able, people, np.array([row]))[0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({0: 40.0}, []),
        ({0: 25.0}, ["age: 'increasing', Range(high=50)"]),
        ({0: 55.0}, ["age: 'increasing', Range(high=50)"]),
        ({0: 40.5}, ["age: no feasible value of the column"]),
        ({1: 99.0}, ["debt: no feasible value of the column"]),
        ({1: np.nan}, ["debt: no feasible value of the column"]),
        ({2: 0.0}, ["job: 'immutable'"]),
        ({0: 25.0, 2: 0.0}, ["age: 'increasing', Range(high=50)", "job: 'immutable'"]),
    ],
)
def test_rules_and_columns_are_named(cells, expected):
    row = OWN[0].copy()
    for j, value in cells.items():
        row[j] = value
    assert named(row, RULES) == expected


def test_links_are_named():
    assert named([30.0, 2.0, 1.0, 2 / 30], None, LINKS) == []
    broken = named([31.0, 2.0, 0.0, 0.2], None, LINKS)
    assert broken == ["MaxChanged(2)", repr(LINKS[2])]
    total = [Linear({"age": 1, "debt": 1}, high=36)]
    assert named([31.0, 5.0, 1.0, 0.2], None, total) == []
    assert named([31.0, 5.5, 1.0, 0.2], None, total) == [repr(total[0])]


def test_limits_of_a_person_are_named():
    limits = Limits.none(OWN.shape).with_frozen(np.array([[True, False, False, False]]))
    assert named([31.0, 5.0, 1.0, 0.2], None, None, limits) == [
        "age: limit of this person"
    ]
    # A rule that the row breaks anyway is named instead.
    assert named([25.0, 5.0, 1.0, 0.2], RULES, None, limits) == [
        "age: 'increasing', Range(high=50)"
    ]


CELLS = st.tuples(
    st.sampled_from([20.0, 30.0, 30.5, 41.0, 55.0]),
    st.sampled_from([0.0, 5.5, 8.0, 42.0]),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.0, 0.2, 0.15, 8 / 41]),
)


@given(CELLS, st.booleans(), st.booleans())
def test_a_row_is_feasible_exactly_if_nothing_is_named(cells, with_rules, with_links):
    rules, links = RULES if with_rules else None, LINKS if with_links else None
    able = Actionability(SCHEMA, rules, links)
    feasible = able.is_feasible(People.unlimited(OWN), np.array([cells]))[0]
    assert (named(cells, rules, links) == []) == feasible


def test_steps_are_named_where_they_come_from():
    table = pd.DataFrame({"debt": np.arange(40) / 4, "part": np.arange(40) / 28})
    table["size"] = 500 * np.arange(40)
    schema = TableSchema.infer(table)
    links = [Derived("part", ["debt"], lambda t: t["debt"] / 7)]
    own = People.unlimited(np.array([[7.0, 1.0, 0.0]]))

    def named(row, rules=None):
        able = Actionability(schema, rules, links)
        return find_violations(able, own, np.array([row]))[0]

    assert named([5.5, 5.5 / 7, 500.0]) == []
    assert named([5.6, 5.6 / 7, 0.0]) == ["debt: no feasible value of the column"]
    step = Range(step=50)
    assert named([7.0, 1.0, 650.0], {"size": step}) == []
    assert named([7.0, 1.0, 660.0], {"size": step}) == ["size: Range(step=50)"]
    assert named([7.0, 1.0, 650.0]) == ["size: no feasible value of the column"]
