"""Acceptance by refitted classifiers."""

from __future__ import annotations

import numpy as np
import pytest

from skpar.metrics import robustness, validity

from .._loans import Accepts


def above(threshold):
    return Accepts(lambda table: np.ravel(table) > threshold)


OLD = [[0.0]] * 4
NEW = [[0.5], [1.5], [2.5], [9.0]]
ANSWERED = [True, True, True, False]


def compute(refitted, **options):
    return robustness(
        OLD, NEW, ANSWERED, above(1), refitted, favorable_label=1, **options
    )


def test_a_case_by_hand():
    refitted = [above(0), above(2), above(3)]
    np.testing.assert_allclose(
        compute(refitted, average=None), [np.nan, 1 / 3, 2 / 3, np.nan]
    )
    assert compute(refitted) == pytest.approx(0.5)


def test_the_same_classifier_accepts_again():
    assert compute([above(1)]) == 1.0


def test_one_refit_is_validity_of_the_accepted():
    yes = np.array(ANSWERED) & (np.ravel(NEW) > 1)
    expected = validity(OLD, NEW, yes, above(2), favorable_label=1)
    assert compute([above(2)]) == expected


def test_there_must_be_a_refit():
    with pytest.raises(ValueError, match="at least one classifier"):
        compute([])
