"""Outliers, yNN and the distance to accepted people."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from skpar.metrics import knn_distance, outlier_share, ynn

from .._loans import Accepts

POSITIVE = Accepts(lambda table: np.asarray(table)[:, 0] > 0)
POSITIVE.classes_ = np.array([0, 1])


def line(*values):
    return np.array(values, dtype=float)[:, None]


def test_a_case_by_hand():
    rows = line(-3, -1, 1, 3)  # the standard deviation is the root of 5
    given = (
        line(-1, -1),
        line(0.5, 2.5),
        [True, True],
        POSITIVE,
        rows,
        rows,
    )
    found = ynn(*given, n_neighbors=3, average=None)
    np.testing.assert_allclose(found, [2 / 3, 2 / 3])
    np.testing.assert_allclose(ynn(*given, n_neighbors=2, average=None), [0.5, 1.0])
    assert ynn(*given, n_neighbors=9) == 0.5
    found = knn_distance(*given, n_neighbors=9, average=None)
    np.testing.assert_allclose(found, np.array([1.5, 1.0]) / np.sqrt(5))


def brute_ynn(new, reference, yes, k):
    """Follow CARLA's loop: one minus the share of neighbours with another label."""
    different = 0
    for row in new:
        nearest = np.argsort(((reference - row) ** 2).sum(axis=1))[:k]
        different += np.abs(1 - yes[nearest]).sum()
    return 1 - different / (len(new) * k)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_ynn_agrees_with_another_implementation(k):
    rng = np.random.RandomState(0)
    reference, new = rng.randn(200, 3), rng.randn(50, 3)
    new = new[POSITIVE.predict(new) == 1]
    scale = reference.std(axis=0)
    given = (new, new, np.ones(len(new), dtype=bool), POSITIVE, reference, reference)
    yes = POSITIVE.predict(reference)
    expected = brute_ynn(new / scale, reference / scale, yes, k)
    assert ynn(*given, n_neighbors=k) == pytest.approx(expected)


def test_outliers_are_those_of_sklearn_among_distinct_accepted_rows():
    rng = np.random.RandomState(0)
    reference = rng.randn(300, 2)
    new = np.vstack([rng.randn(40, 2), 5 + rng.randn(10, 2)])
    everybody = np.ones(len(new), dtype=bool)
    given = (new, new, everybody, POSITIVE, reference)
    found = outlier_share(*given, reference, average=None)
    scale = reference.std(axis=0)
    factor = LocalOutlierFactor(novelty=True).fit(
        reference[reference[:, 0] > 0] / scale
    )
    expected = np.where(new[:, 0] > 0, factor.predict(new / scale) == -1, np.nan)
    np.testing.assert_array_equal(found, expected)
    copies = np.repeat(reference, 30, axis=0)
    np.testing.assert_array_equal(outlier_share(*given, copies, average=None), expected)


def test_an_outlier_needs_two_to_lie_apart_from():
    rows = line(-3, 1)
    given = (line(-1), line(1.5), [True], POSITIVE, rows, rows)
    with pytest.raises(ValueError, match="two different accepted reference rows"):
        outlier_share(*given)


def test_few_accepted_reference_rows_will_do():
    rows = line(-3, 1, 2)
    given = (line(-1), line(1.5), [True], POSITIVE, rows, rows)
    assert outlier_share(*given) == 0.0
    assert ynn(*given) == pytest.approx(2 / 3)
    assert (~np.isnan(knn_distance(*given, average=None))).sum() == 1
