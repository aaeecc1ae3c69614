"""Action sets keep the rules, have the right effort, and change the value."""

from __future__ import annotations

import numpy as np
import pytest

from skpar import Levels, Range
from skpar.actionability import People
from skpar.generator._action_sets import ActionSetBuilder
from skpar.objective._neighbors import AcceptedNeighbors
from skpar.table._codes import same_cells

from .._configs import SEARCH
from .._people import FittedCase

RULES = {"age": "increasing", "school": "immutable", "savings": Range(step=50)}
OTHER_RULES = {
    "age": Range(-9, 9, step=3, relative=True),
    "income": Range(-200, 200, relative=True),
    "job": Levels(["cook", "smith"]),
}
N_NEIGHBORS = 4


@pytest.fixture(scope="module")
def case():
    return FittedCase(RULES)


@pytest.fixture(scope="module")
def other_shop():
    return FittedCase(OTHER_RULES, n=200)


@pytest.fixture(scope="module")
def denied(case):
    return People.unlimited(case.denied_codes)


@pytest.fixture(scope="module")
def built(case, denied):
    return case.action_builder.build(denied)


def test_the_first_action_keeps_and_every_open_one_changes(case, built):
    actions, _ = built
    own = case.denied_codes[:, None]
    assert same_cells(actions.values[:, 0], case.denied_codes).all()
    assert actions.open[:, 0].all()
    kept = same_cells(actions.values, own)
    assert not (actions.open[:, 1:] & kept[:, 1:]).any()
    assert actions.open[:, 1:].any()


def test_any_mix_of_actions_keeps_the_rules(case, denied, built):
    actions, _ = built
    n_people, n_actions, n_features = actions.values.shape
    chosen = np.random.RandomState(0).randint(
        n_actions, size=(n_people, 20, n_features)
    )
    rows = np.take_along_axis(actions.values, chosen, axis=1)
    assert case.actionability.is_feasible(denied, rows).all()
    assert not actions.open[:, 1:, 3].any()


@pytest.mark.parametrize("fixture", ["case", "other_shop"])
def test_actions_are_own_then_written_then_copied(fixture, request):
    case = request.getfixturevalue(fixture)
    codes, builder = case.denied_codes, case.action_builder
    people = People.unlimited(codes)
    actions, neighbors = builder.build(people)
    end = 1 + len(builder.grid)
    assert actions.values.shape[1] == builder.n_actions == end + N_NEIGHBORS
    np.testing.assert_array_equal(actions.values[:, 0], codes)
    written = np.where(np.isnan(builder.grid), codes[:, None], builder.grid[None])
    written = case.actionability.project(people, written)
    np.testing.assert_array_equal(actions.values[:, 1:end], written)
    nearest = case.neighborhood.nearest(codes, N_NEIGHBORS)
    np.testing.assert_array_equal(neighbors, nearest)
    np.testing.assert_array_equal(builder.nearest_accepted(codes, N_NEIGHBORS), nearest)
    copied = case.actionability.project(people, neighbors)
    np.testing.assert_array_equal(actions.values[:, end:], copied)
    expected = case.effort.per_feature(codes[:, None], actions.values)
    np.testing.assert_allclose(actions.effort, expected)


@pytest.mark.parametrize("fixture", ["case", "other_shop"])
def test_only_one_of_equal_written_values_is_open(fixture, request):
    case = request.getfixturevalue(fixture)
    codes = case.denied_codes[:60]
    actions, _ = case.action_builder.build(People.unlimited(codes))
    end = 1 + len(case.action_builder.grid)
    n_equal = 0
    for person in range(60):
        for j, own in enumerate(codes[person]):
            values = actions.values[person, 1:end, j]
            is_open = actions.open[person, 1:end, j]
            changed = {v for v in values.tolist() if not (v == own or np.isnan(v))}
            assert sorted(changed) == values[is_open].tolist()
            n_equal += (~is_open).sum()
    assert n_equal > 0


def test_limits_mask_actions(case):
    codes = case.denied_codes[:5]
    frozen = np.zeros(codes.shape, dtype=bool)
    frozen[2, [0, 4]] = True
    people = People.unlimited(codes).with_frozen(frozen)
    actions, _ = case.action_builder.build(people)
    free, _ = case.action_builder.build(People.unlimited(codes))
    assert not actions.open[2, 1:][:, [0, 4]].any()
    expected = np.where(frozen[:, None], False, free.open)
    np.testing.assert_array_equal(actions.open[:, 1:], expected[:, 1:])


def test_rows_to_copy_may_be_given(case):
    people = People.unlimited(case.denied_codes[:3])
    others = case.codes[:6].reshape(3, 2, -1)
    actions, copied_from = case.action_builder.build(people, others)
    np.testing.assert_array_equal(copied_from, others)
    copied = case.actionability.project(people, others)
    np.testing.assert_array_equal(actions.values[:, -2:], copied)
    assert actions.values.shape[1] == 1 + len(case.action_builder.grid) + 2


def test_a_grid_is_complete_if_it_has_every_level_of_accepted_people(case):
    builder = case.action_builder
    assert builder.is_complete.tolist() == [False, False, False, True, True, True]
    counts = [len(np.unique(column)) for column in case.neighborhood.people.T[3:]]
    assert builder.n_values[3:].tolist() == counts


def test_nearby_values_are_those_of_the_fine_grid(case):
    people = case.neighborhood.people
    codes = case.denied_codes[:50]
    steps = case.action_builder.nearby_values(codes)
    n_steps = len(SEARCH.fine_steps)
    assert steps.shape == (50, n_steps, codes.shape[1])
    below = [-step for step in SEARCH.fine_steps if step < 0]
    above = [1 + step for step in SEARCH.fine_steps if step >= 0]
    for j in range(codes.shape[1]):
        seen = np.unique(people[~np.isnan(people[:, j]), j])
        assert np.isin(steps[:, :, j], seen).all()
        most = 2 * SEARCH.n_fine_bins + SEARCH.n_frequent
        if len(seen) <= most and case.schema.columns[j].levels is None:
            for own, offered in zip(codes[:, j], steps[:, :, j], strict=True):
                if not np.isnan(own):
                    sides = (
                        (seen[seen < own][::-1], below),
                        (seen[seen >= own], above),
                    )
                    expected = [
                        side[np.minimum(counts, len(side)) - 1]
                        for side, counts in sides
                        if len(side)
                    ]
                    expected = np.unique(np.concatenate(expected))
                    np.testing.assert_array_equal(np.unique(offered), expected)


@pytest.mark.parametrize("column", range(6))
def test_a_cell_stays_if_no_accepted_person_has_a_value(case, column):
    people = case.neighborhood.people.copy()
    people[:, column] = np.nan
    rng = np.random.RandomState(0)
    known = AcceptedNeighbors(case.schema, case.effort, people, SEARCH, rng)
    builder = ActionSetBuilder(
        case.schema,
        case.actionability,
        case.effort,
        known,
        4,
        case.objective.marginal_score,
        SEARCH,
    )
    codes = case.denied_codes[:50]
    steps = builder.nearby_values(codes)
    usual = case.action_builder.nearby_values(codes)
    assert same_cells(steps[:, :, column], codes[:, [column]]).all()
    rest = np.arange(6) != column
    np.testing.assert_array_equal(steps[:, :, rest], usual[:, :, rest])
