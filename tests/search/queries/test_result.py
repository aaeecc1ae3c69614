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
    result.accompanying[:, 1] = np.arange(n) % 2 == 0
    result.unchecked[:] = value > 5
    return result


def test_without_answers_people_keep_their_rows():
    own = np.arange(6.0).reshape(3, 2)
    result = SearchResult.none(own)
    own[0] = 9.0
    np.testing.assert_array_equal(result.codes, [[0, 1], [2, 3], [4, 5]])
    assert not result.found.any() and not result.needed.any()
    assert not result.exhausted.any() and not result.n_queries.any()
    assert not result.accompanying.any() and result.unchecked.all()


def test_answers_of_groups_are_joined_in_order():
    parts = [filled(2, 3), filled(0, 4), filled(1, 5)]
    whole = SearchResult.joined(parts)
    np.testing.assert_array_equal(whole.codes[:, 0], [3, 4, 5])
    np.testing.assert_array_equal(whole.objective, [3, 3.1, 5])
    np.testing.assert_array_equal(whole.n_queries, [3, 3, 5])
    assert whole.exhausted.tolist() == [True, False, True]
    assert whole.needed.tolist() == [False, True, False]
    assert whole.accompanying[:, 1].tolist() == [True, False, True]
    assert whole.found.all()


def test_better_answers_are_taken_over_and_all_queries_are_added():
    result, other = filled(4, 3), filled(3, 7)
    result.replace(np.array([3, 1, 2]), other, np.array([True, True, False]))
    np.testing.assert_array_equal(result.codes[:, 0], [3, 8, 5, 7])
    np.testing.assert_array_equal(result.objective, [3, 7.1, 3.2, 7])
    np.testing.assert_array_equal(result.n_queries, [3, 10, 10, 10])
    assert result.exhausted.tolist() == [True, False, True, True]
    assert result.needed.tolist() == [False, True, False, False]
    assert result.accompanying[:, 1].tolist() == [True, False, True, True]
    assert result.unchecked[:, 0].tolist() == [False, True, False, True]


def test_dropped_answers_leave_the_own_row():
    result, own = filled(4, 3), np.arange(8.0).reshape(4, 2)
    result.drop(np.array([1, 2]), own)
    np.testing.assert_array_equal(result.codes[:, 0], [3, 2, 4, 6])
    assert result.found.tolist() == [True, False, False, True]
    assert result.needed.tolist() == [False, False, False, True]
    np.testing.assert_array_equal(result.n_queries, 3)


def test_columns_of_a_report_have_flags_only_for_answers_that_passed():
    result = filled(3, 7)
    passed = np.array([True, False, True, True, False])
    columns = result.columns(np.array([0, 1, 3]), passed)
    assert columns["n_queries"].tolist() == [7, 7, 0, 7, 0]
    assert columns["optimal"].tolist() == [True, False, False, True, False]
    assert columns["needed"].tolist() == [False] * 5
    assert columns["accompanying"][:, 1].tolist() == [True, False, False, True, False]
    assert not columns["accompanying"][:, 0].any()
    assert columns["unchecked"].all(axis=1).tolist() == [
        True,
        False,
        False,
        True,
        False,
    ]
