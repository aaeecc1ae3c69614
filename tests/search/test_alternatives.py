"""Alternatives differ, are not dominated, and are sorted by objective."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.search._alternatives import (
    _minimal_sets,
    flags_of_ranked,
    freezing_sets,
    is_alternative,
    rank_options,
)
from skpar.table._codes import same_cells

from .._people import FittedCase

CASE = []


def case():
    """Make the fitted case once, and only if it is needed."""
    if not CASE:
        CASE.append(FittedCase(n=120))
    return CASE[0]


def directions(own, row):
    """Changed features; numbers and ordered levels have a direction."""
    changed = ~((own == row) | (np.isnan(own) & np.isnan(row)))
    absent = np.isnan(own) | np.isnan(row)
    rises = [row[j] > own[j] if j < 4 and not absent[j] else None for j in range(6)]
    return {(j, rises[j]) for j in np.flatnonzero(changed)}


def is_other_by_hand(own, earlier, row):
    if not directions(own, earlier):
        return True
    effort = case().effort.per_feature
    less = effort(own[None], row[None]) < effort(own[None], earlier[None]) - 1e-9
    return directions(own, row) != directions(own, earlier) and less.any()


def draw(seed, n_options):
    """People, and rows that share some of their cells and some of each other's."""
    rng, codes = np.random.RandomState(seed), case().codes
    own = codes[rng.randint(len(codes), size=20)]
    options = codes[rng.randint(len(codes), size=(n_options, 20))]
    options = np.where(rng.rand(*options.shape) < 0.6, own, options)
    options[1] = np.where(rng.rand(*own.shape) < 0.3, own, options[0])
    return own, options


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_an_alternative_differs_and_needs_less_effort_in_some_feature(seed):
    own, (earlier, rows) = draw(seed, 2)
    able = case().actionability
    found = is_alternative(able, case().effort, own, earlier, rows)
    expected = [
        is_other_by_hand(*three) for three in zip(own, earlier, rows, strict=True)
    ]
    assert found.tolist() == expected


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_options_are_sorted_and_removed_only_for_better_ones(seed):
    own, options = draw(seed, 4)
    value = np.random.RandomState(seed).randint(-5, 5, size=(4, 20)).astype(float)
    value[np.random.RandomState(seed + 1).rand(4, 20) < 0.2] = -np.inf
    value[(same_cells(options, own)).all(axis=2)] = -np.inf
    options = np.where(np.isneginf(value)[:, :, None], own, options)
    able = case().actionability
    rows, ranked = rank_options(able, case().effort, own, options, value)
    for person in range(20):
        kept = []
        effort = case().effort.per_feature(own[[person]], options[:, person]).sum(1)
        for k in np.lexsort((np.rint(effort / 1e-9), -value[:, person])):
            row = options[k, person]
            if value[k, person] > -np.inf and all(
                is_other_by_hand(own[person], better, row) for better, _ in kept
            ):
                kept.append((row, value[k, person]))
        rest = [(own[person], -np.inf)] * (4 - len(kept))
        for k, (row, expected) in enumerate(kept + rest):
            np.testing.assert_array_equal(rows[k, person], row)
            assert ranked[k, person] == expected


def dominates(own, one, value, other, other_value):
    """Whether one has at least the objective of another, at no more effort anywhere."""
    effort, other_effort = case().effort.per_feature(own, np.stack([one, other]))
    return value >= other_value and (effort <= other_effort + 1e-9).all()


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_no_option_dominates_another(seed):
    own, options = draw(seed, 4)
    # Few different values, so that there are ties.
    value = np.random.RandomState(seed).randint(0, 3, size=(4, 20)).astype(float)
    value[(same_cells(options, own)).all(axis=2)] = -np.inf
    able = case().actionability
    rows, ranked = rank_options(able, case().effort, own, options, value)
    for person in range(20):
        found = np.flatnonzero(ranked[:, person] > -np.inf)
        for one, other in permutations(found, 2):
            assert not dominates(
                own[person],
                rows[one, person],
                ranked[one, person],
                rows[other, person],
                ranked[other, person],
            )


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_flags_move_with_their_options(seed):
    own, options = draw(seed, 4)
    rng = np.random.RandomState(seed)
    value = rng.randint(0, 3, size=(4, 20)).astype(float)
    value[(same_cells(options, own)).all(axis=2)] = -np.inf
    flags = (rng.rand(4, 20) < 0.5) & (value > -np.inf)
    able = case().actionability
    rows, ranked = rank_options(able, case().effort, own, options.copy(), value)
    moved = flags_of_ranked(rows, options, flags)
    cells = flags[:, :, None] & (rng.rand(4, 20, 6) < 0.5)
    moved_cells = flags_of_ranked(rows, options, cells)
    for k, person in np.ndindex(4, 20):
        same = same_cells(options[:, person], rows[k, person]).all(axis=1)
        assert moved[k, person] == flags[same, person].any()
        expected = cells[same, person].any(axis=0)
        np.testing.assert_array_equal(moved_cells[k, person], expected)
        assert not moved[k, person] or ranked[k, person] > -np.inf
    assert moved.any()


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 3))
def test_frozen_features_are_minimal_and_meet_every_answer(seed, n_taken):
    own, taken = draw(seed, max(n_taken, 2))
    taken = taken[:n_taken]
    can_change = np.random.RandomState(seed).rand(*own.shape) < 0.9
    changed = ~same_cells(own, taken) & can_change
    masks = list(freezing_sets(own, taken, can_change, max_sets=12))
    for person in range(20):
        mine = [mask[person] for mask in masks if mask[person].any()]
        columns = [frozenset(np.flatnonzero(mask)) for mask in mine]
        assert len(set(columns)) == len(columns) <= 12
        crossing = [
            frozenset(some)
            for size in range(7)
            for some in combinations(range(6), size)
            if changed[:, person, some].any(axis=1).all()
        ]
        least = [c for c in crossing if not any(other < c for other in crossing)]
        if len(least) <= 12 and least != [frozenset()]:
            assert set(columns) == set(least)
        else:
            assert set(columns) <= set(least)


@pytest.mark.parametrize("n_taken", [1, 3, 60])
def test_minimal_sets_are_those_of_all_products(n_taken):
    rng = np.random.RandomState(n_taken)
    changed = rng.rand(n_taken, 7) < 0.4
    changed[~changed.any(axis=1), 0] = True
    hits = [
        frozenset(s)
        for size in range(8)
        for s in combinations(range(7), size)
        if changed[:, list(s)].any(axis=1).all()
    ]
    minimal = [s for s in hits if not any(other < s for other in hits)]
    assert _minimal_sets(changed) == minimal
