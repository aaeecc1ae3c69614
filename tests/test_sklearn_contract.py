"""PARRecourse among scikit-learn's estimators: checks, copies, pipelines, searches."""

from __future__ import annotations

import copy
import io
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks

from skpar import PARRecourse

from ._configs import HARDLY
from ._loans import RULES, ShortlyTrained, quick, split_loans

OUR_WARNINGS = pytest.mark.filterwarnings(
    "ignore:favorable_label is not given:UserWarning",
    "ignore:No recourse was found for:UserWarning",
)
NAME_WARNINGS = pytest.mark.filterwarnings("ignore:X .* feature names:UserWarning")
FOLDS = StratifiedKFold(2, shuffle=True, random_state=0)


@pytest.fixture
def hardly_trained(monkeypatch):
    """Train hardly at all: what is checked does not depend on what was learned."""
    monkeypatch.setattr(PARRecourse, "training_config", HARDLY)


@OUR_WARNINGS
@pytest.mark.usefixtures("hardly_trained")
@estimator_checks.parametrize_with_checks([quick(max_iter=1, max_queries=5)])
def test_scikit_learn_checks(estimator, check):
    state = np.random.get_state()
    check(estimator)
    np.random.set_state(state)  # one of the checks draws from it


@OUR_WARNINGS
@NAME_WARNINGS
@pytest.mark.usefixtures("hardly_trained")
@pytest.mark.parametrize(
    "check",
    [
        "check_param_validation",
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_set_output_transform_polars",
        pytest.param("check_global_output_transform_pandas", marks=pytest.mark.slow),
        pytest.param(
            "check_global_set_output_transform_polars", marks=pytest.mark.slow
        ),
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
        "check_dataframe_column_names_consistency",
    ],
)
def test_checks_that_scikit_learn_leaves_to_its_own(check):
    getattr(estimator_checks, check)("PARRecourse", quick(max_iter=1, max_queries=5))


@pytest.fixture(scope="module")
def loans():
    return split_loans(120)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, clf=loans.clf)


@pytest.fixture(scope="module")
def numbers():
    """Draw numbers, their labels, and a classifier of them."""
    X = np.random.RandomState(0).randn(150, 3)
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    return X, y, LogisticRegression(C=0.1).fit(X[:20], y[:20])


def by_joblib(par):
    file = io.BytesIO()
    joblib.dump(par, file)
    file.seek(0)
    return joblib.load(file)


@pytest.mark.parametrize(
    "copied",
    [lambda par: pickle.loads(pickle.dumps(par)), by_joblib, copy.deepcopy],
    ids=["pickle", "joblib", "deepcopy"],
)
def test_a_copy_gives_the_same_answers(par, loans, copied):
    ours, theirs = par.recourse(loans.asking), copied(par).recourse(loans.asking)
    assert ours.answered.any()
    pd.testing.assert_frame_equal(ours.counterfactuals, theirs.counterfactuals)
    pd.testing.assert_frame_equal(ours.to_frame(), theirs.to_frame())


def test_a_copy_that_is_mapped_into_memory_gives_the_same_answers(par, loans, tmp_path):
    joblib.dump(par, tmp_path / "par.joblib")
    mapped = joblib.load(tmp_path / "par.joblib", mmap_mode="r")
    pd.testing.assert_frame_equal(
        mapped.transform(loans.asking), par.transform(loans.asking)
    )


class Spy(pickle.Pickler):
    """Notes the type of everything that is pickled."""

    def __init__(self):
        super().__init__(io.BytesIO())
        self.modules = set()

    def reducer_override(self, thing):
        kind = thing if isinstance(thing, type) else type(thing)
        self.modules.add(kind.__module__.partition(".")[0])
        return NotImplemented


def test_nothing_of_torch_is_pickled(par):
    spy = Spy()
    spy.dump(par)
    assert {"skpar", "numpy", "sklearn"} <= spy.modules
    assert "torch" not in spy.modules
    seen = Spy()
    seen.dump(par._parts.proposer.network.state_dict())
    assert "torch" in seen.modules, "the spy is blind"


def test_clone_keeps_parameters_and_drops_the_fit(par):
    fresh = clone(par)
    assert fresh.get_params() == par.get_params()
    assert not hasattr(fresh, "schema_")


def test_output_is_wrapped_as_the_user_asks(numbers):
    X, _, clf = numbers
    par = quick().fit(X, clf=clf)
    plain = par.transform(X)
    wrapped = clone(par).set_output(transform="pandas").fit(X, clf=clf).transform(X)
    assert wrapped.columns.tolist() == ["x0", "x1", "x2"]
    np.testing.assert_array_equal(wrapped, plain)


def test_frames_stay_frames_in_pandas_output(par, loans):
    wrapped = copy.deepcopy(par).set_output(transform="pandas")
    pd.testing.assert_frame_equal(
        wrapped.transform(loans.asking), par.transform(loans.asking)
    )
    np.testing.assert_array_equal(par.get_feature_names_out(), loans.X.columns)


@pytest.mark.parametrize("routing", [False, True])
def test_pipeline_hands_the_classifier_on(numbers, routing):
    X, y, _ = numbers
    scaled = StandardScaler().fit_transform(X)
    clf = LogisticRegression().fit(scaled, y)
    pipeline = Pipeline([("scale", StandardScaler()), ("par", quick())])
    with sklearn.config_context(enable_metadata_routing=routing):
        pipeline.fit(X, **{"clf" if routing else "par__clf": clf})
    assert pipeline[-1].estimator_ is clf
    assert (clf.predict(pipeline.transform(X)) == 1).all()
    assert pipeline.score(X) == pipeline[-1].score(scaled)


@pytest.mark.parametrize("routing", [False, True])
def test_grid_search_hands_the_classifier_on(numbers, routing):
    X, y, clf = numbers
    grid = {"weight_effort": [0.1, 2.0]}
    with sklearn.config_context(enable_metadata_routing=routing):
        search = GridSearchCV(quick(), grid, cv=FOLDS).fit(X, y, clf=clf)
    assert search.best_estimator_.estimator_ is clf
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all() and scores[0] != scores[1]
    assert search.best_score_ == scores.max()
    assert search.score(X) == search.best_estimator_.score(X)


def test_cross_validation_routes_the_classifier(numbers):
    X, y, clf = numbers
    with sklearn.config_context(enable_metadata_routing=True):
        told = cross_validate(
            quick(), X, y, cv=FOLDS, params={"clf": clf}, return_estimator=True
        )
    assert np.isfinite(told["test_score"]).all()
    assert all(par.estimator_ is clf for par in told["estimator"])


@pytest.mark.slow
def test_a_frozen_pipeline_is_searched_over_in_two_processes(numbers):
    X, y, _ = numbers
    clf = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:50], y[:50])
    par = ShortlyTrained(FrozenEstimator(clf), max_iter=2, random_state=0)
    grid = {"weight_effort": [0.1, 2.0]}
    scores = [
        GridSearchCV(par, grid, cv=FOLDS, refit=False, n_jobs=n_jobs)
        .fit(X, y)
        .cv_results_["mean_test_score"]
        for n_jobs in (1, 2)
    ]
    assert np.isfinite(scores[0]).all()
    np.testing.assert_array_equal(scores[0], scores[1])


def test_parameters_of_the_classifier_can_be_searched_over(numbers):
    X, y, _ = numbers
    grid = {"estimator__C": [1e-3, 1.0]}
    search = GridSearchCV(quick(LogisticRegression()), grid, cv=FOLDS).fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all() and scores[0] != scores[1]
    assert search.best_estimator_.estimator_.C in grid["estimator__C"]
