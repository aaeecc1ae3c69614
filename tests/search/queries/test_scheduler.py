"""Queries: the best candidates first, none twice, none beyond the budget."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skpar.search._queries import (
    QueryCache,
    QueryCandidates,
    QueryScheduler,
    SearchResult,
)

from skpar._config import SearchConfig

NAN = np.nan


class Box:
    """A classifier of one number that stores its queries."""

    def __init__(self, least):
        self.least = least
        self.calls: list[np.ndarray] = []

    def __call__(self, codes):
        self.calls.append(codes[:, 0].copy())
        return codes[:, 0] >= self.least

    @property
    def queries(self):
        return np.concatenate([np.empty(0), *self.calls])


def no_penalty(codes):
    """Treat no row as an outlier."""
    return np.zeros(len(codes))


def scheduler(accepts, penalty=no_penalty, max_queries=9):
    return QueryScheduler(accepts, penalty, max_queries, SearchConfig())


def make(who, number, objective, chance=0.5, n_people=None):
    """Candidates with one number each, and the people without an answer."""
    who, number = np.asarray(who), np.asarray(number, dtype=float)
    n_people = who.max(initial=-1) + 1 if n_people is None else n_people
    chance = np.broadcast_to(np.asarray(chance, dtype=float), len(who))
    objective = np.asarray(objective, dtype=float)
    baseline = np.full(n_people, objective.min(initial=0.0) - 3.0)
    candidates = QueryCandidates(who, number[:, None], objective, chance, baseline)
    return candidates, SearchResult.none(np.full((n_people, 1), -1.0))


tables = st.integers(1, 4).flatmap(
    lambda n_people: st.lists(
        st.tuples(
            st.integers(0, n_people - 1),
            st.integers(0, 30),
            st.integers(-20, 20).map(lambda k: k / 10),
            st.floats(0.01, 0.99),
        ),
        max_size=30,
    ).map(lambda rows: (n_people, sorted(rows, key=lambda row: row[0])))
)


@settings(max_examples=60)
@given(tables, st.integers(0, 31), st.integers(1, 8))
def test_the_answer_is_the_best_accepted_row_of_all_queried(table, least, most):
    n_people, rows = table
    who, number, value, chance = (
        (np.array(part) for part in zip(*rows, strict=True))
        if (rows)
        else (np.empty(0, dtype=np.int64), *np.empty((3, 0)))
    )
    candidates, answers = make(who, number, value, chance, n_people)
    box = Box(least)
    scheduler(box, max_queries=most).run(candidates, answers, 0.0, 0.0)
    assert len(box.queries) == candidates.is_queried.sum() == answers.n_queries.sum()
    for person in range(n_people):
        mine = (who == person) & candidates.is_queried
        assert mine.sum() == answers.n_queries[person] <= most
        accepted = mine & (number >= least)
        assert answers.found[person] == accepted.any()
        if accepted.any():
            assert answers.objective[person] == value[accepted].max()
            best = accepted & (value == answers.objective[person])
            assert answers.codes[person, 0] in number[best]
        else:
            assert answers.codes[person, 0] == -1.0
        if mine.sum() < most:  # it stopped because nothing better was left
            better = (who == person) & (value > answers.objective[person])
            assert candidates.is_queried[better].all()


def test_more_likely_rows_and_rows_of_larger_objective_are_queried_first():
    candidates, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    box = Box(99)
    scheduler(box, max_queries=2).run(candidates, answers, 0.0, 0.0)
    assert sorted(box.queries) == [2, 3]
    candidates, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0], [0.9, 0.8, 0.1])
    box = Box(99)
    scheduler(box, max_queries=2).run(candidates, answers, 0.0, 0.0)
    assert sorted(box.queries) == [1, 2]


def test_people_with_an_answer_are_not_queried_for_a_small_gain():
    for gain, n_queried in ((0.3, 0), (0.5, 1)):
        candidates, answers = make([0], [7], [1.0 + gain], 0.5)
        answers.objective[0], answers.codes[0] = 1.0, 5.0
        box = Box(0)
        scheduler(box, max_queries=9).run(candidates, answers, 0.2, 0.0)
        assert len(box.queries) == n_queried
        assert answers.codes[0, 0] == (7.0 if n_queried else 5.0)
    candidates, answers = make([0], [7], [1.0], 0.01)
    box = Box(0)
    scheduler(box, max_queries=9).run(candidates, answers, 0.2, 0.0)
    assert answers.found.all(), "any gain will do for people without an answer"


def test_after_unexpected_denials_a_safer_row_is_queried_next():
    """Rows 1 and 2 are denied; row 3 is better than row 4, but less likely."""
    for chance, next_one in ((0.95, 4.0), (0.1, 3.0)):
        chances = [chance, chance, 0.8, 0.95]
        candidates, answers = make([0] * 4, [1, 2, 3, 4], [40, 40, 1.0, 0.2], chances)
        box = Box(99)
        scheduler(box, max_queries=3).run(candidates, answers, 0.0, 0.0)
        assert sorted(box.queries) == [1.0, 2.0, next_one]


def test_an_unexpected_decision_does_not_change_other_people():
    chances = []
    for least in (99, 0):
        candidates, answers = make([0, 0, 1, 1], [1, 2, 3, 4], [1.0, 0.5, 1.0, 0.5])
        before = candidates.log_odds.copy()
        answers.n_queries[1] = 9  # the budget of the second person is used up
        scheduler(Box(least), max_queries=9).run(candidates, answers, 0.0, 0.0)
        np.testing.assert_array_equal(candidates.log_odds[2:], before[2:])
        chances.append(candidates.log_odds[0] - before[0])
    assert chances[0] < 0 < chances[1]


def test_calls_are_few_even_if_many_rows_are_queried():
    candidates, answers = make([0] * 200, range(200), np.linspace(0, 1, 200))
    box = Box(999)
    scheduler(box, max_queries=200).run(candidates, answers, 0.0, 0.0)
    assert len(box.queries) == 200
    assert len(box.calls[0]) < 5
    assert len(box.calls) < 6


def five_candidates():
    """The first two rows are equal; the fourth is the same row of another person."""
    rows = np.array([[1.0, NAN], [1.0, NAN], [1.0, 2.0], [1.0, NAN], [0.0, 0.0]])
    who = np.array([0, 0, 0, 1, 1])
    return QueryCandidates(who, rows, np.zeros(5), np.full(5, 0.5), np.zeros(2))


def test_repeats_and_rows_queried_before_are_skipped():
    cache, fresh = QueryCache(), five_candidates()
    cache.apply(fresh)
    assert fresh.is_skipped.tolist() == [False, True, False, False, False]
    fresh.is_queried[0] = True
    cache.add(fresh)
    second = five_candidates()
    cache.apply(second)
    assert second.is_skipped.tolist() == [True, True, False, False, False]
    second.is_queried[4] = True
    cache.add(second)
    third = five_candidates()
    cache.apply(third)
    assert third.is_skipped.tolist() == [True, True, False, False, True]
    assert not third.is_queried.any()


def test_known_penalties_are_subtracted_at_once():
    cache, fresh = QueryCache(), five_candidates()
    fresh.subtract_penalty(np.array([2, 4]), np.array([0.5, 0.0]))
    cache.add(fresh)
    again = five_candidates()
    cache.apply(again)
    np.testing.assert_array_equal(again.objective, [0, 0, -0.5, 0, 0])
    np.testing.assert_array_equal(again.penalty, [NAN, NAN, 0.5, NAN, 0.0])
    again.subtract_penalty(np.array([0]), np.array([2.0]))
    cache.add(again)
    third = five_candidates()
    cache.apply(third)
    np.testing.assert_array_equal(third.penalty, [2.0, NAN, 0.5, NAN, 0.0])


def test_known_penalties_are_not_computed_again():
    def penalty(codes):
        raise AssertionError("computed again")

    cache, (first, _) = QueryCache(), make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    first.subtract_penalty(np.arange(3), np.array([0.0, 0.25, 2.0]))
    cache.add(first)
    again, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    cache.apply(again)
    scheduler(Box(0), penalty, 9).run(again, answers, 0.0, 0.0)
    assert (answers.codes[0, 0], answers.objective[0]) == (2.0, 0.25)


def test_keys_differ_between_people_and_between_rows():
    cells = [NAN, 0.0, 1.0, 2.0, 0.5, -1.0, 1e300]
    rows = np.array(list(itertools.product(cells, repeat=3)))
    who = np.repeat(np.arange(3), len(rows))
    all_rows = np.vstack([rows] * 3)
    n = len(all_rows)
    candidates = QueryCandidates(
        who, all_rows, np.zeros(n), np.full(n, 0.5), np.zeros(3)
    )
    assert len(np.unique(candidates.key)) == n


def test_without_candidates_nothing_is_queried():
    candidates, answers = make([], [], [], n_people=2)
    box = Box(0)
    scheduler(box, max_queries=5).run(candidates, answers, 0.0, 0.0)
    assert not box.calls and not answers.found.any()


def test_answers_of_groups_are_joined_in_order():
    parts = [SearchResult.none(np.full((n, 2), float(n))) for n in (0, 2, 1)]
    parts[2].objective[0], parts[2].exhausted[0], parts[2].n_queries[0] = (
        0.5,
        True,
        7,
    )
    whole = SearchResult.joined(parts)
    np.testing.assert_array_equal(whole.codes[:, 0], [2, 2, 1])
    np.testing.assert_array_equal(whole.found, [False, False, True])
    np.testing.assert_array_equal(whole.exhausted, [False, False, True])
    np.testing.assert_array_equal(whole.n_queries, [0, 0, 7])


def test_unlikely_rows_are_not_queried():
    candidates, answers = make([0, 0], [1, 2], [2.0, 1.0], [0.004, 0.5])
    box = Box(-np.inf)
    scheduler(box, max_queries=9).run(candidates, answers, 0.0, 0.01)
    assert candidates.is_queried.tolist() == [False, True]
    assert answers.objective[0] == 1.0


def test_the_penalty_of_an_accepted_row_decides():
    """The best row without penalties is an outlier: the next best is better."""
    penalised = []

    def penalty(codes):
        penalised.append(codes[:, 0].copy())
        return np.where(codes[:, 0] == 9.0, 0.5, 0.0)

    box = Box(4)
    candidates, answers = make([0] * 5, [9, 3, 8, 7, 2], [1.0, 0.9, 0.8, 0.4, 0.3])
    scheduler(box, penalty, 9).run(candidates, answers, 0.0, 0.0)
    assert answers.codes[0, 0] == 8.0
    assert answers.objective[0] == pytest.approx(0.8)
    assert sorted(np.concatenate(penalised)) == [8.0, 9.0]
    assert set(box.queries) <= {9.0, 8.0, 3.0, 7.0}


def test_penalties_are_known_before_more_is_queried():
    """All better rows are outliers, too: they are not queried."""
    box = Box(4)
    numbers = [9, 8, 7, 6, 5]
    candidates, answers = make([0] * 5, numbers, [1.0, 0.99, 0.98, 0.97, 0.2])

    def penalty(codes):
        return np.where(codes[:, 0] >= 6.0, 0.5, 0.0)

    scheduler(box, penalty, 9).run(candidates, answers, 0.0, 0.0)
    assert answers.codes[0, 0] == 9.0
    assert answers.objective[0] == pytest.approx(0.5)
    assert sorted(box.queries) == [8.0, 9.0]
    # No penalty is subtracted twice.
    assert candidates.objective[:4].tolist() == pytest.approx([0.5, 0.49, 0.48, 0.47])


def test_an_outlier_is_the_answer_if_no_other_row_is_better():
    box = Box(4)
    candidates, answers = make([0] * 3, [9, 3, 7], [1.0, 0.9, 0.4])
    queries = scheduler(box, lambda codes: 0.5 * (codes[:, 0] == 9.0))
    queries.run(candidates, answers, 0.0, 0.0)
    assert answers.codes[0, 0] == 9.0
    assert answers.objective[0] == pytest.approx(0.5)
