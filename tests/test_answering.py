"""Answers end to end: true statuses, limits, options, floors, and no one's own row."""

from __future__ import annotations

import copy
import functools
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.objective._effort import gower
from skpar.search._alternatives import is_alternative
from skpar.search.queries import QueryScheduler, SearchResult

from ._clerks import GRADES, LINKS, RULES, TOWNS, decide, make_clerks, reach
from ._loans import Accepts, mixed_pipeline, quick

BUDGET = 7


@pytest.fixture(scope="module")
def X():
    return make_clerks()


@pytest.fixture(scope="module")
def plain(X):
    return quick(actionability=RULES).fit(X, clf=Accepts(decide))


@pytest.fixture(scope="module")
def linked(X):
    return quick(actionability=RULES, links=LINKS).fit(X, clf=Accepts(decide))


@pytest.fixture(scope="module")
def generous(X):
    """Changes need not be needed."""
    par = quick(actionability=RULES, links=LINKS, only_needed=False)
    return par.fit(X, clf=Accepts(decide))


@pytest.fixture(scope="module")
def poor(X):
    """Links, and a budget so small that nobody's reach is searched through."""
    par = quick(actionability=RULES, links=LINKS, max_queries=BUDGET)
    return par.fit(X, clf=Accepts(decide))


@pytest.fixture(scope="module")
def report_of(request, X):
    """Answer everybody, once for each estimator."""
    return functools.cache(lambda name: request.getfixturevalue(name).recourse(X))


def objectives(par, person, rows):
    """Objective of rows for one person."""
    own = par.schema_.encode(person)
    codes = par.schema_.encode(rows.set_axis([person.index[0]] * len(rows)))
    return par._parts.objective.evaluate(np.repeat(own, len(rows), axis=0), codes)


def within(report, X, is_linked, own=None):
    """The accepted rows within reach of everybody who asks."""
    for place in np.flatnonzero(report.denied):
        limits = None if own is None else own[place]
        rows = reach(X.iloc[place], is_linked, limits)
        yield place, rows[decide(rows)] if len(rows) else rows


def needed_rows(person, rows):
    """Keep the accepted rows that contain no other accepted row, by a plain loop."""
    table = rows[person.columns].astype(object).to_numpy()
    own = person.astype(object).to_numpy()[0]
    changed = table != own
    kept = [
        not any(
            (changed[k] <= changed[i]).all()
            and changed[k].sum() < changed[i].sum()
            and (table[k] == table[i])[changed[k]].all()
            for k in range(len(rows))
        )
        for i in range(len(rows))
    ]
    return rows[np.array(kept, dtype=bool)]


def check_statuses(par, report, X, is_linked, own=None):
    """Nothing is missed, nothing called impossible, and the optimum is one.

    Every change of an answer is needed, if the report says so, and of an optimum.
    """
    for place, rows in within(report, X, is_linked, own):
        assert report.status[place] == ("found" if len(rows) else "impossible")
        if report.answered[place]:
            person, answer = X.iloc[[place]], report.counterfactuals.iloc[place]
            assert (rows == answer).all(axis=1).sum() == 1
            best = objectives(par, person, rows).max()
            assert report.objective[place] <= best + 1e-9
            rows = needed_rows(person, rows) if par.only_needed else rows
            if report.needed[place] or report.optimal[place]:
                assert (rows == answer).all(axis=1).sum() == 1
            if report.optimal[place]:
                best = objectives(par, person, rows).max()
                assert report.objective[place] == pytest.approx(best, abs=1e-9)
    assert not (report.optimal & ~report.answered).any()
    assert not (report.needed & ~report.answered).any()
    assert par.only_needed or not report.needed.any()


