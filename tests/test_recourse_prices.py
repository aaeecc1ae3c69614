"""Prices of changes, from the rules to the report."""

import numpy as np
import pandas as pd
import pytest

from skpar import LevelPrices, Price, RareLevels, Weight

from ._loans import RULES, Accepts, quick, split_loans

FIXED = ("age", "education", "job", "years_in_job", "purpose", "missed_payments")
UP = {"monthly_income": 12.0, "savings": 1.0, "loan_amount": 0.0, "loan_months": 25.0}
DOWN = {"monthly_income": 0.0, "savings": 0.5, "loan_amount": 1.0, "loan_months": 0.0}
HOME = {("rent", "own"): 9000.0, ("family", "own"): 8000.0}
DEFAULT_HOME, GUARANTOR, FILL = 500.0, 300.0, 750.0
SHARES = {"debt_share": 20_000.0, "card_usage": 3000.0}


def priced(currency=1.0):
    """Rules with a price of every column that can change."""
    home = {pair: price * currency for pair, price in HOME.items()}
    rules = {
        **dict.fromkeys(FIXED, "immutable"),
        "housing": LevelPrices(home, DEFAULT_HOME * currency),
        "has_guarantor": ["increasing", LevelPrices({}, GUARANTOR * currency)],
    }
    for name in UP:
        up, down, fill = (p * currency for p in (UP[name], DOWN[name], FILL))
        rules[name] = [*RULES_OF.get(name, []), Price(up, down, fill)]
    for name, price in SHARES.items():
        rules[name] = Price(price * currency, fill=FILL * currency)
    return rules


RULES_OF = {"loan_months": [RULES["loan_months"]], "savings": ["increasing"]}


@pytest.fixture(scope="module")
def loans():
    loans = split_loans(130)
    loans.denied = loans.asking[loans.clf.predict(loans.asking) == 0][:60]
    return loans


def fit(loans, rules, **parameters):
    return quick(actionability=rules, **parameters).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def report(loans):
    return fit(loans, priced(), effort="price").recourse(loans.denied)


def paid(old, new):
    """Price of the changes of one person, by the rules above."""
    total = 0.0
    for name in old.index:
        before, after = old[name], new[name]
        if pd.isna(before) or pd.isna(after):
            total += FILL * (pd.isna(before) != pd.isna(after))
        elif before == after:
            continue
        elif name == "housing":
            total += HOME.get((before, after), DEFAULT_HOME)
        elif name == "has_guarantor":
            total += GUARANTOR
        elif name in SHARES:
            total += SHARES[name] * abs(after - before)
        else:
            total += UP[name] * max(after - before, 0) - DOWN[name] * min(
                after - before, 0
            )
    return total


def test_the_effort_is_the_sum_of_the_prices(report):
    found = np.flatnonzero(report.answered)
    assert len(found) > 20
    bills = [
        paid(report.factuals.iloc[k], report.counterfactuals.iloc[k]) for k in found
    ]
    assert len({round(bill) for bill in bills}) > 5
    np.testing.assert_allclose(report.effort[found], bills, rtol=1e-9)


def test_the_effort_of_a_proposal_is_its_price(loans, report):
    par = fit(loans, priced(), effort="price", max_iter=1)
    old = loans.denied[:6]
    new = old.assign(monthly_income=old["monthly_income"].fillna(2000) + 10)
    judged = par.assess(old, new)
    bills = [paid(old.iloc[k], new.iloc[k]) for k in range(len(old))]
    np.testing.assert_allclose(judged["effort"], bills, rtol=1e-9)


def test_the_currency_changes_no_answer(loans, report):
    cents = fit(loans, priced(128.0), effort="price").recourse(loans.denied)
    pd.testing.assert_frame_equal(cents.counterfactuals, report.counterfactuals)
    found = report.answered
    np.testing.assert_allclose(cents.effort[found], 128.0 * report.effort[found])


@pytest.mark.parametrize(("home", "guarantor"), [(20.0, 10.0), (10.0, 20.0)])
def test_the_cheaper_of_two_changes_is_made(loans, home, guarantor):
    clf = Accepts(lambda table: (table["housing"] == "own") | table["has_guarantor"])
    clf.classes_ = np.array([0, 1])
    rules = {
        **dict.fromkeys(loans.X.columns, "immutable"),
        "housing": LevelPrices({}, home),
        "has_guarantor": LevelPrices({}, guarantor),
    }
    par = quick(actionability=rules, effort="price", weight_effort=100.0)
    report = par.fit(loans.X, None, clf).recourse(loans.asking)
    assert report.answered.sum() > 20
    assert set(report.effort[report.answered]) == {min(home, guarantor)}


def test_rare_levels_are_fitted(loans):
    report = fit(loans, {"housing": RareLevels()}, effort="log_percentile").recourse(
        loans.denied
    )
    assert report.answered.any()
    assert np.isfinite(report.effort[report.answered]).all()


@pytest.mark.parametrize(
    ("rules", "effort", "message"),
    [
        ({"savings": Price(1)}, "percentile", "'savings': Price needs effort='price'"),
        ({}, "price", "needs a price of every column that can change, but 'age', "),
        (
            {**priced(), "housing": [LevelPrices(HOME), Weight(2)]},
            "price",
            r"'housing': Weight\(2\) is no amount of money",
        ),
        (
            {**priced(), "housing": LevelPrices(HOME)},
            "price",
            "'housing': LevelPrices has no price from 'family' to 'rent'",
        ),
        (
            {"housing": LevelPrices({("tent", "own"): 1})},
            "percentile",
            "'housing'.*no level 'tent'",
        ),
    ],
)
def test_prices_that_do_not_fit_are_refused(loans, rules, effort, message):
    with pytest.raises(ValueError, match=message):
        fit(loans, rules, effort=effort)


def test_one_hot_columns_have_prices_as_a_group(loans):
    dummies = pd.get_dummies(loans.X[["housing", "savings"]])
    clf = Accepts(lambda table: table["housing_own"])
    clf.classes_ = np.array([0, 1])
    costs = {("rent", "own"): 70.0, ("family", "own"): 2.0}
    rules = {"housing": LevelPrices(costs, 5.0), "savings": "immutable"}
    par = quick(actionability=rules, effort="price").fit(dummies, None, clf)
    report = par.recourse(dummies)
    for (home, _), price in costs.items():
        people = report.answered & dummies[f"housing_{home}"].to_numpy()
        assert people.any() and (report.effort[people] == price).all()
    with pytest.raises(ValueError, match="columns of the group 'housing' have no"):
        quick(actionability={"housing_own": LevelPrices({}, 1)}).fit(dummies, None, clf)
