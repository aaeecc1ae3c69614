"""Plausibility and percentile."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, percentileofscore

from skpar.datasets import make_loans
from skpar.density import HiddenChowLiuTree
from skpar.metrics import log_density, percentile

from .._loans import Accepts
from ._answers_of_people import answers_of_people


class Normal:
    """The standard normal density of one column."""

    def score_samples(self, table):
        return norm.logpdf(np.ravel(table))


POSITIVE = Accepts(lambda table: np.ravel(table) > 0)
POSITIVE.classes_ = np.array([0, 1])


def test_a_case_by_hand():
    old, new = np.full((4, 1), -1.0), np.array([[0.5], [2.0], [-0.1], [1.0]])
    answered = np.array([True, True, True, False])
    value = log_density(old, new, answered, POSITIVE, Normal())
    assert value == pytest.approx(-np.log(2 * np.pi) / 2 - (0.25 + 4) / 4)
    # Of the accepted reference rows 1, 2, 2 and 3 those further out are less likely.
    reference = np.array([[1.0], [2.0], [2.0], [3.0], [-9.0]])
    found = percentile(old, new, answered, POSITIVE, Normal(), reference, average=None)
    np.testing.assert_array_equal(found, [1.0, (1 + 2 / 2) / 4, np.nan, np.nan])


def test_percentile_agrees_with_scipy():
    case = answers_of_people()
    given = (case.factuals, case.counterfactuals, case.answered, case.clf)
    found = percentile(*given, case.density, case.reference, average=None)
    typical = case.reference[case.clf.predict(case.reference) == 1]
    log_density = case.density.score_samples(case.counterfactuals)
    expected = percentileofscore(
        case.density.score_samples(typical), log_density, kind="mean"
    )
    counted = ~np.isnan(found)
    np.testing.assert_allclose(found[counted], expected[counted] / 100)


def test_a_circuit_is_a_density():
    X, y = make_loans(400, random_state=0)
    density = HiddenChowLiuTree(n_states=2, max_iter=2, random_state=0).fit(X[:200])
    everybody = Accepts(lambda table: np.ones(len(table)))
    given = (X[200:210], X[210:220], np.ones(10, dtype=bool), everybody, density)
    value = log_density(*given, favorable_label=1)
    assert value == pytest.approx(density.score(X[210:220]))
    assert 0 < percentile(*given, X[220:], favorable_label=1) < 1