@pytest.mark.parametrize("name", ["plain", "linked", "generous", "poor"])
def test_statuses_are_those_of_enumeration(name, X, request, report_of):
    par, report = request.getfixturevalue(name), report_of(name)
    check_statuses(par, report, X, is_linked=name != "plain")
    statuses = set(report.status)
    assert {"accepted", "found"} <= statuses
    assert ("impossible" in statuses) or name == "plain"
    # A reach of no more rows than the budget is searched through, and only such a one.
    assert report.optimal.sum() == (0 if name == "poor" else report.answered.sum())
    if name in ("plain", "linked"):
        np.testing.assert_array_equal(report.needed, report.answered)
    if name == "poor":
        is_over = report.n_queries == BUDGET
        assert (report.needed | is_over)[report.answered].all()


class NothingFound:
    """A search without answers, which can leave out changes of given rows."""

    def __init__(self, search):
        self.refine, self.max_queries = search.refine, search.max_queries

    def find(self, people, is_reported):
        return SearchResult.none(people.codes)


@pytest.mark.parametrize("name", ["linked", "generous"])
def test_an_exhaustive_proof_finds_the_optimum(name, X, request):
    fitted = request.getfixturevalue(name)
    par = copy.copy(fitted)
    parts = fitted._parts
    par._parts = replace(parts, search=NothingFound(parts.search))
    report = par.recourse(X)
    check_statuses(par, report, X, is_linked=True)
    assert report.answered.any()
    np.testing.assert_array_equal(report.optimal, report.answered)
    np.testing.assert_array_equal(report.needed, report.answered & fitted.only_needed)
    assert (report.n_queries <= fitted.max_queries).all()


def test_what_is_impossible_says_which_rule_bars_the_way(X, report_of):
    report = report_of("linked")
    named = 0
    for place in np.flatnonzero(report.status == "impossible"):
        start, _, opening = report.reason[place].partition("; dropping one rule ")
        assert start == "no feasible row is accepted"
        if "MaxChanged" in opening:
            rows = reach(X.iloc[place])
            rises = rows["grade"].cat.codes > GRADES.index(X["grade"].iloc[place])
            kept = ~rises | (rows["points"] > X["points"].iloc[place])
            assert decide(rows[kept]).any()
            named += 1
    assert named


@pytest.mark.parametrize("max_queries", [1, BUDGET, 40])
def test_the_classifier_is_not_queried_beyond_the_budget(plain, X, max_queries):
    search = copy.copy(plain._parts.search)
    n_rows = []

    def accepts(codes):
        n_rows.append(len(codes))
        return decide(plain.schema_.decode(codes))

    search.max_queries = max_queries
    search.queries = QueryScheduler(
        accepts,
        search.objective,
        search.queries.partial_rows,
        max_queries,
        SearchConfig(),
    )
    people = People.unlimited(plain.schema_.encode(X)[~decide(X)][:25])
    for k in range(25):
        n_rows.clear()
        result = search.find(people[[k]])
        assert 1 <= sum(n_rows) == result.n_queries[0] <= max_queries
    assert (search.find(people).n_queries <= max_queries).all()


def test_the_budget_of_the_estimator_is_that_of_the_search(report_of):
    report = report_of("poor")
    assert report.n_queries.max() == BUDGET
    assert (report.n_queries[report.denied] >= 1).all()
    assert not report.n_queries[~report.denied].any()


# Limits of single people.


def draw_limits(X, seed=0):
    """Limits as frames, and what they leave of every column."""
    rng = np.random.RandomState(seed)
    n = len(X)
    low = pd.DataFrame({"points": rng.randint(-1, 8, n).astype(float)}, X.index)
    low.loc[rng.rand(n) < 0.3, "points"] = np.nan
    high = pd.DataFrame(
        {"grade": rng.choice([None, *GRADES], n), "points": low["points"] + 2}, X.index
    )
    frozen = pd.DataFrame(rng.rand(n, 2) < 0.3, X.index, ["town", "member"])
    own = []
    for row in range(n):
        start, top = low["points"].iloc[row], high["grade"].iloc[row]
        own.append(
            {
                "points": range(10)
                if np.isnan(start)
                else range(int(start), int(start) + 3),
                "grade": GRADES if pd.isna(top) else GRADES[: GRADES.index(top) + 1],
                "town": [] if frozen["town"].iloc[row] else TOWNS,
                "member": [] if frozen["member"].iloc[row] else [True],
            }
        )
    return {"lower": low, "upper": high, "frozen": frozen}, own


