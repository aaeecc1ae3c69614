"""Accepted neighbors."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from skpar.objective import _neighbors
from skpar.objective._neighbors import AcceptedNeighbors
from skpar.table._codes import same_cells

from .._configs import SEARCH
from .._people import FittedCase


@pytest.fixture(scope="module")
def shop():
    return FittedCase()


def test_nearest_are_nearest_by_squared_effort(shop):
    people = shop.neighborhood.people
    present = people[~np.isnan(people).any(axis=1)]
    known = AcceptedNeighbors(
        shop.schema, shop.effort, present, SEARCH, np.random.RandomState(0)
    )
    rows = shop.denied_codes[~np.isnan(shop.denied_codes).any(axis=1)][:30]
    n_people = len(known.people)
    assert n_people > 16 * 6
    for k in (1, 5, n_people // 16, n_people - 1, n_people):
        found = known.nearest(rows, k)
        for own, neighbors in zip(rows, found, strict=True):
            every = (shop.effort.per_feature(own, known.people) ** 2).sum(axis=1)
            got = (shop.effort.per_feature(own, neighbors) ** 2).sum(axis=1)
            np.testing.assert_allclose(got, np.sort(every)[:k], atol=1e-8)


def test_a_person_is_their_own_nearest_neighbor_missing_cells_included(shop):
    people = shop.neighborhood.people
    np.testing.assert_array_equal(shop.neighborhood.nearest(people, 1)[:, 0], people)


def test_columns_of_many_levels_are_compared(monkeypatch, shop):
    expected = shop.neighborhood.nearest(shop.denied_codes, 6)
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", 2)
    known = AcceptedNeighbors(
        shop.schema,
        shop.effort,
        shop.codes[shop.accepted],
        SEARCH,
        np.random.RandomState(0),
    )
    assert known._points.shape[1] < shop.neighborhood._points.shape[1]
    rows = shop.denied_codes.copy()
    np.testing.assert_array_equal(known.nearest(rows, 6), expected)
    column = known._many_levels[0]
    rows[:20, column], rows[20:40, column] = np.nan, 99.0
    np.testing.assert_array_equal(
        known.nearest(rows, 6), shop.neighborhood.nearest(rows, 6)
    )


def test_single_precision_finds_the_same_people(shop, monkeypatch):
    rng = np.random.RandomState(3)
    rows = shop.codes[
        rng.randint(len(shop.codes), size=(200, shop.codes.shape[1])),
        np.arange(shop.codes.shape[1]),
    ]
    screened = shop.neighborhood.nearest(rows, 8)
    monkeypatch.setattr(_neighbors, "_MAX_SCREENED", -1.0)
    np.testing.assert_array_equal(screened, shop.neighborhood.nearest(rows, 8))


def test_a_row_far_away_leaves_the_other_rows_alone(shop, monkeypatch):
    rows = shop.codes[:6]
    alone = shop.neighborhood.nearest(rows, 4)
    monkeypatch.setattr(_neighbors, "_MAX_SCREENED", 1.5)
    lengths = (shop.neighborhood._embed(rows) ** 2).sum(axis=1)
    monkeypatch.setattr(shop.neighborhood, "_longest", 1.0)
    assert (lengths > 1.5).any()
    np.testing.assert_array_equal(alone, shop.neighborhood.nearest(rows, 4))


def test_a_pickle_has_the_people_and_nothing_that_follows_from_them(shop):
    known = shop.neighborhood
    stored = pickle.dumps(known)
    back = pickle.loads(stored)
    assert back.people.tobytes() == known.people.tobytes()
    assert len(stored) < known.people.nbytes + len(pickle.dumps(known._effort)) + 4000
    rows = shop.denied_codes
    np.testing.assert_array_equal(back.nearest(rows, 6), known.nearest(rows, 6))


def test_answers_do_not_depend_on_the_batch(shop):
    together = shop.neighborhood.nearest(shop.denied_codes, 6)
    order = np.random.RandomState(0).permutation(len(shop.denied_codes))
    np.testing.assert_array_equal(
        shop.neighborhood.nearest(shop.denied_codes[order], 6), together[order]
    )
    for i in (0, 7):
        alone = shop.neighborhood.nearest(shop.denied_codes[[i]], 6)
        np.testing.assert_array_equal(alone[0], together[i])


def test_of_many_people_evenly_spaced_ones_are_kept(shop):
    accepted = shop.codes[shop.accepted]
    known, expected = (
        AcceptedNeighbors(
            shop.schema, shop.effort, rows, config, np.random.RandomState(0)
        ).people
        for rows, config in (
            (accepted, replace(SEARCH, max_drawn_from=len(accepted) - 1)),
            (accepted[::2], SEARCH),
        )
    )
    np.testing.assert_array_equal(known, expected)


def test_ties_go_to_the_person_who_comes_first(shop):
    twin = shop.codes[shop.accepted][:1]
    others = np.repeat(twin, 4, axis=0)
    others[:, 0] = twin[0, 0] + np.array([3, -3, 3, -3])
    flat = np.linspace(0, 100, 101)[:, None].repeat(shop.codes.shape[1], axis=1)
    effort = type(shop.effort)(shop.schema, flat)
    known = AcceptedNeighbors(
        shop.schema, effort, others, SEARCH, np.random.RandomState(0)
    )
    assert len(known.people) == 2
    np.testing.assert_array_equal(known.nearest(twin, 2)[0], others[:2])


def test_too_few_people_are_repeated_and_equal_ones_kept_once(shop):
    people = np.repeat(shop.codes[shop.accepted][:2], 3, axis=0)
    known = AcceptedNeighbors(
        shop.schema, shop.effort, people, SEARCH, np.random.RandomState(0)
    )
    assert len(known.people) == 2
    found = known.nearest(shop.codes[:4], 5)
    assert found.shape == (4, 5, shop.codes.shape[1])
    np.testing.assert_array_equal(found[:, 2:], found[:, :1].repeat(3, axis=1))


def test_far_values_are_finite(shop):
    far = shop.denied_codes[:2].copy()
    far[:, 2] = [1e300, -1e300]
    assert np.isfinite(shop.neighborhood.nearest(far, 3)[..., 0]).all()


def test_no_more_people_are_kept_than_needed(shop):
    few = replace(SEARCH, max_neighbor_rows=20)
    accepted = shop.codes[shop.accepted]
    kept = [
        AcceptedNeighbors(
            shop.schema, shop.effort, accepted, few, np.random.RandomState(seed)
        ).people
        for seed in (0, 0, 1)
    ]
    assert kept[0].shape == (20, shop.codes.shape[1])
    np.testing.assert_array_equal(kept[0], kept[1])
    assert not same_cells(kept[0], kept[2]).all()
    for person in kept[0]:
        assert same_cells(accepted, person).all(axis=1).any()
