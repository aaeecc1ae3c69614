"""Cells as weights on knots and levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar.classifier._spline_basis import SplineBasis
from skpar.table import TableSchema

from .._configs import TRAINING
from .._people import FittedCase


@pytest.fixture(scope="module")
def shop():
    return FittedCase(n=400)


@pytest.fixture(scope="module")
def basis(shop):
    return SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots)


def dense(basis, codes):
    """Weights of rows, with all zeros."""
    return basis.expand_rows(codes).matrix(basis.width).toarray()


def dense_cells(basis, j, cells):
    """Weights of cells of column j, with all zeros."""
    codes = np.full((len(cells), len(basis.knots)), np.nan)
    codes[:, j] = cells
    first, share = (part[:, j] for part in basis.places(codes))
    weights, rows = np.zeros((len(cells), basis.width + 1)), np.arange(len(cells))
    weights[rows, first] += 1.0 - share
    weights[rows, first + 1] += share
    return weights[:, basis.bounds[j] : basis.bounds[j + 1]]


def test_the_weights_of_a_cell_sum_to_one(shop, basis):
    beyond = shop.codes.copy()
    beyond[:, 0] += 1000
    beyond[:, 2] *= -1e9
    for codes in (shop.codes, beyond):
        weights = dense(basis, codes)
        assert weights.shape == (len(codes), basis.width)
        assert (weights >= 0).all()
        for j in range(codes.shape[1]):
            cells = weights[:, basis.bounds[j] : basis.bounds[j + 1]]
            exact = dense_cells(basis, j, codes[:, j])
            assert_array_equal(cells, exact.astype(np.float32))
            assert_allclose(cells.sum(axis=1), 1.0, rtol=1e-6)
            assert_allclose(exact.sum(axis=1), 1.0)
            assert ((cells > 0).sum(axis=1) <= 2).all()
            missing = np.isnan(codes[:, j])
            assert_array_equal(cells[:, -1] == 1.0, missing)


def test_places_are_the_weights_of_rows(shop, basis):
    beyond = shop.codes.copy()
    beyond[:, 0] += 1000
    beyond[:, 2] *= -1e9
    for codes in (shop.codes, beyond, shop.codes[:0]):
        first, share = basis.places(codes)
        weights = np.zeros((len(codes), basis.width + 1))
        rows = np.arange(len(codes))[:, None]
        np.add.at(weights, (rows, first), 1.0 - share)
        np.add.at(weights, (rows, first + 1), share)
        assert_array_equal(weights[:, :-1].astype(np.float32), dense(basis, codes))


@pytest.mark.parametrize("values", [[5.0, 5.0], [np.nan, 5.0]])
def test_places_of_a_constant_column(values):
    table = pd.DataFrame({"a": values, "b": [1.0, 2.0]})
    schema = TableSchema.infer(table)
    basis = SplineBasis(schema, schema.encode(table), TRAINING.spline_knots)
    codes = np.array([[5.0, 1.5], [-7.0, 1.0], [np.nan, 2.0]])
    first, share = basis.places(codes)
    expected = dense(basis, codes)
    assert_allclose(np.take_along_axis(expected, first, axis=1), 1.0 - share)


def test_numbers_are_interpolated_between_the_quantiles(shop, basis):
    for j in (0, 1, 2):
        knots = basis.knots[j]
        assert 2 <= len(knots) <= 2 * TRAINING.spline_knots
        assert (np.diff(knots) > 0).all()
        assert knots[0] == np.nanmin(shop.codes[:, j])
        assert knots[-1] == np.nanmax(shop.codes[:, j])
        inside = np.random.RandomState(0).uniform(knots[0], knots[-1], 50)
        assert_allclose(dense_cells(basis, j, inside)[:, :-1] @ knots, inside)
        at = dense_cells(basis, j, np.r_[knots, knots[0] - 9, knots[-1] + 9])
        assert_array_equal(at[: len(knots), :-1], np.eye(len(knots)))
        assert_array_equal(at[-2:, :-1], np.eye(len(knots))[[0, -1]])


def test_a_level_is_one_weight(basis):
    for j, n_levels in ((3, 4), (4, 3), (5, 2)):
        expected = np.eye(n_levels + 1)[:n_levels]
        assert_array_equal(dense_cells(basis, j, np.arange(float(n_levels))), expected)


def test_a_column_of_one_value_has_one_knot():
    table = pd.DataFrame({"a": [5.0, 5.0, np.nan], "b": ["x", "x", "x"]})
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    weights = dense(SplineBasis(schema, codes, TRAINING.spline_knots), codes)
    assert_array_equal(weights, [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0]])


def test_sparse_weights_are_selected_and_appended(shop, basis):
    rows, whole = basis.expand_rows(shop.codes), dense(basis, shop.codes)
    assert rows.n_rows == len(shop.codes)
    some = np.array([7, 3, 3, 390])
    assert_array_equal(rows.take(some).matrix(basis.width).toarray(), whole[some])
    joined = rows.latest(rows.take(some), 10).matrix(basis.width).toarray()
    assert_array_equal(joined, np.concatenate([whole, whole[some]])[-10:])


def test_weights_are_renumbered_without_those_that_do_not_occur(shop, basis):
    rows = basis.expand_rows(shop.codes[:3])
    places, compact = rows.compact(basis.width)
    assert len(places) < basis.width
    np.testing.assert_array_equal(places, np.unique(rows.place))
    whole = rows.matrix(basis.width).toarray()
    found = compact.matrix(len(places)).toarray()
    np.testing.assert_array_equal(found, whole[:, places])


def test_the_number_of_stored_weights_does_not_depend_on_the_levels(shop, basis):
    n_stored = [1 if knots is None else 2 for knots in basis.knots]
    assert basis.expand_rows(shop.codes).place.shape[1] == sum(n_stored)


def test_rows_are_stored_one_after_the_other(shop, basis):
    """Else every batch that training takes copies all rows: four times as slow."""
    for codes in (shop.codes, np.asfortranarray(shop.codes)):
        rows = basis.expand_rows(codes)
        assert rows.place.flags.c_contiguous and rows.weight.flags.c_contiguous
