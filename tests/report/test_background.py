"""Probabilities are told where they are known, and only there."""

import numpy as np
import pytest

from skpar.report._background import labels_of_rows, probabilities

from .._answered import few

OWN = np.array([[0.1], [0.2], [0.3]])
NEW = np.array([[0.1], [0.8], [0.3]])
DENIED, KEPT = np.array([False, True, True]), np.array([False, True, False])


def test_probabilities_stand_with_their_people():
    found = probabilities(lambda codes: codes[:, 0], OWN, NEW, DENIED, KEPT)
    np.testing.assert_array_equal(found, [[np.nan] * 2, [0.2, 0.8], [0.3, np.nan]])


@pytest.mark.parametrize("score", [None, lambda codes: None, lambda codes: codes + 9])
def test_other_scores_are_no_probabilities(score):
    assert np.isnan(probabilities(score, OWN, NEW, DENIED, KEPT)).all()


def test_nobody_asked():
    nobody = np.zeros(3, dtype=bool)
    found = probabilities(lambda codes: codes[:, 0], OWN, NEW, nobody, nobody)
    assert np.isnan(found).all()


def test_rows_go_by_their_index():
    assert list(labels_of_rows(few())) == ["ann", "bob", "cy", "di"]
