"""A regressor as a classifier that accepts an interval of predictions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar import PARRecourse, Threshold

from .._loans import quick

RNG = np.random.RandomState(0)
X = pd.DataFrame({"rooms": RNG.randint(1, 8, 300), "area": RNG.gamma(4, 25, 300)})
PRICE = (30 * X["rooms"] + 2.0 * X["area"] + RNG.randn(300) * 20).to_numpy()
FITTED = LinearRegression().fit(X[:150], PRICE[:150])


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"at_least": 300.0}, lambda v: v >= 300),
        ({"at_most": 300.0}, lambda v: v <= 300),
        ({"at_least": 200.0, "at_most": 300.0}, lambda v: (v >= 200) & (v <= 300)),
    ],
)
def test_it_accepts_an_interval(bounds, expected):
    clf = Threshold(FITTED, **bounds)
    values = FITTED.predict(X)
    np.testing.assert_array_equal(clf.predict(X), expected(values))
    distance = clf.decision_function(X)
    np.testing.assert_array_equal(distance >= 0, expected(values))
    assert clf.classes_.tolist() == [0, 1]
    assert clf.n_features_in_ == 2
    assert clf.feature_names_in_.tolist() == ["rooms", "area"]


def test_fit_fits_a_clone():
    clf = Threshold(LinearRegression(), at_least=300.0)
    with pytest.raises(NotFittedError):
        clf.predict(X)
    again = clone(clf).fit(X[:150], PRICE[:150])
    expected = Threshold(FITTED, at_least=300.0).predict(X)
    np.testing.assert_array_equal(again.predict(X), expected)
    assert not hasattr(clf.regressor, "coef_")


@pytest.mark.parametrize(
    ("bounds", "match"),
    [
        ({}, "needs at_least, at_most"),
        ({"at_least": 2, "at_most": 1}, "is larger"),
    ],
)
def test_bounds_must_leave_something(bounds, match):
    with pytest.raises(ValueError, match=match):
        Threshold(LinearRegression(), **bounds).fit(X, PRICE)
    with pytest.raises(ValueError, match=match):
        Threshold(FITTED, **bounds).predict(X)


@pytest.mark.parametrize("how", ["clf", "frozen", "estimator", "pipeline"])
def test_recourse_reaches_the_interval(how):
    bounds = {"at_least": 280.0, "at_most": 400.0}
    rules = {"rooms": "increasing"}
    fitted, fresh = Threshold(FITTED, **bounds), Threshold(LinearRegression(), **bounds)
    if how == "clf":
        par = quick(actionability=rules).fit(X[150:], None, fitted)
    elif how == "frozen":
        par = quick(FrozenEstimator(fitted), actionability=rules)
        par.fit(X[150:], PRICE[150:])
    elif how == "estimator":
        par = quick(fresh, actionability=rules).fit(X, PRICE)
    else:
        scaled = make_pipeline(StandardScaler(), fresh)
        par = quick(scaled, actionability=rules).fit(X, PRICE)
    report = par.recourse(X[:100])
    assert report.answered.sum() > 0.9 * report.denied.sum() > 20
    inner = par.estimator_
    assert (inner.predict(report.counterfactuals[report.answered]) == 1).all()
    assert par.favorable_label_.tolist() == [1]


def test_labels_may_be_given_instead_of_numbers():
    clf = Threshold(FITTED, at_least=300.0)
    labels = (PRICE >= 300).astype(int)
    one = quick().fit(X[150:], labels[150:], clf)
    other = quick().fit(X[150:], PRICE[150:], clf)
    pd.testing.assert_frame_equal(one.transform(X[:20]), other.transform(X[:20]))


def test_it_works_in_cross_validation():
    clf = Threshold(LinearRegression(), at_least=300.0)

    def accuracy(clf, X, y):
        return (clf.predict(X) == clf.labels_of(y)).mean()

    scores = cross_val_score(clf, X, PRICE, scoring=accuracy)
    assert scores.mean() > 0.9


def test_a_regressor_alone_is_refused():
    with pytest.raises(ValueError, match="skpar.Threshold"):
        PARRecourse().fit(X, None, FITTED)
