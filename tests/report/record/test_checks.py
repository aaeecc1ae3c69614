"""Each check alone: it is silent on what the report says, and names what it breaks."""

from dataclasses import replace

import numpy as np
import pytest

from skpar.report.record._checks import (
    check_changes,
    check_decisions,
    check_demands,
    check_rules,
    check_statuses,
)

from ._records import box, loans_case, read_again


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture
def recorded(case):
    return read_again(case)


def test_all_checks_are_silent_on_the_report_itself(case, recorded):
    schema, able = case.par.schema_, case.par._actionability
    assert list(check_statuses(recorded)) == []
    assert list(check_decisions(recorded, box(case))) == []
    assert list(check_rules(recorded, able, [])) == []
    assert list(check_demands(recorded, 0.0)) == []
    assert list(check_changes(recorded, schema)) == []


@pytest.mark.parametrize("accepts", [True, False])
def test_every_decision_is_compared(case, recorded, accepts):
    found = list(
        check_decisions(recorded, box(case, lambda table: [accepts] * len(table)))
    )
    rows = [one.label for one in found if one.option is None]
    wrong = case.report.denied if accepts else ~case.report.denied
    assert rows == case.asking.index[wrong].tolist()
    options = [one for one in found if one.option is not None]
    assert len(options) == (0 if accepts else len(recorded.rows))


def test_every_broken_rule_is_named_with_person_and_option(case, recorded):
    j = case.par.schema_.names.index("missed_payments")
    recorded.rows[1, j] += 1.0
    found = list(check_rules(recorded, case.par._actionability, []))
    (broken,) = [one for one in found if "missed_payments" in one.text]
    assert (broken.label, broken.option) == recorded.place(1)
    assert broken.check == "feasibility" and "immutable" in broken.text


def test_links_without_function_are_left_out(case, recorded):
    able = case.par._actionability
    link = able.links[1]
    recorded.rows[0] += 1.0
    texts = {one.text for one in check_rules(recorded, able, [])}
    left = {one.text for one in check_rules(recorded, able, [link])}
    assert texts - left == {repr(link)}


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [("percentile", 0.4, "below min_percentile"), ("effort", 4.1, "above max_effort")],
)
def test_recorded_measures_are_compared_with_demands(
    case, recorded, field, value, text
):
    least = min(recorded.option(k)["percentile"] for k in range(len(recorded.rows)))
    assert list(check_demands(recorded, least)) == []
    for k in range(len(recorded.rows)):
        recorded.option(k)["percentile"] = 0.9
    recorded.option(2)[field] = value
    (found,) = check_demands(recorded, 0.5)
    assert text in found.text and (found.label, found.option) == recorded.place(2)


def test_a_budget_of_exactly_the_effort_is_kept(recorded):
    effort = np.array([recorded.option(k)["effort"] for k in range(len(recorded.rows))])
    budget = np.zeros(len(recorded.people))
    np.maximum.at(budget, recorded.owner, effort)
    limits = replace(recorded.people.limits, max_effort=budget)
    people = replace(recorded.people, limits=limits)
    assert list(check_demands(replace(recorded, people=people), 0.0)) == []


@pytest.mark.parametrize("change", ["twice", "less", "other", "more"])
def test_lists_of_changes_are_compared_with_cells(case, recorded, change):
    changes = recorded.option(0)["changes"]
    if change == "twice":
        changes.append(changes[0])
    elif change == "less":
        changes.pop()
    elif change == "other":
        changes[0]["from"] = "x"
    else:
        changes.append({"feature": "age", "from": 1, "to": 2, "role": "needed"})
    (found,) = check_changes(recorded, case.par.schema_)
    assert found.check == "changes" and (found.label, found.option) == recorded.place(0)


def test_statuses_and_options_must_agree(recorded):
    k = int(recorded.owner[0])
    recorded.written[k]["status"] = "not found"
    (found,) = check_statuses(recorded)
    assert found.check == "status" and found.label == recorded.written[k]["label"]
