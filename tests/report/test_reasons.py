"""Reasons name what the nearest miss lacks."""

import pickle

import numpy as np
import pandas as pd
import pytest

from skpar import Phrases, Wording
from skpar.report._reasons import (
    Impossible,
    NoProposal,
    NotFound,
    Reason,
    reason_in_words,
    why_impossible,
    why_not_found,
)
from skpar.report._sentences import Writer
from skpar.table import TableSchema

from .._loans import RULES, Accepts, quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(180)


def reasons(loans, **parameters):
    people = loans.asking[loans.clf.predict(loans.asking) == 0][:30]
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


def test_blocking_rules_are_named():
    assert why_impossible(()) == "no feasible row is accepted"
    assert why_impossible(("a", "b")).endswith("one rule would help: a or b")


def test_the_reason_says_what_was_tried():
    assert why_not_found(0, 9).endswith("0 rows were tried, and max_queries allows 9")
    assert why_not_found(8, 9).endswith("8 rows were tried, and max_queries allows 9")
    assert "all that max_queries allows" in why_not_found(9, 9)
    assert "1 row was tried" in why_not_found(1, 9)


def test_the_reason_names_the_nearest_miss_and_its_rules():
    start = why_not_found(9, 9)
    assert why_not_found(9, 9, "", 0.4, ("a",)) == start
    miss = why_not_found(9, 9, "raise a")
    assert miss == f"{start}; the nearest miss: raise a"
    known = why_not_found(9, 9, "raise a", 0.456, ("a: b", "c"))
    assert known == (
        f"{start}; the nearest miss has probability 0.46: raise a; rules that bind "
        "there: a: b and c"
    )


SCHEMA = TableSchema.infer(pd.DataFrame({"loan_sum": [1, 2], "age": [20, 30]}))
MISS = NotFound(
    n_queries=9,
    max_queries=9,
    row=np.array([1.0, 20.0]),
    miss=np.array([2.0, 20.0]),
    is_miss=np.array([True, False]),
    probability=0.456,
    binding=("age: 'immutable'",),
    demands=[],
    lacks=[],
)


@pytest.mark.parametrize(
    ("finding", "german"),
    [
        (
            MISS,
            "keine angenommene Zeile wurde gefunden; 9 Zeilen wurden geprüft, "
            "mehr erlaubt max_queries nicht; am nächsten kommt, mit "
            "Wahrscheinlichkeit 0,46: "
            "Kredit von 1 auf 2 erhöhen; Regeln, die dort begrenzen: age: 'immutable'",
        ),
        (
            Impossible(("a", "b"), ["c"], can_change=False),
            "die Regeln lassen keine Änderung zu; keine zulässige Zeile wird "
            "angenommen mit c; ohne eine dieser Regeln ginge es: a oder b",
        ),
        (
            NoProposal(6),
            'kein Vorschlag genügt (6 geprüft); wegen search="none" wurde nicht weiter '
            "gesucht",
        ),
    ],
)
def test_a_reason_can_be_written_in_other_words(finding, german):
    text = finding.text(Writer(SCHEMA))
    reason = Reason(text, finding)
    assert reason == text
    wording = Wording(names={"loan_sum": "Kredit"}, phrases=Phrases.german())
    for one in (reason, pickle.loads(pickle.dumps(reason))):
        assert reason_in_words(one, Writer(SCHEMA)) == text
        assert reason_in_words(one, Writer(SCHEMA, wording)) == german
    assert reason_in_words(text, Writer(SCHEMA, wording)) == text


def test_reasons_of_a_report_take_the_words_of_a_wording(loans):
    _, report, said = reasons(loans, max_effort=0.3)
    german = report.actions(Wording(phrases=Phrases.german()))
    found = report.status == "not found"
    assert found.any()
    for text, reason in zip(np.array(german)[found], said, strict=True):
        assert text.startswith("nicht gefunden: keine angenommene Zeile mit ")
        assert "nearest" not in text and "the nearest miss" in reason
    page = report[found][:1].to_html(wording=Wording(phrases=Phrases.german()))
    assert "Was am nächsten kam" in page and "nearest" not in page
