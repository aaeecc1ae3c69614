"""Queries: the best candidates first, none twice, none beyond the budget.

Answers are compared with brute force over small tables of all rows.
"""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skpar import NotAbove
from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.search.queries import (
    AcceptedRows,
    PartialRows,
    QueryCandidates,
    QueryScheduler,
    QueryState,
)
from skpar.table import TableSchema

CONFIG = SearchConfig()


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


def anything(who, rows):
    """Let every row be an answer."""
    return np.ones(len(rows), dtype=bool)


class Scheduler(QueryScheduler):
    """A scheduler for which changes need not be needed."""

    def __init__(self, accepts, penalty=no_penalty, max_queries=9):
        objective = SimpleNamespace(outlier_penalty=penalty)
        super().__init__(accepts, objective, None, max_queries, CONFIG)

    def try_all(self, candidates, state, min_gain=0.0, min_chance=0.0, reserve=0):
        self.run(candidates, state, min_gain, min_chance, reserve, anything)
        return state.result


def make(who, number, objective, chance=0.5, n_people=None):
    """Candidates with one number each, and the people without an answer."""
    who, number = np.asarray(who, dtype=np.int64), np.asarray(number, dtype=float)
    n_people = who.max(initial=-1) + 1 if n_people is None else n_people
    chance = np.broadcast_to(np.asarray(chance, dtype=float), len(who))
    objective = np.asarray(objective, dtype=float)
    baseline = np.full(n_people, objective.min(initial=0.0) - 3.0)
    candidates = QueryCandidates(
        who, number[:, None], objective, chance, 0.0 * chance, baseline
    )
    own = np.full((n_people, 1), -1.0)
    accepted = AcceptedRows(own, np.ones(1, dtype=bool))
    return candidates, QueryState(People.unlimited(own), accepted)


tables = st.integers(1, 4).flatmap(
    lambda n_people: st.lists(
        st.tuples(
            st.integers(0, n_people - 1),
            st.integers(0, 30),
            st.integers(-20, 20).map(lambda k: k / 10),
            st.floats(0.01, 0.99),
        ),
        max_size=30,
        unique_by=lambda row: row[:2],
    ).map(lambda rows: (n_people, sorted(rows, key=lambda row: row[0])))
)


@settings(max_examples=60)
@given(tables, st.integers(0, 31), st.integers(1, 8))
def test_the_answer_is_the_best_accepted_row_of_all_queried(table, least, most):
    n_people, rows = table
    who, number, value, chance = (
        (np.array(part) for part in zip(*rows, strict=True))
        if rows
        else (np.empty(0, dtype=np.int64), *np.empty((3, 0)))
    )
    candidates, state = make(who, number, value, chance, n_people)
    box = Box(least)
    answers = Scheduler(box, max_queries=most).try_all(candidates, state)
    assert len(box.queries) == candidates.is_queried.sum() == answers.n_queries.sum()
    assert not answers.needed.any()
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
    box = Box(99)
    Scheduler(box, max_queries=2).try_all(*make([0] * 3, [1, 2, 3], [0.0, 0.5, 1.0]))
    assert sorted(box.queries) == [2, 3]
    box, chance = Box(99), [0.9, 0.8, 0.1]
    Scheduler(box, max_queries=2).try_all(
        *make([0] * 3, [1, 2, 3], [0.0, 0.5, 1.0], chance)
    )
    assert sorted(box.queries) == [1, 2]


def test_people_with_an_answer_are_not_queried_for_a_small_gain():
    for gain, n_queried in ((0.3, 0), (0.5, 1)):
        candidates, state = make([0], [7], [1.0 + gain], 0.5)
        state.result.objective[0], state.result.codes[0] = 1.0, 5.0
        box = Box(0)
        answers = Scheduler(box).try_all(candidates, state, min_gain=0.2)
        assert len(box.queries) == n_queried
        assert answers.codes[0, 0] == (7.0 if n_queried else 5.0)
    answers = Scheduler(Box(0)).try_all(*make([0], [7], [1.0], 0.01), min_gain=0.2)
    assert answers.found.all(), "any gain will do for people without an answer"


def test_after_unexpected_denials_a_safer_row_is_queried_next():
    """Rows 1 and 2 are denied; row 3 is better than row 4, but less likely."""
    for chance, next_one in ((0.95, 4.0), (0.1, 3.0)):
        chances = [chance, chance, 0.8, 0.95]
        box = Box(99)
        Scheduler(box, max_queries=3).try_all(
            *make([0] * 4, [1, 2, 3, 4], [40, 40, 1.0, 0.2], chances)
        )
        assert sorted(box.queries) == [1.0, 2.0, next_one]


