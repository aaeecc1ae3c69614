"""Classifiers that are fitted again, on bootstrap samples."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skpar.classifier._refits import refit_classifiers


@pytest.fixture(scope="module")
def people():
    rng = np.random.RandomState(0)
    X = rng.randn(120, 2)
    return X, np.where(X[:, 0] + 0.5 * rng.randn(120) > 0, "yes", "no")


def share_of_yes(refitted, rows):
    return np.mean([clf.predict(rows) == "yes" for clf in refitted], axis=0)


def test_refits_differ_where_the_classifier_is_unsure(people):
    rows = np.array([[5.0, 0.0], [0.0, 0.0], [-5.0, 0.0]])
    settings = {"n_refits": 20, "random_state": 0}
    refitted = refit_classifiers(LogisticRegression(), *people, **settings)
    assert len(refitted) == 20
    share = share_of_yes(refitted, rows)
    assert share[0] == 1 and share[2] == 0 and 0 < share[1] < 1
    again = refit_classifiers(LogisticRegression(), *people, **settings)
    np.testing.assert_array_equal(share, share_of_yes(again, rows))


def test_samples_are_drawn_with_replacement(people):
    X, y = people
    first = KNeighborsClassifier(1)
    share = share_of_yes(refit_classifiers(first, X, y, n_refits=50, random_state=0), X)
    # A person is in a sample with probability 1 - 1/e, and then repeats the label.
    right = np.where(y == "yes", share, 1 - share)
    assert (right >= 0.4).all() and 0.6 < right.mean() < 0.98


def test_what_cannot_be_refitted_is_refused(people):
    X, y = people
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    with pytest.raises(ValueError, match="FrozenEstimator"):
        refit_classifiers(frozen, X, y)
    with pytest.raises(ValueError, match="n_refits must be at least 1, got 0"):
        refit_classifiers(LogisticRegression(), X, y, n_refits=0)


def test_a_label_that_is_never_drawn_is_named(people, monkeypatch):
    X, y = people[0], np.where(np.arange(120) == 0, "once", "often")
    monkeypatch.setattr(
        "skpar.classifier._refits.resample", lambda X, y, random_state: (X[1:], y[1:])
    )
    with pytest.raises(ValueError, match="Label 'once' has 1 of 120 rows"):
        refit_classifiers(LogisticRegression(), X, y)
