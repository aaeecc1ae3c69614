"""The page says what the report says, needs nothing, and runs nothing."""

import dataclasses
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from skpar import Wording

from ..._reports import HOSTILE, few, make_report, people, wide

EMPTY = {"meta"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "p", "b", "h1", "h2"),
    *("h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details"),
    *("summary", "span", "code", "i", "svg", "g", "text", "path", "circle", "rect"),
}


class Reader(HTMLParser):
    """Collect text and tags; complain about what is not closed."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text, self.attributes = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def only(report, row):
    """Report of one of the people of `few`."""
    X, rows = report.factuals.iloc[[row]], report.counterfactuals.iloc[[row]]
    rules = ("age: 'increasing'",)
    return make_report(X, rows, [report.status[row]], rules, known=people())


REPORTS = {
    "batch": few(),
    "hostile": wide(),
    "accepted": make_report(people(), people(), ["accepted"] * 4),
    "one": only(few(), 0),
    "one without": only(few(), 2),
    "one accepted": only(few(), 3),
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("as_html", ["to_html", "_repr_html_"])
def test_pages_stand_alone(name, as_html):
    html = getattr(REPORTS[name], as_html)()
    read = Reader(html)
    assert set(read.tags) <= ALLOWED
    for attribute, value in read.attributes:
        assert attribute not in ("src", "href", "srcdoc", "action")
        assert not attribute.startswith("on")
        assert "url(" not in (value or "")
    assert "@import" not in html
    assert "What is not promised" in read.words
    assert "no promise of a decision" in read.words


WORDING = Wording(units={"age": "years"})
NOT_UNICODE = Wording(names={"age": "\ud800"})


def test_one_person_reads_decision_changes_promises_and_rules():
    words = Reader(
        REPORTS["one"].to_html(wording=Wording(units={"age": "years"}))
    ).words
    assert "Decision: denied" in words
    assert "raise age from 30 to 45 years" in words
    assert "20% → 60%" in words
    assert "What is guaranteed" in words
    assert "age: 'increasing'" in words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one without", "Decision: denied . Recourse: not found too far"),
        ("one accepted", "Decision: accepted"),
    ],
)
def test_without_a_recourse_nothing_is_guaranteed(name, said):
    words = Reader(REPORTS[name].to_html()).words
    assert said.replace(" .", ".") in words.replace("foundtoo", "found too")
    assert "What is guaranteed" not in words


def test_a_batch_lists_all_who_ask():
    read = Reader(REPORTS["batch"].to_html())
    assert read.tags.count("details") == 3
    assert read.tags.count("tr") == 1 + 3
    assert "accepts 1 of 4 people" in read.words
    assert "3 denied people, 2 have a recourse" in read.words


def test_what_is_proved_is_counted():
    status = ["impossible", "accepted", "accepted", "accepted"]
    report = make_report(people(), people(), status)
    assert "For 1, recourse is proved to be impossible." in report.to_html()


def test_hostile_texts_are_shown_and_not_run():
    html = REPORTS["hostile"].to_html()
    read = Reader(html)
    assert "<script" not in html
    assert HOSTILE in read.words


def test_many_people_have_few_pictures():
    X = pd.concat([people()] * 30, ignore_index=True)
    rows = X.assign(age=X["age"].map({30: 40, 40: 50, 50: 60, 60: 30}))
    report = make_report(X, rows, ["found"] * 120)
    assert Reader(report.to_html()).tags.count("details") == 50
    assert "The first 50 of 120 people." in report.to_html()
    short = report._repr_html_()
    assert Reader(short).tags.count("tr") == 1 + 10
    assert "110 more are not shown." in short


def test_the_page_is_written(tmp_path):
    report = REPORTS["batch"]
    assert (
        report.to_html(tmp_path / "report.html", Wording(names={"age": "\ud800"}))
        is None
    )
    written = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert written.startswith("<!DOCTYPE html>")


def marked(report, accompanying=(), unchecked=()):
    """Report in which features of the first person have other roles."""
    flags = np.zeros((2, *report.codes_before.shape), dtype=bool)
    flags[0, 0, list(accompanying)] = flags[1, 0, list(unchecked)] = True
    return dataclasses.replace(
        report,
        needed=np.zeros(len(report), dtype=bool),
        accompanying=flags[0],
        unchecked=flags[1],
    )


@pytest.mark.parametrize("name", ["one", "batch"])
def test_the_page_says_which_changes_accompany_and_what_was_not_checked(name):
    plain = Reader(REPORTS[name].to_html()).words
    assert "accompanies" not in plain
    assert "checked (" not in plain
    words = Reader(marked(REPORTS[name], [2], [0]).to_html()).words
    beside = "raise size from S to L (accompanies: the classifier also accepts if only"
    note = "every part of these changes was checked (the query budget was spent)"
    n_places = 1 if name == "one" else 2  # the table of people, and the person
    assert words.count(beside) == words.count(note) == n_places
    assert f"Not {note}, so fewer may be enough." in words


def test_options_and_rare_rows_are_shown():
    report = REPORTS["one"]
    report = dataclasses.replace(report, training_row=np.array([True]))
    report = dataclasses.replace(report, further=(report,))
    words = Reader(report.to_html()).words
    assert "Option 1" in words
    assert "Option 2" in words
    assert "Privacy: the changed row" in words
