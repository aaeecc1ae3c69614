"""The page of many people counts them, and says why some have no recourse."""

import dataclasses

import numpy as np

from skpar import Phrases, Wording
from skpar.report._sentences import Writer
from skpar.report.page._additions import read_additions
from skpar.report.page._overview import make_overview

from ..._reports import few, make_report, people


def overview(report, phrases=None, max_people=50, max_lines=None, **given):
    writer = Writer(report.schema, Wording(phrases=phrases))
    additions = read_additions(report, writer, **given)
    return make_overview(report, writer, additions, max_people, max_lines)


def test_all_denied_people_have_a_line():
    found = overview(few(), case=[7, 8, 9, 10])
    assert [line.label for line in found.lines] == ["7", "8", "9"]
    assert [line.status for line in found.lines] == ["found", "found", "not found"]
    assert found.lines[0].measures == ("3", "1.50", "50%")
    assert found.lines[2].measures == ("", "", "")
    assert found.lines[2].changes == "too far"
    assert [one.title for one in found.people] == ["Case 7", "Case 8", "Case 9"]


def test_few_people_are_shown_and_the_others_counted():
    found = overview(few(), max_people=2, max_lines=1)
    assert (len(found.lines), found.n_left) == (1, 2)
    assert (len(found.people), found.n_denied) == (2, 3)


def test_kinds_of_change_are_words():
    found = {line.name: line for line in overview(few()).summaries}
    assert found["age"].kinds == "raise 50%, lower 50%"
    assert found["age"].share == "100%"
    assert found["income"].kinds == "fill in 50%"
    german = overview(few(), Phrases.german()).summaries[0]
    assert german.kinds == "erhöhen 50 %, senken 50 %"
    assert german.typical == "Median +5"


def test_rows_that_cannot_be_read_are_listed_with_reasons():
    report = make_report(people(), people(), ["accepted"] * 3 + ["unreadable"])
    reason = np.array(["", "", "", "no such job"], dtype=object)
    found = overview(dataclasses.replace(report, reason=reason))
    assert found.unreadable == (("di", "no such job"),)
    assert found.counts == (
        "The model accepts 3 of 4 people.",
        "Of 1, the row cannot be read, so nothing is decided.",
    )
    assert found.lines == found.people == ()