@pytest.mark.parametrize("name", ["plain", "linked"])
def test_limits_of_everybody_are_kept_and_statuses_stay_true(
    name, X, request, report_of
):
    par = request.getfixturevalue(name)
    limits, own = draw_limits(X)
    report = par.recourse(X, **limits)
    check_statuses(par, report, X, name == "linked", own)
    assert {"found", "impossible"} <= set(report.status)
    assert "own limits" in " ".join(report.reason)
    free = report_of(name)
    assert (report.counterfactuals != free.counterfactuals).any(axis=None)


def test_limits_go_through_transform_and_pipelines(plain, X):
    limits, _ = draw_limits(X)
    report = plain.recourse(X, **limits)
    with pytest.warns(UserWarning, match="No recourse was found for"):
        alone = plain.transform(X, **limits)
    pd.testing.assert_frame_equal(alone, report.counterfactuals)
    pipeline = Pipeline([("same", FunctionTransformer()), ("par", plain)])
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.warns(UserWarning, match="No recourse was found for"),
    ):
        routed = pipeline.transform(X, **limits)
    pd.testing.assert_frame_equal(routed, report.counterfactuals)


def test_arrays_of_limits_mean_the_same_as_frames():
    rng = np.random.RandomState(0)
    X = rng.randint(0, 10, (120, 3)).astype(float)
    par = quick().fit(X, clf=Accepts(lambda X: X.sum(axis=1) >= 15))
    high = np.where(rng.rand(*X.shape) < 0.5, X + 2, np.nan)
    frozen = rng.rand(*X.shape) < 0.3
    report = par.recourse(X, upper=high, frozen=frozen)
    moved = report.counterfactuals != X
    assert report.answered.sum() > 10
    assert not (moved & frozen).any()
    assert not (moved & (report.counterfactuals > high)).any()
    assert (moved & (report.counterfactuals > X)).any()


@pytest.mark.parametrize("method", ["recourse", "transform"])
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (lambda X: {"lower": X[["points"]][::-1]}, "lower is not aligned to X.* row 0"),
        (lambda X: {"upper": X[["points"]][:-1]}, "upper has 149 rows and X has 150"),
        (lambda X: {"lower": X[["points"]].reset_index(drop=True)}, "not aligned"),
        (lambda X: {"lower": np.zeros((150, 3))}, r"shape \(150, 3\)"),
        (lambda X: {"frozen": X[["points"]]}, "must be True or False"),
        (lambda X: {"lower": X[["town"]]}, "'town' is nominal"),
        (lambda X: {"lower": X[["points"]].set_axis(["pay"], axis=1)}, "'pay'"),
        (
            lambda X: {"lower": X[["points"]] + 1, "upper": X[["points"]]},
            "lower is above upper for row 'clerk 0'",
        ),
    ],
)
def test_limits_that_do_not_fit_are_refused(plain, X, method, limits, message):
    with pytest.raises(ValueError, match=message):
        getattr(plain, method)(X, **limits(X))


# Options.


@pytest.fixture(scope="module")
def mixed():
    """Clerks with an income, so that reaches are not finite."""
    X = make_clerks(180, seed=1)
    income = 30 + 20 * np.random.RandomState(2).rand(len(X))
    return X.assign(income=np.round(income, 2))


def decide_mixed(X):
    return decide(X.assign(points=X["points"] + (X["income"] - 40) / 4))


@pytest.fixture(scope="module")
def optional(mixed):
    return quick(actionability=RULES).fit(mixed, clf=Accepts(decide_mixed))


def directions(par, report):
    """What changes, and ordered columns in which direction."""
    old, new = report.codes_before, report.codes_after
    ordered = np.array([column.is_ordered for column in par.schema_.columns])
    return np.where(ordered, np.sign(new - old), (new != old) * 1.0)


