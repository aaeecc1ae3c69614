"""Exploration: nothing better is overlooked where everything can be looked at."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar.actionability import People
from skpar.generator._beam_search import (
    BeamSearch,
    ScoredCandidates,
    best_of_each,
    distinct,
)
from skpar.generator._move_scores import Candidates

from .._people import Workshop, make_people, random_candidates

FEW = {"age": "immutable", "income": "immutable", "savings": "immutable"}
MANY = {"age": Range(-7, 21, step=7, relative=True), "school": "increasing"}
PRICES = (1.0, 4.0)


@pytest.fixture(scope="module")
def small():
    """People who can change three columns of levels: at most 24 rows for each."""
    return Workshop(FEW, n=120)


@pytest.fixture(scope="module")
def large():
    return Workshop(MANY, n=200)


def explore(shop, people, beam):
    scorer = shop.scoring_model()(people)
    own = scorer.own()
    return scorer, beam(scorer, own, scorer.n_written)


def reach(scorer):
    """Everything that the first person can become by writing."""
    is_open = scorer.actions.open[0, : scorer.n_written]
    options = [np.flatnonzero(column) for column in is_open.T]
    chosen = np.array(list(itertools.product(*options))).T
    return Candidates(np.zeros(chosen.shape[1], dtype=np.int64), chosen)


def as_set(scorer, found, person):
    """What was found for one person, as a set of rows and figures."""
    mine = found[np.flatnonzero(found.candidates.who == person)]
    rows = np.nan_to_num(scorer.codes_at(mine.candidates), nan=-1.0)
    figures = np.round(np.column_stack([mine.objective, mine.margin]), 7) + 0.0
    return set(map(tuple, np.column_stack([rows, figures]).tolist()))


@pytest.mark.parametrize("person", range(6))
def test_wide_and_deep_enough_it_finds_the_best_there_is(small, person):
    people = small.denied_codes[[person]]
    scorer, found = explore(small, people, BeamSearch(30, 3, PRICES))
    everything = reach(scorer)
    assert 12 <= len(everything) <= 24
    best = ScoredCandidates(everything, *scorer.evaluate(everything))
    for multiplier in PRICES:
        top = best.lagrangian(multiplier).max()
        assert found.lagrangian(multiplier).max() == pytest.approx(top, abs=2e-9)
    assert len(distinct(scorer, found.candidates)) <= len(everything)


def test_one_step_finds_the_best_single_change(small):
    scorer, found = explore(small, small.denied_codes, BeamSearch(1, 1, (1.0,)))
    moves = scorer.moves(scorer.own(), scorer.n_written)
    rows, place = np.nonzero(moves.objective > -np.inf)
    features, tos = moves.feature[place], moves.choice[place]
    margin = scorer.margin_after(scorer.own(), moves.hidden, rows, features, tos)
    candidates = scorer.own().moved(rows, features, tos)
    single = ScoredCandidates(candidates, moves.objective[rows, place], margin).lagrangian(1.0)
    best = np.full(scorer.n_people, -np.inf)
    np.maximum.at(best, rows, single)
    seen = np.full(scorer.n_people, -np.inf)
    moved = (found.candidates.chosen > 0).any(axis=0)
    np.maximum.at(seen, found.candidates.who[moved], found.lagrangian(1.0)[moved])
    assert_allclose(seen, best, atol=2e-9)


@pytest.mark.parametrize("n_choices", [None, "written"])
def test_what_is_found_keeps_the_rules_and_is_valued_right(large, n_actions):
    people = large.denied_codes[:20]
    scorer = large.scoring_model()(people)
    n_actions = scorer.n_written if n_actions else None
    starts = scorer.starts([random_candidates(scorer, 20).chosen.T * 0])
    found = BeamSearch(2, 2, PRICES)(scorer, starts, n_actions)
    rows = scorer.codes_at(found.candidates)
    who = found.candidates.who
    assert large.actionability.is_feasible(People.unlimited(people[who]), rows).all()
    assert_allclose(found.objective, large.objective.promise(people[who], rows), atol=2e-9)
    assert_allclose(found.margin, scorer.scoring_model.surrogate(rows), atol=2e-9)


def test_more_width_and_depth_never_lose(large):
    people = large.denied_codes[:15]
    merits = []
    for width, depth in ((1, 0), (1, 1), (1, 3), (6, 3)):
        _, found = explore(large, people, BeamSearch(width, depth, (2.0,)))
        best = np.full(len(people), -np.inf)
        np.maximum.at(best, found.candidates.who, found.lagrangian(2.0))
        merits.append(best)
    for less, more in itertools.pairwise(merits[:3]):
        assert (more >= less - 2e-9).all()
    assert merits[1].mean() > merits[0].mean() + 0.01
    assert merits[3].mean() >= merits[2].mean() - 1e-9


def test_it_is_deterministic_and_does_not_depend_on_the_people_beside(large):
    people = large.denied_codes[:40]
    beam = BeamSearch(3, 4, PRICES, at_least=1)
    scorer, found = explore(large, people, beam)
    _, again = explore(large, people, beam)
    assert_array_equal(again.candidates.who, found.candidates.who)
    assert_array_equal(again.candidates.chosen, found.candidates.chosen)
    assert_array_equal(again.objective, found.objective)
    for first, last in ((0, 1), (3, 10), (10, 40)):
        alone, part = explore(large, people[first:last], beam)
        for person in range(0, last - first, 5):
            expected = as_set(scorer, found, first + person)
            assert as_set(alone, part, person) == expected


def best_so_far(shop, people, depth):
    """Best merit of each person after so many rounds for everybody."""
    scorer, found = explore(shop, people, BeamSearch(2, depth, (2.0,)))
    best = np.full(scorer.n_people, -np.inf)
    np.maximum.at(best, found.candidates.who, found.lagrangian(2.0))
    return best


@pytest.mark.parametrize("at_least", [1, 2])
def test_further_rounds_are_for_those_whom_the_last_one_helped(large, at_least):
    people = large.denied_codes[:40]
    merits = [best_so_far(large, people, depth) for depth in range(5)]
    expected, going = merits[at_least], merits[at_least] > merits[at_least - 1]
    _, some = explore(large, people, BeamSearch(2, at_least, (2.0,)))
    counts = np.bincount(some.candidates.who, minlength=len(people))
    for depth in range(at_least + 1, 5):
        beam = BeamSearch(2, depth, (2.0,), at_least=at_least)
        scorer, found = explore(large, people, beam)
        more = np.bincount(found.candidates.who, minlength=len(people))
        assert_array_equal(more > counts, going)
        expected = np.where(going, merits[depth], expected)
        best = np.full(len(people), -np.inf)
        np.maximum.at(best, found.candidates.who, found.lagrangian(2.0))
        assert_allclose(best, expected, atol=2e-9)
        going, counts = going & (merits[depth] > merits[depth - 1]), more
    assert 0 < (merits[at_least] > merits[at_least - 1]).sum() < len(people)


def test_at_least_as_many_rounds_as_there_are_change_nothing(large):
    people = large.denied_codes[:10]
    scorer, found = explore(large, people, BeamSearch(2, 2, PRICES))
    _, same = explore(large, people, BeamSearch(2, 2, PRICES, at_least=2))
    assert_array_equal(same.candidates.chosen, found.candidates.chosen)


def test_where_nothing_can_change_the_starts_are_all_there_is():
    shop = Workshop(dict.fromkeys(make_people(1), "immutable"), n=60)
    scorer, found = explore(shop, shop.denied_codes[:5], BeamSearch(2, 3, PRICES))
    assert_array_equal(scorer.codes_at(found.candidates), scorer.codes)


@pytest.mark.parametrize("by_route, expected", [(True, [0, 2]), (False, [0, 1])])
def test_of_a_route_one_point_is_kept_or_as_many_as_are_good(one_per_changed_set, expected):
    """Two values of the same features, and a worse row that changes others."""
    chosen = np.array([[1, 2, 0], [0, 0, 1]])
    candidates = Candidates(np.zeros(3, dtype=np.int64), chosen)
    found = ScoredCandidates(candidates, np.array([3.0, 2.0, 1.0]), np.ones(3))
    beam = BeamSearch(2, 1, (1.0,), one_per_changed_set=one_per_changed_set)
    kept = beam._keep(found)
    assert_array_equal(kept.candidates.chosen, chosen[:, expected])


def test_merit_has_a_price_for_unsafe_margins_alone():
    candidates = Candidates(np.zeros(3, dtype=np.int64), np.zeros((2, 3), dtype=np.int64))
    found = ScoredCandidates(
        candidates, np.array([1.0, 1.0, 1.0]), np.array([-1.0, -2.0, 9.0])
    )
    cheap, dear = found.lagrangian(1.0), found.lagrangian(3.0)
    assert cheap[2] == dear[2] == 1.0
    assert_allclose(cheap[0] - cheap[1], 1.0)
    assert_allclose(dear[0] - dear[1], 3.0)


def test_best_of_each_lists_the_largest_first_and_the_earlier_of_equals():
    who = np.array([1, 0, 1, 1, 0, 3, 1])
    lagrangian = np.array([2.0, 1.0, 5.0, 5.0, 7.0, -np.inf, 2.0])
    assert best_of_each(who, lagrangian, 1).tolist() == [4, 2, 5]
    assert best_of_each(who, lagrangian, 3).tolist() == [4, 1, 2, 3, 0, 5]
    assert best_of_each(who[:0], lagrangian[:0], 3).tolist() == []


def test_distinct_keeps_the_first_of_equal_rows_of_a_person(large):
    scorer = large.scoring_model()(large.denied_codes[:5])
    candidates = random_candidates(scorer, 60, p_own=0.9)
    doubled = Candidates(np.r_[candidates.who, candidates.who], np.hstack([candidates.chosen] * 2))
    kept = distinct(scorer, doubled)
    assert (kept < 60).all()
    rows = np.column_stack([candidates.who, np.nan_to_num(scorer.codes_at(candidates), -1)])
    _, first = np.unique(rows, axis=0, return_index=True)
    assert_array_equal(kept, np.sort(first))
    assert len(first) < 60
