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

from .._people import Workshop, make_people, random_points

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


def explore(shop, people, explorer):
    landscape = shop.surveyor()(people)
    own = landscape.own()
    return landscape, explorer(landscape, own, landscape.n_written)


def reach(landscape):
    """Everything that the first person can become by writing."""
    is_open = landscape.choices.open[0, : landscape.n_written]
    options = [np.flatnonzero(column) for column in is_open.T]
    picks = np.array(list(itertools.product(*options))).T
    return Candidates(np.zeros(picks.shape[1], dtype=np.int64), picks)


def as_set(landscape, found, person):
    """What was found for one person, as a set of rows and figures."""
    mine = found[np.flatnonzero(found.points.who == person)]
    rows = np.nan_to_num(landscape.codes_at(mine.points), nan=-1.0)
    figures = np.round(np.column_stack([mine.worth, mine.margin]), 7) + 0.0
    return set(map(tuple, np.column_stack([rows, figures]).tolist()))


@pytest.mark.parametrize("person", range(6))
def test_wide_and_deep_enough_it_finds_the_best_there_is(small, person):
    people = small.denied_codes[[person]]
    landscape, found = explore(small, people, BeamSearch(30, 3, PRICES))
    everything = reach(landscape)
    assert 12 <= len(everything) <= 24
    best = ScoredCandidates(everything, *landscape.evaluate(everything))
    for price in PRICES:
        top = best.merit(price).max()
        assert found.merit(price).max() == pytest.approx(top, abs=2e-9)
    assert len(distinct(landscape, found.points)) <= len(everything)


def test_one_step_finds_the_best_single_change(small):
    landscape, found = explore(small, small.denied_codes, BeamSearch(1, 1, (1.0,)))
    moves = landscape.moves(landscape.own(), landscape.n_written)
    rows, place = np.nonzero(moves.worth > -np.inf)
    features, tos = moves.feature[place], moves.choice[place]
    margin = landscape.margin_after(landscape.own(), moves.hidden, rows, features, tos)
    points = landscape.own().moved(rows, features, tos)
    single = ScoredCandidates(points, moves.worth[rows, place], margin).merit(1.0)
    best = np.full(landscape.n_people, -np.inf)
    np.maximum.at(best, rows, single)
    seen = np.full(landscape.n_people, -np.inf)
    moved = (found.points.picks > 0).any(axis=0)
    np.maximum.at(seen, found.points.who[moved], found.merit(1.0)[moved])
    assert_allclose(seen, best, atol=2e-9)


@pytest.mark.parametrize("n_choices", [None, "written"])
def test_what_is_found_keeps_the_rules_and_is_valued_right(large, n_choices):
    people = large.denied_codes[:20]
    landscape = large.surveyor()(people)
    n_choices = landscape.n_written if n_choices else None
    starts = landscape.starts([random_points(landscape, 20).picks.T * 0])
    found = BeamSearch(2, 2, PRICES)(landscape, starts, n_choices)
    rows = landscape.codes_at(found.points)
    who = found.points.who
    assert large.actionability.is_feasible(People.unlimited(people[who]), rows).all()
    assert_allclose(found.worth, large.objective.promise(people[who], rows), atol=2e-9)
    assert_allclose(found.margin, landscape.surveyor.stand_in(rows), atol=2e-9)


def test_more_width_and_depth_never_lose(large):
    people = large.denied_codes[:15]
    merits = []
    for width, depth in ((1, 0), (1, 1), (1, 3), (6, 3)):
        _, found = explore(large, people, BeamSearch(width, depth, (2.0,)))
        best = np.full(len(people), -np.inf)
        np.maximum.at(best, found.points.who, found.merit(2.0))
        merits.append(best)
    for less, more in itertools.pairwise(merits[:3]):
        assert (more >= less - 2e-9).all()
    assert merits[1].mean() > merits[0].mean() + 0.01
    assert merits[3].mean() >= merits[2].mean() - 1e-9


def test_it_is_deterministic_and_does_not_depend_on_the_people_beside(large):
    people = large.denied_codes[:40]
    explorer = BeamSearch(3, 4, PRICES, at_least=1)
    landscape, found = explore(large, people, explorer)
    _, again = explore(large, people, explorer)
    assert_array_equal(again.points.who, found.points.who)
    assert_array_equal(again.points.picks, found.points.picks)
    assert_array_equal(again.worth, found.worth)
    for first, last in ((0, 1), (3, 10), (10, 40)):
        alone, part = explore(large, people[first:last], explorer)
        for person in range(0, last - first, 5):
            expected = as_set(landscape, found, first + person)
            assert as_set(alone, part, person) == expected