def check_missing(par, earlier, option, people):
    """Where no option was found, no row within reach is one and needs its changes."""
    effort = par._parts.objective.effort
    for place, rows in within(option, people, False):
        if option.answered[place]:
            continue
        rows = needed_rows(people.iloc[[place]], rows)
        labels = people.index[[place] * len(rows)]
        codes = par.schema_.encode(rows.set_axis(labels))
        own = np.repeat(option.codes_before[[place]], len(rows), axis=0)
        is_other = np.ones(len(rows), dtype=bool)
        for one in earlier:
            taken = np.repeat(one.codes_after[[place]], len(rows), axis=0)
            is_other &= is_alternative(par._actionability, effort, own, taken, codes)
        assert not is_other.any()


@pytest.mark.parametrize("name", ["plain", "optional"])
def test_options_are_different_ways_in_falling_order(name, request):
    par = request.getfixturevalue(name)
    table, rule = ("X", decide) if name == "plain" else ("mixed", decide_mixed)
    people = request.getfixturevalue(table)
    people = people[~rule(people)][:60]
    report = par.recourse(people, n_options=3)
    assert len(report.options) == 3
    assert len(par.recourse(people).options) == 1
    first = report.options[0]
    assert first is report
    # Looking for other ways finds a better one at times.
    alone = par.recourse(people)
    np.testing.assert_array_equal(first.status, alone.status)
    same = (first.counterfactuals == alone.counterfactuals).all(axis=1).to_numpy()
    gain, saving = first.objective - alone.objective, alone.effort - first.effort
    better = (gain > 1e-9) | ((gain > -1e-9) & (saving > 1e-9))
    assert better[~same & first.answered].all()
    assert same.mean() > 0.8
    effort = par._parts.objective.effort.per_feature
    for k, option in enumerate(report.options):
        found = option.answered
        np.testing.assert_array_equal(option.needed, found)
        if name == "plain":
            check_missing(par, report.options[:k], option, people)
            assert found.mean() > 0.6
        else:
            assert found.mean() > 0.8
        assert rule(option.counterfactuals[found]).all()
        before = People.unlimited(option.codes_before[found])
        assert par._actionability.is_feasible(before, option.codes_after[found]).all()
        for earlier in report.options[:k]:
            assert not (found & ~earlier.answered).any()
            ways = [directions(par, one)[found] for one in (option, earlier)]
            assert (ways[0] != ways[1]).any(axis=1).all()
            assert (option.objective <= earlier.objective + 1e-9)[found].all()
            asks, asked = (
                effort(one.codes_before, one.codes_after)[found]
                for one in (option, earlier)
            )
            assert (asks < asked).any(axis=1).all()
        assert set(option.reason[option.denied & ~found]) <= {
            "no further option was found"
        }
        assert not option.optimal[~found].any()
    distance = np.mean(
        [
            gower(par.schema_, a.codes_after, b.codes_after)
            for a, b in combinations(report.options, 2)
        ],
        axis=0,
    )
    all_three = report.options[2].answered
    np.testing.assert_allclose(report.diversity[all_three], distance[all_three])
    assert ((report.diversity > 0) & (report.diversity <= 1))[all_three].all()


def test_options_keep_the_limits_of_everybody(plain, X):
    limits, own = draw_limits(X, seed=3)
    report = plain.recourse(X, n_options=2, **limits)
    second = report.options[1]
    assert second.answered.sum() > 10
    for place, rows in within(second, X, False, own):
        if second.answered[place]:
            answer = second.counterfactuals.iloc[place]
            assert (rows == answer).all(axis=1).any()


def test_no_option_where_there_is_one_way_only():
    X = pd.DataFrame({"points": np.arange(60) % 10})
    par = quick(actionability={"points": "increasing"})
    par.fit(X, clf=Accepts(lambda X: X["points"] >= 6))
    report = par.recourse(X, n_options=3)
    assert report.answered.sum() == 36
    for option in report.options[1:]:
        assert not option.answered.any()
        np.testing.assert_array_equal(option.denied, report.denied)
    assert np.isnan(report.diversity).all()
    assert set(report.options[1].reason[report.denied]) == {
        "no further option was found"
    }


