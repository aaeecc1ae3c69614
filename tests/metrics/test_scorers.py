"""Scorers: right in pipelines and searches, one call of recourse, never transform."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_validate,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skpar.metrics import (
    make_recourse_scorer,
    outlier_share,
    recourse_scorers,
)

from .._loans import RULES, ShortlyTrained, mixed_pipeline, quick, split_loans

FOLDS = StratifiedKFold(2, shuffle=True, random_state=0)
BOUNDED = (
    "coverage",
    "validity",
    "success",
    "actionability",
    "necessity",
    "percentile",
)


@pytest.fixture(scope="module")
def loans():
    loans = split_loans(150)
    loans.asking, loans.y_asking = loans.asking[:90], loans.y_asking[:90]
    return loans


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, clf=loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking)


def add_one(table):
    """Change every number, so that a table that skipped the step is noticed."""
    numbers = table.select_dtypes("number").columns
    return table.assign(**{name: table[name] + 1 for name in numbers})


def test_scores_are_those_of_the_report(par, report, loans):
    scores = recourse_scorers(par, loans.asking)
    found = report.to_frame()[report.answered].astype({"n_changed": float})
    assert next(iter(scores)) == "recourse_score"
    assert scores["recourse_score"] == par.score(loans.asking)
    assert scores["coverage"] == report.answered.sum() / report.denied.sum()
    assert scores["validity"] == scores["actionability"] == 1.0
    assert scores["success"] == scores["coverage"]
    assert scores["percentile"] == pytest.approx(found["percentile"].mean())
    assert scores["log_density"] == pytest.approx(found["log_density"].mean())
    assert scores["neg_effort"] == pytest.approx(-found["effort"].mean())
    assert scores["neg_gower_distance"] == pytest.approx(
        -found["gower_distance"].mean()
    )
    assert scores["neg_n_changed"] == pytest.approx(-found["n_changed"].mean())
    rows = report.n_queries[report.denied].mean()
    assert scores["neg_n_queries"] == -rows
    assert -1 < scores["neg_cpu_seconds"] < 0


@pytest.mark.slow
def test_every_scorer_alone_says_the_same(par, loans):
    X, y = loans.asking[:40], loans.y_asking[:40]
    together = recourse_scorers(par, X)
    assert list(together) == list(recourse_scorers)
    for name, scorer in recourse_scorers.items():
        if name != "neg_cpu_seconds":
            assert scorer(par, X, y) == together[name]


class Counting:
    """The public face of an estimator, and nothing else of it."""

    def __init__(self, par):
        self.calls = 0
        self._par = par
        for name in ("estimator_", "favorable_label_", "classes_", "schema_"):
            setattr(self, name, getattr(par, name))
        self.actionability, self.links = par.actionability, par.links

    def recourse(self, X):
        self.calls += 1
        return self._par.recourse(X)


def test_all_scores_take_one_call_of_recourse(par, loans):
    counting = Counting(par)
    more = recourse_scorers | {
        "own": make_recourse_scorer(lambda answered: answered.mean())
    }
    scores = more(counting, loans.asking)
    assert counting.calls == 1
    assert scores["own"] == scores["coverage"]
    next(iter(recourse_scorers.values()))(counting, loans.asking)
    assert counting.calls == 2


def test_scorers_that_are_not_ours_may_join(par, loans):
    both = recourse_scorers | {"rows": lambda estimator, X, y=None: len(X)}
    assert both(par, loans.asking)["rows"] == len(loans.asking)
    assert len(both) == len(recourse_scorers) + 1


def test_scorers_can_be_pickled(par, loans):
    again = pickle.loads(pickle.dumps(recourse_scorers))
    scores, expected = (
        scorers(par, loans.asking) for scorers in (again, recourse_scorers)
    )
    del scores["neg_cpu_seconds"], expected["neg_cpu_seconds"]
    assert scores == expected


def test_a_fold_without_denied_rows_is_nan(par, loans):
    accepted = loans.asking[loans.clf.predict(loans.asking) == 1]
    with pytest.warns(UserWarning, match="denies none of the .* rows") as caught:
        scores = recourse_scorers(par, accepted)
    assert len(caught) == 1
    assert list(scores) == list(recourse_scorers)
    assert np.isnan(list(scores.values())).all()
    with pytest.warns(UserWarning, match="denies none of the"):
        assert np.isnan(recourse_scorers["success"](par, accepted))


def test_denied_rows_without_answers_are_failures(loans):
    nobody = quick(actionability=dict.fromkeys(loans.X, "immutable"))
    scores = recourse_scorers(nobody.fit(loans.X, clf=loans.clf), loans.asking)
    assert (scores["coverage"], scores["recourse_score"]) == (0.0, -2.0)
    assert np.isnan(scores["validity"])


@pytest.mark.slow
def test_a_pipeline_is_scored_on_what_its_last_step_gets(par, report, loans):
    moved = loans.asking.assign(
        **{
            name: loans.asking[name] - 1
            for name in loans.asking.select_dtypes("number")
        }
    )
    for steps in (
        [("one", FunctionTransformer(add_one)), ("par", par)],
        [("one", FunctionTransformer(add_one)), ("no", "passthrough"), ("par", par)],
    ):
        scores = recourse_scorers(Pipeline(steps), moved)
        assert scores["recourse_score"] == pytest.approx(par.score(loans.asking))
    alone = recourse_scorers(make_pipeline(par), loans.asking)
    assert alone["coverage"] == report.answered.sum() / report.denied.sum()


def test_what_has_no_recourse_is_refused(loans):
    with pytest.raises(TypeError, match="method recourse.*LogisticRegression"):
        recourse_scorers(LogisticRegression(), loans.asking)


def test_a_metric_gets_what_it_names_and_what_was_given(par, report, loans):
    def own(answered, schema, actionability, report, *, factor, offset=0.0, **more):
        assert schema is par.schema_
        assert actionability is par.actionability
        assert len(report) == len(loans.asking)
        assert not more
        return factor * answered.sum() + offset

    n = report.answered.sum()
    assert make_recourse_scorer(own, factor=2)(par, loans.asking) == 2 * n
    lower = make_recourse_scorer(own, greater_is_better=False, factor=2, offset=1)
    assert lower(par, loans.asking) == -(2 * n + 1)


def test_a_metric_of_reference_rows(par, report, loans):
    scorer = make_recourse_scorer(
        outlier_share, greater_is_better=False, reference=loans.X
    )
    expected = outlier_share(
        report.factuals,
        report.counterfactuals,
        report.answered,
        loans.clf,
        par.schema_,
        loans.X,
    )
    assert scorer(par, loans.asking) == -expected


def test_what_a_metric_lacks_is_said_at_once():
    with pytest.raises(TypeError, match=r"'outlier_share' needs \['reference'\]"):
        make_recourse_scorer(outlier_share)


def test_the_container_of_the_classifier_does_not_matter():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.randn(300, 3), columns=list("abc"))
    y = (X.sum(axis=1) > 0).astype(int).to_numpy()
    clf = LogisticRegression().fit(rng.randn(100, 3) * [1, 1, 1], y[:100])
    par = quick().fit(X[:200], clf=clf)
    scores = recourse_scorers(par, X[200:])
    assert scores["validity"] == 1.0


def frozen(loans):
    forest = RandomForestClassifier(n_estimators=10, random_state=0)
    clf = mixed_pipeline(forest).fit(loans.asking, loans.y_asking)
    return FrozenEstimator(clf)


@pytest.fixture(params=[False, True], ids=["no routing", "routing"])
def routing(request):
    with sklearn.config_context(enable_metadata_routing=request.param):
        yield request.param


def all_finite(results, prefix):
    for name in recourse_scorers:
        column = np.ravel([results[key] for key in results if key.endswith(name)])
        assert len(column), name
        assert np.isfinite(column).all(), name
        if name in BOUNDED:
            assert (results[f"{prefix}_{name}"] <= 1).all()


@pytest.mark.slow
def test_grid_search_over_a_frozen_forest(loans, routing):
    search = GridSearchCV(
        quick(frozen(loans), max_iter=1),
        {"weight_effort": [0.5, 2.0]},
        scoring=recourse_scorers,
        refit="recourse_score",
        cv=FOLDS,
    ).fit(loans.X, loans.y)
    all_finite(search.cv_results_, "mean_test")
    assert search.best_index_ == search.cv_results_["rank_test_recourse_score"].argmin()
    assert search.best_score_ == search.cv_results_["mean_test_recourse_score"].max()
    scores = recourse_scorers(search, loans.asking)
    assert scores["recourse_score"] == search.best_estimator_.score(loans.asking)


def test_the_classifier_goes_to_fit(loans, routing):
    results = cross_validate(
        quick(max_iter=1),
        loans.X,
        loans.y,
        scoring=recourse_scorers,
        cv=FOLDS,
        params={"clf": Opaque(loans.clf)},
    )
    all_finite(results, "test")


class Opaque:
    """A classifier without a length, which scikit-learn would take for one of rows."""

    def __init__(self, clf):
        self.predict, self.classes_ = clf.predict, clf.classes_


@pytest.mark.slow
@pytest.mark.parametrize("routing", [True], indirect=True)
def test_randomized_search_of_a_pipeline_with_two_workers(loans, routing):
    # Unlike that of `quick`, its short training reaches other processes.
    par = ShortlyTrained(
        FrozenEstimator(loans.clf), max_iter=1, n_proposals=4, random_state=0
    )
    steps = [("one", FunctionTransformer()), ("par", par)]
    search = RandomizedSearchCV(
        Pipeline(steps),
        {"par__n_neighbors": [2, 3, 4, 5]},
        n_iter=1,
        scoring=recourse_scorers,
        refit="recourse_score",
        cv=FOLDS,
        n_jobs=2,
        random_state=0,
    ).fit(loans.X[:80], loans.y[:80])
    all_finite(search.cv_results_, "mean_test")
    assert search.best_params_.keys() == {"par__n_neighbors"}


@pytest.mark.slow
def test_a_plain_dict_of_scorers_will_do(loans):
    names = ("recourse_score", "neg_n_changed")
    results = cross_validate(
        quick(frozen(loans), max_iter=1),
        loans.X,
        loans.y,
        scoring={name: recourse_scorers[name] for name in names},
        cv=FOLDS,
    )
    for name in names:
        assert np.isfinite(results[f"test_{name}"]).all()


@pytest.mark.slow
def test_one_scorer_alone_will_do(loans):
    scorer = recourse_scorers["neg_gower_distance"]
    search = GridSearchCV(
        quick(frozen(loans), max_iter=1), {"n_neighbors": [3]}, scoring=scorer, cv=FOLDS
    ).fit(loans.X, loans.y)
    assert -1 <= search.best_score_ <= 0


@pytest.mark.slow
def test_the_smallest_weight_does_not_win_by_construction(loans):
    """The objective pays for a smaller weight; the score of an answer does not.

    If only needed changes are made, few changes are left for the weight to prevent.
    """
    objective = make_recourse_scorer(
        lambda report: report.objective[report.answered].mean()
    )
    search = GridSearchCV(
        quick(
            FrozenEstimator(loans.clf),
            actionability=RULES,
            weight_sparsity=0.0,
            only_needed=False,
        ),
        {"weight_effort": [0.0, 1.0, 4.0]},
        scoring=recourse_scorers | {"objective": objective},
        refit="recourse_score",
        cv=FOLDS,
    ).fit(loans.X, loans.y)
    results = search.cv_results_
    assert results["mean_test_objective"].argmax() == 0
    assert search.best_index_ != 0
