"""What is refused whatever the classifier says."""

from __future__ import annotations

import numpy as np
import pytest

from skpar.objective._eligibility import Eligibility
from skpar.objective._rare_rows import RareRows

from .._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=120)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
@pytest.mark.parametrize("is_rare_refused", [False, True])
def test_too_unlikely_or_rare_rows_are_refused_and_no_others(
    shop, share, is_rare_refused
):
    rare = RareRows(shop.codes[:40], at_least=2)
    least = shop.plausibility.quantile(share)
    refusals = Eligibility(shop.plausibility, least, rare if is_rare_refused else None)
    unlikely = shop.plausibility.log_densities(shop.codes)[0] < least
    expected = unlikely | (rare(shop.codes) & is_rare_refused)
    np.testing.assert_array_equal(refusals(shop.codes), expected)
    assert (share > 0 or is_rare_refused) == expected.any()
    assert not expected.all()


def test_no_rows_are_no_trouble(shop):
    refusals = Eligibility(shop.plausibility, 0.0, RareRows(shop.codes))
    assert refusals(shop.codes[:0]).shape == (0,)
