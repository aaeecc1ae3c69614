"""Accepted rows: which contain another one, by a plain loop over pairs."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.search.queries import AcceptedRows, _accepted
from skpar.search.queries._accepted import OPEN, PROVEN, RULED_OUT, SPARE

NAN = np.nan
CELL = st.sampled_from([0.0, 1.0, 2.0, NAN])


def same(a, b):
    return a == b or (np.isnan(a) and np.isnan(b))


def contains(own, row, part, acting):
    """Whether a row makes all changes of a part, and at least one more."""
    made = {j for j in acting if not same(own[j], part[j])}
    changed = {j for j in acting if not same(own[j], row[j])}
    return made < changed and all(same(row[j], part[j]) for j in made)


@st.composite
def people_and_rows(draw):
    """People, acting features, and rows of people with a flag each."""
    n_people, d = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    row = st.lists(CELL, min_size=d, max_size=d)
    own = np.array([draw(row) for _ in range(n_people)])
    acting = np.array(draw(st.lists(st.booleans(), min_size=d, max_size=d)))
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, n_people - 1), row, st.booleans()), max_size=12
        )
    )
    who = np.array([one for one, _, _ in rows], dtype=np.int64)
    codes = np.array([cells for _, cells, _ in rows]).reshape(-1, d)
    return own, acting, who, codes, np.array([yes for *_, yes in rows], dtype=bool)


def filled(own, acting, who, codes, is_answer):
    accepted = AcceptedRows(own, acting)
    n = len(who)
    yes = np.ones(n, dtype=bool)
    accepted.add(who, codes, np.arange(float(n)), yes, is_answer, is_answer)
    return accepted


@pytest.mark.parametrize("few_pairs", [0, 500])
@given(case=people_and_rows(), data=st.data())
def test_a_row_contains_what_a_loop_says(few_pairs, case, data):
    own, acting, who, codes, is_answer = case
    accepted = filled(*case)
    n = len(who)
    chosen = data.draw(st.lists(st.integers(0, n - 1), unique=True)) if n else []
    with mock.patch.object(_accepted, "_FEW_PAIRS", few_pairs):
        found = accepted.contain(who, codes, np.array(chosen, dtype=np.int64))
    columns = np.flatnonzero(acting).tolist()
    expected = [
        any(
            who[i] == who[k] and contains(own[who[i]], codes[i], codes[k], columns)
            for k in chosen
        )
        for i in range(n)
    ]
    assert found.tolist() == expected


@given(people_and_rows(), st.data())
def test_rows_are_ruled_out_as_a_loop_says_however_they_arrive(case, data):
    own, acting, who, codes, is_eligible = case
    n, columns = len(who), np.flatnonzero(acting).tolist()
    flags = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    is_answer = is_eligible & np.array(flags, dtype=bool)
    accepted = AcceptedRows(own, acting)
    ends = sorted(data.draw(st.lists(st.integers(0, n), max_size=3)))
    for start, stop in zip([0, *ends], [*ends, n], strict=True):
        new = slice(start, stop)
        zero, flags = np.zeros(stop - start), (is_eligible[new], is_answer[new])
        accepted.add(who[new], codes[new], zero, zero == 0, *flags)
        accepted.rule_out(start)
    for i in range(n):
        parts = [
            is_eligible[k]
            for k in range(n)
            if who[i] == who[k] and contains(own[who[i]], codes[i], codes[k], columns)
        ]
        if not is_answer[i] or True in parts:
            assert accepted.status[i] == RULED_OUT
        else:
            assert accepted.status[i] == (SPARE if parts else OPEN)


OWN = np.zeros((2, 3))
ALL = np.ones(3, dtype=bool)
YES = np.ones(1, dtype=bool)


def test_an_answer_whose_changes_are_needed_stays_an_answer():
    accepted = filled(OWN, ALL, np.array([0]), np.array([[1.0, 1, 0]]), YES)
    accepted.status[0] = PROVEN
    accepted.add(np.array([0]), np.array([[1.0, 0, 0]]), np.zeros(1), *[YES] * 3)
    accepted.rule_out(1)
    assert accepted.status.tolist() == [PROVEN, OPEN]


def test_earlier_answers_rule_out_rows_and_are_no_answers():
    accepted = AcceptedRows(OWN, ALL)
    accepted.add_earlier(np.array([0]), np.array([[1.0, 0, 0]]))
    rows = np.array([[1.0, 1, 0], [0, 1, 0], [1, 1, 0]])
    yes = np.ones(3, dtype=bool)
    accepted.add(np.array([0, 0, 1]), rows, np.zeros(3), yes, yes, yes)
    accepted.rule_out(1)
    assert accepted.status.tolist() == [RULED_OUT, RULED_OUT, OPEN, OPEN]
    best = accepted.best_open(np.full(2, -np.inf))
    assert best.tolist() == [2, 3]


def test_the_best_open_row_of_each_person_is_found():
    who = np.array([1, 0, 1, 0, 1])
    yes = np.ones(5, dtype=bool)
    accepted = AcceptedRows(OWN, ALL)
    value = np.array([0.2, 0.5, 0.9, 0.4, 0.7])
    accepted.add(who, np.eye(5, 3), value, yes, yes, yes)
    least = np.full(2, -np.inf)
    assert accepted.best_open(least).tolist() == [1, 2]
    accepted.status[:] = [OPEN, SPARE, RULED_OUT, OPEN, PROVEN]
    assert accepted.best_open(least).tolist() == [3, 0]
    assert accepted.best_open(least, (OPEN, SPARE)).tolist() == [1, 0]
    assert accepted.best_open(np.array([0.4, 0.1])).tolist() == [0]
