"""Classifiers on bootstrap samples: how many still accept."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skpar.classifier._refits import refit_acceptance


@pytest.fixture(scope="module")
def people():
    rng = np.random.RandomState(0)
    X = rng.randn(120, 2)
    return X, np.where(X[:, 0] + 0.5 * rng.randn(120) > 0, "yes", "no")


def test_shares_are_high_where_the_classifier_is_sure(people):
    X, y = people
    rows = np.array([[5.0, 0.0], [0.0, 0.0], [-5.0, 0.0]])
    share = refit_acceptance(X, y, rows, LogisticRegression(), ["yes"], 20, 0)
    assert share[0] == 1 and share[2] == 0 and 0 < share[1] < 1
    again = refit_acceptance(X, y, rows, LogisticRegression(), ["yes"], 20, 0)
    np.testing.assert_array_equal(share, again)
    other = refit_acceptance(X, y, rows, LogisticRegression(), ["no"], 20, 0)
    np.testing.assert_allclose(share + other, 1)


def test_samples_are_drawn_with_replacement(people):
    X, y = people
    first = KNeighborsClassifier(1)
    share = refit_acceptance(X, y, X, first, ["yes"], 50, 0)
    # A person is in a sample with probability 1 - 1/e, and then repeats the label.
    right = np.where(y == "yes", share, 1 - share)
    assert (right >= 0.4).all() and 0.6 < right.mean() < 0.98


def test_what_cannot_be_refitted_is_refused(people):
    X, y = people
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    with pytest.raises(ValueError, match="FrozenEstimator"):
        refit_acceptance(X, y, X, frozen, ["yes"], 3)
    with pytest.raises(ValueError, match="n_refits must be at least 1, got 0"):
        refit_acceptance(X, y, X, LogisticRegression(), ["yes"], 0)


def test_a_label_that_is_never_drawn_is_named(people, monkeypatch):
    X, y = people[0], np.where(np.arange(120) == 0, "once", "often")
    monkeypatch.setattr(
        "skpar.classifier._refits.resample", lambda X, y, random_state: (X[1:], y[1:])
    )
    with pytest.raises(ValueError, match="label 'once' has 1 of 120 rows"):
        refit_acceptance(X, y, X, LogisticRegression(), ["often"], 3, 0)
