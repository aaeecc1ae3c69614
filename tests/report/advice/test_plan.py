"""Plans: steps of a recourse that keep everything, and what the classifier says."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from skpar import Derived, ExactlyOne, Falls, If, NotAbove, PARRecourse, Rises, Wording

from ..._loans import RULES, Accepts, quick, split_loans, unchanged

COLUMNS = [
    "row",
    "option",
    "step",
    "feature",
    "before",
    "after",
    "effort",
    "probability",
    "accepted",
    "text",
]
LINKS = [If(Rises("monthly_income"), Falls("card_usage"))]


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def par(loans):
    fitted = quick(actionability=RULES, links=LINKS, only_needed=False)
    return fitted.fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking, n_options=2)


def rows_after(X, steps):
    """The row of each person after each step, in the order of the plan."""
    rows, places = [], []
    for (label, _, _), some in steps.groupby(["row", "option", "step"], sort=False):
        is_first = some["step"].iloc[0] == 1
        row = X.loc[[label]].copy() if is_first else rows[-1].copy()
        for name, before, after in zip(
            some["feature"], some["before"], some["after"], strict=True
        ):
            cell = row[name].iloc[0]
            assert cell == before or (pd.isna(cell) and pd.isna(before))
            row[name] = pd.Series([after], index=row.index, dtype=row[name].dtype)
        rows.append(row)
        places.append(some.index[0])
    return pd.concat(rows), steps.loc[places]


def test_every_step_is_feasible_and_its_decision_is_that_of_the_classifier(
    par, report, loans
):
    steps = par.plan(report, option=None)
    assert steps.columns.tolist() == COLUMNS
    rows, said = rows_after(loans.asking, steps)
    assert (said["step"] > 1).sum() > 30
    people = loans.asking.loc[rows.index]
    judged = par.assess(people.reset_index(drop=True), rows.reset_index(drop=True))
    assert judged["feasible"].all()
    accepted = loans.clf.predict(rows) == 1
    np.testing.assert_array_equal(said["accepted"], accepted)
    probability = loans.clf.predict_proba(rows)[:, 1]
    np.testing.assert_allclose(said["probability"], probability)
    # Changes that accompany the others: some people are accepted before the last step.
    last = said.groupby(["row", "option"])["step"].transform("max") == said["step"]
    assert said["accepted"][last].all()
    assert said["accepted"][~last].any()
    assert not said["accepted"][~last].all()


def test_the_steps_make_all_changes(par, report):
    for option, one in enumerate(report.options):
        steps, listed = par.plan(report, option=option), report.changes(option)
        assert (steps["option"] == option).all()
        assert set(zip(steps["row"], steps["feature"], strict=True)) == set(
            zip(listed["row"], listed["feature"], strict=True)
        )
        assert len(steps) == len(listed)
        total = steps.groupby("row")["effort"].sum()
        expected = pd.Series(one.effort, one.factuals.index)[total.index]
        np.testing.assert_allclose(total, expected)


def test_the_cheapest_step_comes_first(par, report):
    steps = par.plan(report, option=None)
    linked = steps["feature"].isin(["monthly_income", "card_usage"])
    effort = steps[~linked].groupby(["row", "option"])["effort"]
    assert effort.apply(lambda some: some.is_monotonic_increasing).all()
    assert (effort.size() > 1).any()


def test_a_link_decides_even_if_the_second_change_is_cheaper(loans):
    enough = loans.X["monthly_income"].median()
    clf = Accepts(lambda T: T["monthly_income"] > enough)
    par = quick(links=LINKS).fit(loans.X, clf=clf)
    steps = par.plan(par.recourse(loans.asking)).set_index(["row", "feature"])
    pair = ["monthly_income", "card_usage"]
    step, effort = steps["step"].unstack()[pair], steps["effort"].unstack()[pair]
    assert len(step) > 10
    assert (step["monthly_income"] > step["card_usage"]).all()
    assert (effort["monthly_income"] < effort["card_usage"]).any()


def test_a_plan_depends_on_its_own_row_alone(par, report):
    steps = par.plan(report, option=None)
    assert steps["option"].nunique() == 2
    some = np.flatnonzero(report.answered)[[7, 2]]
    labels = report.factuals.index[some]
    alone = par.plan(report[some], option=None)
    expected = pd.concat([steps[steps["row"] == label] for label in labels])
    pd.testing.assert_frame_equal(alone, expected.reset_index(drop=True))


def test_a_saved_report_has_the_same_plan(par, report):
    saved = pickle.loads(pickle.dumps(report))
    pd.testing.assert_frame_equal(par.plan(saved), par.plan(report))
    other = pickle.loads(pickle.dumps(par))
    pd.testing.assert_frame_equal(other.plan(saved), par.plan(report))
    # The report holds no classifier and no estimator.
    assert len(pickle.dumps(report)) < len(pickle.dumps(par)) / 2


def test_nobody_has_an_empty_plan(par, report, loans):
    empty = par.plan(report[~report.answered])
    assert empty.columns.tolist() == COLUMNS and len(empty) == 0
    full = par.plan(report)
    assert (empty.dtypes == full.dtypes).all()
    assert full.dtypes[["step", "option"]].tolist() == [np.dtype(np.int64)] * 2
    assert full["accepted"].dtype == bool


def test_rows_that_cannot_be_read_have_no_plan(par, loans):
    X = loans.asking[:20].astype({"job": object})
    X.loc[X.index[3], "job"] = "astronaut"
    upper = pd.DataFrame({"loan_months": 1000.0}, index=X.index)
    report = par.recourse(X, upper=upper)
    steps = par.plan(report)
    assert X.index[3] not in set(steps["row"])
    assert set(steps["row"]) == set(X.index[report.answered])


def half_rate(table):
    return table["debt"] / 2 + table["pay"] * 0


@pytest.fixture(scope="module")
def derived():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 20, (200, 3)), columns=["pay", "debt", "age"])
    jobs = np.eye(3, dtype=int)[rng.integers(0, 3, 200)]
    X = X.assign(
        rate=half_rate(X), job_a=jobs[:, 0], job_b=jobs[:, 1], job_c=jobs[:, 2]
    )

    def decide(X):
        return X["pay"] - X["rate"] + 6 * X["job_b"] >= 14

    links = [
        Derived("rate", ["debt", "pay"], half_rate),
        NotAbove("rate", "pay"),
        ExactlyOne(["job_a", "job_b", "job_c"]),
    ]
    return X, quick(links=links).fit(X, clf=Accepts(decide))


def test_groups_are_one_step_and_derived_columns_follow(derived):
    X, par = derived
    report = par.recourse(X)
    wording = Wording(names={"job_b": "cook"}, units={"rate": "%"})
    steps = par.plan(report, wording)
    features = steps["feature"]
    assert {"job", "rate"} <= set(features)
    rates = steps[features == "rate"]
    assert (rates["effort"] == 0).all()
    assert rates["text"].str.startswith("rate then becomes ").all()
    assert rates["text"].str.contains("%").all()
    assert steps["text"][features == "job"].str.contains("cook").any()
    sizes = steps[features != "rate"].groupby(["row", "step"]).size()
    assert (sizes == 1).mean() > 0.9
    assert steps["probability"].isna().all()  # the classifier has none
    # With only needed changes, feasible parts of them are denied.
    last = steps.groupby("row")["step"].transform("max") == steps["step"]
    np.testing.assert_array_equal(steps["accepted"], last)


def test_limits_of_people_hold_after_each_step():
    table = pd.DataFrame({"a": [0, 9], "b": [0, 9], "c": [0, 18]})
    X = pd.concat([table] * 40, ignore_index=True)
    X["a"], X["b"] = np.arange(80) % 10, np.arange(80) // 8
    X["c"] = X["a"] - X["b"] + 9
    links = [Derived("c", ["a", "b"], lambda X: X["a"] - X["b"] + 9)]

    def decide(X):
        return (X["a"] >= 7) & (X["b"] >= 7)

    par = quick(links=links, actionability={"a": "increasing"})
    par.fit(X, clf=Accepts(decide))
    person = pd.DataFrame({"a": [6], "b": [6], "c": [9]}, index=["ann"])
    for name, value, first in (("upper", 9, "b"), ("lower", 9, "a")):
        limit = pd.DataFrame({"c": [value]}, index=["ann"])
        report = par.recourse(person, **{name: limit})
        assert report.answered.all()
        steps = par.plan(report)
        moved = steps[steps["feature"] != "c"]
        assert moved["feature"].tolist()[0] == first
        assert set(moved["feature"]) == {"a", "b"}


def test_a_person_half_of_the_way_done_asks_again(par, report, loans):
    steps = par.plan(report)
    n_steps = steps.groupby("row")["step"].max()
    labels = n_steps.index[n_steps > 1]
    first = steps[(steps["step"] == 1) & steps["row"].isin(labels)]
    rows, said = rows_after(loans.asking, first)
    is_denied = ~said["accepted"].to_numpy()
    now = rows[is_denied]
    done = pd.DataFrame(
        ~unchanged(loans.asking.loc[now.index], now), now.index, now.columns
    )
    assert len(now) > 20 and (done.sum(axis=1) >= 1).all()
    again = par.recourse(now, frozen=done)
    assert again.answered.all()
    kept = unchanged(now, again.counterfactuals)
    assert kept[done.to_numpy()].all()
    assert (loans.clf.predict(again.counterfactuals) == 1).all()


def test_wrong_reports_are_refused(par, report, loans):
    with pytest.raises(TypeError, match="plan takes a report"):
        par.plan(loans.asking)
    with pytest.raises(IndexError, match="option is 7"):
        par.plan(report, option=7)
    with pytest.raises(ValueError, match="names"):
        par.plan(report, Wording(names={"shoes": "boots"}))
    with pytest.raises(NotFittedError):
        PARRecourse().plan(report)
    X = loans.X.drop(columns="job")
    other = quick().fit(X, clf=Accepts(lambda X: X["savings"] > 1000))
    with pytest.raises(ValueError, match="other columns or levels"):
        other.plan(report)
