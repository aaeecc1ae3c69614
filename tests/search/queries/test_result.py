"""Answers of a search: joined, replaced and counted."""

from __future__ import annotations

import numpy as np

from skpar.search.queries import SearchResult


def filled(n, value):
    """Answers of n people; every person has a different one."""
    result = SearchResult.none(np.full((n, 2), float(value)))
    result.codes += np.arange(n)[:, None]
    result.objective[:] = value + np.arange(n) / 10
    result.n_queries[:] = value
    result.exhausted[:] = np.arange(n) % 2 == 0
    result.needed[:] = np.arange(n) % 2 == 1
    return result


def test_without_answers_people_keep_their_rows():
    own = np.arange(6.0).reshape(3, 2)
    result = SearchResult.none(own)
    own[0] = 9.0
    np.testing.assert_array_equal(result.codes, [[0, 1], [2, 3], [4, 5]])
    assert not result.found.any() and not result.needed.any()
    assert not result.exhausted.any() and not result.n_queries.any()


def test_answers_of_groups_are_joined_in_order():
    parts = [filled(2, 3), filled(0, 4), filled(1, 5)]
    whole = SearchResult.joined(parts)
    np.testing.assert_array_equal(whole.codes[:, 0], [3, 4, 5])
    np.testing.assert_array_equal(whole.objective, [3, 3.1, 5])
    np.testing.assert_array_equal(whole.n_queries, [3, 3, 5])
    assert whole.exhausted.tolist() == [True, False, True]
    assert whole.needed.tolist() == [False, True, False]
    assert whole.found.all()


def test_better_answers_are_taken_over_and_all_queries_are_added():
    result, other = filled(4, 3), filled(3, 7)
    result.replace(np.array([3, 1, 2]), other, np.array([True, True, False]))
    np.testing.assert_array_equal(result.codes[:, 0], [3, 8, 5, 7])
    np.testing.assert_array_equal(result.objective, [3, 7.1, 3.2, 7])
    np.testing.assert_array_equal(result.n_queries, [3, 10, 10, 10])
    assert result.exhausted.tolist() == [True, False, True, True]
    assert result.needed.tolist() == [False, True, False, False]


def test_dropped_answers_leave_the_own_row():
    result, own = filled(4, 3), np.arange(8.0).reshape(4, 2)
    result.drop(np.array([1, 2]), own)
    np.testing.assert_array_equal(result.codes[:, 0], [3, 2, 4, 6])
    assert result.found.tolist() == [True, False, False, True]
    assert result.needed.tolist() == [False, False, False, True]
    np.testing.assert_array_equal(result.n_queries, 3)
