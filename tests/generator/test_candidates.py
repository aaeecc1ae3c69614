"""Candidates: chosen actions, their scores, and the best of each group."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar.generator._candidates import (
    Candidates,
    ScoredCandidates,
    best_of_each,
    changed_sets,
    first_of_equals,
    smallest_of_rows,
)


@pytest.fixture
def candidates():
    rng = np.random.RandomState(0)
    return Candidates(rng.randint(3, size=40), rng.randint(3, size=(4, 40)))


def test_some_of_the_candidates(candidates):
    rows = np.array([7, 2, 2])
    some = candidates[rows]
    assert len(some) == 3
    assert_array_equal(some.who, candidates.who[rows])
    assert_array_equal(some.chosen, candidates.chosen[:, rows])
    assert len(candidates[10:15]) == 5


def test_moved_candidates_differ_in_one_feature(candidates):
    before = candidates.chosen.copy()
    rows = np.array([2, 2, 9])
    moved = candidates.moved(rows, np.array([0, 3, 1]), np.array([5, 6, 7]))
    assert_array_equal(moved.who, candidates.who[rows])
    expected = before[:, rows]
    expected[[0, 3, 1], range(3)] = [5, 6, 7]
    assert_array_equal(moved.chosen, expected)
    assert_array_equal(candidates.chosen, before)


def test_joined_candidates_keep_their_scores(candidates):
    number = np.arange(40.0)
    scored = ScoredCandidates(candidates, number, -number, number + 0.5)
    parts = [scored[np.arange(25, 40)], scored[np.arange(25)]]
    joined = ScoredCandidates.joined(parts)
    order = np.r_[25:40, 0:25]
    assert len(joined) == 40
    assert_array_equal(joined.who, candidates.who[order])
    assert_array_equal(joined.candidates.chosen, candidates.chosen[:, order])
    assert_array_equal(joined.objective, order)
    assert_array_equal(joined.margin, -order)
    assert_array_equal(joined.undone, order + 0.5)


def test_the_lagrangian_penalizes_unsafe_margins_alone(candidates):
    margin, never = np.array([-1.0, -2.0, 9.0]), np.full(3, -np.inf)
    scored = ScoredCandidates(candidates[:3], np.ones(3), margin, never)
    low, high = scored.lagrangian(1.0, 0.1), scored.lagrangian(3.0, 0.1)
    assert low[2] == high[2] == 1.0
    assert_allclose(low[:2], [1.0 - 1.1, 1.0 - 2.1])
    assert_allclose(high[:2], [1.0 - 3.3, 1.0 - 6.3])


def test_the_lagrangian_penalizes_margin_that_is_left_after_a_change_is_undone(
    candidates,
):
    margin, undone = np.array([9.0, 9.0, -1.0]), np.array([2.0, -2.0, 0.5])
    scored = ScoredCandidates(candidates[:3], np.ones(3), margin, undone)
    assert_allclose(scored.lagrangian(1.0, 0.1), [1.0 - 2.0, 1.0, 1.0 - 1.1 - 0.5])
    assert_allclose(scored.lagrangian(3.0, 0.1), [1.0 - 6.0, 1.0, 1.0 - 3.3 - 1.5])


def test_best_of_each_lists_the_largest_first_and_the_earlier_of_equals():
    who = np.array([1, 0, 1, 1, 0, 3, 1])
    score = np.array([2.0, 1.0, 5.0, 5.0, 7.0, -np.inf, 2.0])
    assert best_of_each(who, score, 1).tolist() == [4, 2, 5]
    assert best_of_each(who, score, 3).tolist() == [4, 1, 2, 3, 0, 5]
    assert best_of_each(who[:0], score[:0], 3).tolist() == []


def test_changed_sets_are_equal_where_a_person_changes_the_same_features(candidates):
    keys = changed_sets(candidates)
    rows = np.column_stack([candidates.who, candidates.chosen.T > 0])
    same = (rows[:, None] == rows[None]).all(axis=2)
    assert_array_equal(keys[:, None] == keys[None], same)
    assert 40 < same.sum() < 1600


def test_first_of_equals_keeps_the_first_of_equal_rows_of_a_person(candidates):
    kept = first_of_equals(candidates.who, candidates.chosen)
    rows = np.column_stack([candidates.who, candidates.chosen.T])
    _, first = np.unique(rows, axis=0, return_index=True)
    assert_array_equal(kept, np.sort(first))
    twice = np.r_[np.arange(40), np.arange(40)]
    doubled = first_of_equals(candidates.who[twice], candidates.chosen[:, twice])
    assert_array_equal(doubled, kept)


@pytest.mark.parametrize("n", [1, 5, 30])
@pytest.mark.parametrize("n_rows", [0, 1, 12])
def test_the_smallest_of_rows_are_those_of_a_stable_sort(n, n_rows):
    values = np.random.RandomState(0).randint(20, size=(n_rows, 40)).astype(float)
    before = values.copy()
    expected = np.argsort(values, axis=1, kind="stable")[:, :n]
    assert_array_equal(smallest_of_rows(values, n), expected)
    assert_array_equal(values, before)
