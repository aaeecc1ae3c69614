"""The stand-in in numpy is the surrogate in torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.classifier._surrogate import SplineBasis
from skpar.training._surrogate_network import SurrogateNetwork

from .._configs import TRAINING
from .._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=120)


@pytest.fixture(scope="module")
def surrogate(shop):
    width = int(SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots).bounds[-1])
    return SurrogateNetwork(width, 64, 32, torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def surrogate(shop, surrogate):
    return surrogate.frozen(SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots))


def test_margins_are_those_of_the_network(shop, surrogate, surrogate):
    with torch.no_grad():
        expected = surrogate(torch.from_numpy(surrogate.basis(shop.codes)))
    assert_allclose(surrogate(shop.codes), expected, atol=1e-12)


def test_hidden_values_add_up_over_cells(shop, surrogate):
    hidden = np.tile(surrogate.start, (len(shop.codes), 1))
    for j in range(shop.codes.shape[1]):
        hidden += surrogate.embed(j, shop.codes[:, j])
    assert hidden.shape[1] == 65
    assert_allclose(surrogate.margin(hidden), surrogate(shop.codes), atol=1e-12)


def test_slope_is_the_gradient_of_the_margin(shop):
    surrogate = shop.surrogate()
    rng = np.random.RandomState(0)
    hidden = rng.randn(5, 65)
    slope = surrogate.slope(hidden)
    step = 1e-6
    for k in range(65):
        ahead, behind = hidden.copy(), hidden.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        numeric = (surrogate.margin(ahead) - surrogate.margin(behind)) / (2 * step)
        assert_allclose(slope[:, k], numeric, atol=1e-7)
    assert (slope[:, 64] == 1).all()


def test_it_does_not_follow_what_the_surrogate_learns_later(shop, surrogate):
    basis = SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots)
    surrogate = surrogate.frozen(basis)
    before = surrogate(shop.codes)
    rows, margin = basis(shop.codes), np.where(shop.accepted, 2.0, -2.0)
    surrogate.distill(rows, margin, 3, torch.Generator().manual_seed(0))
    np.testing.assert_array_equal(surrogate(shop.codes), before)
    assert (surrogate.frozen(basis)(shop.codes) != before).any()
