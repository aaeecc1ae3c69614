"""A largest effort, for everybody and for single people."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from skpar import LevelPrices, Price

from ._loans import RULES, Accepts, quick, split_loans


@pytest.fixture(scope="module")
def case():
    loans = split_loans(130)
    denied = loans.asking[loans.clf.predict(loans.asking) == 0][:40]
    par = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    return loans, denied, par, par.recourse(denied)


@pytest.mark.parametrize(
    "share", [0.0, pytest.param(0.5, marks=pytest.mark.slow), 0.8, 1.0]
)
def test_no_recourse_costs_more_than_the_budget(case, share):
    loans, denied, par, usual = case
    budget = np.where(usual.answered, usual.effort * share, 1.0)
    report = par.recourse(denied, max_effort=budget)
    found = report.answered
    assert (report.effort[found] <= budget[found] + 1e-9).all()
    assert found.mean() >= {0.0: 0.0, 0.5: 0.1, 0.8: 0.3, 1.0: 0.95}[share]
    if found.any():
        assert (loans.clf.predict(report.counterfactuals[found]) == 1).all()
    for reason, most in zip(report.reason[~found], budget[~found], strict=True):
        said = f"no accepted row with an effort of at most max_effort={most:.6g} was"
        assert reason.startswith(said)


def test_no_answer_is_lost_if_changes_need_not_be_needed(case):
    loans, denied, par, usual = case
    free = quick(actionability=RULES, only_needed=False)
    free.fit(loans.X, loans.y, loans.clf)
    budget = np.where(usual.answered, usual.effort * 0.8, 1.0)
    known = par.recourse(denied, max_effort=budget).answered
    found = free.recourse(denied, max_effort=budget).answered
    assert known.sum() > 20
    assert (found & known).sum() >= known.sum() - 1


def test_a_budget_that_is_never_reached_changes_nothing(case):
    _, denied, par, usual = case
    report = par.recourse(denied, max_effort=1000)
    pd.testing.assert_frame_equal(report.counterfactuals, usual.counterfactuals)
    report = par.recourse(denied, max_effort=pd.Series(np.nan, denied.index))
    pd.testing.assert_frame_equal(report.counterfactuals, usual.counterfactuals)


def test_the_answer_depends_on_the_own_budget_alone(case):
    _, denied, par, usual = case
    budget = pd.Series(np.linspace(0.0, 2.0, len(denied)), denied.index)
    whole = par.recourse(denied, max_effort=budget)
    some = denied.index[5:30:4]
    part = par.recourse(denied.loc[some], max_effort=budget[some])
    expected = whole.counterfactuals.loc[some]
    pd.testing.assert_frame_equal(part.counterfactuals, expected)
    with pytest.warns(UserWarning, match="No recourse was found"):
        changed = par.transform(denied.loc[some], max_effort=budget[some])
    pd.testing.assert_frame_equal(changed, expected)


@pytest.mark.parametrize("n_options", [3])
def test_all_options_are_within_the_budget(case, n_options):
    _, denied, par, _ = case
    report = par.recourse(denied[:20], n_options=n_options, max_effort=1.2)
    assert sum(option.answered.sum() for option in report.options) > 20
    for option in report.options:
        assert (option.effort[option.answered] <= 1.2 + 1e-9).all()


def test_the_smaller_one_of_parameter_and_argument_counts(case):
    loans, denied, _, usual = case
    par = quick(actionability=RULES, max_effort=1.0).fit(loans.X, loans.y, loans.clf)
    for given, most in ((None, 1.0), (5.0, 1.0), (0.3, 0.3)):
        effort = par.recourse(denied, max_effort=given).effort
        assert np.nanmax(effort) <= most + 1e-9
    judged = par.assess(denied, usual.counterfactuals)
    above = judged["broken"].str.contains("above max_effort=1")
    assert above.any() and (above == (judged["effort"] > 1.0)).all()


def test_assess_says_what_is_above(case):
    _, denied, par, usual = case
    who = np.flatnonzero(usual.answered)[:4]
    people, rows = denied.iloc[who], usual.counterfactuals.iloc[who]
    effort = usual.effort[who]
    judged = par.assess(people, rows, max_effort=effort * [1.0, 1.0, 0.5, 0.5])
    assert judged["recourse"].tolist() == [True, True, False, False]
    expected = [f"effort {e:.6g} above max_effort={e / 2:.6g}" for e in effort]
    assert judged["broken"].tolist() == ["", "", *expected[2:]]


@pytest.mark.parametrize("max_queries", [200, 3])
def test_a_budget_in_money_is_exact(max_queries):
    loans = split_loans(120)
    clf = Accepts(
        lambda table: (
            (table["savings"] >= 10_000)
            | (table["has_guarantor"] & (table["savings"] >= 5_000))
        )
    )
    clf.classes_ = np.array([0, 1])
    rules = {
        **dict.fromkeys(loans.X.columns, "immutable"),
        "savings": ["increasing", Price(1)],
        "has_guarantor": ["increasing", LevelPrices({}, 300.0)],
    }
    par = quick(actionability=rules, effort="price", max_queries=max_queries).fit(
        loans.X, None, clf
    )
    people = loans.asking[clf.predict(loans.asking) == 0][:40].assign(savings=0.0)
    alone = people.assign(has_guarantor=False)
    report = par.recourse(alone, max_effort=5300.0)
    assert not np.nanmax(report.effort, initial=0.0) > 5300.0
    if max_queries == 200:
        assert report.answered.mean() > 0.9
        assert report.counterfactuals["has_guarantor"][report.answered].all()
    nobody = par.recourse(alone, max_effort=4000.0)
    assert not nobody.answered.any()
    assert all("max_effort=4000" in reason for reason in nobody.reason)


def test_a_small_feasible_set_is_searched_within_the_budget():
    loans = split_loans(120)
    clf = Accepts(lambda table: (table["housing"] == "own") | table["has_guarantor"])
    clf.classes_ = np.array([0, 1])
    rules = {
        **dict.fromkeys(loans.X.columns, "immutable"),
        "housing": LevelPrices({}, 20.0),
        "has_guarantor": LevelPrices({}, 10.0),
    }
    par = quick(actionability=rules, effort="price", weight_effort=0.0)
    par.fit(loans.X, None, clf)
    report = par.recourse(loans.asking, max_effort=10.0)
    assert (report.effort[report.denied] == 10.0).all()
    poor = par.recourse(loans.asking, max_effort=9.0)
    assert set(poor.status) == {"accepted", "not found"}


REFUSED = {
    "negative": (-1.0, ValueError, "max_effort of row .* is -1, but it must not be"),
    "shape": (
        [1.0, 2.0],
        ValueError,
        r"max_effort has shape \(2,\), but X has 40 rows",
    ),
    "text": ("much", TypeError, "max_effort must be a number, or one number for each"),
    "flag": (True, TypeError, "max_effort must be a number"),
    "index": (pd.Series(1.0, range(40)), ValueError, "max_effort is not aligned to X"),
}


@pytest.mark.parametrize(("given", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(case, given, error, message):
    _, denied, par, _ = case
    with pytest.raises(error, match=message):
        par.recourse(denied, max_effort=given)
    with pytest.raises(NotFittedError):
        quick().recourse(denied, max_effort=given)


def test_beyond_the_budget_the_nearest_miss_is_what_a_larger_one_finds(case):
    loans, denied, par, usual = case
    report = par.recourse(denied, max_effort=0.01)
    is_missed = np.asarray(report.status == "not found") & usual.answered
    misses = [report.reason[i].finding for i in np.flatnonzero(is_missed)]
    assert sum(bool(one.lacks) for one in misses) > 20
    rows = par.schema_.decode(np.array([one.miss for one in misses]))
    lacking = np.array([bool(one.lacks) for one in misses])
    assert (loans.clf.predict(rows)[lacking] == 1).all()
    # Not the safest row of all, but about what the person gets without a budget.
    judged = par.assess(denied[is_missed], rows.set_axis(denied.index[is_missed]))
    needed = usual.effort[is_missed]
    assert np.median(judged["effort"][lacking]) <= 1.1 * np.median(needed[lacking])
