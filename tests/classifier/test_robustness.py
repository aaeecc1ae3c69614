"""Refits are clones on bootstrap samples, or it is said why there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import Threshold
from skpar._config import TrainingConfig
from skpar.classifier._decisions import decide
from skpar.classifier._robustness import (
    fit_refits,
    refuse_without_refits,
    rows_of_all_values,
)
from skpar.table import TableSchema

CONFIG = TrainingConfig()
X = pd.DataFrame(np.random.RandomState(0).randn(200, 2), columns=["a", "b"])
Y = np.where(X["a"] + np.random.RandomState(1).randn(200) > 0, "yes", "no")


def refits_of(
    classifier, X=X, y=Y, *, favorable="yes", share=0.9, n=5, n_jobs=None, seed=0
):
    schema = TableSchema.infer(X)
    codes, rng = schema.encode(X), np.random.RandomState(seed)
    demands = favorable, None, CONFIG, rng
    decisions = decide(classifier, True, X, None, codes, schema, *demands)
    return fit_refits(decisions, classifier, codes, y, share, n, n_jobs, CONFIG, rng)


def coefficients(refits):
    return [clf.coef_ for clf in refits.classifiers]


def test_refits_are_fitted_on_different_samples_whatever_the_processes():
    clf = LogisticRegression().fit(X, Y)
    refits = refits_of(clf)
    assert len(refits.members) == 5 and refits.min_robustness == 0.9
    assert len(np.unique(coefficients(refits), axis=0)) == 5
    again = refits_of(clf, n_jobs=2)
    np.testing.assert_array_equal(coefficients(refits), coefficients(again))
    other = refits_of(clf, seed=1)
    assert not np.array_equal(coefficients(refits), coefficients(other))
    names = [one.feature_names_in_.tolist() for one in refits.classifiers]
    assert names == 5 * [["a", "b"]]


def test_seeds_of_forests_come_from_the_source_of_randomness():
    forest = RandomForestClassifier(3, random_state=0).fit(X, Y)
    forest.set_params(random_state=None)
    one, same = refits_of(forest, n=2), refits_of(forest, n=2)
    states = [clf.random_state for clf in one.classifiers]
    assert None not in states and len(set(states)) == 2
    assert states == [clf.random_state for clf in same.classifiers]


@pytest.mark.parametrize(
    "classifier",
    [
        FrozenEstimator(LogisticRegression().fit(X, Y)),
        make_pipeline(
            StandardScaler(),
            FrozenEstimator(LogisticRegression().fit(X.to_numpy(), Y)),
        ).fit(X, Y),
        FixedThresholdClassifier(
            FrozenEstimator(LogisticRegression().fit(X, Y)), threshold=0.3
        ).fit(X, Y),
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2).fit(X, Y),
    ],
    ids=["frozen", "frozen step", "frozen below a threshold", "grid search"],
)
def test_a_classifier_is_cloned_whole_and_its_frozen_parts_learn_again(classifier):
    refits = refits_of(classifier)
    inside = classifier.estimator if isinstance(classifier, FrozenEstimator) else None
    kind = type(classifier if inside is None else inside)
    assert all(type(clf) is kind for clf in refits.classifiers)
    rows = TableSchema.infer(X).encode(X)
    share = refits.share(rows)
    assert ((share > 0) & (share < 1)).any()


def test_thresholds_of_regressors_learn_from_numbers():
    numbers = 100 * X["a"].to_numpy()
    clf = Threshold(LinearRegression(), at_least=10.0).fit(X[["a", "b"]], numbers)
    refits = refits_of(clf, y=numbers, favorable=1)
    assert all(isinstance(one, Threshold) for one in refits.classifiers)


def test_a_refit_without_a_rare_level_is_fitted_again_with_it():
    table = X.assign(town=["Bern"] + 199 * ["Zug"])
    encoder = OneHotEncoder(sparse_output=False)  # refuses unknown levels
    clf = make_pipeline(encoder, LogisticRegression()).fit(table[["town"]], Y)
    refits = refits_of(clf, table[["town"]], n=8)
    assert all(len(one[0].categories_[0]) == 2 for one in refits.classifiers)


def test_rows_of_all_values_hold_every_value_of_short_columns():
    rng = np.random.RandomState(0)
    codes = np.column_stack([rng.randint(5, size=90), rng.randint(3, size=90)])
    codes = np.column_stack([codes, rng.rand(90)])
    rows = rows_of_all_values(codes, 5)
    assert len(rows) <= 8
    for j in range(2):
        assert set(codes[rows, j]) == set(codes[:, j])


class Plain:
    """Predicts only."""

    def predict(self, table):
        return np.where(table["a"] > 0, "yes", "no")


def test_what_cannot_be_fitted_again_is_refused_with_an_alternative():
    clf = LogisticRegression().fit(X, Y)
    refuse_without_refits(FrozenEstimator(clf), Y)
    with pytest.raises(ValueError, match="needs y, .* set min_probability"):
        refuse_without_refits(clf, None)
    for foreign in (Plain(), FrozenEstimator(Plain())):
        with pytest.raises(ValueError, match="clone and fit again.*min_probability"):
            refuse_without_refits(foreign, Y)


def test_labels_from_which_no_refit_can_learn_are_refused():
    clf = LogisticRegression().fit(X, Y)
    with pytest.raises(ValueError, match="y holds the label 1, .*min_probability"):
        refits_of(clf, y=(Y == "yes").astype(int))
    for label, which in (("yes", "only"), ("no", "no")):
        with pytest.raises(ValueError, match=f"y holds {which} favorable labels"):
            refits_of(clf, y=np.full(200, label))


def test_a_fit_that_fails_is_explained():
    clf = LogisticRegression().fit(X, Y).set_params(C=-1.0)
    with pytest.raises(ValueError, match=r"bootstrap sample.*Set min_probability"):
        refits_of(clf)


def test_refits_may_lack_a_label_of_the_classifier():
    three = np.where(X["b"] > 1, "maybe", Y)
    clf = LogisticRegression().fit(X, three)
    refits = refits_of(clf)
    assert all(one.classes_.tolist() == ["no", "yes"] for one in refits.classifiers)
    codes = TableSchema.infer(X).encode(X)
    for member, one in zip(refits.members, refits.classifiers, strict=True):
        np.testing.assert_array_equal(member.accepted(codes), one.predict(X) == "yes")
        assert member.score(codes) is not None
