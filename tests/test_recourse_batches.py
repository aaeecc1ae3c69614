"""Answers depend on the own row alone, whatever weights, options and classifier."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from ._loans import Accepts, mixed_pipeline, quick

RULE = Accepts(lambda X: X["a"] + X["b"] + 2 * (X["c"] == "x") - X["d"] > 6)
WEIGHTS = ("plausibility", "denied", "effort", "sparsity", "outlier")
BOOSTING = HistGradientBoostingClassifier(max_iter=10, random_state=0)
CASES = [
    ((1, 0, 0, 0, 0), RULE, 3),
    ((0, 0, 0, 1, 1), RULE, 3),
    ((0, 0, 0, 1, 0), mixed_pipeline(KNeighborsClassifier(5)), 1),
    ((0, 1, 1, 0.5, 2), mixed_pipeline(SVC(random_state=0)), 4),
    (
        (1000, 0, 40, 0, 40),
        mixed_pipeline(BOOSTING),
        2,
    ),
    ((0, 0, 0, 0, 0), mixed_pipeline(SVC(random_state=0)), 2),
]


def people_with_ties(n=240, seed=4):
    """Draw people of few values, so that many rows have equal objectives."""
    rng = np.random.RandomState(seed)
    numbers = {name: rng.randint(4, size=n).astype(float) for name in "abde"}
    levels = {name: rng.choice(list("xyz"), n) for name in "cfg"}
    return pd.DataFrame({**numbers, **levels, "h": rng.randint(3, size=n)})


@pytest.mark.parametrize(
    ("weights", "clf", "n_options"),
    [
        pytest.param(*case, marks=pytest.mark.slow) if case in CASES[-3:] else case
        for case in CASES
    ],
)
def test_a_batch_answers_as_its_parts_do(weights, clf, n_options):
    X = people_with_ties()
    noise = np.random.RandomState(0).randn(len(X))
    if clf is not RULE:
        clf.fit(X, (X["a"] + X["b"] + 2 * (X["c"] == "x") - X["d"] + noise > 5) * 1)
    parameters = {f"weight_{name}": w for name, w in zip(WEIGHTS, weights, strict=True)}
    par = quick(max_iter=1, max_queries=60, **parameters).fit(X, clf=clf)
    asking = X[clf.predict(X) == 0][:45]
    whole = par.recourse(asking, n_options=n_options)
    assert whole.answered.any()
    rng = np.random.RandomState(1)
    for size in (1, 1, 2, 7, 20, len(asking)):
        some = rng.permutation(len(asking))[:size]
        part = par.recourse(asking.iloc[some], n_options=n_options)
        for one, of_all in zip(part.options, whole.options, strict=True):
            np.testing.assert_array_equal(one.status, of_all.status[some])
            np.testing.assert_array_equal(one.codes_after, of_all.codes_after[some])
            np.testing.assert_array_equal(one.optimal, of_all.optimal[some])


class Fickle:
    """A rule that contradicts itself when `share` is above 0."""

    classes_ = np.array([0, 1])

    def __init__(self):
        self.share, self.rng = 0.0, np.random.RandomState(1)

    def predict(self, X):
        decision = RULE.predict(X)
        flipped = self.rng.rand(len(X)) < self.share
        return np.where(flipped, 1 - decision, decision)


@pytest.mark.parametrize("n_options", [1, 3])
@pytest.mark.parametrize("actionability", [None, dict.fromkeys("abefgh", "immutable")])
def test_a_classifier_that_contradicts_itself_gets_no_promise(n_options, actionability):
    X, clf = people_with_ties(), Fickle()
    par = quick(actionability=actionability).fit(X, clf=clf)
    asking = X[:120]
    sound = par.recourse(asking, n_options=n_options)
    assert sound.answered.any()
    clf.share = 0.1
    with pytest.warns(UserWarning, match="other labels than during fit"):
        report = par.recourse(asking, n_options=n_options)
    assert report.answered.any()
    for option in report.options:
        assert (option.n_changed[option.answered] > 0).all()
        assert np.isnan(option.n_changed[~option.answered]).all()
        rest = ~option.answered
        np.testing.assert_array_equal(
            option.codes_after[rest], option.codes_before[rest]
        )
        assert not option.optimal.any()
        assert not (option.status == "impossible").any()
    if actionability:
        assert (sound.status == "impossible").any() and sound.optimal.any()


def test_options_that_do_not_exist_cost_nothing():
    X = people_with_ties()
    par = quick(actionability=dict.fromkeys("efgh", "immutable")).fit(X, clf=RULE)
    asking = X[RULE.predict(X) == 0][:20]
    few = par.recourse(asking, n_options=60)
    exist = sum(option.answered.any() for option in few.options)
    assert exist < 59
    calls = []
    search, find = par._parts.search, par._parts.search.find_alternative
    search.find_alternative = lambda *given: calls.append(1) or find(*given)
    many = par.recourse(asking, n_options=400)
    assert len(calls) == exist
    assert len(many.options) == 400
    pd.testing.assert_frame_equal(many.to_frame(None), few.to_frame(None))


def test_neighbors_are_at_most_all_accepted_people():
    X = people_with_ties()
    n_accepted = int((RULE.predict(X) == 1).sum())
    par = quick(n_neighbors=10**6, max_iter=1).fit(X, clf=RULE)
    assert par._parts.proposer.action_builder.n_neighbors <= n_accepted
    assert par.recourse(X).answered.any()


def test_what_is_impossible_stays_so_without_training_rows():
    """If some accepted row is no answer, then nothing is proved."""
    X = people_with_ties()
    rules = dict.fromkeys("aefgh", "immutable")
    reports = [
        quick(actionability=rules, allow_training_rows=allowed)
        .fit(X, clf=RULE)
        .recourse(X)
        for allowed in (True, False)
    ]
    impossible, without = (report.status == "impossible" for report in reports)
    assert impossible.any()
    np.testing.assert_array_equal(impossible, without)
