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


def test_the_weights_of_a_cell_sum_to_one(shop, basis):
    beyond = shop.codes.copy()
    beyond[:, 0] += 1000
    beyond[:, 2] *= -1e9
    for codes in (shop.codes, beyond):
        weights = basis.expand_rows(codes)
        assert weights.shape == (len(codes), basis.width)
        assert (weights >= 0).all()
        for j in range(codes.shape[1]):
            cells = weights[:, basis.bounds[j] : basis.bounds[j + 1]]
            assert_array_equal(cells, basis.expand(j, codes[:, j]))
            assert_allclose(cells.sum(axis=1), 1.0)
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
        assert_allclose(weights[:, :-1], basis.expand_rows(codes), atol=1e-12)


@pytest.mark.parametrize("values", [[5.0, 5.0], [np.nan, 5.0]])
def test_places_of_a_constant_column(values):
    table = pd.DataFrame({"a": values, "b": [1.0, 2.0]})
    schema = TableSchema.infer(table)
    basis = SplineBasis(schema, schema.encode(table), TRAINING.spline_knots)
    codes = np.array([[5.0, 1.5], [-7.0, 1.0], [np.nan, 2.0]])
    first, share = basis.places(codes)
    expected = basis.expand_rows(codes)
    assert_allclose(np.take_along_axis(expected, first, axis=1), 1.0 - share)


def test_numbers_are_interpolated_between_the_quantiles(shop, basis):
    for j in (0, 1, 2):
        knots = basis.knots[j]
        assert 2 <= len(knots) <= 2 * TRAINING.spline_knots
        assert (np.diff(knots) > 0).all()
        assert knots[0] == np.nanmin(shop.codes[:, j])
        assert knots[-1] == np.nanmax(shop.codes[:, j])
        inside = np.random.RandomState(0).uniform(knots[0], knots[-1], 50)
        assert_allclose(basis.expand(j, inside)[:, :-1] @ knots, inside)
        at = basis.expand(j, np.r_[knots, knots[0] - 9, knots[-1] + 9])
        assert_array_equal(at[: len(knots), :-1], np.eye(len(knots)))
        assert_array_equal(at[-2:, :-1], np.eye(len(knots))[[0, -1]])


def test_a_level_is_one_weight(basis):
    for j, n_levels in ((3, 4), (4, 3), (5, 2)):
        expected = np.eye(n_levels + 1)[:n_levels]
        assert_array_equal(basis.expand(j, np.arange(float(n_levels))), expected)


def test_a_column_of_one_value_has_one_knot():
    table = pd.DataFrame({"a": [5.0, 5.0, np.nan], "b": ["x", "x", "x"]})
    schema = TableSchema.infer(table)
    weights = SplineBasis(
        schema, schema.encode(table), TRAINING.spline_knots
    ).expand_rows(schema.encode(table))
    assert_array_equal(weights, [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0]])
