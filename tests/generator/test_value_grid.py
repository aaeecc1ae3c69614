"""Value grids: frequent values, some of every bin, the best of each."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from skpar.generator._value_grid import value_grid
from skpar.table._schema import TableSchema

from .._configs import SEARCH
from .._people import make_people


@pytest.fixture(scope="module")
def schema():
    return TableSchema.infer(make_people(2000))


@pytest.fixture(scope="module")
def people(schema):
    return schema.encode(make_people(2000))


def score(feature, values):
    """Score values in an order that has nothing to do with their size."""
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


def test_few_numbers_are_all_there(schema, people):
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
