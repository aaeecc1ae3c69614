"""Partial rows: all feasible and likely proper subsets, the most likely first."""

from __future__ import annotations

from itertools import chain, combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar import Derived, MaxChanged, NotAbove
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.search.queries import PartialRows
from skpar.table import TableSchema, same_cells

from ..._rule_cases import cases, limits_for, links_for

SCALE = PlattScale(0.7, -0.3)


def margin_of(rows):
    """A margin with a different weight for each column."""
    weights = 0.37 + np.arange(rows.shape[1]) % 3
    return np.nan_to_num(rows, nan=0.5).clip(-50, 50) @ weights / 10


def everything(rows):
    return np.ones(len(rows), dtype=bool)


def make(able, is_likely_enough=everything, max_enumerated=5, max_listed=30):
    acting = np.ones(len(able.schema.columns), dtype=bool)
    acting[list(able.derived)] = False
    surrogate = SimpleNamespace(decision_function=margin_of)
    eligibility = SimpleNamespace(is_likely_enough=is_likely_enough)
    return PartialRows(
        able, acting, eligibility, surrogate, SCALE, max_enumerated, max_listed
    )


def subsets_of(able, people, i, row):
    """List the proper subsets of changes of one row that are feasible."""
    own = people.codes[i]
    acting = [j for j in range(len(own)) if j not in able.derived]
    changed = [j for j in acting if not same_cells(own[[j]], row[[j]])[0]]
    chosen = chain.from_iterable(
        combinations(changed, size) for size in range(1, len(changed))
    )
    for columns in chosen:
        part = own.copy()
        part[list(columns)] = row[list(columns)]
        able.link_set.compute_derived(own[None], part[None])
        if able.is_feasible(people[[i]], part[None])[0]:
            yield part


def keys(rows):
    return sorted(np.asarray(row).tobytes() for row in rows)


@settings(max_examples=150)
@given(st.data())
def test_they_are_the_feasible_likely_proper_subsets(data):
    schema, rules, factual, proposal = data.draw(cases(most=5))
    links = data.draw(links_for(schema, rules, most=2))
    limits = data.draw(limits_for(schema, factual))
    able = Actionability(schema, rules, links)
    people = People(factual, limits)
    rows = able.project(people, proposal[:, 0])
    least = data.draw(st.sampled_from([-np.inf, 0.0, 0.4]))

    def is_likely_enough(codes):
        return margin_of(codes) >= least

    parent, partial, chance = make(able, is_likely_enough).of(people, rows)
    assert (np.diff(parent) >= 0).all()
    assert able.is_feasible(people[parent], partial).all()
    for i in range(len(factual)):
        mine = parent == i
        expected = [
            part
            for part in subsets_of(able, people, i, rows[i])
            if is_likely_enough(part[None])[0]
        ]
        assert keys(partial[mine]) == keys(expected)
        assert (np.diff(chance[mine]) <= 0).all()
    np.testing.assert_allclose(chance, SCALE.probability(margin_of(partial)), atol=1e-6)


@settings(max_examples=100)
@given(st.data())
def test_single_changes_are_undone_in_feasible_likely_rows(data):
    schema, rules, factual, proposal = data.draw(cases(most=5))
    links = data.draw(links_for(schema, rules, most=2))
    able = Actionability(schema, rules, links)
    people = People(factual, data.draw(limits_for(schema, factual)))
    rows = able.project(people, proposal[:, 0])
    lister = make(able, lambda codes: margin_of(codes) >= 0.0)
    parent, feature, partial = lister.without_one(people, rows)
    assert (np.diff(parent) >= 0).all()
    derived = np.zeros(rows.shape[1], dtype=bool)
    derived[list(able.derived)] = True
    changed = ~same_cells(people.codes, rows) & ~derived
    for i in range(len(factual)):
        mine = parent == i
        n_changes = changed[i].sum()
        expected = [
            part
            for part in subsets_of(able, people, i, rows[i])
            if margin_of(part[None])[0] >= 0.0
            and (~same_cells(part, rows[i]) & ~derived).sum() == 1
        ]
        assert keys(partial[mine]) == keys(expected if n_changes > 1 else [])
        for j, part in zip(feature[mine], partial[mine], strict=True):
            assert (~same_cells(part, rows[i]) & ~derived).nonzero()[0].tolist() == [j]
        chance = SCALE.probability(margin_of(partial[mine]))
        assert (np.diff(chance) <= 1e-9).all()


COLUMNS = list("abcdefgh")
SCHEMA = TableSchema.infer(pd.DataFrame([[0.0] * 8, [9.5] * 8], columns=COLUMNS))
OWN = np.zeros((1, 8))


@pytest.mark.parametrize("n_changes", [5, 6, 8])
def test_of_many_changes_the_most_likely_subsets_are_listed(n_changes):
    rows = OWN.copy()
    rows[0, :n_changes] = 1.0 + np.arange(n_changes)
    able, people = Actionability(SCHEMA), People.unlimited(OWN)
    parent, partial, chance = make(able).of(people, rows)
    assert len(parent) == len(np.unique(partial, axis=0)) == 30
    _, every, chance_of_every = make(able, max_listed=1000).of(people, rows)
    np.testing.assert_array_equal(chance, chance_of_every[:30])
    np.testing.assert_array_equal(partial, every[:30])
    for part in every:
        made = part != 0.0
        np.testing.assert_array_equal(part[made], rows[0, made])
        assert 0 < made.sum() < n_changes


def test_each_person_has_the_limit_of_listed_rows():
    own, rows = np.zeros((2, 8)), np.ones((2, 8))
    rows[1, 2:] = 0.0
    lister = make(Actionability(SCHEMA), max_listed=7)
    parent, *_ = lister.of(People.unlimited(own), rows)
    assert parent.tolist() == [0] * 7 + [1] * 2


def test_derived_columns_are_computed_again_and_are_no_changes():
    able = Actionability(SCHEMA, links=[Derived("c", ["a", "b"], total_of_two)])
    own = np.zeros((1, 8))
    rows = own.copy()
    rows[0, :3] = 1.0, 2.0, 3.0
    _, partial, _ = make(able).of(People.unlimited(own), rows)
    assert partial[:, :3].tolist() == [[0.0, 2.0, 2.0], [1.0, 0.0, 1.0]]


def total_of_two(table):
    return table["a"] + table["b"]


def test_rows_that_break_links_are_left_out():
    links = [NotAbove("a", "b"), MaxChanged(2)]
    able = Actionability(SCHEMA, links=links)
    rows = OWN.copy()
    rows[0, :2] = 4.0, 5.0
    _, partial, _ = make(able).of(People.unlimited(OWN), rows)
    assert partial[:, :2].tolist() == [[0.0, 5.0]]


def test_a_single_change_and_no_change_have_no_part():
    rows = np.vstack([OWN, OWN])
    rows[0, 3] = 2.0
    people = People.unlimited(np.vstack([OWN, OWN]))
    for part in make(Actionability(SCHEMA)).of(people, rows):
        assert len(part) == 0


def test_a_row_does_not_depend_on_the_others():
    rng = np.random.RandomState(0)
    own, rows = np.zeros((20, 8)), rng.randint(0, 3, (20, 8)).astype(float)
    lister = make(Actionability(SCHEMA))
    parent, partial, chance = lister.of(People.unlimited(own), rows)
    for i in range(20):
        _, alone, chance_alone = lister.of(People.unlimited(own[[i]]), rows[[i]])
        np.testing.assert_array_equal(alone, partial[parent == i])
        np.testing.assert_array_equal(chance_alone, chance[parent == i])