def test_an_unexpected_decision_does_not_change_other_people():
    chances = []
    for least in (99, 0):
        candidates, state = make([0, 0, 1, 1], [1, 2, 3, 4], [1.0, 0.5, 1.0, 0.5])
        before, undone = candidates.log_odds.copy(), candidates.log_odds_undone.copy()
        state.result.n_queries[1] = 9  # the budget of the second person is used up
        Scheduler(Box(least)).try_all(candidates, state)
        np.testing.assert_array_equal(candidates.log_odds[2:], before[2:])
        chances.append(candidates.log_odds[0] - before[0])
        shift = candidates.log_odds_undone - undone
        np.testing.assert_allclose(shift, candidates.log_odds - before)
    assert chances[0] < 0 < chances[1]


def test_calls_are_few_even_if_many_rows_are_queried():
    box = Box(999)
    Scheduler(box, max_queries=200).try_all(
        *make([0] * 200, range(200), np.linspace(0, 1, 200))
    )
    assert len(box.queries) == 200
    assert len(box.calls[0]) < 5
    assert len(box.calls) < 6


def test_without_candidates_nothing_is_queried():
    box = Box(0)
    answers = Scheduler(box).try_all(*make([], [], [], n_people=2))
    assert not box.calls and not answers.found.any()


def test_unlikely_rows_are_not_queried():
    candidates, state = make([0, 0], [1, 2], [2.0, 1.0], [0.004, 0.5])
    answers = Scheduler(Box(-np.inf)).try_all(candidates, state, min_chance=0.01)
    assert candidates.is_queried.tolist() == [False, True]
    assert answers.objective[0] == 1.0


def test_the_reserve_is_kept():
    box = Box(99)
    candidates, state = make([0] * 9, range(9), np.arange(9.0))
    Scheduler(box, max_queries=7).try_all(candidates, state, reserve=3)
    assert len(box.queries) == state.result.n_queries[0] == 4


def test_known_penalties_are_not_computed_again():
    def penalty(codes):
        raise AssertionError("computed again")

    first, state = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    first.subtract_penalty(np.arange(3), np.array([0.0, 0.25, 2.0]))
    state.add_penalties(first)
    again, _ = make([0, 0, 0], [1, 2, 3], [0.0, 0.5, 1.0])
    answers = Scheduler(Box(0), penalty).try_all(again, state)
    assert (answers.codes[0, 0], answers.objective[0]) == (2.0, 0.25)


def test_the_penalty_of_an_accepted_row_decides():
    """The best row without penalties is an outlier: the next best is better."""
    penalised = []

    def penalty(codes):
        penalised.append(codes[:, 0].copy())
        return np.where(codes[:, 0] == 9.0, 0.5, 0.0)

    box = Box(4)
    answers = Scheduler(box, penalty).try_all(
        *make([0] * 5, [9, 3, 8, 7, 2], [1.0, 0.9, 0.8, 0.4, 0.3])
    )
    assert answers.codes[0, 0] == 8.0
    assert answers.objective[0] == pytest.approx(0.8)
    assert sorted(np.concatenate(penalised)) == [8.0, 9.0]
    assert set(box.queries) <= {9.0, 8.0, 3.0, 7.0}


def test_penalties_are_known_before_more_is_queried():
    """All better rows are outliers, too: they are not queried."""

    def penalty(codes):
        return np.where(codes[:, 0] >= 6.0, 0.5, 0.0)

    box = Box(4)
    candidates, state = make([0] * 5, [9, 8, 7, 6, 5], [1.0, 0.99, 0.98, 0.97, 0.2])
    answers = Scheduler(box, penalty).try_all(candidates, state)
    assert answers.codes[0, 0] == 9.0
    assert answers.objective[0] == pytest.approx(0.5)
    assert sorted(box.queries) == [8.0, 9.0]
    # No penalty is subtracted twice.
    assert state.accepted.objective.tolist() == pytest.approx([0.5, 0.49])
    assert state.accepted.has_penalty.all()
    assert candidates.objective[2:4].tolist() == pytest.approx([0.48, 0.47])


def test_an_outlier_is_the_answer_if_no_other_row_is_better():
    answers = Scheduler(Box(4), lambda codes: 0.5 * (codes[:, 0] == 9.0)).try_all(
        *make([0] * 3, [9, 3, 7], [1.0, 0.9, 0.4])
    )
    assert answers.codes[0, 0] == 9.0
    assert answers.objective[0] == pytest.approx(0.5)


