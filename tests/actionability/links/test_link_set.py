"""Rules, links and limits are kept together, and nothing else is forbidden."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar import Derived, If, NotAbove, Range, Rises
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.table import TableSchema

from ..._rule_cases import (
    cases,
    differs,
    keeps_link,
    limits_for,
    links_for,
    reachable,
    within_limits,
)


def is_allowed(case, i, new):
    """Judge a row by the definitions, where all columns are finite."""
    schema, rules, factual, links, limits = case
    own = factual[i]
    for j, column in enumerate(schema.columns):
        known = reachable(column, rules.get(column.name, []), own[j])
        if differs(own[j], new[j]) and new[j] not in known:
            return False
    return within_limits(limits, i, own, new) and all(
        keeps_link(link, own, new, schema, rules) for link in links
    )


@pytest.mark.slow
@settings(max_examples=120)
@given(data=st.data())
def test_projections_keep_everything_and_stay(data):
    schema, rules, factual, proposal = data.draw(cases())
    links = data.draw(links_for(schema, rules))
    limits = data.draw(limits_for(schema, factual))
    able = Actionability(schema, rules, links)
    candidate = able.project(People(factual, limits), proposal)
    assert candidate.shape == proposal.shape
    assert able.is_feasible(People(factual, limits), candidate).all()
    assert able.is_feasible(People(factual, limits), factual).all()
    again = able.project(People(factual, limits), candidate)
    assert again.tobytes() == candidate.tobytes()
    stay = able.project(People(factual, limits), factual)
    assert stay.tobytes() == factual.tobytes()
    flat = able.project(People(factual, limits), proposal[:, 0])
    np.testing.assert_array_equal(flat, candidate[:, 0])
    cells = able.project_cells(People(factual, limits), proposal)
    free = able.can_change(People(factual, limits))
    for i, k in itertools.product(range(len(factual)), range(proposal.shape[1])):
        own, new = factual[i], candidate[i, k]
        assert within_limits(limits, i, own, new)
        for link in links:
            assert keeps_link(link, own, new, schema, rules, slack=1e-9)
        if all(keeps_link(link, own, cells[i, k], schema, rules) for link in links):
            np.testing.assert_array_equal(new, cells[i, k])
        derived = [link.column for link in links if isinstance(link, Derived)]
        for j, name in enumerate(schema.names):
            assert free[i, j] or name in derived or not differs(own[j], new[j])


@pytest.mark.slow
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_allowed_is_what_the_definitions_say(data):
    schema, rules, factual, _ = data.draw(cases("iobn", most=3))
    links = data.draw(links_for(schema, rules))
    limits = data.draw(limits_for(schema, factual))
    able = Actionability(schema, rules, links)
    own = factual[:1]
    values = []
    for j, column in enumerate(schema.columns):
        codes = [own[0, j], *np.arange(column.low - 1, column.high + 2)]
        if not column.is_numeric:
            codes = [own[0, j], *range(len(column.levels))]
        values.append(codes)
    rows = np.array(list(itertools.islice(itertools.product(*values), 0, None, 3)))
    mine = limits[:1]
    got = able.is_feasible(People(own, mine), rows[np.newaxis])[0]
    case = (schema, rules, factual, links, limits)
    want = [is_allowed(case, 0, row) for row in rows]
    np.testing.assert_array_equal(got, want)
    settled = able.project(People(own, mine), rows[got][np.newaxis])[0]
    np.testing.assert_array_equal(settled, rows[got])


@pytest.fixture(scope="module")
def people():
    table = pd.DataFrame(
        {"a": [0, 4], "b": [0, 10], "c": [0, 7], "job": ["cook", "clerk"]}
    )
    return TableSchema.infer(table)


def test_what_cannot_be_mended_is_taken_back(people):
    able = Actionability(
        people,
        {"b": Range(high=4)},
        [If(Rises("a"), Rises("b", by=3)), NotAbove("b", "c")],
    )
    own = np.array([[1.0, 1.0, 7.0, 0.0], [1.0, 3.0, 7.0, 0.0], [1.0, 1.0, 2.0, 0.0]])
    asked = own + np.array([1.0, 0.0, 0.0, 1.0])
    got = able.project(People.unlimited(own), asked)
    np.testing.assert_array_equal(
        got, [[2.0, 4.0, 7.0, 1.0], [1.0, 3.0, 7.0, 1.0], [2.0, 4.0, 4.0, 1.0]]
    )


def test_derived_columns_follow_if_they_have_the_computed_values():
    table = pd.DataFrame({"a": [0.0, 9.0], "b": [0.0, 9.0], "sum": [0.0, 18.0]})
    total = Derived("sum", ["a", "b"], lambda rows: rows["a"] + rows["b"])
    links = [total, NotAbove("a", "b")]
    link_set = Actionability(TableSchema.infer(table), None, links).link_set
    own = np.array([[1.0, 2.0, 7.0]] * 4)
    rows = np.array([[1.0, 2, 7], [1, 3, 4], [1, 3, 7], [4, 3, 7]])
    assert link_set.follows(own, rows).tolist() == [True, True, False, True]
    holds = link_set.holds(People.unlimited(own), rows)
    assert holds.tolist() == [True, True, False, False]
