"""Binding rules: without one of them, a better row is one cell away."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, MaxChanged, NotAbove, Range
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.actionability._limits import Limits
from skpar.search.reasons import BindingRules
from skpar.table import TableSchema


def half(table):
    return table["income"] / 2


@pytest.fixture(scope="module")
def schema():
    table = pd.DataFrame({"income": [0, 10], "debt": [0, 10], "age": [20, 60]})
    return TableSchema.infer(table.astype(float))


def named(able, own, row, margin, limits=None, most=5):
    """Binding rules of one person at one row."""
    grid = np.linspace([0.0, 0.0, 20.0], [10.0, 10.0, 60.0], 11)
    proposer = SimpleNamespace(
        action_builder=SimpleNamespace(grid=grid),
        surrogate=SimpleNamespace(decision_function=margin),
    )
    own = np.array([own], dtype=float)
    people = People(own, limits) if limits else People.unlimited(own)
    row = np.array([row], dtype=float)
    return BindingRules(proposer, most).of(able, people, row)[0]


def income(rows):
    return rows[:, 0]


def test_a_range_binds_at_its_end_and_nowhere_else(schema):
    rule = Range(0, 6, step=1)
    able = Actionability(schema, {"income": rule})
    assert named(able, [2, 5, 30], [6, 5, 30], income) == (f"income: {rule!r}",)
    assert named(able, [2, 5, 30], [2, 5, 30], lambda rows: -rows[:, 0]) == ()


def test_a_rule_that_does_not_matter_for_the_margin_does_not_bind(schema):
    able = Actionability(schema, {"income": Range(0, 6, step=1), "age": "immutable"})
    assert named(able, [2, 5, 30], [6, 5, 30], lambda rows: -rows[:, 1]) == ()


def test_rules_of_changed_columns_come_first(schema):
    able = Actionability(schema, {"income": Range(0, 6), "age": "immutable"})

    def margin(rows):
        return rows[:, 0] + 100 * rows[:, 2]

    found = named(able, [2, 5, 30], [6, 5, 30], margin)
    assert found == ("income: Range(0, 6)", "age: 'immutable'")
    assert named(able, [2, 5, 30], [6, 5, 30], margin, most=1) == found[:1]
    assert named(able, [2, 5, 30], [2, 5, 30], margin)[0] == "age: 'immutable'"


def test_a_tight_link_binds(schema):
    able = Actionability(schema, None, [NotAbove("income", "debt")])
    moved = [4, 4, 30]
    assert named(able, [2, 4, 30], moved, income) == ("NotAbove('income', 'debt')",)
    one = Actionability(schema, None, [MaxChanged(1)])
    found = named(one, [2, 4, 30], [10, 4, 30], lambda rows: rows[:, 2])
    assert found == ("MaxChanged(1)",)


def test_limits_of_the_person_bind(schema):
    able = Actionability(schema, None)
    low, high = np.full((1, 3), -np.inf), np.full((1, 3), np.inf)
    high[0, 0] = 6
    limits = Limits(low, high, np.zeros((1, 3), dtype=bool))
    assert named(able, [2, 5, 30], [6, 5, 30], income, limits) == (
        "income: own limits",
    )


def test_the_rule_of_a_derived_column_binds():
    table = pd.DataFrame({"income": [0.0, 10.0], "debt": [0.0, 10.0]})
    table["half"] = table["income"] / 2
    schema = TableSchema.infer(table)
    able = Actionability(
        schema, {"half": Range(high=2)}, [Derived("half", ["income"], half)]
    )
    found = named(able, [2, 5, 1], [4, 5, 2], income)
    assert found == ("half: Range(high=2)",)