@pytest.mark.parametrize(
    ("n_options", "error", "said"),
    [
        (0, ValueError, "1 or more, got 0"),
        (np.int64(-1), ValueError, "1 or more"),
        *[
            (value, TypeError, "a whole number")
            for value in (True, 2.5, 2.0, np.nan, "2", None, [2])
        ],
    ],
)
def test_a_number_of_options_that_cannot_be_meant_is_refused(
    plain, X, monkeypatch, n_options, error, said
):
    monkeypatch.delattr("skpar.search._search.RecourseSearch.find")
    with pytest.raises(error, match=f"n_options must be {said}"):
        plain.recourse(X, n_options=n_options)


# Floors and refusals.


@pytest.mark.slow
@pytest.mark.parametrize("least", [0.3, 0.8])
def test_answers_are_at_least_as_plausible_as_asked_for(X, plain, least):
    par = quick(actionability=RULES, min_percentile=least)
    report = par.fit(X, clf=Accepts(decide)).recourse(X)
    found = report.answered
    assert found.sum() > 5
    assert (report.percentile[found] >= least).all()
    assert (plain.recourse(X).percentile[found] < least).any()
    plausibility = par._parts.objective.plausibility
    for place, rows in within(report, X, False):
        codes = par.schema_.encode(rows)
        rank = plausibility.percentile(plausibility.log_densities(codes)[0])
        assert report.answered[place] == (rank >= least).any()
        if report.optimal[place]:
            best = objectives(par, X.iloc[[place]], rows)[rank >= least].max()
            assert report.objective[place] == pytest.approx(best, abs=1e-9)


@pytest.mark.slow
def test_answers_are_at_least_as_probable_as_asked_for(X):
    clf = mixed_pipeline(LogisticRegression()).fit(X, decide(X).astype(int))
    chances = []
    for least in (None, 0.9):
        par = quick(actionability=RULES, min_probability=least).fit(X, clf=clf)
        report = par.recourse(X)
        np.testing.assert_array_equal(report.denied, clf.predict(X) == 0)
        answers = report.counterfactuals[report.answered]
        chances.append(clf.predict_proba(answers)[:, 1])
    assert (chances[0] < 0.9).any()
    assert (chances[1] >= 0.9).all() and len(chances[1]) > 5
    # Two who may reach what is safe are not called impossible.
    for place in np.flatnonzero(report.denied):
        rows = reach(X.iloc[place])
        safe = (clf.predict_proba(rows)[:, 1] >= 0.9).any()
        assert report.status[place] == ("found" if safe else "impossible")


@pytest.mark.parametrize("make", [lambda X, y: Accepts(decide), None])
def test_a_least_probability_needs_probabilities(X, make):
    y = decide(X).astype(int)
    clf = make(X, y) if make else mixed_pipeline(LinearSVC(random_state=0)).fit(X, y)
    with pytest.raises(ValueError, match="min_probability needs .* predict_proba"):
        quick(min_probability=0.7).fit(X, clf=clf)


def shared_by(X, rows):
    """How many training rows equal each row."""
    counts = X.astype(str).value_counts()
    keys = rows.astype(str).itertuples(index=False, name=None)
    return np.array([counts.get(key, 0) for key in keys])


def test_an_answer_that_is_a_rare_training_row_is_told_or_refused(X, report_of):
    report = report_of("plain")
    n_shared = shared_by(X, report.counterfactuals)
    is_rare = (n_shared > 0) & (n_shared < 5) & report.answered
    np.testing.assert_array_equal(report.training_row, is_rare)
    assert is_rare.any() and (report.answered & ~is_rare).any()
    par = quick(actionability=RULES, allow_training_rows=False)
    report = par.fit(X, clf=Accepts(decide)).recourse(X, n_options=2)
    for option in report.options:
        n_shared = shared_by(X, option.counterfactuals)[option.answered]
        assert ((n_shared == 0) | (n_shared >= 5)).all()
        assert not option.training_row.any()
    for place, rows in within(report, X, False):
        n_shared = shared_by(X, rows)
        allowed = (n_shared == 0) | (n_shared >= 5)
        assert report.answered[place] == allowed.any()
