"""Classifiers that are fitted again, on bootstrap samples."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skpar.classifier._refits import refit_classifiers, thawed


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


@pytest.mark.slow
def test_refits_do_not_depend_on_the_number_of_processes(people):
    forest = RandomForestClassifier(3)
    one, two = (
        refit_classifiers(forest, *people, n_refits=3, n_jobs=n_jobs, random_state=0)
        for n_jobs in (1, 2)
    )
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(
            first.predict_proba(people[0]), second.predict_proba(people[0])
        )


@pytest.mark.parametrize(
    "classifier",
    [
        FrozenEstimator(FrozenEstimator(LogisticRegression(C=2))),
        FixedThresholdClassifier(FrozenEstimator(LogisticRegression(C=2))),
        Pipeline([("one", FrozenEstimator(StandardScaler()))]),
        FixedThresholdClassifier(
            Pipeline(
                [
                    (
                        "last",
                        FrozenEstimator(
                            FixedThresholdClassifier(
                                FrozenEstimator(LogisticRegression(C=2))
                            )
                        ),
                    )
                ]
            )
        ),
    ],
    ids=["twice", "below a threshold", "step", "deep"],
)
def test_thawed_estimators_hold_nothing_frozen(classifier):
    fresh = thawed(classifier)
    parts = [fresh, *fresh.get_params(deep=True).values()]
    assert not any(isinstance(part, FrozenEstimator) for part in parts)
    assert "FrozenEstimator" in repr(classifier)
    linear = [part for part in parts if isinstance(part, LogisticRegression)]
    assert all(part.C == 2 for part in linear)
