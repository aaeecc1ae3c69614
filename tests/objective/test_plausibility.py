"""Calibration on held-out accepted rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from skpar.objective._plausibility import mid_rank

from .._people import FittedCase

FEW = st.lists(st.integers(-3, 3), min_size=1, max_size=9)


@given(FEW, FEW)
def test_ranks_are_those_of_scipy(reference, values):
    found = mid_rank(np.sort(np.array(reference, float)), np.array(values, float))
    expected = percentileofscore(reference, values, kind="mean")
    np.testing.assert_allclose(found, np.asarray(expected) / 100)


@pytest.fixture(scope="module")
def shop():
    return FittedCase()


def test_percentile_is_the_mid_rank_among_held_out_rows(shop):
    reference = shop.plausibility.reference
    values = np.concatenate([reference, reference + 1e-6, [-np.inf, np.inf]])
    expected = [
        ((reference < value).sum() + (reference <= value).sum()) / (2 * len(reference))
        for value in values
    ]
    np.testing.assert_allclose(shop.plausibility.percentile(values), expected)
    assert shop.plausibility.percentile(np.array([-np.inf]))[0] == 0.0
    assert shop.plausibility.percentile(np.array([np.inf]))[0] == 1.0


def test_scale_and_bounds_come_from_the_held_out_rows(shop):
    reference = shop.plausibility.reference
    low, median, high = np.quantile(reference, [0.25, 0.5, 0.75])
    assert shop.plausibility.scale == max(1.0, high - low)
    assert shop.plausibility.cap == median
    assert len(reference) == len(shop.codes[shop.accepted][::5])


def test_log_densities_do_not_depend_on_the_batch(shop):
    whole = shop.plausibility.log_densities(np.vstack([shop.codes] * 10))
    single = shop.plausibility.log_densities(shop.codes)
    for many, few in zip(whole, single, strict=True):
        np.testing.assert_allclose(many, np.tile(few, 10), rtol=0, atol=1e-10)


def test_accepted_rows_are_likelier_under_their_own_density(shop):
    log_accepted, log_denied = shop.plausibility.log_densities(shop.codes)
    ratio = log_accepted - log_denied
    assert ratio[shop.accepted].mean() > 0 > ratio[~shop.accepted].mean()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.3, 0.5, 0.77, 0.9, 0.999])
def test_the_quantile_is_the_least_that_has_the_percentile(shop, share):
    least = shop.plausibility.quantile(share)
    at_least, below = shop.plausibility.percentile(np.array([least, least - 1e-8]))
    assert at_least >= share > below
    assert shop.plausibility.quantile(0.0) == -np.inf


def test_marginals_are_sums_over_the_other_columns(shop):
    """A column of levels that is never missing has all of 1 on them."""
    whole = [
        (j, len(column.levels))
        for j, column in enumerate(shop.schema.columns)
        if column.levels is not None and not np.isnan(shop.codes[:, j]).any()
    ]
    assert whole
    for feature, n_levels in whole:
        for log_density in shop.plausibility.marginals(feature, np.arange(n_levels)):
            assert np.exp(log_density).sum() == pytest.approx(1.0, abs=1e-9)
