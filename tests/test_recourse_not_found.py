"""Recourse is found where there is one; if not, the reason says what was tried."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from skpar import Derived, Falls, If, NotAbove, Range, Rises
from skpar.actionability import People
from skpar.table import same_cells

from ._loans import Accepts, quick

RULES = {
    "income": Range(0, 400, step=10, relative=True),
    "debt": Range(-300, 0, step=25, relative=True),
    "savings": Range(-2000, 0, step=500, relative=True),
    "age": "immutable",
}


def ratio(table):
    return np.round(table["debt"] / table["income"], 3)


LINKS = [
    Derived("ratio", ["debt", "income"], ratio),
    NotAbove("debt", "income"),
    If(Falls("debt", by=100), Falls("savings", by=500)),
    If(Rises("income"), Falls("savings")),
]
PART = re.compile(
    r"no accepted row was found; (?P<n>\d+) rows? (was|were) tried, (?P<left>[^;]*)"
    r"(; the nearest miss has probability (?P<p>\d\.\d\d): (?P<miss>[^;]*)"
    r"(; rules that bind there: (?P<rules>.*))?)?"
)


@pytest.fixture(scope="module")
def mortgages():
    rng = np.random.default_rng(0)
    n = 500
    income = 50.0 * rng.integers(20, 80, n)
    X = pd.DataFrame(
        {
            "income": income,
            "debt": 25 * np.round(income * rng.uniform(0.2, 0.9, n) / 25),
            "savings": 500.0 * rng.integers(0, 12, n),
            "age": rng.integers(20, 60, n),
        }
    ).assign(ratio=ratio)
    y = (X["ratio"] < 0.45).astype(int)
    clf = RandomForestClassifier(20, random_state=0).fit(X[300:], y[300:])
    par = quick(actionability=RULES, links=LINKS).fit(X[:300], y[:300], clf)
    return par, clf, X[300:]


def test_nothing_is_missed_that_random_feasible_rows_find(mortgages):
    par, clf, X = mortgages
    report = par.recourse(X)
    able = par._actionability
    rng = np.random.default_rng(1)
    found = 0
    for i in np.flatnonzero(report.denied):
        own = report.codes_before[[i]]
        rows = np.tile(own, (1000, 1))
        low, high = np.array([[0, -300, -2000], [400, 0, 0]])
        moved = rng.random((1000, 3)) < rng.random((1000, 1))
        rows[:, :3] += moved * rng.uniform(low, high, (1000, 3))
        rows = able.project(People.unlimited(own), rows[None])[0]
        rows = rows[~same_cells(rows, own).all(axis=1)]
        if len(rows) and clf.predict(par.schema_.decode(rows)).any():
            found += 1
            assert report.answered[i]
    assert found >= 10


def test_the_reason_says_what_was_tried_and_what_is_nearest(mortgages):
    par, clf, X = mortgages
    report = par.recourse(X)
    missed = np.flatnonzero(report.status == "not found")
    assert len(missed)
    for i in missed:
        parts = PART.fullmatch(report.reason[i])
        assert parts, report.reason[i]
        assert int(parts["n"]) == report.n_queries[i] <= par.max_queries
        is_spent = report.n_queries[i] == par.max_queries
        assert parts["left"].endswith("that max_queries allows") == is_spent
        row = X.iloc[[i]].copy()
        for change in parts["miss"].split(" and "):
            name, new = re.match(r"\w+ (\w+) from .* to (\S+)", change).groups()
            row[name] = type(row[name].iloc[0])(float(new))
        row["ratio"] = ratio(row)
        assert par.assess(X.iloc[[i]], row)["feasible"].all()
        assert not clf.predict(row).any()
        assert f"{clf.predict_proba(row)[0, 1]:.2f}" == parts["p"]


def test_the_reason_depends_on_the_own_row_alone(mortgages):
    par, _, X = mortgages
    report = par.recourse(X)
    for i in np.flatnonzero(report.status == "not found")[:3]:
        alone = par.recourse(X.iloc[[i]])
        assert alone.reason[0] == report.reason[i]
        assert alone.n_queries[0] == report.n_queries[i]


@pytest.mark.parametrize(
    ("max_queries", "status"), [(9, "not found"), (10, "impossible")]
)
def test_a_small_budget_limits_proofs_to_ten_times_as_many_rows(max_queries, status):
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.randint(10, size=(400, 3)), columns=["a", "b", "c"])
    X["c"] %= 2
    clf = Accepts(lambda table: table["c"] == 1)
    par = quick(actionability={"c": "immutable"}, max_queries=max_queries)
    report = par.fit(X, clf=clf).recourse(X[X["c"] == 0][:3])
    assert set(report.status) == {status}
    assert (report.n_queries <= max_queries).all()