class World:
    """All rows of two people with a few ternary features, and random tables of them.

    The last column is the number of the person, which nobody changes. Decisions,
    objectives, penalties and eligibility of rows are drawn at random. Eligible rows may
    be answers if they are also alternatives.
    """

    def __init__(
        self, seed, n_features, linked, share, p_penalty, p_rare, p_excluded=0.0
    ):
        rng = np.random.default_rng(seed)
        self.rng, self.n_features = rng, n_features
        names = [*"abcd"[:n_features], "person"]
        table = pd.DataFrame([[0] * len(names), [2] * len(names)], columns=names)
        links = [NotAbove("a", "b")] if linked and n_features > 1 else None
        self.able = Actionability(TableSchema.infer(table), links=links)
        cells = np.array([*itertools.product(range(3), repeat=n_features)], float)
        self.own = np.column_stack([np.zeros((2, n_features)), [0.0, 1.0]])
        self.people = People.unlimited(self.own)
        self.rows = np.concatenate(
            [np.column_stack([cells, np.full(len(cells), i)]) for i in (0.0, 1.0)]
        )
        self.who = self.rows[:, -1].astype(int)
        n = len(self.rows)
        moved = (self.rows[:, :-1] != 0).any(axis=1)
        self.feasible = moved & self.able.is_feasible(self.people[self.who], self.rows)
        self.accepted = rng.random(n) < share
        self.value = rng.integers(-16, 16, n) / 8
        self.penalties = np.where(rng.random(n) < p_penalty, rng.integers(1, 8, n), 0)
        self.penalties = self.penalties / 8
        self.eligible = rng.random(n) >= p_rare
        self.alternative = rng.random(n) >= p_excluded
        self.queries: list[int] = []

    def number(self, rows):
        """Index of rows in the list of all rows."""
        base = 3.0 ** np.arange(self.n_features)[::-1]
        return (rows[:, :-1] @ base + rows[:, -1] * 3**self.n_features).astype(int)

    def accepts(self, rows):
        self.queries += self.number(rows).tolist()
        return self.accepted[self.number(rows)]

    def upper_bound(self, own, rows):
        return self.value[self.number(rows)]

    def outlier_penalty(self, rows):
        return self.penalties[self.number(rows)]

    def rounded(self, values):
        return values

    def decision_function(self, rows):
        """A surrogate that knows nothing."""
        return np.cos(self.number(rows))

    def is_eligible(self, rows):
        return self.eligible[self.number(rows)]

    def is_likely_enough(self, rows):
        return np.ones(len(rows), dtype=bool)

    def may_answer(self, who, rows):
        return (self.eligible & self.alternative)[self.number(rows)]

    def parts_of(self, place):
        """Find the accepted feasible rows that make part of the changes of a row."""
        row, others = self.rows[place, :-1], self.rows[:, :-1]
        is_part = ((others == row) | (others == 0)).all(axis=1) & (others != row).any(1)
        is_part &= self.who == self.who[place]
        return np.flatnonzero(is_part & self.accepted & self.feasible)

    def scheduler(self, max_queries):
        parts = PartialRows(
            self.able,
            np.ones(self.n_features + 1, dtype=bool),
            self,
            self,
            PlattScale(1.0, 0.0),
            CONFIG.max_enumerated_changes,
            CONFIG.max_partial_changes,
        )
        return QueryScheduler(self.accepts, self, parts, max_queries, CONFIG)

    def candidates(self, share):
        """Draw candidates, with estimates that have nothing to do with decisions."""
        drawn = self.rng.random(len(self.rows)) < share
        useful = self.feasible & self.eligible & self.alternative
        places = np.flatnonzero(useful & drawn)
        chance, undone = self.rng.random((2, len(places)))
        return QueryCandidates(
            self.who[places],
            self.rows[places],
            self.value[places],
            chance,
            undone,
            np.full(2, -9.0),
        )

    def search(self, max_queries, n_rounds, share, reserve=0):
        """Try some rounds of candidates, and settle."""
        scheduler = self.scheduler(max_queries)
        acting = np.ones(self.n_features + 1, dtype=bool)
        state = QueryState(self.people, AcceptedRows(self.own, acting))
        for _ in range(n_rounds):
            candidates = self.candidates(share)
            scheduler.run(candidates, state, 0.0, 0.0, reserve, self.may_answer)
        scheduler.settle(state)
        return state.result

    def queried_answers(self, person):
        """Rows of a person that were queried and accepted, and may be answers."""
        queried = np.array(self.queries, dtype=int)
        kept = (self.accepted & self.eligible & self.alternative)[queried]
        return queried[kept & (self.who[queried] == person)]

    def total(self, places):
        return self.value[places] - self.penalties[places]


