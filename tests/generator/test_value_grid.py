"""Value grids: some values of every bin, and pairs that go together."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from skpar.generator._value_grid import ValuePairs, value_grid
from skpar.table import TableSchema

from .._configs import SEARCH
from .._people import make_people

GRID = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [2.0, np.nan, 2.0]])
tables = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)),
    min_size=1,
    max_size=30,
).map(lambda rows: np.array(rows, dtype=float))


@pytest.fixture(scope="module")
def schema():
    return TableSchema.infer(make_people(2000))


@pytest.fixture(scope="module")
def people(schema):
    return schema.encode(make_people(2000))


def score(feature, values):
    """Score values in an order that does not depend on their size."""
    return values % 97


def grid_of(schema, people, config=SEARCH):
    return value_grid(schema, people, score, config.n_bins, config)


def test_columns_ascend_and_hold_values_of_people(schema, people):
    grid = grid_of(schema, people)
    for j in range(grid.shape[1]):
        written = grid[~np.isnan(grid[:, j]), j]
        assert np.isnan(grid[len(written) :, j]).all()
        assert (np.diff(written) > 0).all()
        assert np.isin(written, people[:, j]).all()


def test_numbers_have_frequent_values_and_some_of_every_bin(schema, people):
    grid = grid_of(schema, people)
    for j in (0, 1, 2):
        written = grid[~np.isnan(grid[:, j]), j]
        present = people[~np.isnan(people[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        assert values[counts.argmax()] in written
        between = [
            ((present > low) & (present < high)).mean()
            for low, high in itertools.pairwise([-np.inf, *written, np.inf])
        ]
        assert max(between) < 2.5 / SEARCH.n_bins


def test_every_bin_has_its_value_of_largest_score(schema, people):
    savings = np.sort(people[~np.isnan(people[:, 2]), 2])
    values = np.unique(savings)
    n_bins = SEARCH.n_bins
    assert len(values) > 2 * n_bins + SEARCH.n_frequent
    grid = grid_of(schema, people)[:, 2]
    for cells in (savings, values):
        shares = np.arange(1, n_bins) / n_bins
        edges = np.quantile(cells, shares, method="inverted_cdf")
        for low, high in itertools.pairwise([-np.inf, *edges, np.inf]):
            inside = values[(values > low) & (values <= high)]
            if len(inside):
                assert inside[score(2, inside).argmax()] in grid


def test_columns_of_few_numbers_have_all_of_them(schema, people):
    few = people[:25]
    grid = grid_of(schema, few)
    for j in range(grid.shape[1]):
        expected = np.unique(few[~np.isnan(few[:, j]), j])
        np.testing.assert_array_equal(grid[: len(expected), j], expected)


def test_levels_are_the_most_frequent_ones(schema, people):
    grid = grid_of(schema, people, dataclasses.replace(SEARCH, max_levels=2))
    for j in (3, 4):
        counts = np.bincount(people[:, j].astype(int))
        expected = np.sort(np.argsort(-counts, kind="stable")[:2])
        np.testing.assert_array_equal(grid[:2, j], expected)
        assert np.isnan(grid[2:, j]).all()


def test_columns_without_values_are_empty(schema, people):
    missing = people.copy()
    missing[:, 1] = np.nan
    assert np.isnan(grid_of(schema, missing)[:, 1]).all()
    nobody = grid_of(schema, people[:0])
    assert nobody.shape == (1, 6) and np.isnan(nobody).all()


def most_informative(people, may_change=(True, True, True), **constants):
    """Pairs of values of people, with other constants than the defaults."""
    config = dataclasses.replace(SEARCH, **constants)
    return ValuePairs.most_informative(people, GRID, np.array(may_change), config)


def contribution(people, one, other, values):
    """A term of the mutual information, by its definition."""
    has = people[:, [one, other]] == values
    both, single = has.all(axis=1).mean(), has.mean(axis=0)
    return both * np.log(both / single.prod()) if both else 0.0


@settings(max_examples=60)
@given(tables, st.integers(1, 6))
def test_pairs_are_those_that_contribute_most(people, n):
    everything = []
    for one, other in itertools.combinations(range(3), 2):
        for a, b in itertools.product(range(3), repeat=2):
            values = [GRID[a, one], GRID[b, other]]
            everything.append(contribution(people, one, other, values))
    best = sorted((c for c in everything if c > 1e-12), reverse=True)[:n]
    pairs = most_informative(people, n_pairs=n)
    found = [
        contribution(people, one, other, [GRID[a, one], GRID[b, other]])
        for (one, other), (a, b) in zip(pairs.feature, pairs.place, strict=True)
    ]
    assert len(found) <= n and all(c > 0.0 for c in found)
    np.testing.assert_allclose([c for c in found if c > 1e-12], best, atol=1e-12)


def test_terms_of_all_pairs_add_up_to_mutual_information():
    """These columns have hardly any terms below 0, which do not count."""
    rng = np.random.RandomState(0)
    one = rng.randint(3, size=500)
    other = np.where(rng.rand(500) < 0.9, one, rng.randint(3, size=500))
    people = np.column_stack([one, np.zeros(500), other]).astype(float)
    pairs = most_informative(people, n_pairs=9)
    terms = [
        contribution(people, *features, [GRID[a, features[0]], GRID[b, features[1]]])
        for features, (a, b) in zip(pairs.feature, pairs.place, strict=True)
    ]
    assert (pairs.feature == [0, 2]).all() and len(terms) == 3
    assert sum(terms) > mutual_info_score(one, other)


def test_features_that_may_not_change_have_no_pairs():
    people = np.repeat([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], 5, axis=0)
    pairs = most_informative(people, (True, False, True), n_pairs=9)
    assert len(pairs.feature) == 2
    assert (pairs.feature == [0, 2]).all()


def test_cells_off_the_grid_or_missing_are_not_counted():
    people = np.array([[0.0, 0.0], [1.0, 1.0], [np.nan, 1.0], [0.5, 0.0]])
    people = np.column_stack([people, np.zeros(4)])
    pairs, expected = most_informative(people), most_informative(people[:2])
    np.testing.assert_array_equal(pairs.place, expected.place)
    assert len(pairs.place) == 2


@pytest.mark.parametrize("n_people", [0, 1])
def test_there_may_be_no_pairs(n_people):
    people = np.zeros((n_people, 3))
    pairs = most_informative(people, n_pairs=4)
    assert pairs.feature.shape == pairs.place.shape == (0, 2)
    assert pairs.actions(np.ones((2, 4, 3), dtype=bool)) == []


def test_no_more_people_are_counted_than_needed():
    people = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]] * 2)
    assert len(most_informative(people).place)
    assert not len(most_informative(people, max_people_for_pairs=2).place)


def test_every_pair_is_written_for_all_people_unless_masked():
    pairs = ValuePairs(np.array([[0, 2], [1, 2]]), np.array([[1, 0], [0, 2]]))
    is_open = np.ones((2, 4, 3), dtype=bool)
    is_open[1, 2, 0] = False
    first, second = pairs.actions(is_open)
    assert first.tolist() == [[2, 0, 1], [0, 0, 1]]
    assert second.tolist() == [[0, 1, 3], [0, 1, 3]]
