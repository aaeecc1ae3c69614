"""Asking: the most promising first, never twice, never beyond the budget."""

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

NAN = np.nan


class Box:
    """A classifier of one number that remembers what it was asked."""

    def __init__(self, least):
        self.least = least
        self.calls: list[np.ndarray] = []

    def __call__(self, codes):
        self.calls.append(codes[:, 0].copy())
        return codes[:, 0] >= self.least

    @property
    def asked(self):
        return np.concatenate([np.empty(0), *self.calls])


def nothing(codes):
    """No penalty."""
    return np.zeros(len(codes))


def make(who, number, worth, chance=0.5, n_people=None):
    """Candidates with one number each, and the people without an answer."""
    who, number = np.asarray(who), np.asarray(number, dtype=float)
    n_people = who.max(initial=-1) + 1 if n_people is None else n_people
    chance = np.broadcast_to(np.asarray(chance, dtype=float), len(who))
    worth = np.asarray(worth, dtype=float)
    base = np.full(n_people, worth.min(initial=0.0) - 3.0)
    candidates = QueryCandidates(who, number[:, None], worth, chance, base)
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
def test_the_best_accepted_of_all_that_was_asked_is_the_answer(table, least, most):
    n_people, rows = table
    who, number, worth, chance = (
        (np.array(part) for part in zip(*rows, strict=True))
        if (rows)
        else (np.empty(0, dtype=np.int64), *np.empty((3, 0)))
    )
    candidates, answers = make(who, number, worth, chance, n_people)
    box = Box(least)
    QueryScheduler(box, nothing, most)(candidates, answers, 0.0, 0.0)
    assert len(box.asked) == candidates.asked.sum() == answers.classifier_rows.sum()
    for person in range(n_people):
        mine = (who == person) & candidates.asked
        assert mine.sum() == answers.classifier_rows[person] <= most
        accepted = mine & (number >= least)
        assert answers.found[person] == accepted.any()
        if accepted.any():
            assert answers.worth[person] == worth[accepted].max()
            best = accepted & (worth == answers.worth[person])
            assert answers.codes[person, 0] in number[best]
        else:
            assert answers.codes[person, 0] == -1.0
        if mine.sum() < most:  # it stopped because nothing better was left
            better = (who == person) & (worth > answers.worth[person])
            assert candidates.asked[better].all()


def test_what_is_likelier_or_worth_more_is_asked_about_first():
    candidates, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    box = Box(99)
    QueryScheduler(box, nothing, 2)(candidates, answers, 0.0, 0.0)
    assert sorted(box.asked) == [2, 3]
    candidates, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0], [0.9, 0.8, 0.1])
    box = Box(99)
    QueryScheduler(box, nothing, 2)(candidates, answers, 0.0, 0.0)
    assert sorted(box.asked) == [1, 2]


def test_a_little_more_is_not_worth_a_question_to_who_has_an_answer():
    for gain, n_asked in ((0.3, 0), (0.5, 1)):
        candidates, answers = make([0], [7], [1.0 + gain], 0.5)
        answers.worth[0], answers.codes[0] = 1.0, 5.0
        box = Box(0)
        QueryScheduler(box, nothing, 9)(candidates, answers, 0.2, 0.0)
        assert len(box.asked) == n_asked
        assert answers.codes[0, 0] == (7.0 if n_asked else 5.0)
    candidates, answers = make([0], [7], [1.0], 0.01)
    box = Box(0)
    QueryScheduler(box, nothing, 9)(candidates, answers, 0.2, 0.0)
    assert answers.found.all(), "who has no answer is asked about for anything"


@pytest.mark.parametrize(("least", "sign"), [(99, -1), (0, 1)])
def test_surprises_shift_the_chances_of_the_same_person_alone(least, sign):
    shifts = []
    for chance in (0.9, 0.5, 0.1):
        candidates, answers = make([0, 0, 1], [1, 2, 3], [1.0, 1.0, 1.0], chance)
        before = candidates.odds.copy()
        QueryScheduler(Box(least), nothing, 9)._ask(candidates, np.array([0]), answers)
        shift = candidates.odds - before
        assert shift[2] == 0.0
        assert shift[0] == shift[1] != 0.0
        shifts.append(sign * shift[0])
    assert (np.array(shifts) > 0).all()
    # "No" to what seemed sure says most, and so does "yes" to what seemed hopeless.
    assert shifts == sorted(shifts, reverse=sign < 0)


def test_more_is_asked_at_a_time_the_longer_it_takes():
    candidates, answers = make([0] * 20, range(20), np.linspace(0, 1, 20))
    box = Box(99)
    QueryScheduler(box, nothing, 200)(candidates, answers, 0.0, 0.0)
    assert [len(call) for call in box.calls] == [2, 8, 10]


def five_candidates():
    """The first two are the same row; the fourth is it too, of another person."""
    rows = np.array([[1.0, NAN], [1.0, NAN], [1.0, 2.0], [1.0, NAN], [0.0, 0.0]])
    who = np.array([0, 0, 0, 1, 1])
    return QueryCandidates(who, rows, np.zeros(5), np.full(5, 0.5), np.zeros(2))


def test_repeats_and_rows_asked_about_before_are_skipped():
    memory, fresh = QueryCache(), five_candidates()
    memory.recall(fresh)
    assert fresh.skipped.tolist() == [False, True, False, False, False]
    fresh.asked[0] = True
    memory.add(fresh)
    second = five_candidates()
    memory.recall(second)
    assert second.skipped.tolist() == [True, True, False, False, False]
    second.asked[4] = True
    memory.add(second)
    third = five_candidates()
    memory.recall(third)
    assert third.skipped.tolist() == [True, True, False, False, True]
    assert not third.asked.any()


