"""Diversity of options."""

from __future__ import annotations

import numpy as np
import pytest

from skpar.metrics import diversity, gower_distance

from .._loans import Accepts

POSITIVE = Accepts(lambda table: np.asarray(table)[:, 0] > 0)
POSITIVE.classes_ = np.array([0, 1])
TRAIN = [[-5.0, 0.0], [5.0, 4.0]]
OLD = [[-1.0, 0.0]] * 3
FIRST = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
SECOND = [[2.0, 0.0], [-2.0, 0.0], [1.0, 2.0]]
THIRD = [[3.0, 4.0], [3.0, 0.0], [3.0, 4.0]]
HAS = np.array([[True, True, True], [True, True, False], [True, True, False]])


def compute(**options):
    return diversity(OLD, [FIRST, SECOND, THIRD], HAS, POSITIVE, TRAIN, **options)


def test_a_case_by_hand():
    # Person 0 has three accepted options, person 1 one, person 2 two.
    expected = [(0.1 / 2 + 1.2 / 2 + 1.1 / 2) / 3, np.nan, 0.5 / 2]
    np.testing.assert_allclose(compute(average=None), expected)
    assert compute() == pytest.approx((0.4 + 0.25) / 2)
    assert compute(sample_weight=[1, 9, 0]) == pytest.approx(0.4)


def test_two_options_differ_by_their_gower_distance():
    rng = np.random.RandomState(0)
    one, other = rng.rand(2, 20, 2)
    has = np.ones((20, 2), dtype=bool)
    found = diversity(one, [one, other], has, POSITIVE, TRAIN, average=None)
    expected = gower_distance(one, other, has[:, 0], POSITIVE, TRAIN, average=None)
    np.testing.assert_allclose(found, expected)


def test_the_order_of_options_does_not_matter():
    turned = diversity(OLD, [THIRD, FIRST, SECOND], HAS[:, [2, 0, 1]], POSITIVE, TRAIN)
    assert turned == pytest.approx(compute())


def test_there_must_be_an_option():
    with pytest.raises(ValueError, match="at least one table of options"):
        diversity(OLD, [], np.empty((3, 0), dtype=bool), POSITIVE, TRAIN)


def test_the_mask_has_a_column_for_every_option():
    with pytest.raises(ValueError, match=r"each of the 2 tables .* shape \(3, 3\)"):
        diversity(OLD, [FIRST, SECOND], HAS, POSITIVE, TRAIN)
