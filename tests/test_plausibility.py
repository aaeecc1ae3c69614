"""Calibration on held-out accepted rows."""

from __future__ import annotations

import numpy as np
import pytest

from ._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop()


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


def test_log_densities_do_not_depend_on_the_chunk(shop):
    whole = shop.plausibility.log_densities(np.vstack([shop.codes] * 10))
    single = shop.plausibility.log_densities(shop.codes)
    for many, few in zip(whole, single, strict=True):
        np.testing.assert_allclose(many, np.tile(few, 10), rtol=0, atol=1e-10)


def test_accepted_rows_are_likelier_under_their_own_density(shop):
    log_accepted, log_denied = shop.plausibility.log_densities(shop.codes)
    ratio = log_accepted - log_denied
    assert ratio[shop.accepted].mean() > 0 > ratio[~shop.accepted].mean()


def test_a_share_of_the_held_out_rows_lies_below_its_quantile(shop):
    reference = shop.plausibility.reference
    assert shop.plausibility.quantile(0.0) == -np.inf
    for share in (0.1, 0.5, 0.9):
        least = shop.plausibility.quantile(share)
        assert abs((reference < least).mean() - share) <= 1 / len(reference)
        at_least = shop.plausibility.percentile(np.array([least]))[0]
        assert abs(at_least - share) <= 1 / len(reference)
