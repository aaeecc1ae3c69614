"""Choices: within the rules, priced, and each a true change."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from skpar import Levels, Range
from skpar.actionability import People
from skpar.generator._action_sets import ActionSetBuilder
from skpar.objective._neighbors import AcceptedNeighbors
from skpar.table._codes import same_cells

from .._people import Workshop

RULES = {"age": "increasing", "school": "immutable", "savings": Range(step=50)}
OTHER_RULES = {
    "age": Range(-9, 9, step=3, relative=True),
    "income": Range(-200, 200, relative=True),
    "job": Levels(["cook", "smith"]),
}
N_NEIGHBORS = 4


@pytest.fixture(scope="module")
def shop():
    return Workshop(RULES)


@pytest.fixture(scope="module")
def other_shop():
    return Workshop(OTHER_RULES, n=200)


@pytest.fixture(scope="module")
def laid_out(shop):
    return shop.action_builder(shop.denied_codes)


def test_first_choice_keeps_and_every_open_one_changes(shop, laid_out):
    actions, _ = laid_out
    own = shop.denied_codes[:, None]
    assert same_cells(actions.values[:, 0], shop.denied_codes).all()
    assert actions.open[:, 0].all()
    kept = same_cells(actions.values, own)
    assert not (actions.open[:, 1:] & kept[:, 1:]).any()
    assert actions.open[:, 1:].any()


def test_any_mix_of_choices_keeps_the_rules(shop, laid_out):
    actions, _ = laid_out
    index = np.random.RandomState(0).randint(
        actions.values.shape[1], size=(len(actions.values), 20, actions.values.shape[2])
    )
    rows = actions.take(index)
    assert shop.actionability.is_feasible(
        People.unlimited(shop.denied_codes), rows
    ).all()
    assert not actions.open[:, 1:, 3].any()


@pytest.mark.parametrize("fixture", ["shop", "other_shop"])
def test_choices_are_own_then_written_then_copied(fixture, request):
    shop = request.getfixturevalue(fixture)
    people = shop.denied_codes
    actions, neighbors = shop.action_builder(people)
    end = 1 + len(shop.action_builder.grid)
    assert actions.values.shape[1] == shop.action_builder.n_actions == end + N_NEIGHBORS
    np.testing.assert_array_equal(actions.values[:, 0], people)
    written = np.where(
        np.isnan(shop.action_builder.grid), people[:, None], shop.action_builder.grid[None]
    )
    written = shop.actionability.project(People.unlimited(people), written)
    np.testing.assert_array_equal(actions.values[:, 1:end], written)
    np.testing.assert_array_equal(
        neighbors, shop.neighborhood.nearest(people, N_NEIGHBORS)
    )
    copied = shop.actionability.project(People.unlimited(people), neighbors)
    np.testing.assert_array_equal(actions.values[:, end:], copied)
    expected = shop.effort.per_feature(people[:, None], actions.values)
    np.testing.assert_allclose(actions.effort, expected)


@pytest.mark.parametrize("fixture", ["shop", "other_shop"])
def test_of_equal_values_written_one_alone_is_open(fixture, request):
    shop = request.getfixturevalue(fixture)
    actions, _ = shop.action_builder(shop.denied_codes[:60])
    end = 1 + len(shop.action_builder.grid)
    n_equal = 0
    for person in range(60):
        for j, own in enumerate(shop.denied_codes[person]):
            values = actions.values[person, 1:end, j]
            is_open = actions.open[person, 1:end, j]
            changed = {v for v in values.tolist() if not (v == own or np.isnan(v))}
            assert sorted(changed) == values[is_open].tolist()
            n_equal += (~is_open).sum()
    assert n_equal > 0


def test_rows_to_copy_may_be_given(shop):
    people, others = shop.denied_codes[:3], shop.codes[:6].reshape(3, 2, -1)
    actions, inputs = shop.action_builder(people, others)
    np.testing.assert_array_equal(inputs, others)
    copied = shop.actionability.project(People.unlimited(people), others)
    np.testing.assert_array_equal(actions.values[:, -2:], copied)
    assert actions.values.shape[1] == 1 + len(shop.action_builder.grid) + 2


def test_grid_holds_frequent_values_and_some_of_every_bin(shop):
    grid = shop.action_builder.grid
    people = shop.neighborhood.people
    for j in range(grid.shape[1]):
        written = grid[~np.isnan(grid[:, j]), j]
        assert np.isnan(grid[len(written) :, j]).all()
        assert (np.diff(written) > 0).all()
        present = people[~np.isnan(people[:, j]), j]
        assert np.isin(written, present).all()
        values, counts = np.unique(present, return_counts=True)
        assert values[counts.argmax()] in written
        between = [
            ((present > low) & (present < high)).mean()
            for low, high in itertools.pairwise([-np.inf, *written, np.inf])
        ]
        assert max(between) < 2.5 / 16
    for j in (3, 4, 5):
        expected = np.unique(people[:, j])
        np.testing.assert_array_equal(grid[: len(expected), j], expected)


def test_of_every_bin_the_grid_has_the_value_of_largest_appeal():
    shop = Workshop({}, n=2000)
    people = shop.neighborhood.people

    def appeal(feature, values):
        return values % 97

    action_builder = ActionSetBuilder(
        shop.schema, shop.actionability, shop.effort, shop.neighborhood, 4, appeal
    )
    savings = np.sort(people[~np.isnan(people[:, 2]), 2])
    values = np.unique(savings)
    assert len(values) > 2 * 16 + 12
    grid = action_builder.grid[~np.isnan(action_builder.grid[:, 2]), 2]
    for cells in (savings, values):
        edges = np.quantile(cells, np.arange(1, 16) / 16, method="inverted_cdf")
        for low, high in itertools.pairwise([-np.inf, *edges, np.inf]):
            inside = values[(values > low) & (values <= high)]
            if len(inside):
                assert inside[(inside % 97).argmax()] in grid


def test_steps_nearby_are_the_neighbors_on_the_fine_grid(shop):
    people = shop.neighborhood.people
    codes = shop.denied_codes[:50]
    steps = shop.action_builder.nearby(codes)
    assert steps.shape == (50, 10, codes.shape[1])
    for j in range(codes.shape[1]):
        seen = np.unique(people[~np.isnan(people[:, j]), j])
        assert np.isin(steps[:, :, j], seen).all()
        if len(seen) <= 2 * 96 + 12 and shop.schema.columns[j].levels is None:
            for own, offered in zip(codes[:, j], steps[:, :, j], strict=True):
                if not np.isnan(own):
                    below, above = seen[seen < own][::-1], seen[seen >= own]
                    steps_of = [
                        side[np.minimum(np.array([1, 2, 3, 5, 8]), len(side)) - 1]
                        for side in (below, above)
                        if len(side)
                    ]
                    expected = np.unique(np.concatenate(steps_of))
                    np.testing.assert_array_equal(np.unique(offered), expected)


@pytest.mark.parametrize("column", range(6))
def test_a_cell_stays_nearby_where_no_accepted_person_has_a_value(shop, column):
    people = shop.neighborhood.people.copy()
    people[:, column] = np.nan
    known = AcceptedNeighbors(
        shop.schema, shop.effort, people, np.random.RandomState(0)
    )
    appeal = shop.objective.appeal
    action_builder = ActionSetBuilder(
        shop.schema, shop.actionability, shop.effort, known, 4, appeal
    )
    codes = shop.denied_codes[:50]
    steps, usual = action_builder.nearby(codes), shop.action_builder.nearby(codes)
    assert same_cells(steps[:, :, column], codes[:, [column]]).all()
    rest = np.arange(6) != column
    np.testing.assert_array_equal(steps[:, :, rest], usual[:, :, rest])


def test_people_can_be_picked(laid_out):
    actions, _ = laid_out
    some = actions[np.array([3, 1])]
    np.testing.assert_array_equal(some.values, actions.values[[3, 1]])
    np.testing.assert_array_equal(some.effort, actions.effort[[3, 1]])
