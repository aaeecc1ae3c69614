"""What is added to a page belongs to its report, and regions only shrink."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest

from skpar import Phrases, Wording
from skpar.report._sentences import Writer
from skpar.report.page._additions import OptionRegion, read_additions
from skpar.report.page._enough import NumberRegion

from ..._reports import few

REASONS = pd.DataFrame(
    {
        "row": ["ann", "ann", "cy"],
        "feature": ["age", ("income", "size"), "job"],
        "code": ["R1", "income, size", "job"],
        "text": ["age is low", "income is low", "job is cook"],
    }
)


def regions(**changes):
    """Regions of two people: ann may be older, bob may stray in both numbers."""
    table = pd.DataFrame(
        {
            "row": ["ann", "bob", "bob"],
            "option": 0,
            "feature": ["age", "age", "income"],
            "value": [45.0, 35.0, 2000.0],
            "box_low": [45.0, 35.0, 1888.25],
            "box_high": [np.inf, 35.0, 2123.75],
            "box_least": [45.0, 35.0, 1888.25],
            "box_most": [70.0, 35.0, 2123.75],
            "enough": [45.0, 35.0, 1900.0],
            "evidence": ["certified", "fixed", "tested"],
            "n_tested": [200, 0, 200],
        }
    )
    return table.assign(**changes)


def added(report=None, phrases=None, **given):
    report = few() if report is None else report
    writer = Writer(report.schema, Wording(units={"income": "$"}, phrases=phrases))
    return read_additions(report, writer, **given)


def test_reasons_are_paired_with_people_and_names_are_no_codes():
    found = added(reasons=REASONS).reasons
    assert found[0] == (("R1", "age is low"), ("", "income is low"))
    assert found[2] == (("", "job is cook"),)


def test_regions_are_collected_by_option_and_rounded():
    found = added(regions=regions()).regions
    older = NumberRegion(45.0, 45.0, 70.0)
    assert found[0, 0] == OptionRegion({0: older})
    richer = NumberRegion(1900.0, 1890.0, 2120.0)
    assert found[1, 0] == OptionRegion({1: richer}, n_tested=200)


def test_what_may_not_stray_has_no_region():
    same = regions(box_least=[45.0, 35.0, 2000.0], box_most=[45.0, 35.0, 2000.0])
    assert added(regions=same).regions == {}


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        ({}, ()),
        (
            {"decided_on": datetime.date(2026, 3, 1)},
            ("Date of the decision: 2026-03-01",),
        ),
        ({"decided_on": pd.Timestamp(2026, 3, 1), "model": "M"}, None),
        (
            {"contact": "Ms Lee"},
            ("Questions, or a check by a person: Ms Lee",),
        ),
        ({"decided_on": "in March"}, ("Date of the decision: in March",)),
    ],
)
def test_date_and_model_are_shown_if_they_are_known(given, facts):
    found = added(**given).facts
    if facts is None:
        facts = ("Date of the decision: 2026-03-01", "Model: M")
    assert found == facts
    german = added(phrases=Phrases.german(), **given).facts
    assert german == () or "2026" not in german[0] or "01.03.2026" in german[0]


def test_cases_replace_labels():
    assert added().titles == added().labels == ("ann", "bob", "cy", "di")
    found = added(case=[1, 2, "3/26", np.int64(4)])
    assert found.labels == ("1", "2", "3/26", "4")
    assert found.titles[2] == "Case 3/26"
    assert added(few()[:1], case="a").titles == ("Case a",)
    made = few()
    numbered = dataclasses.replace(made, factuals=made.factuals.reset_index(drop=True))
    assert added(numbered).titles[1] == "Case 1"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"case": "one"}, ValueError, "case must have one name for each of the 4"),
        ({"model": 3}, TypeError, "model must be a string"),
        ({"contact": 3}, TypeError, "contact must be a string"),
        ({"decided_on": 3}, TypeError, "decided_on must be a date"),
        ({"reasons": 3}, TypeError, "reasons must be the table"),
        ({"reasons": REASONS.assign(row="di")}, ValueError, "'di', who is not denied"),
        ({"regions": REASONS}, TypeError, "regions must be the table"),
        ({"regions": regions(row="eve")}, ValueError, "are not in it"),
        ({"regions": regions(row="cy")}, ValueError, "another recourse of 'cy'"),
        ({"regions": regions(option=1)}, ValueError, "another recourse of 'ann'"),
        ({"regions": regions(value=44.0)}, ValueError, "another recourse of 'ann'"),
    ],
)
def test_what_does_not_belong_to_the_report_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        added(**given)
