"""Ways that differ, the best first."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.search import _alternatives as _options
from skpar.table._codes import same_cells

from .._people import Workshop

SHOP = []


def shop():
    """Make the workshop once, and only if it is needed."""
    if not SHOP:
        SHOP.append(Workshop(n=120))
    return SHOP[0]


def way(own, row):
    """Tell features changed, numbers and ordered levels with their direction."""
    changed = ~((own == row) | (np.isnan(own) & np.isnan(row)))
    absent = np.isnan(own) | np.isnan(row)
    rises = [row[j] > own[j] if j < 4 and not absent[j] else None for j in range(6)]
    return {(j, rises[j]) for j in np.flatnonzero(changed)}


def is_other(own, earlier, row):
    if not way(own, earlier):
        return True
    effort = shop().effort.per_feature
    less = effort(own[None], row[None]) < effort(own[None], earlier[None]) - 1e-9
    return way(own, row) != way(own, earlier) and less.any()


def draw(seed, n_options):
    """People, and rows that share some of their cells and some of each other's."""
    rng, codes = np.random.RandomState(seed), shop().codes
    own = codes[rng.randint(len(codes), size=20)]
    options = codes[rng.randint(len(codes), size=(n_options, 20))]
    options = np.where(rng.rand(*options.shape) < 0.6, own, options)
    options[1] = np.where(rng.rand(*own.shape) < 0.3, own, options[0])
    return own, options


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_another_way_changes_otherwise_and_asks_for_less_somewhere(seed):
    own, (earlier, rows) = draw(seed, 2)
    able = shop().actionability
    found = _options.is_other_way(able, shop().effort, own, earlier, rows)
    expected = [is_other(*three) for three in zip(own, earlier, rows, strict=True)]
    assert found.tolist() == expected


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_the_best_come_first_and_no_other_is_lost_but_to_a_better_one(seed):
    own, options = draw(seed, 4)
    worth = np.random.RandomState(seed).randint(-5, 5, size=(4, 20)).astype(float)
    worth[np.random.RandomState(seed + 1).rand(4, 20) < 0.2] = -np.inf
    worth[(same_cells(options, own)).all(axis=2)] = -np.inf
    options = np.where(np.isneginf(worth)[:, :, None], own, options)
    able = shop().actionability
    rows, value = _options.best_first(able, shop().effort, own, options, worth)
    for person in range(20):
        kept = []
        asks = shop().effort.per_feature(own[[person]], options[:, person]).sum(1)
        for k in np.lexsort((np.rint(asks / 1e-9), -worth[:, person])):
            row = options[k, person]
            if worth[k, person] > -np.inf and all(
                is_other(own[person], better, row) for better, _ in kept
            ):
                kept.append((row, worth[k, person]))
        rest = [(own[person], -np.inf)] * (4 - len(kept))
        for k, (row, value_of) in enumerate(kept + rest):
            np.testing.assert_array_equal(rows[k, person], row)
            assert value[k, person] == value_of


def dominates(own, one, worth, other, other_worth):
    """Tell whether one is worth as much as another and asks no more anywhere."""
    asks, asked = shop().effort.per_feature(own, np.stack([one, other]))
    return worth >= other_worth and (asks <= asked + 1e-9).all()


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_no_option_dominates_another(seed):
    own, options = draw(seed, 4)
    # Few different worths, so that equals are there.
    worth = np.random.RandomState(seed).randint(0, 3, size=(4, 20)).astype(float)
    worth[(same_cells(options, own)).all(axis=2)] = -np.inf
    able = shop().actionability
    rows, value = _options.best_first(able, shop().effort, own, options, worth)
    for person in range(20):
        found = np.flatnonzero(value[:, person] > -np.inf)
        for one, other in permutations(found, 2):
            assert not dominates(
                own[person],
                rows[one, person],
                value[one, person],
                rows[other, person],
                value[other, person],
            )


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 3))
def test_what_is_left_when_columns_are_closed_is_another_way(seed, n_taken):
    own, taken = draw(seed, max(n_taken, 2))
    taken = taken[:n_taken]
    free = np.random.RandomState(seed).rand(*own.shape) < 0.9
    changed = ~same_cells(own, taken) & free
    masks = list(_options.closings(own, taken, free))
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
