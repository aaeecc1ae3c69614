"""Choices: within the rules, priced, and each a true change."""

from __future__ import annotations

import numpy as np
import pytest

from skpar import Range

from ._people import Workshop, same

RULES = {"age": "increasing", "school": "immutable", "savings": Range(step=50)}


@pytest.fixture(scope="module")
def shop():
    return Workshop(RULES)


@pytest.fixture(scope="module")
def laid_out(shop):
    return shop.maker(shop.denied_codes)


def test_first_choice_keeps_and_every_open_one_changes(shop, laid_out):
    choices, _ = laid_out
    own = shop.denied_codes[:, None]
    assert same(choices.values[:, 0], shop.denied_codes).all()
    assert choices.open[:, 0].all()
    kept = same(choices.values, own)
    assert not (choices.open[:, 1:] & kept[:, 1:]).any()
    assert choices.open[:, 1:].any()


def test_any_mix_of_choices_keeps_the_rules(shop, laid_out):
    choices, _ = laid_out
    index = np.random.RandomState(0).randint(
        choices.values.shape[1], size=(len(choices.values), 20, choices.values.shape[2])
    )
    rows = choices.take(index)
    assert shop.actionability.allows(shop.denied_codes, rows).all()
    assert not choices.open[:, 1:, 3].any()


def test_choices_copy_neighbors_and_price_them(shop, laid_out):
    choices, neighbors = laid_out
    own = shop.denied_codes[:, None]
    job = neighbors[..., 4]
    np.testing.assert_array_equal(choices.values[:, 1:5, 4], job)
    np.testing.assert_allclose(
        choices.effort, shop.effort.per_feature(own, choices.values)
    )


def test_grid_holds_frequent_levels_and_quantiles_of_accepted_people(shop):
    grid = shop.maker.grid
    assert grid.shape[0] <= 16
    people = shop.neighborhood.people
    for j in range(grid.shape[1]):
        written = grid[~np.isnan(grid[:, j]), j]
        assert len(np.unique(written)) == len(written)
        assert np.isin(written, people[:, j]).all()
    assert set(grid[~np.isnan(grid[:, 4]), 4]) == {0, 1, 2}


def test_people_can_be_picked(laid_out):
    choices, _ = laid_out
    some = choices[np.array([3, 1])]
    np.testing.assert_array_equal(some.values, choices.values[[3, 1]])
    np.testing.assert_array_equal(some.effort, choices.effort[[3, 1]])
