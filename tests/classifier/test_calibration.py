"""Calibration: chances rise with margins, from none to certain."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpar.classifier._surrogate import PlattScale


def test_chances_rise_with_the_margin_between_none_and_certain():
    margin = np.linspace(-1e4, 1e4, 101)
    chance = PlattScale(4.0, 0.0).probability(margin)
    assert (np.diff(chance) >= 0).all()
    assert 0 < chance[0] < 1e-9 and 1 - 1e-9 < chance[-1] < 1


@pytest.mark.parametrize(
    "slope, offset, margin", [(1.0, 0.0, 0.0), (2.0, -1.0, 0.5), (4.0, 2.0, -0.5)]
)
def test_the_chance_is_even_where_slope_and_offset_cancel(slope, offset, margin):
    scale = PlattScale(slope, offset)
    assert scale.probability(np.array([margin]))[0] == 0.5
    assert scale.probability(np.array([margin + 1e-3]))[0] > 0.5


def test_log_odds_are_those_of_the_chances():
    scale, margin = PlattScale(2.0, 0.3), np.linspace(-5, 5, 21)
    chance = scale.probability(margin)
    assert_allclose(scale.log_odds(margin), np.log(chance / (1 - chance)))