def best_so_far(shop, people, depth):
    """Best merit of each person after so many rounds for everybody."""
    landscape, found = explore(shop, people, BeamSearch(2, depth, (2.0,)))
    best = np.full(landscape.n_people, -np.inf)
    np.maximum.at(best, found.points.who, found.merit(2.0))
    return best


@pytest.mark.parametrize("at_least", [1, 2])
def test_further_rounds_are_for_those_whom_the_last_one_helped(large, at_least):
    people = large.denied_codes[:40]
    merits = [best_so_far(large, people, depth) for depth in range(5)]
    expected, going = merits[at_least], merits[at_least] > merits[at_least - 1]
    _, some = explore(large, people, BeamSearch(2, at_least, (2.0,)))
    counts = np.bincount(some.points.who, minlength=len(people))
    for depth in range(at_least + 1, 5):
        explorer = BeamSearch(2, depth, (2.0,), at_least=at_least)
        landscape, found = explore(large, people, explorer)
        more = np.bincount(found.points.who, minlength=len(people))
        assert_array_equal(more > counts, going)
        expected = np.where(going, merits[depth], expected)
        best = np.full(len(people), -np.inf)
        np.maximum.at(best, found.points.who, found.merit(2.0))
        assert_allclose(best, expected, atol=2e-9)
        going, counts = going & (merits[depth] > merits[depth - 1]), more
    assert 0 < (merits[at_least] > merits[at_least - 1]).sum() < len(people)


def test_at_least_as_many_rounds_as_there_are_change_nothing(large):
    people = large.denied_codes[:10]
    landscape, found = explore(large, people, BeamSearch(2, 2, PRICES))
    _, same = explore(large, people, BeamSearch(2, 2, PRICES, at_least=2))
    assert_array_equal(same.points.picks, found.points.picks)


def test_where_nothing_can_change_the_starts_are_all_there_is():
    shop = Workshop(dict.fromkeys(make_people(1), "immutable"), n=60)
    landscape, found = explore(shop, shop.denied_codes[:5], BeamSearch(2, 3, PRICES))
    assert_array_equal(landscape.codes_at(found.points), landscape.codes)


@pytest.mark.parametrize("by_route, expected", [(True, [0, 2]), (False, [0, 1])])
def test_of_a_route_one_point_is_kept_or_as_many_as_are_good(by_route, expected):
    """Two values of the same features, and a worse row that changes others."""
    picks = np.array([[1, 2, 0], [0, 0, 1]])
    points = Candidates(np.zeros(3, dtype=np.int64), picks)
    found = ScoredCandidates(points, np.array([3.0, 2.0, 1.0]), np.ones(3))
    explorer = BeamSearch(2, 1, (1.0,), by_route=by_route)
    kept = explorer._keep(found)
    assert_array_equal(kept.points.picks, picks[:, expected])


def test_merit_has_a_price_for_unsafe_margins_alone():
    points = Candidates(np.zeros(3, dtype=np.int64), np.zeros((2, 3), dtype=np.int64))
    found = ScoredCandidates(
        points, np.array([1.0, 1.0, 1.0]), np.array([-1.0, -2.0, 9.0])
    )
    cheap, dear = found.merit(1.0), found.merit(3.0)
    assert cheap[2] == dear[2] == 1.0
    assert_allclose(cheap[0] - cheap[1], 1.0)
    assert_allclose(dear[0] - dear[1], 3.0)


def test_best_of_each_lists_the_largest_first_and_the_earlier_of_equals():
    who = np.array([1, 0, 1, 1, 0, 3, 1])
    merit = np.array([2.0, 1.0, 5.0, 5.0, 7.0, -np.inf, 2.0])
    assert best_of_each(who, merit, 1).tolist() == [4, 2, 5]
    assert best_of_each(who, merit, 3).tolist() == [4, 1, 2, 3, 0, 5]
    assert best_of_each(who[:0], merit[:0], 3).tolist() == []


def test_distinct_keeps_the_first_of_equal_rows_of_a_person(large):
    landscape = large.surveyor()(large.denied_codes[:5])
    points = random_points(landscape, 60, p_own=0.9)
    doubled = Candidates(np.r_[points.who, points.who], np.hstack([points.picks] * 2))
    kept = distinct(landscape, doubled)
    assert (kept < 60).all()
    rows = np.column_stack([points.who, np.nan_to_num(landscape.codes_at(points), -1)])
    _, first = np.unique(rows, axis=0, return_index=True)
    assert_array_equal(kept, np.sort(first))
    assert len(first) < 60
