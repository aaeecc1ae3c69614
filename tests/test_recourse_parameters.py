"""Links, floors and refusals as parameters of an estimator of scikit-learn."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skpar import MaxChanged, NotAbove

from ._clerks import LINKS, RULES, decide, make_clerks
from ._loans import Accepts, mixed_pipeline, quick


@pytest.fixture(scope="module")
def X():
    return make_clerks()


ALL_NEW = {
    "links": LINKS,
    "max_queries": 30,
    "min_percentile": 0.1,
    "min_probability": 0.6,
    "allow_training_rows": False,
    "round_numbers": False,
}


@pytest.mark.slow
def test_new_parameters_survive_clone_and_pickle(X):
    clf = mixed_pipeline(LogisticRegression()).fit(X, decide(X).astype(int))
    par = quick(actionability=RULES, **ALL_NEW)
    assert {name: par.get_params()[name] for name in ALL_NEW} == ALL_NEW
    fresh = clone(par)
    assert fresh.get_params() == par.get_params()
    par.fit(X, clf=clf)
    people = X[:50]
    report = par.recourse(people, n_options=2)
    again = pickle.loads(pickle.dumps(par)).recourse(people, n_options=2)
    told = fresh.fit(X, clf=clf).recourse(people, n_options=2)
    found = report.answered
    assert found.any() and not report.training_row.any()
    assert (report.percentile[found] >= 0.1).all()
    answers = report.counterfactuals[found]
    assert (clf.predict_proba(answers)[:, 1] >= 0.6).all()
    for other in (again, told):
        for one, same in zip(report.options, other.options, strict=True):
            pd.testing.assert_frame_equal(one.to_frame(), same.to_frame())
            pd.testing.assert_frame_equal(one.counterfactuals, same.counterfactuals)
    kept = pickle.loads(pickle.dumps(report))
    pd.testing.assert_frame_equal(kept.to_frame(), report.to_frame())


@pytest.mark.slow
def test_rules_and_links_can_be_searched_over(X):
    grid = {
        "actionability": [RULES, {"points": "increasing"}],
        "links": [None, [MaxChanged(1)]],
    }
    clf = mixed_pipeline(LogisticRegression()).fit(X[:40], decide(X[:40]).astype(int))
    par = quick(FrozenEstimator(clf), max_iter=1)
    search = GridSearchCV(par, grid, cv=2).fit(X[40:], decide(X[40:]).astype(int))
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all() and len(set(scores)) == 4
    assert search.best_params_["actionability"] in grid["actionability"]
    assert search.best_estimator_.links == search.best_params_["links"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"min_percentile": 1.0}, "'min_percentile' parameter"),
        ({"min_percentile": -0.1}, "'min_percentile' parameter"),
        ({"min_probability": 0.0}, "'min_probability' parameter"),
        ({"min_probability": 1}, "'min_probability' parameter"),
        ({"allow_training_rows": "no"}, "'allow_training_rows' parameter"),
        ({"round_numbers": "no"}, "'round_numbers' parameter"),
        ({"max_queries": 0}, "'max_queries' parameter"),
        ({"links": [MaxChanged(1), "age"]}, "links"),
        ({"links": [NotAbove("points", "pay")]}, "'pay'"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(X, parameters, message):
    with pytest.raises((ValueError, TypeError), match=message):
        quick(**parameters).fit(X, clf=Accepts(decide))
