"""Beam search finds the best rows if all rows can be scored."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar._config import BeamSettings
from skpar.actionability import People
from skpar.generator._beam_search import BeamSearch
from skpar.generator._candidates import Candidates, ScoredCandidates

from .._configs import SEARCH
from .._people import FittedCase, make_people, random_candidates

FEW = {"age": "immutable", "income": "immutable", "savings": "immutable"}
MANY = {"age": Range(-7, 21, step=7, relative=True), "school": "increasing"}
MULTIPLIERS = (1.0, 4.0)


@pytest.fixture(scope="module")
def small():
    """People who can change three columns of levels: at most 24 rows for each."""
    return FittedCase(FEW, n=120)


@pytest.fixture(scope="module")
def large():
    return FittedCase(MANY, n=200)


def beam_of(width, depth, multipliers, **settings):
    settings = BeamSettings(width, depth, multipliers, **settings)
    return BeamSearch(settings, SEARCH.safe_margin, np.ones(1000))


def lagrangian(found, multiplier):
    return found.lagrangian(multiplier, SEARCH.safe_margin)


def search(case, codes, beam):
    scorer = case.scorer(codes)
    return scorer, beam.search(scorer, scorer.factuals(), scorer.first_copy)


def best_of(found, n_people, multiplier=2.0):
    """Largest Lagrangian score of each person."""
    best = np.full(n_people, -np.inf)
    np.maximum.at(best, found.who, lagrangian(found, multiplier))
    return best


def all_written(scorer):
    """All rows that the first person can reach by writing values."""
    is_open = scorer.is_open[0, : scorer.first_copy]
    options = [np.flatnonzero(column) for column in is_open.T]
    chosen = np.array(list(itertools.product(*options))).T
    return Candidates(np.zeros(chosen.shape[1], dtype=np.int64), chosen)


def as_set(scorer, found, person):
    """Candidates of one person, as a set of rows and scores."""
    mine = found[np.flatnonzero(found.who == person)]
    rows = np.nan_to_num(scorer.codes_at(mine.candidates), nan=-1.0)
    scores = np.column_stack([mine.objective, mine.margin, mine.undone])
    scores = np.round(scores, 7) + 0.0
    return set(map(tuple, np.column_stack([rows, scores]).tolist()))


@pytest.mark.parametrize("person", range(6))
def test_a_wide_and_deep_search_finds_the_best_of_all_rows(small, person):
    codes = small.denied_codes[[person]]
    scorer, found = search(small, codes, beam_of(30, 3, MULTIPLIERS))
    everything = all_written(scorer)
    assert 12 <= len(everything) <= 24
    exact = scorer.score(everything)
    for multiplier in MULTIPLIERS:
        top = lagrangian(exact, multiplier).max()
        assert lagrangian(found, multiplier).max() == pytest.approx(top, abs=2e-9)


def test_one_round_finds_the_best_single_move(small):
    scorer, found = search(small, small.denied_codes, beam_of(1, 1, (1.0,)))
    factuals = scorer.factuals()
    moves = scorer.moves(factuals, scorer.first_copy)
    rows, place = np.nonzero(moves.objective > -np.inf)
    moved = factuals.moved(rows, moves.feature[place], moves.action[place])
    single = scorer.score(moved)
    has_moved = np.flatnonzero((found.candidates.chosen > 0).any(axis=0))
    assert_allclose(
        best_of(found[has_moved], scorer.n_people, 1.0),
        best_of(single, scorer.n_people, 1.0),
        atol=2e-9,
    )


@pytest.mark.parametrize("copies", [True, False])
def test_candidates_keep_the_rules_and_have_exact_scores(large, copies):
    codes = large.denied_codes[:20]
    scorer = large.scorer(codes)
    n_actions = None if copies else scorer.first_copy
    starts = scorer.starts([random_candidates(scorer, 20).chosen.T * 0])
    found = beam_of(2, 2, MULTIPLIERS).search(scorer, starts, n_actions)
    rows, own = scorer.codes_at(found.candidates), codes[found.who]
    assert large.actionability.is_feasible(People.unlimited(own), rows).all()
    assert_allclose(found.objective, large.objective.upper_bound(own, rows), atol=2e-9)
    assert_allclose(found.margin, scorer.surrogate.decision_function(rows), atol=2e-9)
    assert_array_equal(found.undone, scorer.score(found.candidates).undone)


def test_more_width_and_depth_never_lower_the_best_score(large):
    codes = large.denied_codes[:15]
    best = [
        best_of(search(large, codes, beam_of(width, depth, (2.0,)))[1], len(codes))
        for width, depth in ((1, 0), (1, 1), (1, 3), (6, 3))
    ]
    for less, more in itertools.pairwise(best[:3]):
        assert (more >= less - 2e-9).all()
    assert best[1].mean() > best[0].mean() + 0.01
    assert best[3].mean() >= best[2].mean() - 1e-9


def test_results_repeat_and_do_not_depend_on_other_people(large):
    codes = large.denied_codes[:40]
    beam = beam_of(3, 4, MULTIPLIERS, min_rounds=1)
    scorer, found = search(large, codes, beam)
    _, again = search(large, codes, beam)
    assert_array_equal(again.who, found.who)
    assert_array_equal(again.candidates.chosen, found.candidates.chosen)
    assert_array_equal(again.objective, found.objective)
    for first, last in ((0, 1), (3, 10), (10, 40)):
        alone, part = search(large, codes[first:last], beam)
        for person in range(0, last - first, 5):
            expected = as_set(scorer, found, first + person)
            assert as_set(alone, part, person) == expected


@pytest.mark.parametrize("min_rounds", [1, 2])
def test_further_rounds_are_for_people_whom_the_last_one_helped(large, min_rounds):
    codes = large.denied_codes[:40]
    best = [
        best_of(search(large, codes, beam_of(2, depth, (0.6,)))[1], len(codes), 0.6)
        for depth in range(5)
    ]
    expected, going = best[min_rounds], best[min_rounds] > best[min_rounds - 1]
    _, some = search(large, codes, beam_of(2, min_rounds, (0.6,)))
    counts = np.bincount(some.who, minlength=len(codes))
    for depth in range(min_rounds + 1, 5):
        beam = beam_of(2, depth, (0.6,), min_rounds=min_rounds)
        _, found = search(large, codes, beam)
        more = np.bincount(found.who, minlength=len(codes))
        assert_array_equal(more > counts, going)
        expected = np.where(going, best[depth], expected)
        assert_allclose(best_of(found, len(codes), 0.6), expected, atol=2e-9)
        going, counts = going & (best[depth] > best[depth - 1]), more
    assert 0 < (best[min_rounds] > best[min_rounds - 1]).sum() < len(codes)


def test_min_rounds_equal_to_depth_changes_nothing(large):
    codes = large.denied_codes[:10]
    _, found = search(large, codes, beam_of(2, 2, MULTIPLIERS))
    _, same = search(large, codes, beam_of(2, 2, MULTIPLIERS, min_rounds=2))
    assert_array_equal(same.candidates.chosen, found.candidates.chosen)


def test_if_nothing_can_change_only_the_starts_are_returned():
    case = FittedCase(dict.fromkeys(make_people(1), "immutable"), n=60)
    scorer, found = search(case, case.denied_codes[:5], beam_of(2, 3, MULTIPLIERS))
    assert_array_equal(scorer.codes_at(found.candidates), scorer.codes)


@pytest.mark.parametrize("one_per_changed_set", [True, False])
def test_one_candidate_per_changed_set_is_kept_or_all_good_ones(
    small, one_per_changed_set
):
    """The best two rows change the same column; the third changes another one."""
    scorer = small.scorer(small.denied_codes[:1])
    written = [np.flatnonzero(column)[1:] for column in scorer.is_open[0].T]
    (school, other, *_), job, owner = written[3], written[4][0], written[5][0]
    chosen = np.zeros((6, 3), dtype=np.int64)
    chosen[3], chosen[4] = [school, other, 0], [0, 0, job]
    candidates = Candidates(np.zeros(3, dtype=np.int64), chosen)
    value, never = np.array([3.0, 2.0, 1.0]), np.full(3, -np.inf)
    starts = ScoredCandidates(candidates, value, np.ones(3), never)
    beam = beam_of(2, 1, (1.0,), shortlist=100, one_per_changed_set=one_per_changed_set)
    found = beam.continue_from(scorer, starts, scorer.first_copy)
    reached = set(map(tuple, found.candidates.chosen[3:].T.tolist()))
    from_best, from_second = (school, 0, owner), (other, 0, owner)
    from_third = (0, job, owner)
    assert from_best in reached
    assert (from_third in reached) == one_per_changed_set
    assert (from_second in reached) != one_per_changed_set


def test_a_widened_search_keeps_more_candidates(large):
    codes, beam = large.denied_codes[:10], beam_of(2, 2, (1.0,))
    _, wide = search(large, codes, beam.widened(3))
    _, expected = search(large, codes, beam_of(5, 2, (1.0,)))
    assert_array_equal(wide.candidates.chosen, expected.candidates.chosen)


def test_each_person_is_searched_with_the_own_scale(large):
    codes = large.denied_codes[:6]
    scale = np.array([0.2, 1.0, 5.0, 0.2, 1.0, 5.0])
    mixed = replace(beam_of(2, 2, (1.0,)), scale=scale)
    scorer, found = search(large, codes, mixed)
    for person, multiplier in enumerate(scale):
        alone, part = search(large, codes[[person]], beam_of(2, 2, (multiplier,)))
        mine = found[found.who == person]
        assert_array_equal(
            scorer.codes_at(mine.candidates), alone.codes_at(part.candidates)
        )
        assert_array_equal(mine.objective, part.objective)