def test_penalties_are_remembered_and_taken_off_at_once():
    memory, fresh = QueryCache(), five_candidates()
    fresh.fine(np.array([2, 4]), np.array([0.5, 0.0]))
    memory.add(fresh)
    again = five_candidates()
    memory.recall(again)
    np.testing.assert_array_equal(again.worth, [0, 0, -0.5, 0, 0])
    np.testing.assert_array_equal(again.penalty, [NAN, NAN, 0.5, NAN, 0.0])
    again.fine(np.array([0]), np.array([2.0]))
    memory.add(again)
    third = five_candidates()
    memory.recall(third)
    np.testing.assert_array_equal(third.penalty, [2.0, NAN, 0.5, NAN, 0.0])


def test_what_is_remembered_is_not_judged_again():
    def penalty(codes):
        raise AssertionError("judged again")

    memory, (first, _) = QueryCache(), make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    first.fine(np.arange(3), np.array([0.0, 0.25, 2.0]))
    memory.add(first)
    again, answers = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    memory.recall(again)
    QueryScheduler(Box(0), penalty, 9)(again, answers, 0.0, 0.0)
    assert (answers.codes[0, 0], answers.worth[0]) == (2.0, 0.25)


def test_keys_tell_people_and_rows_apart():
    cells = [NAN, 0.0, 1.0, 2.0, 0.5, -1.0, 1e300]
    rows = np.array(list(itertools.product(cells, repeat=3)))
    who = np.repeat(np.arange(3), len(rows))
    all_rows = np.vstack([rows] * 3)
    n = len(all_rows)
    candidates = QueryCandidates(
        who, all_rows, np.zeros(n), np.full(n, 0.5), np.zeros(3)
    )
    assert len(np.unique(candidates.key)) == n


def test_no_candidates_no_questions():
    candidates, answers = make([], [], [], n_people=2)
    box = Box(0)
    QueryScheduler(box, nothing, 5)(candidates, answers, 0.0, 0.0)
    assert not box.calls and not answers.found.any()


def test_answers_of_groups_are_put_together_in_order():
    parts = [SearchResult.none(np.full((n, 2), float(n))) for n in (0, 2, 1)]
    parts[2].worth[0], parts[2].settled[0], parts[2].classifier_rows[0] = 0.5, True, 7
    whole = SearchResult.joined(parts)
    np.testing.assert_array_equal(whole.codes[:, 0], [2, 2, 1])
    np.testing.assert_array_equal(whole.found, [False, False, True])
    np.testing.assert_array_equal(whole.settled, [False, False, True])
    np.testing.assert_array_equal(whole.classifier_rows, [0, 0, 7])


def test_nobody_is_asked_about_without_hope():
    candidates, answers = make([0, 0], [1, 2], [2.0, 1.0], [0.004, 0.5])
    box = Box(-np.inf)
    QueryScheduler(box, nothing, 9)(candidates, answers, 0.0, 0.01)
    assert candidates.asked.tolist() == [False, True]
    assert answers.worth[0] == 1.0


def test_the_penalty_is_paid_by_what_is_accepted_and_decides():
    """The best promise is accepted and an outlier: the next best is better."""
    penalised = []

    def penalty(codes):
        penalised.append(codes[:, 0].copy())
        return np.where(codes[:, 0] == 9.0, 0.5, 0.0)

    box = Box(4)
    candidates, answers = make([0] * 5, [9, 3, 8, 7, 2], [1.0, 0.9, 0.8, 0.4, 0.3])
    QueryScheduler(box, penalty, 9)(candidates, answers, 0.0, 0.0)
    assert answers.codes[0, 0] == 8.0
    assert answers.worth[0] == pytest.approx(0.8)
    assert sorted(np.concatenate(penalised)) == [8.0, 9.0]
    assert set(box.asked) <= {9.0, 8.0, 3.0, 7.0}


def test_what_an_outlier_costs_is_known_before_more_is_asked():
    """All that promise more are outliers, too: nobody is asked about them."""
    box = Box(4)
    numbers = [9, 8, 7, 6, 5]
    candidates, answers = make([0] * 5, numbers, [1.0, 0.99, 0.98, 0.97, 0.2])

    def penalty(codes):
        return np.where(codes[:, 0] >= 6.0, 0.5, 0.0)

    QueryScheduler(box, penalty, 9)(candidates, answers, 0.0, 0.0)
    assert answers.codes[0, 0] == 9.0
    assert answers.worth[0] == pytest.approx(0.5)
    assert sorted(box.asked) == [8.0, 9.0]
    # Nothing is taken off twice.
    assert candidates.worth[:4].tolist() == pytest.approx([0.5, 0.49, 0.48, 0.47])


def test_an_outlier_is_the_answer_where_nothing_else_is_worth_more():
    box = Box(4)
    candidates, answers = make([0] * 3, [9, 3, 7], [1.0, 0.9, 0.4])
    QueryScheduler(box, lambda codes: 0.5 * (codes[:, 0] == 9.0), 9)(
        candidates, answers, 0.0, 0.0
    )
    assert answers.codes[0, 0] == 9.0
    assert answers.worth[0] == pytest.approx(0.5)
