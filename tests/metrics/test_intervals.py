"""Intervals hold what they say they hold."""

from math import comb

import numpy as np
import pytest

from skpar.metrics._intervals import student_interval, wilson_interval


@pytest.mark.parametrize(("n", "share"), [(20, 0.1), (20, 0.5), (60, 0.9), (200, 0.03)])
def test_wilson_covers_the_true_share(n, share):
    chance = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    inside = [
        wilson_interval(k, n)[0] <= share <= wilson_interval(k, n)[1]
        for k in range(n + 1)
    ]
    assert np.dot(chance, inside) > 0.91


@pytest.mark.parametrize(("count", "n"), [(0, 5), (5, 5), (3, 7), (1, 1)])
def test_ends_of_wilson_contradict_the_share_just_so(count, n):
    for end in wilson_interval(count, n):
        if 0 < end < 1:
            distance = (count / n - end) ** 2 / (end * (1 - end) / n)
            assert distance == pytest.approx(1.959964**2, rel=1e-5)
    assert wilson_interval(n - count, n) == pytest.approx(
        [1 - p for p in wilson_interval(count, n)][::-1]
    )


@pytest.mark.parametrize(
    ("n", "quantile"), [(2, 12.7062), (3, 4.3027), (10, 2.2622), (100, 1.9842)]
)
def test_mean_interval_has_the_width_of_the_tables(n, quantile):
    values = np.random.RandomState(0).randn(n)
    low, high = student_interval(values)
    error = values.std(ddof=1) / np.sqrt(n)
    assert (low + high) / 2 == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(quantile * error, rel=1e-4)


def test_too_few_people_have_no_interval():
    assert np.isnan([*wilson_interval(0, 0), *student_interval(np.array([1.0]))]).all()
