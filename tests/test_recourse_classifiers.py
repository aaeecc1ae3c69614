"""Any classifier: what is accepted is what its own predict says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.validation import check_is_fitted

from ._loans import Accepts, mixed_pipeline, quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(120)


def logistic(loans, labels):
    return clone(loans.clf).fit(loans.X, labels)


def by_threshold(threshold):
    def fit(loans, labels):
        return FixedThresholdClassifier(loans.clf, threshold=threshold).fit(
            loans.X, labels
        )

    return fit


def boosting_from_dtype(loans, labels):
    return HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_iter=10, random_state=0
    ).fit(with_categories(loans.X), labels)


def predict_only(loans, labels):
    return Accepts(logistic(loans, labels).predict, labels=np.unique(labels))


def support_vectors(loans, labels):
    return mixed_pipeline(SVC(random_state=0)).fit(loans.X, labels)


def with_categories(X):
    words = X.select_dtypes("str").columns
    return X.astype(dict.fromkeys(words, "category"))


def binary(loans):
    return np.where(loans.y == 1, "approve", "reject")


def truths(loans):
    return loans.y == 1


def four_classes(loans):
    richer = loans.X["savings"].to_numpy() > 2000
    return np.array(["bad", "poor", "good", "best"])[2 * loans.y + richer]


@pytest.mark.parametrize(
    ("fit", "labels", "favorable"),
    [
        (logistic, binary, "approve"),
        (logistic, truths, True),
        (logistic, four_classes, ["best", "good"]),
        (logistic, four_classes, {"best"}),
        (support_vectors, four_classes, ("good", "best")),
        (predict_only, truths, None),
        (by_threshold(0.2), binary, "approve"),
        (by_threshold(0.8), binary, "approve"),
        (boosting_from_dtype, binary, "approve"),
    ],
)
def test_answers_are_valid_by_predict(loans, fit, labels, favorable):
    clf = fit(loans, labels(loans))
    X = loans.X if fit is not boosting_from_dtype else with_categories(loans.X)
    par = quick(favorable_label=favorable).fit(X, clf=clf)
    wanted = [favorable] if isinstance(favorable, str | bool) else favorable
    wanted = [True] if wanted is None else list(wanted)
    assert sorted(par.favorable_label_.tolist()) == sorted(wanted)
    report = par.recourse(X)
    accepted = np.isin(clf.predict(X), wanted)
    assert 5 < accepted.sum() < len(X) - 5
    np.testing.assert_array_equal(report.denied, ~accepted)
    assert report.answered.sum() > 0.9 * report.denied.sum()
    now = np.isin(clf.predict(report.counterfactuals), wanted)
    np.testing.assert_array_equal(now, accepted | report.answered)


def test_a_lender_who_cuts_elsewhere_than_at_one_half_decides(loans):
    lenient = by_threshold(0.2)(loans, loans.y)
    report = quick().fit(loans.X, clf=lenient).recourse(loans.X)
    answers = report.counterfactuals[report.answered]
    chance = lenient.predict_proba(answers)[:, 1]
    assert (chance >= 0.2).all()
    assert (chance < 0.5).any()


def test_a_classifier_of_arrays_serves_a_table_of_numbers(loans):
    X = loans.X.select_dtypes("number").drop(columns="card_usage")
    clf = make_pipeline(StandardScaler(), LogisticRegression())
    clf.fit(X.to_numpy(), loans.y)
    report = quick().fit(X, clf=clf).recourse(X)
    answers = report.counterfactuals[report.answered]
    assert len(answers) > 20
    assert (clf.predict(answers.to_numpy()) == 1).all()


def forest():
    return mixed_pipeline(RandomForestClassifier(n_estimators=10))


def test_an_estimator_is_cloned_fitted_and_asked(loans):
    estimator = forest()
    par = quick(estimator).fit(loans.X, loans.y)
    with pytest.raises(NotFittedError):
        check_is_fitted(estimator)
    assert par.estimator is estimator and par.estimator_ is not estimator
    np.testing.assert_array_equal(par.classes_, [0, 1])
    X_cf = par.transform(loans.asking)
    assert (par.estimator_.predict(X_cf) == 1).all()
    again = quick(forest()).fit(loans.X, loans.y)
    pd.testing.assert_frame_equal(X_cf, again.transform(loans.asking))


def test_without_any_classifier_a_default_one_is_fitted(loans):
    par = quick().fit(loans.X, loans.y)
    assert isinstance(par.estimator_[-1], LogisticRegression)
    assert (par.estimator_.predict(loans.asking) == loans.y_asking).mean() > 0.6
    assert (par.estimator_.predict(par.transform(loans.asking)) == 1).all()


def test_a_frozen_estimator_is_used_as_it_is(loans):
    frozen = FrozenEstimator(loans.clf)
    by_clf = quick().fit(loans.X, clf=loans.clf)
    by_estimator = quick(frozen).fit(loans.X)
    assert by_estimator.estimator_ is frozen
    pd.testing.assert_frame_equal(
        by_estimator.transform(loans.asking), by_clf.transform(loans.asking)
    )


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (binary, r"'reject', the last of \['approve', 'reject'\]"),
        (four_classes, r"'poor', the last of"),
        (lambda loans: loans.y + 1, r"2, the last of \[1, 2\]"),
    ],
)
def test_a_guessed_favorable_label_is_named_in_a_warning(loans, labels, named):
    clf = logistic(loans, labels(loans))
    with pytest.warns(UserWarning, match=f"is not given: {named}") as record:
        par = quick(max_iter=1).fit(loans.X, clf=clf)
    assert [warning.filename for warning in record] == [__file__]
    np.testing.assert_array_equal(par.favorable_label_, clf.classes_[-1:])


def test_who_is_accepted_is_told_by_classifiers_that_have_not_seen_them(loans):
    """A forest repeats its training labels; out of its folds it does not."""
    y = np.random.RandomState(0).permutation(loans.y)
    par = quick(forest(), max_iter=1).fit(loans.X, y)
    assert (par.estimator_.predict(loans.X) == y).mean() > 0.95
    people = par._parts.proposer.action_builder.neighborhood.people
    repeated = par.estimator_.predict(par.schema_.decode(people)) == 1
    assert 0.2 < repeated.mean() < 0.8
