"""Reasons name what the nearest miss lacks."""

import numpy as np
import pytest

from .._loans import RULES, Accepts, quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(250)


def reasons(loans, **parameters):
    people = loans.asking[loans.clf.predict(loans.asking) == 0][:40]
    rules = dict.fromkeys(loans.X.columns, "immutable") | {
        name: RULES[name] for name in ("savings", "loan_amount", "loan_months")
    }
    par = quick(actionability=rules, **parameters).fit(loans.X, loans.y, loans.clf)
    report = par.recourse(people)
    return par, report, report.reason[report.status == "not found"]


def test_an_effort_above_the_budget_is_said(loans):
    _, report, said = reasons(loans, max_effort=0.3)
    assert len(said) > 5
    lacks = [text.split("; it is no recourse: ") for text in said]
    assert sum(len(parts) == 2 for parts in lacks) > 0.5 * len(said)
    for parts in lacks:
        if len(parts) == 2:
            amount = parts[1].removeprefix("effort ").split(" above max_effort=0.3")
            assert float(amount[0]) > 0.3
    assert (report.effort[report.answered] <= 0.3 + 1e-9).all()


def test_the_share_of_refits_is_said(loans):
    par, report, said = reasons(loans, min_robustness=1.0, n_refits=10, max_queries=20)
    assert len(said)
    assert all(
        text.startswith("no accepted row with min_robustness=1 was") for text in said
    )
    lacks = [t.split("it is no recourse: ")[1] for t in said if "no recourse: " in t]
    assert lacks
    for text in lacks:
        share, _, rest = text.removeprefix("share of refits ").partition(" below ")
        assert 0.0 <= float(share) < 1.0 and rest.startswith("min_robustness=1")
    # The report has the share of each recourse.
    frame = report.to_frame()
    assert (frame["robustness"][report.answered] == 1.0).all()
    assert frame["robustness"][~report.answered].isna().all()


def test_a_denied_miss_lacks_nothing_else(loans):
    """Nobody grows older, and no proof covers a black box."""
    clf = Accepts(lambda table: (table["age"] >= 40) & (table["savings"] >= 2000))
    clf.classes_ = np.array([0, 1])
    par = quick(actionability=RULES).fit(loans.X, None, clf)
    young = loans.asking[loans.asking["age"] < 40][:10]
    report = par.recourse(young, max_effort=0.5)
    assert (report.status == "not found").all()
    assert all("; the nearest miss: " in reason for reason in report.reason)
    assert not any("it is no recourse" in reason for reason in report.reason)
    assert "robustness" not in report.to_frame()


def test_a_probability_that_is_too_low_is_said(loans):
    _, _, said = reasons(loans, min_probability=0.97)
    lacks = [t.split("it is no recourse: ")[1] for t in said if "no recourse: " in t]
    assert lacks
    for text in lacks:
        assert float(text.split()[1]) < 0.97
        assert "below min_probability=0.97" in text