WORLDS = st.builds(
    World,
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([0.05, 0.2, 0.6]),
    st.sampled_from([0.0, 0.5]),
    st.just(0.0),
)
RARE_WORLDS = WORLDS.map(
    lambda world: World(int(world.rng.integers(2**32)), 3, False, 0.3, 0.3, 0.5)
)
# Some rows are no alternatives to earlier options.
OPTION_WORLDS = WORLDS.map(
    lambda world: World(int(world.rng.integers(2**32)), 3, False, 0.3, 0.3, 0.0, 0.5)
)
N_ROUNDS = st.integers(1, 3)


@settings(max_examples=150)
@given(WORLDS, N_ROUNDS, st.sampled_from([0.1, 0.5, 1.0]))
def test_the_answer_is_the_best_row_whose_changes_are_all_needed(
    world, n_rounds, share
):
    result = world.search(1000, n_rounds, share)
    assert len(set(world.queries)) == len(world.queries) == result.n_queries.sum()
    for person in range(2):
        queried = world.queried_answers(person)
        needed = np.array([k for k in queried if not len(world.parts_of(k))], int)
        assert result.found[person] == result.needed[person] == (len(needed) > 0)
        if len(needed):
            (place,) = world.number(result.codes[[person]])
            assert result.objective[person] == world.total(needed).max()
            assert place in needed and world.total(place) == result.objective[person]
        else:
            assert not len(queried)


@settings(max_examples=60)
@given(WORLDS, st.integers(0, 1))
def test_if_all_rows_are_candidates_the_best_needed_row_of_all_is_found(world, person):
    result = world.search(1000, 1, 1.0)
    every = np.flatnonzero(world.feasible & world.accepted & (world.who == person))
    needed = [k for k in every if not len(world.parts_of(k))]
    assert result.found[person] == (len(every) > 0)
    if needed:
        assert result.objective[person] == world.total(np.array(needed)).max()


@settings(max_examples=150)
@given(WORLDS | RARE_WORLDS, N_ROUNDS, st.integers(1, 12), st.integers(0, 6))
def test_the_budget_is_kept_and_the_best_accepted_row_stays(
    world, n_rounds, most, reserve
):
    result = world.search(most, n_rounds, 0.5, reserve)
    queried = np.array(world.queries, dtype=int)
    assert len(set(world.queries)) == len(queried)
    counts = np.bincount(world.who[queried], minlength=2)
    np.testing.assert_array_equal(counts, result.n_queries)
    assert (counts <= most).all()
    for person in range(2):
        mine = world.queried_answers(person)
        assert result.found[person] == (len(mine) > 0)
        if not len(mine):
            np.testing.assert_array_equal(result.codes[person], world.own[person])
            continue
        (place,) = world.number(result.codes[[person]])
        assert place in mine
        assert result.objective[person] == world.total(place)
        parts = {k: world.parts_of(k) for k in mine}
        if result.needed[person]:
            assert not len(parts[place])
            continue
        # Rows that contain another possible answer are out. The best other one stays.
        left = [k for k in mine if not np.isin(parts[k], mine).any()]
        assert place in left
        assert result.objective[person] == world.total(np.array(left)).max()
        is_over = counts[person] == most
        assert is_over or all(len(parts[k]) for k in left)


@settings(max_examples=100)
@given(RARE_WORLDS, N_ROUNDS)
def test_parts_that_must_not_be_answers_only_count_if_something_else_is_found(
    world, n_rounds
):
    result = world.search(1000, n_rounds, 0.5)
    for person in range(2):
        mine = world.queried_answers(person)
        needed = np.array([k for k in mine if not len(world.parts_of(k))], dtype=int)
        assert result.found[person] == (len(mine) > 0)
        assert result.needed[person] == (len(needed) > 0)
        if len(needed):
            assert result.objective[person] == world.total(needed).max()
        elif len(mine):
            assert world.number(result.codes[[person]])[0] in mine


@settings(max_examples=100)
@given(OPTION_WORLDS, N_ROUNDS)
def test_eligible_parts_rule_rows_out_even_if_they_are_no_alternatives(world, n_rounds):
    result = world.search(1000, n_rounds, 0.5)
    for person in range(2):
        mine = world.queried_answers(person)
        needed = np.array([k for k in mine if not len(world.parts_of(k))], dtype=int)
        assert result.found[person] == result.needed[person] == (len(needed) > 0)
        if len(needed):
            assert result.objective[person] == world.total(needed).max()


