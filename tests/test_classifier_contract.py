"""The classifier is foreign code: what it does wrong harms no answer, or is refused.

Each fault is tried with a frame and an array, in fit, transform and recourse. The
classifier is given as clf, as a frozen estimator, or as an estimator to be fitted.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator

from ._loans import ShortlyTrained

RNG = np.random.RandomState(0)
FRAME = pd.DataFrame(
    {"income": RNG.normal(3000, 900, 150), "debt": RNG.gamma(2, 400, 150)}
)
TABLES = {"frame": FRAME, "array": FRAME.to_numpy()}


def accepts(X):
    """Decide by a plain rule, row by row."""
    X = np.asarray(X, dtype=float)
    return (X[:, 0] / 1000 - X[:, 1] / 500 > 1.8).astype(int)


class Rule(ClassifierMixin, BaseEstimator):
    """Decides by the rule; needs no fit, but can be fitted."""

    armed = False

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, X):
        return accepts(X)


class InPlace(Rule):
    """Scales its input in place, while it is fitted too."""

    def fit(self, X, y):
        X *= 0.5
        return super().fit(X, y)

    def predict(self, X):
        labels = accepts(X)
        X *= 0.5
        return labels


class Reverses(Rule):
    """Turns its input round."""

    def predict(self, X):
        labels = accepts(X)
        X[:] = np.asarray(X)[::-1].copy()
        return labels


class Unknown(Rule):
    """Predicts a label that is not among its classes."""

    def predict(self, X):
        labels = accepts(X)
        return np.where(np.asarray(X)[:, 1] > 2000, 7, labels) if self.armed else labels


class Missing(Rule):
    """Predicts NaN at times."""

    def predict(self, X):
        labels = accepts(X).astype(float)
        if self.armed:
            labels[:1] = np.nan
        return labels


class Raises(Rule):
    """Fails."""

    def predict(self, X):
        if self.armed:
            raise RuntimeError("lost the connection")
        return accepts(X)


class BadProbabilities(Rule):
    """Has probabilities that cannot be used."""

    def predict_proba(self, X):
        return np.full((len(X), 3), 0.5)


HARMLESS = [InPlace, Reverses]
FAULTY = {Unknown: "not in its classes_", Missing: "missing label", Raises: "lost"}
WAYS = ("clf", "frozen", "estimator")


def fitted(kind, how, container):
    """Fit PARRecourse with a classifier, given in one of three ways."""
    X, clf = TABLES[container].copy(), kind()
    clf.fit(X.copy(), None)
    given = {"clf": None, "frozen": FrozenEstimator(clf), "estimator": kind()}
    settings = {"max_iter": 1, "n_proposals": 2, "random_state": 0}
    par = ShortlyTrained(given[how], **settings)
    y = None if how == "clf" else accepts(X)
    return par.fit(X, y, clf if how == "clf" else None)


once = functools.cache(fitted)


def ask(par, work, X):
    return par.transform(X) if work == "transform" else par.recourse(X).counterfactuals


@pytest.mark.filterwarnings("ignore:The classifier's predictions agree with y")
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("container", TABLES)
@pytest.mark.parametrize("kind", HARMLESS)
def test_what_a_classifier_writes_reaches_no_answer(kind, how, container):
    par = once(kind, how, container)
    X = TABLES[container][:40].copy()
    before = X.copy()
    for work in ("transform", "recourse"):
        after = ask(par, work, X)
        np.testing.assert_array_equal(np.asarray(X), np.asarray(before))
        assert accepts(after).mean() > 0.95
        kept = accepts(before) == 1
        np.testing.assert_array_equal(np.asarray(after)[kept], np.asarray(X)[kept])
        if container == "frame":
            assert after.columns.tolist() == ["income", "debt"]


@pytest.mark.filterwarnings("ignore:The classifier's predictions agree with y")
@pytest.mark.parametrize("work", ["fit", "transform", "recourse"])
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("container", TABLES)
@pytest.mark.parametrize("kind", FAULTY)
def test_broken_predictions_are_refused(kind, container, how, work, monkeypatch):
    if work == "fit":
        monkeypatch.setattr(kind, "armed", True)
        with pytest.raises((ValueError, RuntimeError), match=FAULTY[kind]):
            fitted(kind, how, container)
        return
    par = once(kind, how, container)
    monkeypatch.setattr(kind, "armed", True)
    with pytest.raises((ValueError, RuntimeError), match=FAULTY[kind]) as caught:
        ask(par, work, TABLES[container])
    if kind is Raises:
        # 150 people, and 50 stored rows of fit.
        assert "200 rows, in the decision who is denied" in caught.value.__notes__[0]


@pytest.mark.filterwarnings("ignore:The classifier's predictions agree with y")
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("container", TABLES)
def test_unusable_probabilities_cost_one_warning(how, container):
    with pytest.warns(UserWarning, match="without its predict_proba") as warned:
        par = fitted(BadProbabilities, how, container)
        report = par.recourse(TABLES[container])
    about = [one for one in warned if "predict_proba" in str(one.message)]
    assert len(about) == 1
    assert report.answered.any()


def test_the_caller_keeps_table_and_labels():
    X, y = FRAME.copy(), accepts(FRAME)
    labels = y.copy()
    ShortlyTrained(InPlace(), max_iter=1, random_state=0).fit(X, y)
    pd.testing.assert_frame_equal(X, FRAME)
    np.testing.assert_array_equal(y, labels)
