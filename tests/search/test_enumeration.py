"""Feasible rows of a person, against a list made by hand."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skpar import Derived, Linear, MaxChanged, Range
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.search import _enumeration
from skpar.search._enumeration import count_feasible, rows_of_small_sets
from skpar.table import TableSchema

from .._rule_cases import (
    cases,
    differs,
    keeps_link,
    limits_for,
    links_for,
    reachable,
    within_limits,
)


def feasible_rows(able, person, max_rows=2000, max_partial_rows=100_000):
    return _enumeration.feasible_rows(able, person, max_rows, max_partial_rows)


@settings(max_examples=40)
@given(data=st.data())
def test_all_feasible_rows_are_listed_once(data):
    schema, rules, factual, _ = data.draw(cases("iobn", most=4))
    links = data.draw(links_for(schema, rules))
    limits = data.draw(limits_for(schema, factual))
    own = factual[0]
    values = []
    for j, column in enumerate(schema.columns):
        known = reachable(column, rules.get(column.name, []), own[j])
        values.append([own[j], *(code for code in known if differs(own[j], code))])
    assume(np.prod([len(codes) for codes in values]) <= 600)
    want = [
        row
        for row in itertools.product(*values)
        if within_limits(limits, 0, own, row)
        and all(keeps_link(link, own, row, schema, rules) for link in links)
    ]
    able = Actionability(schema, rules, links)
    person = People(factual[:1], limits[:1])
    got = feasible_rows(able, person, 10**5)
    assert sorted(map(repr, got.tolist())) == sorted(
        repr([*map(float, r)]) for r in want
    )
    np.testing.assert_array_equal(got[0], own)
    assert able.is_feasible(person, got[None]).all()
    assert len(feasible_rows(able, person, len(want))) == len(want)
    assert feasible_rows(able, person, len(want) - 1) is None


@settings(max_examples=40)
@given(data=st.data())
def test_sizes_count_rows_that_rules_and_limits_allow(data):
    schema, rules, factual, _ = data.draw(cases(most=4))
    limits = data.draw(limits_for(schema, factual))
    able = Actionability(schema, rules)
    people = People(factual, limits)
    for i, size in enumerate(count_feasible(able, people)):
        listed = feasible_rows(able, people[[i]], 10**5)
        assert size == (np.inf if listed is None else len(listed))
    is_small = count_feasible(able, people) <= 30
    np.testing.assert_array_equal(count_feasible(able, people, 30) <= 30, is_small)
    who, rows, is_listed = rows_of_small_sets(able, people, 30, 10**5)
    np.testing.assert_array_equal(is_listed, is_small)
    for i in np.flatnonzero(is_small):
        listed = feasible_rows(able, people[[i]], 30, 10**5)
        np.testing.assert_array_equal(rows[who == i], listed[1:])


def test_a_derived_column_adds_no_feasible_rows():
    table = pd.DataFrame({"a": [0, 9], "share": [0.5, 1.5]})
    schema = TableSchema.infer(table)
    half = Derived("share", ["a"], lambda X: X["a"] / 9 + 0.5)
    own = People.unlimited(np.array([[0.0, 0.5]]))
    assert count_feasible(Actionability(schema), own) == np.inf
    able = Actionability(schema, None, [half])
    assert count_feasible(able, own) == len(feasible_rows(able, own)) == 10


def test_links_prune_at_any_position_of_their_columns():
    top = {"a": 299, "x": 5, "b": 299, "y": 5}
    table = pd.DataFrame({name: [0, high] for name, high in top.items()})
    schema = TableSchema.infer(table)
    links = [Linear({"a": 1, "b": -1}, low=0, high=0)]
    links += [Linear({"x": 1, "y": -1}, low=0, high=0)]
    found = feasible_rows(
        Actionability(schema, None, links), People.unlimited(np.zeros((1, 4)))
    )
    assert len(found) == 300 * 6
    np.testing.assert_array_equal(found[:, :2], found[:, 2:])


def test_dense_and_large_sets_are_not_listed():
    table = pd.DataFrame({"rate": [0.5, 99.5], "a": [0, 99], "b": [0, 99]})
    schema = TableSchema.infer(table)
    own = People.unlimited(np.array([[1.5, 3.0, 4.0]]))
    assert feasible_rows(Actionability(schema), own) is None
    able = Actionability(schema, {"rate": Range(1, 2, step=0.5)})
    assert feasible_rows(able, own) is None
    assert len(feasible_rows(able, own, max_rows=10**5)) == 3 * 100 * 100
    few = Actionability(schema, {"rate": Range(1, 2, step=0.5)}, [MaxChanged(1)])
    assert len(feasible_rows(few, own)) == 1 + 2 + 99 + 99
    frozen = Actionability(schema, {"rate": "immutable", "a": "immutable"})
    assert len(feasible_rows(frozen, own)) == 100


def test_too_many_incomplete_rows_end_the_enumeration():
    """All but 100 of a million rows are pruned by the last column alone."""
    table = pd.DataFrame({name: [0, 99] for name in "abc"})
    schema = TableSchema.infer(table)
    links = [Linear({"a": 1, "b": 1, "c": -297}, low=0, high=0)]
    able = Actionability(schema, None, links)
    own = People.unlimited(np.zeros((1, 3)))
    assert feasible_rows(able, own) is None
    assert len(feasible_rows(able, own, max_partial_rows=10**6)) == 1
