"""Judging anybody's proposals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import MaxChanged, Range
from skpar.metrics import actionability

from ._loans import Accepts, quick, split_loans

MEASURES = [
    "n_changed",
    "effort",
    "gower_distance",
    "objective",
    "log_density",
    "percentile",
    "training_row",
]


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def par(loans):
    rules = {"age": "immutable", "loan_amount": Range(500, 50_000, step=500)}
    par = quick(actionability=rules, links=[MaxChanged(4)])
    return par.fit(loans.X, loans.y, loans.clf)


def test_what_skpar_found_is_a_recourse(par, loans):
    report = par.recourse(loans.asking)
    table = par.assess(loans.asking, report.counterfactuals)
    assert table.columns.tolist() == [
        "recourse",
        "accepted",
        "feasible",
        "broken",
        *MEASURES,
    ]
    pd.testing.assert_index_equal(table.index, loans.asking.index)
    np.testing.assert_array_equal(table["recourse"], report.answered)
    assert table["feasible"].all()
    found = report.answered
    assert (table["broken"][found] == "").all()
    summary = report.to_frame()[found]
    for name in MEASURES:
        pd.testing.assert_series_equal(
            table[name][found], summary[name], check_dtype=False
        )


def test_accepted_people_need_no_recourse(par, loans):
    table = par.assess(loans.asking, loans.asking)
    assert not table["recourse"].any()
    np.testing.assert_array_equal(table["accepted"], loans.clf.predict(loans.asking))
    assert (table["broken"][~table["accepted"]] == "the classifier denies it").all()
    assert (table["n_changed"] == 0).all()


def test_what_is_broken_is_named(par, loans):
    X = loans.asking[loans.clf.predict(loans.asking) == 0][:4]
    plan = X.copy()
    plan.iloc[0, X.columns.get_loc("age")] += 1
    plan.iloc[1, X.columns.get_loc("loan_amount")] = 777
    plan.iloc[2, X.columns.get_loc("debt_share")] = 50.0
    columns = ["debt_share", "savings", "card_usage", "years_in_job", "housing"]
    other = loans.X[columns].drop_duplicates().iloc[:20]
    differs = (other != X[columns].iloc[3]).all(axis=1)
    plan.iloc[3, [X.columns.get_loc(name) for name in columns]] = other[differs].iloc[0]
    table = par.assess(X, plan)
    assert not table["feasible"].any()
    broken = table["broken"].tolist()
    assert "age: 'immutable'" in broken[0]
    assert "loan_amount: Range(500, 50000, step=500)" in broken[1]
    assert "debt_share: no feasible value of the column" in broken[2]
    assert "MaxChanged(4)" in broken[3]


def test_limits_of_single_people_are_kept(par, loans):
    X = loans.asking[loans.clf.predict(loans.asking) == 0]
    report = par.recourse(X)
    frozen = pd.DataFrame({"debt_share": np.ones(len(X), dtype=bool)}, index=X.index)
    table = par.assess(X, report.counterfactuals, frozen=frozen)
    moved = (report.counterfactuals["debt_share"] != X["debt_share"]).to_numpy()
    assert moved.any() and not moved.all()
    np.testing.assert_array_equal(table["feasible"], ~moved)
    assert (table["broken"][moved] == "debt_share: limit of this person").all()
    kept = actionability(
        X,
        report.counterfactuals,
        np.ones(len(X), dtype=bool),
        par.schema_,
        par.actionability,
        links=par.links,
        frozen=frozen,
        average=None,
    )
    np.testing.assert_array_equal(kept == 1, table["feasible"])


def test_all_demands_on_a_recourse_count(loans):
    par = quick(min_percentile=0.5, min_probability=0.7, allow_training_rows=False)
    par.fit(loans.X, loans.y, loans.clf)
    X = loans.asking[loans.clf.predict(loans.asking) == 0][:40]
    report = par.recourse(X)
    table = par.assess(X, report.counterfactuals)
    np.testing.assert_array_equal(table["recourse"], report.answered)
    plain = quick().fit(loans.X, loans.y, loans.clf).recourse(X)
    table = par.assess(X, plain.counterfactuals)
    probability = loans.clf.predict_proba(plain.counterfactuals)[:, 1]
    unsure = table["broken"].str.contains("min_probability=0.7")
    np.testing.assert_array_equal(
        unsure, (probability < 0.7) & table["accepted"].to_numpy()
    )
    unlikely = table["broken"].str.contains("min_percentile")
    np.testing.assert_array_equal(unlikely, table["percentile"] < 0.5)
    accepted = loans.X[loans.clf.predict(loans.X) == 1][: len(X)].set_axis(X.index)
    table = par.assess(X, accepted)
    assert table["broken"].str.contains("fewer than five people share").all()


def test_arrays_come_back_as_a_frame():
    X = np.column_stack([np.arange(60) % 10, np.arange(60) % 7]).astype(float)
    par = quick().fit(X, clf=Accepts(lambda X: X[:, 0] >= 6))
    table = par.assess(X[:3], X[3:6])
    assert table["n_changed"].tolist() == [2, 2, 2]


def test_proposals_must_be_those_of_the_people(par, loans):
    X = loans.asking
    with pytest.raises(ValueError, match="X_cf has 3 rows, but X has 150"):
        par.assess(X, X[:3])
    with pytest.raises(ValueError, match="different indexes"):
        par.assess(X, X[::-1])
