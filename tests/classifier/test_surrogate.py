"""The surrogate in numpy: its margin cell by cell, its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from .._people import FittedCase


@pytest.fixture(scope="module")
def shop():
    return FittedCase(n=120)


def test_hidden_values_add_up_over_cells(shop):
    surrogate = shop.surrogate()
    hidden = surrogate.start + surrogate.embed(shop.codes).sum(axis=0)
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
