"""Single changes are undone: accepted rows show which changes accompany the others."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.search.queries import (
    AcceptedRows,
    PartialRows,
    QueryState,
    find_accompanying,
)
from skpar.table import TableSchema, row_keys, same_cells

from ..._rule_cases import cases, limits_for, links_for


def margin_of(rows):
    """A margin with a different weight for each column, some of them negative."""
    weights = np.resize([0.9, -0.4, 0.37, 0.0], rows.shape[1])
    return np.nan_to_num(rows, nan=0.5).clip(-50, 50) @ weights / 10


class Box:
    """A classifier with a least margin that stores its queries."""

    def __init__(self, least):
        self.least = least
        self.queries = []

    def decide(self, rows):
        return margin_of(rows) >= self.least

    def __call__(self, rows):
        self.queries += list(row_keys(rows))
        return self.decide(rows)


def make(able, people, rows, least_plausible=-np.inf):
    """Partial rows, and a state in which these rows are the answers of the people."""
    acting = np.ones(len(able.schema.columns), dtype=bool)
    acting[list(able.derived)] = False

    def is_likely_enough(codes):
        return -margin_of(codes) >= least_plausible

    partial = PartialRows(
        able,
        acting,
        SimpleNamespace(is_likely_enough=is_likely_enough),
        SimpleNamespace(decision_function=lambda codes: -margin_of(codes)),
        PlattScale(1.0, 0.0),
        5,
        30,
    )
    state = QueryState(people, AcceptedRows(people.codes, acting))
    state.result.codes[:] = rows
    state.result.objective[~same_cells(people.codes, rows).all(axis=1)] = 1.0
    return partial, state, is_likely_enough


def undone_rows(able, people, i, row):
    """Undo each change, by a plain loop; None for rows that are infeasible."""
    own = people.codes[i]
    acting = [j for j in range(len(own)) if j not in able.derived]
    changed = [j for j in acting if not same_cells(own[[j]], row[[j]])[0]]
    for j in changed:
        part = own.copy()
        others = [k for k in changed if k != j]
        part[others] = row[others]
        able.link_set.compute_derived(own[None], part[None])
        counts = others and able.is_feasible(people[[i]], part[None])[0]
        yield j, part if counts else None


@settings(max_examples=150)
@given(st.data())
def test_changes_accompany_if_the_row_without_them_is_accepted(data):
    schema, rules, factual, proposal = data.draw(cases(most=5))
    links = data.draw(links_for(schema, rules, most=2))
    able = Actionability(schema, rules, links)
    people = People(factual, data.draw(limits_for(schema, factual)))
    rows = able.project(people, proposal[:, 0])
    box = Box(data.draw(st.sampled_from([-0.2, 0.0, 0.3])))
    least = data.draw(st.sampled_from([-np.inf, -0.1]))
    partial, state, is_likely_enough = make(able, people, rows, least)
    before = state.result.n_queries.copy()
    most = data.draw(st.sampled_from([0, 1, 2, 50]))
    find_accompanying(state, partial, box, most)
    result = state.result
    counts = result.n_queries - before
    assert len(box.queries) == counts.sum()
    assert (result.n_queries <= most).all()
    np.testing.assert_array_equal(result.codes, rows)
    for i in np.flatnonzero(result.found):
        expected = np.zeros((2, len(schema.columns)), dtype=bool)
        n_rows = 0
        for j, part in undone_rows(able, people, i, rows[i]):
            if part is not None and is_likely_enough(part[None])[0]:
                n_rows += 1
                expected[0, j], expected[1, j] = box.decide(part[None])[0], True
        assert counts[i] == min(n_rows, most)
        assert result.unchecked[i].sum() == n_rows - counts[i]
        assert not (result.unchecked[i] & ~expected[1]).any()
        known = ~result.unchecked[i]
        np.testing.assert_array_equal(result.accompanying[i, known], expected[0, known])
        assert not result.accompanying[i, ~known].any()
    assert not result.accompanying[~result.found].any()
    assert result.unchecked[~result.found].all()


SCHEMA = TableSchema.infer(pd.DataFrame([[0.0] * 4, [9.5] * 4], columns=list("abcd")))
ABLE = Actionability(SCHEMA)


def case(n_people=1):
    """People who change a, c and d; a classifier that needs a and c."""
    people = People.unlimited(np.zeros((n_people, 4)))
    rows = np.zeros((n_people, 4)) + [2.0, 0.0, 3.0, 1.0]
    return *make(ABLE, people, rows)[:2], Box(0.2)


def test_two_columns_decide_and_the_third_accompanies():
    partial, state, box = case()
    find_accompanying(state, partial, box, 10)
    assert state.result.accompanying.tolist() == [[False, False, False, True]]
    assert not state.result.unchecked.any()
    assert state.result.n_queries.tolist() == [3]


def test_known_decisions_are_not_queried_again():
    partial, state, box = case()
    _, feature, rows = partial.without_one(state.people, state.result.codes)
    known = rows[feature != 0]
    key = row_keys(known, owner=np.zeros(len(known), dtype=np.int64))
    state.add_decisions(key, box.decide(known))
    find_accompanying(state, partial, box, 1)
    assert box.queries == list(row_keys(rows[feature == 0]))
    assert state.result.accompanying.tolist() == [[False, False, False, True]]
    assert not state.result.unchecked.any()


def test_what_is_needed_is_not_queried():
    partial, state, box = case(3)
    state.result.needed[1] = True
    find_accompanying(state, partial, box, 10)
    assert state.result.n_queries.tolist() == [3, 0, 3]
    assert not state.result.accompanying[1].any()
    assert not state.result.unchecked[1].any()


def test_each_person_has_a_budget_and_the_most_likely_rows_come_first():
    partial, state, box = case(4)
    state.result.n_queries[:] = [0, 5, 6, 9]
    find_accompanying(state, partial, box, np.array([1, 7, 6, 4]))
    assert state.result.n_queries.tolist() == [1, 7, 6, 9]
    assert state.result.unchecked.sum(axis=1).tolist() == [2, 1, 3, 3]
    # The surrogate errs: it takes rows with a small margin for likely ones.
    assert state.result.unchecked[0].tolist() == [False, False, True, True]


def test_people_do_not_depend_on_one_another():
    partial, state, box = case(5)
    find_accompanying(state, partial, box, 2)
    for name in ("accompanying", "unchecked"):
        flags = getattr(state.result, name)
        assert (flags == flags[0]).all()
    partial, alone, box = case(1)
    find_accompanying(alone, partial, box, 2)
    np.testing.assert_array_equal(alone.result.unchecked[0], state.result.unchecked[0])
