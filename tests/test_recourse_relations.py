"""What columns say about each other is kept by whatever PARRecourse answers."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar import Determines, ExactlyOne, MaxChanged, Wording
from skpar.metrics import actionability

from ._loans import Accepts, quick

JOBS = list("abcde")
GAIN = dict(zip(JOBS, (-2.0, -1.0, 0.0, 1.0, 2.0), strict=True))
YEARS = {"school": 9, "college": 13, "doctor": 20}


def one_hot(kind="bool", n=500, seed=0):
    """People with an income and a one-hot job, and the names of its columns."""
    rng = np.random.default_rng(seed)
    job, income = rng.choice(JOBS, n), rng.normal(0, 1, n).round(2)
    table = pd.get_dummies(
        pd.DataFrame({"income": income, "job": job}),
        columns=["job"],
        drop_first=kind == "dropped",
    )
    columns = table.columns[1:].tolist()
    if kind == "int":
        table[columns] = table[columns].astype(int)
    if kind == "standardised":
        table[columns] = (table[columns] - table[columns].mean()) / table[columns].std()
    gain = pd.Series(job).map(GAIN)
    y = (income + gain + rng.logistic(0, 0.3, n) > 0).astype(int)
    return table, columns, y


def is_on(table, columns):
    """Which columns are on, for all ways to write two values."""
    cells = table[columns].astype(float)
    return (cells > cells.to_numpy().mean()).to_numpy()


@pytest.fixture(scope="module")
def fitted():
    X, columns, y = one_hot()
    clf = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:200], y[:200])
    par = quick().fit(X[200:], y[200:], clf)
    return par, clf, X[200:], columns


@pytest.mark.parametrize("kind", ["bool", "int", "dropped", "standardised"])
def test_one_hot_columns_stay_one_hot(kind):
    X, columns, y = one_hot(kind)
    clf = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:200], y[:200])
    par = quick().fit(X[200:], y[200:], clf)
    assert par.relations_ == (ExactlyOne(columns, at_most=kind == "dropped"),)
    assert par.schema_.names == ("income", "job")
    report = par.recourse(X[200:])
    assert report.answered.sum() > 50
    n_on = is_on(report.counterfactuals, columns).sum(axis=1)
    assert (n_on <= 1).all() if kind == "dropped" else (n_on == 1).all()
    changed = report.changes()
    assert {"income", "job"} >= set(changed["feature"])
    assert (changed["feature"] == "job").any()
    assert report.counterfactuals.dtypes.equals(X.dtypes)
    assert clf.predict(report.counterfactuals[report.answered]).all()


def balanced(is_linked):
    """One-hot columns of 100 people per job: standardised, they are nearly -.5 and 2.

    The values miss -.5 and 2 by rounding errors, but the schema learns a step of .5.
    """
    rng = np.random.default_rng(0)
    job = rng.permutation(np.repeat(np.arange(5), 100))
    cells = np.where(job[:, None] == np.arange(5), 2 - 3e-15, -0.5 + 8e-16)
    X = pd.DataFrame(cells, columns=[f"job_{level}" for level in JOBS])
    X.insert(0, "income", rng.normal(size=500))
    y = (X["income"] + job - 2 + rng.logistic(0, 0.3, 500) > 0).astype(int)
    links = [ExactlyOne(X.columns[1:].tolist())] if is_linked else None
    clf = LogisticRegression().fit(X, y)
    return X, clf, quick(links=links).fit(X, y, clf)


@pytest.mark.parametrize("is_linked", [False, True])
def test_columns_with_rounding_errors_are_a_group(is_linked):
    X, _, par = balanced(is_linked)
    assert par.schema_.names == ("income", "job")
    answers = par.transform(X)
    columns = X.columns[1:]
    assert (is_on(answers, columns).sum(axis=1) == 1).all()
    assert (answers[columns] != X[columns]).any().any()
    for column in columns:
        assert set(answers[column]) <= set(X[column])


def test_a_limit_on_changes_of_columns_that_are_found_to_be_one_feature():
    X, columns, y = one_hot()
    clf = LogisticRegression().fit(X[:200], y[:200])
    par = quick(links=[MaxChanged(1, of=columns[:2])]).fit(X[200:], y[200:], clf)
    assert par.relations_ == (ExactlyOne(columns),)
    answers = par.transform(X[200:])
    assert (answers[columns[0]] != X[200:][columns[0]]).any()
    with pytest.raises(ValueError, match="of has only 2 columns"):
        quick(links=[MaxChanged(2, of=columns[:2])]).fit(X[200:], y[200:], clf)


def test_arrays_have_groups_too():
    X, columns, y = one_hot("int")
    table = X.to_numpy(dtype=float)
    clf = LogisticRegression().fit(table[:200], y[:200])
    par = quick().fit(table[200:], y[200:], clf)
    assert par.relations_ == (ExactlyOne(["x1", "x2", "x3", "x4", "x5"]),)
    answers = par.transform(table[200:])
    assert (answers[:, 1:].sum(axis=1) == 1).all()
    changed = (answers != table[200:]).any(axis=0)
    assert changed[0]
    assert changed[1:].sum() >= 2


def test_without_relations_columns_change_alone():
    X, columns, y = one_hot()
    clf = LogisticRegression().fit(X[:200], y[:200])
    weights = dict.fromkeys(["plausibility", "denied", "outlier"], 0)
    weights = {f"weight_{name}": weight for name, weight in weights.items()}
    rules = {"income": "immutable"}
    par = quick(keep_relations=False, actionability=rules, **weights)
    par.fit(X[200:], y[200:], clf)
    assert par.relations_ == ()
    n_on = par.recourse(X[200:]).counterfactuals[columns].sum(axis=1)
    assert (n_on != 1).any()


def test_one_change_of_a_group_is_one_action(fitted):
    par, _, X, _ = fitted
    report = par.recourse(X)
    sentences = [text for text in report.actions() if text.startswith("change job")]
    assert sentences
    assert " from " in sentences[0]
    assert (report.n_changed[report.answered] <= 2).all()
    names = {"job_e": "engineer", "job": "the job"}
    texts = " ".join(report.actions(Wording(names=names)))
    assert "change the job from" in texts
    assert " to engineer" in texts


def test_limits_of_columns_hold_in_groups(fitted):
    par, _, X, columns = fitted
    denied = X[par.recourse(X).denied]
    frozen = pd.DataFrame(False, denied.index, columns)
    frozen["job_e"] = True
    kept = par.recourse(denied, frozen=frozen).counterfactuals
    assert kept["job_e"].equals(denied["job_e"])
    assert not kept["job_d"].equals(denied["job_d"])
    upper = pd.DataFrame({"job_e": False, "job_d": False}, denied.index)
    kept = par.recourse(denied, upper=upper).counterfactuals
    assert not (kept[["job_e", "job_d"]] & ~denied[["job_e", "job_d"]]).any(axis=None)
    own = is_on(denied, columns)
    lower = pd.DataFrame(own, denied.index, columns)
    kept = par.recourse(denied, lower=lower).counterfactuals
    assert (is_on(kept, columns) == own).all()


def test_rules_of_columns_hold_in_groups(fitted):
    _, clf, X, columns = fitted
    rules = {"job_e": "immutable", "job_a": "decreasing", "job_b": "increasing"}
    par = quick(actionability=rules).fit(X, clf=clf)
    report = par.recourse(X)
    old, new = X[report.answered], report.counterfactuals[report.answered]
    assert len(new) > 30
    assert new["job_e"].equals(old["job_e"])
    assert not (new["job_a"] & ~old["job_a"]).any()
    assert not (~new["job_b"] & old["job_b"]).any()
    counted = (report.factuals, report.counterfactuals, report.answered)
    assert actionability(*counted, report.schema, rules) == 1.0


def test_metrics_read_groups_from_links_and_from_schemas(fitted):
    par, _, X, columns = fitted
    report = par.recourse(X)
    two_on = report.counterfactuals.copy()
    two_on[columns] = True
    kept = (X, report.counterfactuals, report.answered)
    broken = (X, two_on, report.answered)
    frozen = pd.DataFrame({"job_e": True}, X.index)
    for schema, links in ((report.schema, None), (X, [ExactlyOne(columns)])):
        assert actionability(*kept, schema, links=links) == 1.0
        assert actionability(*broken, schema, links=links) == 0.0
        share = actionability(*kept, schema, links=links, frozen=frozen)
        moved = (X != report.counterfactuals)["job_e"][report.answered]
        assert share == pytest.approx(1 - moved.mean())
    assert 0 < moved.mean() < 1


def test_who_breaks_a_group_keeps_it_or_mends_it(fitted):
    par, _, X, columns = fitted
    broken = X[:60].copy()
    broken["job_a"], broken["job_b"] = True, True
    nobody = X[:60].copy()
    nobody[columns] = False
    for people in (broken, nobody):
        report = par.recourse(people)
        old, new = is_on(people, columns), is_on(report.counterfactuals, columns)
        changed = (old != new).any(axis=1)
        assert (new[changed].sum(axis=1) == 1).all()
        assert report.answered.any()
    texts = par.recourse(broken).changes()
    texts = texts[texts["feature"] == "job"]
    assert set(texts["from"]) <= {"a + b", "a + b + c", "a + b + d", "a + b + e"}


def test_a_value_that_is_neither_on_nor_off_is_unreadable():
    X, columns, y = one_hot("int")
    clf = LogisticRegression().fit(X[:200], y[:200])
    par = quick().fit(X[200:], y[200:], clf)
    people = X[200:230].copy()
    people.loc[people.index[3], "job_b"] = 2
    report = par.recourse(people)
    assert report.unreadable.nonzero()[0].tolist() == [3]
    assert "column 'job_b': 2 must be 0 or 1" in report.reason[3]
    assert not report[:3].unreadable.any()
    with pytest.raises(ValueError, match="'job_b'"):
        par.transform(people)


def test_impossible_is_proved_with_groups():
    X, columns, _ = one_hot()
    X = X.drop(columns="income")
    clf = Accepts(lambda table: table["job_e"])
    par = quick(actionability={"job_e": "immutable"}).fit(X, clf=clf)
    report = par.recourse(X)
    assert (report.status[report.denied] == "impossible").all()
    free = quick().fit(X, clf=clf).recourse(X)
    assert free.answered.sum() == free.denied.sum()
    assert free.optimal[free.answered].all()


def test_a_linear_bound_adds_up_the_columns(fitted):
    _, clf, X, columns = fitted
    rules = {
        "income": "immutable",
        **dict.fromkeys(["job_c", "job_d", "job_e"], "decreasing"),
    }
    report = quick(actionability=rules).fit(X, clf=clf).recourse(X)
    for row in np.flatnonzero(report.status == "impossible"):
        options = X.iloc[[row] * 2].copy()
        options[columns] = False
        options.iloc[0, options.columns.get_loc("job_a")] = True
        options.iloc[1, options.columns.get_loc("job_b")] = True
        assert not clf.predict(options).any()
    assert (report.status == "impossible").any()


def test_groups_count_once_in_links(fitted):
    _, clf, X, columns = fitted
    report = quick(links=[MaxChanged(1)]).fit(X, clf=clf).recourse(X)
    moved = X != report.counterfactuals
    assert moved[columns].any(axis=1).any()
    assert not (moved["income"] & moved[columns].any(axis=1)).any()
    none = quick(links=[MaxChanged(1, of=["income", *columns])]).fit(X, clf=clf)
    assert none.recourse(X).answered.any()


def test_groups_of_people_are_compared_by_column_or_feature(fitted):
    par, _, X, _ = fitted
    report = par.recourse(X)
    assert report.by_group("job_a").index.tolist() == [False, True]
    assert report.by_group("job").index.tolist() == JOBS
    assert report.by_group("job")["n"].sum() == len(X)


def test_answers_of_groups_do_not_depend_on_the_batch(fitted):
    par, _, X, _ = fitted
    together = par.transform(X[:40])
    alone = pd.concat([par.transform(X.iloc[[row]]) for row in range(40)])
    pd.testing.assert_frame_equal(together, alone)
    again = pickle.loads(pickle.dumps(par)).transform(X[:40])
    pd.testing.assert_frame_equal(together, again)


@pytest.fixture(scope="module")
def students():
    rng = np.random.default_rng(0)
    education = rng.choice(list(YEARS), 500)
    years = pd.Series(education).map(YEARS)
    income = rng.normal(0, 3, 500).round(2)
    return pd.DataFrame({"education": education, "years": years, "income": income})


def decide_students(table):
    return table["years"] + table["income"] > 13


def test_a_determined_column_follows(students):
    par = quick().fit(students, clf=Accepts(decide_students))
    assert par.relations_ == (Determines("education", "years"),)
    report = par.recourse(students)
    new = report.counterfactuals
    assert new["education"].map(YEARS).equals(new["years"])
    assert (new["education"] != students["education"]).any()
    assert "Determines(&#39;education&#39;, &#39;years&#39;)" in report.to_html()
    (text,) = [t for t in report.actions() if "change education" in t][:1]
    assert "years then becomes" in text
    moved = (students != new)[["education", "income"]].sum(axis=1)
    assert report.n_changed[report.answered].tolist() == moved[report.answered].tolist()


def test_people_who_break_a_relation_keep_their_cells(students):
    par = quick().fit(students, clf=Accepts(decide_students))
    torn = students[:60].assign(years=9)
    report = par.recourse(torn)
    new = report.counterfactuals
    moved = new["education"] != torn["education"]
    assert (new["years"][~moved] == 9).all()
    assert new["education"][moved].map(YEARS).equals(new["years"][moved])


def test_rules_of_what_follows_hold(students):
    rules = {"years": "immutable", "education": ["immutable"]}
    par = quick(actionability=rules).fit(students, clf=Accepts(decide_students))
    new = par.transform(students)
    assert new[["education", "years"]].equals(students[["education", "years"]])
    rules = {"years": "increasing"}
    par = quick(actionability=rules).fit(students, clf=Accepts(decide_students))
    new = par.transform(students)
    assert (new["years"] >= students["years"]).all()
    assert new["education"].map(YEARS).equals(new["years"])


def test_assess_names_what_is_broken(students, fitted):
    par = quick().fit(students, clf=Accepts(decide_students))
    torn = students[:5].assign(years=[20, 20, 20, 20, 20])
    own = students[:5].assign(education="school", years=9)
    broken = par.assess(own, torn.assign(education="school"))["broken"]
    assert broken.str.contains("years follows from education").all()
    par, _, X, columns = fitted
    both = X[:5].copy()
    both[columns] = True
    broken = par.assess(X[:5], both)["broken"]
    assert broken.str.contains("job: exactly one of its columns must be on").all()
