"""Rules are written for those who did not write them."""

import dataclasses

import numpy as np
import pytest

from skpar import Fill, Levels, Phrases, Range, Transitions, Weight, Wording
from skpar.report._sentences import Writer
from skpar.report.page._rule_words import all_rules_in_words, rules_in_words

from ..._reports import few


def report_with(**written):
    report = few()
    context = dataclasses.replace(report.context, written=written, links=("a link",))
    return dataclasses.replace(report, context=context)


def words(report, phrases=None):
    wording = Wording(units={"income": "$"}, phrases=phrases)
    return all_rules_in_words(report, Writer(report.schema, wording))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("immutable", "income cannot change"),
        ("decreasing", "income can only fall"),
        (Fill(), "income can be shown if it is missing"),
        (Fill(False), "income stays missing if it is missing"),
        (Range(500, 5000), "income from $500 to $5,000"),
        (Range(high=5000, step=50), "income at most $5,000, in steps of $50"),
        (Range(500), "income at least $500"),
        (Range(step=500), "income, in steps of $500"),
        (Range(0, 500, relative=True), "income can only rise, by at most $500"),
        (Range(-500, 0, relative=True), "income can only fall, by at most $500"),
        (Range(0, relative=True), "income can only rise"),
        (Range(high=0, relative=True), "income can only fall"),
        (
            Range(-9, 9, relative=True),
            "income can fall by at most $9, or rise by at most $9",
        ),
        (Range(-9, relative=True), "income can fall by at most $9, or rise"),
        (Range(high=9, relative=True), "income can rise by at most $9, or fall"),
        (
            Range(-1234.5678, 0, relative=True),
            "income can only fall, by at most $1,234.5678",
        ),
        (Range(5, 9, relative=True), "income: Range(5, 9, relative=True)"),
        (Weight(2), "income: Weight(2)"),
    ],
)
def test_rules_of_numbers(rule, text):
    assert words(report_with(income=(rule,))) == (text, "a link")


def test_percentages_change_by_points_and_flags_become_a_value():
    report = report_with(income=(Range(-0.1, 0, relative=True),), owner=("increasing",))
    wording = Wording(formats={"income": "{:.0%}"})
    said = all_rules_in_words(report, Writer(report.schema, wording))
    assert said[:2] == (
        "income can only fall, by at most 10 percentage points",
        "owner can only become yes",
    )


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Range(0.5, 10.5), "age from 1 to 10"),
        (Range(high=0.7), "age at most 0"),
        (Range(step=2), "age, in steps of 2"),
        (Levels([]), "age cannot change"),
        (Transitions({}), "age cannot change"),
    ],
)
def test_rules_of_whole_numbers_say_no_more_than_they_allow(rule, text):
    assert words(report_with(age=(rule,)))[0] == text


def test_a_unit_stands_after_the_second_bound():
    report = report_with(age=(Range(6, 120),))
    said = all_rules_in_words(
        report, Writer(report.schema, Wording(units={"age": "years"}))
    )
    assert said[0] == "age from 6 to 120 years"


def test_steps_and_sizes_are_no_dates():
    report = report_with(age=(Range(0, 30, 7, relative=True),))
    wording = Wording(formats={"age": lambda days: f"day {days}"})
    (text, _) = all_rules_in_words(report, Writer(report.schema, wording))
    assert text == "age can only rise, by at most 30, in steps of 7"
    report = report_with(age=(Range(3, 30),))
    (text, _) = all_rules_in_words(report, Writer(report.schema, wording))
    assert text == "age from day 3.0 to day 30.0"


def test_rules_of_levels():
    report = report_with(
        job=(Levels(["cook", "smith"]),),
        size=(Transitions({"S": ["M", "L"], "M": ["L"]}),),
    )
    assert words(report)[:2] == (
        "job can only become cook or smith",
        "size can only change from M to L; from S to M or L",
    )


def test_a_level_that_training_does_not_have_stays_as_it_is():
    report = report_with(job=(Levels(["king"]),))
    assert words(report)[0] == "job can only become king"


def test_single_rules_and_own_limits_are_found_by_their_text():
    report = report_with(age=("increasing", Range(0, 5, relative=True)))
    rules = (f"age: {Range(0, 5, relative=True)!r}", "age: own limits", "a link")
    assert rules_in_words(report, rules, Writer(report.schema)) == (
        "age can only rise, by at most 5",
        "the limits of this person on age",
        "a link",
    )


@pytest.mark.parametrize(
    "rule",
    [
        *("immutable", "increasing", "decreasing", Fill(), Fill(False)),
        *(Range(1, 2, 1), Range(-1, 1, relative=True), Range(0, 1, relative=True)),
        *(Range(-1, 0, relative=True), Range(-1, relative=True)),
        *(Range(high=1, relative=True), Levels([1, 2]), Transitions({1: [2]})),
    ],
    ids=repr,
)
def test_no_rule_is_written_in_english_or_in_python_on_a_german_page(rule):
    report = report_with(age=(rule,))
    german, _ = words(report, Phrases.german())
    english, _ = words(report)
    assert german != english
    assert type(rule).__name__ not in german + english
    assert np.all([word not in german for word in ("can", "only", "from", "or ")])