def test_the_drawn_worlds_have_every_kind_of_answer():
    """Otherwise, the tests above would show less than they say."""
    for shares, expected in (
        ((0.0, 0.0), {(True, True), (True, False), (False, False)}),
        ((0.5, 0.0), {(True, True), (True, False), (False, False)}),
        ((0.0, 0.5), {(True, True), (False, False)}),
    ):
        kinds, n_ruled_out = set(), 0
        for seed in range(40):
            world = World(seed, 3, False, 0.2, 0.3, *shares)
            small = 1000 if shares[1] or seed % 2 else 6
            result = world.search(small, 1, 0.5)
            kinds |= {*zip(result.found.tolist(), result.needed.tolist(), strict=True)}
            answers = [len(world.queried_answers(person)) for person in range(2)]
            n_ruled_out += (~result.found & (np.array(answers) > 0)).sum()
        assert kinds == expected
        assert (n_ruled_out > 0) == (shares[1] > 0)


@settings(max_examples=60)
@given(WORLDS, N_ROUNDS, st.integers(2, 1000))
def test_people_do_not_depend_on_each_other(world, n_rounds, most):
    """A classifier that denies one person's rows does not change the other's answer."""
    assume(world.accepted[world.who == 1].any())
    state = world.rng.bit_generator.state
    together = world.search(most, n_rounds, 0.5)
    world.rng.bit_generator.state = state
    world.accepted[world.who == 1] = False
    again = world.search(most, n_rounds, 0.5)
    for field in ("codes", "objective", "n_queries", "needed"):
        assert np.array_equal(getattr(together, field)[0], getattr(again, field)[0])


def test_an_accepted_part_becomes_the_answer_at_once():
    world = World(0, 3, False, 0.0, 0.0, 0.0)
    whole, part = world.number(np.array([[1.0, 2, 1, 0], [1, 0, 1, 0]]))
    world.accepted[[whole, part]] = True
    world.value[:] = 0.0
    candidates = QueryCandidates(
        np.array([0]),
        world.rows[[whole]],
        np.zeros(1),
        np.array([0.9]),
        np.array([0.1]),
        np.full(2, -9.0),
    )
    acting = np.ones(4, dtype=bool)
    state = QueryState(world.people, AcceptedRows(world.own, acting))
    scheduler = world.scheduler(100)
    scheduler.run(candidates, state, 0.0, 0.0, 0, world.may_answer)
    assert state.result.codes[0].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert state.result.needed.tolist() == [True, False]
    assert state.result.n_queries.tolist() == [7, 0]


def test_rows_that_contain_an_accepted_row_are_not_queried():
    world = World(0, 3, False, 0.0, 0.0, 0.0)
    part, *others = world.number(
        np.array([[1.0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 2, 0], [2, 0, 1, 0]])
    )
    world.accepted[:] = True
    world.value[part] = 1.9
    places = np.array([part, *others])
    world.value[others] = 1.0
    candidates = QueryCandidates(
        np.zeros(4, dtype=int),
        world.rows[places],
        world.value[places],
        np.array([0.9, 0.5, 0.5, 0.5]),
        np.zeros(4),
        np.full(2, -9.0),
    )
    acting = np.ones(4, dtype=bool)
    state = QueryState(world.people, AcceptedRows(world.own, acting))
    state.accepted.add_earlier(np.array([0]), world.rows[[part]])
    scheduler = world.scheduler(100)
    scheduler.run(candidates, state, 0.0, 0.0, 0, world.may_answer)
    assert candidates.is_skipped.tolist() == [False, True, True, False]


def test_a_change_that_is_probably_not_needed_comes_later():
    world = World(0, 2, False, 0.0, 0.0, 0.0)
    places = world.number(np.array([[1.0, 1, 0], [2, 2, 0]]))
    for undone, first in (((0.1, 0.8), 0), ((0.8, 0.1), 1)):
        world.queries.clear()
        candidates = QueryCandidates(
            np.zeros(2, dtype=int),
            world.rows[places],
            np.zeros(2),
            np.full(2, 0.8),
            np.array(undone),
            np.full(2, -9.0),
        )
        acting = np.ones(3, dtype=bool)
        state = QueryState(world.people, AcceptedRows(world.own, acting))
        scheduler = world.scheduler(1)
        scheduler.run(candidates, state, 0.0, 0.0, 0, world.may_answer)
        assert world.queries == [places[first]]
