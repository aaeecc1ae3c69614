"""The surrogate in numpy: its margin cell by cell, its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpar.classifier._surrogate import (
    AcceptanceModel,
    PlattScale,
    ProbabilityScale,
)

from .._people import FittedCase


@pytest.fixture(scope="module")
def shop():
    return FittedCase(n=120)


def test_hidden_values_add_up_over_cells(shop):
    surrogate = shop.surrogate()
    hidden = surrogate.start + surrogate.embed(shop.codes).sum(axis=0)
    margin = surrogate.decision_function(shop.codes)
    assert_allclose(surrogate.margin(hidden), margin, atol=1e-12)


def test_hidden_values_of_the_first_cells_of_each_column(shop):
    surrogate, n_columns = shop.surrogate(), shop.codes.shape[1]
    counts = np.random.RandomState(0).randint(len(shop.codes), size=n_columns)
    counts[0] = 0
    hidden = surrogate.embed(shop.codes)
    expected = np.concatenate(
        [part[:count] for part, count in zip(hidden, counts, strict=True)]
    )
    found = surrogate.embed_first(shop.codes, counts)
    assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


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


def test_a_range_of_margins_is_a_tent(shop):
    surrogate = shop.surrogate()
    margin = surrogate.decision_function(shop.codes)
    low, high = np.quantile(margin, [0.3, 0.7])
    inside = surrogate.between(low, high)
    expected = np.minimum(margin - low, high - margin)
    assert_allclose(inside.decision_function(shop.codes), expected, atol=1e-12)
    hidden = np.random.RandomState(0).randn(50, len(surrogate.start))
    middle = (low + high) / 2.0
    sign = np.where(surrogate.margin(hidden) > middle, -1.0, 1.0)
    assert len(np.unique(sign)) == 2
    slope = surrogate.slope(hidden)
    np.testing.assert_array_equal(inside.slope(hidden), sign[:, None] * slope)


@pytest.mark.parametrize(
    ("low", "high", "least", "most"),
    [(0.7, 1.0, 0.7, 2.0), (0.0, 0.9, 0.5, 0.9), (0.6, 0.8, 0.6, 0.8)],
)
def test_a_demanded_probability_shifts_the_margin(shop, low, high, least, most):
    """Rows of the demanded range have positive margins."""
    surrogate = shop.surrogate()
    surrogate._outer_bias -= surrogate.decision_function(shop.codes).mean()
    margin = surrogate.decision_function(shop.codes)
    unit = 1.5 / margin.std()
    scale = ProbabilityScale(0.0, unit, 1e-3)
    model = AcceptanceModel(surrogate, PlattScale(1.0, 0.0), scale)
    probability = 1.0 / (1.0 + np.exp(-unit * margin))
    demanded = model.within(low, high).surrogate.decision_function(shop.codes)
    is_within = (probability > least) & (probability < most)
    assert 0 < is_within.sum() < len(margin)
    np.testing.assert_array_equal(demanded > 0, is_within)


def test_no_demand_and_no_scale_change_nothing(shop):
    model = AcceptanceModel(shop.surrogate(), PlattScale(1.0, 0.0))
    assert model.within(0.6, 0.8) is model
    model = AcceptanceModel(
        shop.surrogate(), PlattScale(1.0, 0.0), ProbabilityScale(0.5, 1.0, 1e-3)
    )
    assert model.within(0.0, 1.0) is model
    # The classifier accepts from a probability of 62% on.
    assert model.within(0.6, 1.0) is model
