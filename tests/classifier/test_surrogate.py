"""The surrogate in numpy: its inputs, its margin cell by cell, its gradient."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar.classifier._surrogate import SplineBasis
from skpar.table._schema import TableSchema

from .._configs import TRAINING
from .._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=400)


@pytest.fixture(scope="module")
def basis(shop):
    return SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots)


def test_the_weights_of_a_cell_sum_to_one(shop, basis):
    beyond = shop.codes.copy()
    beyond[:, 0] += 1000
    beyond[:, 2] *= -1e9
    for codes in (shop.codes, beyond):
        weights = basis.expand_rows(codes)
        assert weights.shape == (len(codes), basis.bounds[-1])
        assert (weights >= 0).all()
        for j in range(codes.shape[1]):
            cells = weights[:, basis.bounds[j] : basis.bounds[j + 1]]
            assert_array_equal(cells, basis.expand(j, codes[:, j]))
            assert_allclose(cells.sum(axis=1), 1.0)
            assert ((cells > 0).sum(axis=1) <= 2).all()
            missing = np.isnan(codes[:, j])
            assert_array_equal(cells[:, -1] == 1.0, missing)


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


def test_columns_of_one_value_are_no_trouble():
    table = pd.DataFrame({"a": [5.0, 5.0, np.nan], "b": ["x", "x", "x"]})
    schema = TableSchema.infer(table)
    weights = SplineBasis(
        schema, schema.encode(table), TRAINING.spline_knots
    ).expand_rows(schema.encode(table))
    assert_array_equal(weights, [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0]])


def test_hidden_values_add_up_over_cells(shop):
    surrogate = shop.surrogate()
    hidden = np.tile(surrogate.start, (len(shop.codes), 1))
    for j in range(shop.codes.shape[1]):
        hidden += surrogate.embed(j, shop.codes[:, j])
    margin = surrogate.decision_function(shop.codes)
    assert_allclose(surrogate.margin(hidden), margin, atol=1e-12)


def test_slope_is_the_gradient_of_the_margin(shop):
    surrogate = shop.surrogate()
    hidden = np.random.RandomState(0).randn(5, len(surrogate.start))
    slope = surrogate.slope(hidden)
    step = 1e-6
    for k in range(hidden.shape[1]):
        ahead, behind = hidden.copy(), hidden.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        rise = surrogate.margin(ahead) - surrogate.margin(behind)
        assert_allclose(slope[:, k], rise / (2 * step), atol=1e-7)
    assert (slope[:, -1] == 1).all()
