"""The page says what the report says, needs nothing, and runs nothing."""

import base64
import dataclasses
import datetime
import hashlib
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from skpar import PagePhrases, Phrases, Wording
from skpar.report._sentences import Writer
from skpar.report.page import _html
from skpar.report.page._html import style

from ..._reports import HOSTILE, few, make_report, people, wide

EMPTY = {"meta"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "p", "b", "h1", "h2"),
    *("h3", "h4", "h5", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "span", "svg", "text", "path", "circle", "rect"),
    *("main", "section", "article"),
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
        self.text.append(" ")
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def only(report, row):
    """Report of one of the people of `few`."""
    X, rows = report.factuals.iloc[[row]], report.counterfactuals.iloc[[row]]
    rules = {"age": ("increasing",)}
    return make_report(X, rows, [report.status[row]], rules, known=people())


def several(n=3):
    """Report of one person with several options."""
    report = only(few(), 0)
    return dataclasses.replace(report, further=(report,) * (n - 1))


REPORTS = {
    "batch": few(),
    "hostile": wide(),
    "one hostile": wide()[:1],
    "accepted": make_report(people(), people(), ["accepted"] * 4),
    "one": only(few(), 0),
    "three options": several(),
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
        assert attribute not in ("src", "href", "srcdoc", "action", "style")
        assert not attribute.startswith("on")
        assert "url(" not in (value or "")
    assert "@import" not in html
    assert "what it does not" in read.words
    assert "no promise of a decision" in read.words


@pytest.mark.parametrize("name", REPORTS)
def test_a_screen_reader_finds_its_way(name):
    html = REPORTS[name].to_html()
    read = Reader(html)
    assert read.tags.count("main") == read.tags.count("h1") == 1
    assert ("lang", "en") in read.attributes
    levels = [int(tag[1]) for tag in read.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = [value for key, value in read.attributes if key == "id"]
    assert len(set(ids)) == len(ids)
    assert {v for k, v in read.attributes if k == "aria-labelledby"} == set(ids)
    assert len(re.findall("<section aria-labelledby", html)) == html.count("<section")
    for svg in re.findall("<svg[^>]*>", html):
        assert 'role="img" aria-label="' in svg or 'aria-hidden="true"' in svg
    assert all("scope=" in th for th in re.findall("<th[^e>]*>", html))


def test_the_policy_allows_the_style_sheet_alone():
    html = REPORTS["one"].to_html()
    (text,) = re.findall("<style>(.*?)</style>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html
    assert text == style()


def test_one_person_reads_decision_changes_promises_and_rules():
    words = Reader(
        REPORTS["one"].to_html(wording=Wording(units={"age": "years"}))
    ).words
    said = (
        "The model denies this case. It would accept the option below.",
        "All of these changes together:",
        "raise age from 30 to 45 years",
        "Not changed here: income, owner.",
        "Checked: the model itself accepts each option here",
        "The model's score is 60% instead of 20%; more typical than 50% of the "
        "accepted people.",
        "age can only rise",
    )
    places = [words.index(text) for text in said]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["one", "one without", "one accepted"])
def test_promises_and_limits_of_one_person_are_five_lines(name):
    html = REPORTS[name].to_html()
    section = html[html.index('id="limits"') :]
    lines = section[: section.index("</ul>")].count("<li>")
    assert lines == (3 if name == "one accepted" else 5)
    assert ("Not found is no proof" in html) == (name == "one without")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "one without",
            "The model denies this case. The search found no option. Too far.",
        ),
        ("one accepted", "The model accepts this case. No change is needed."),
    ],
)
def test_without_a_recourse_no_option_is_promised(name, said):
    words = Reader(REPORTS[name].to_html()).words
    assert said in words
    assert ("Checked" in words) == (name == "one accepted")
    assert "accepts each option" not in words
    assert "What you can do" not in words


@pytest.mark.parametrize("status", ["not found", "impossible", "unreadable"])
def test_nobody_is_called_accepted_who_is_not(status):
    report = make_report(people()[:1], people()[:1], [status], known=people())
    words = Reader(report.to_html()).words
    for claim in ("would accept", "The model accepts", "itself accepts", "Also enough"):
        assert claim not in words
    if status == "unreadable":
        assert "There is no decision" in words and "denies" not in words
    else:
        assert "Ask for a check of the case by a person" in words


def test_a_batch_lists_all_who_ask():
    read = Reader(REPORTS["batch"].to_html())
    assert read.tags.count("details") == 3 + 1  # the last one explains the measures
    assert read.tags.count("tr") == 1 + 4 + 1 + 3
    assert "accepts 1 of 4 people" in read.words
    assert "Of the 3 denied people, 2 have a recourse." in read.words


def test_what_is_proved_is_counted():
    status = ["impossible", "accepted", "accepted", "accepted"]
    report = make_report(people(), people(), status)
    assert "For 1, recourse is proved to be impossible." in report.to_html()


@pytest.mark.parametrize("name", ["hostile", "one hostile"])
def test_hostile_texts_are_shown_and_not_run(name):
    html = REPORTS[name].to_html(model=HOSTILE, decided_on=HOSTILE)
    assert "<script" not in html
    assert Reader(html).words.count(HOSTILE) > 10
    report = dataclasses.replace(
        REPORTS["one without"], reason=np.array([HOSTILE], dtype=object)
    )
    phrases = Phrases(page=PagePhrases(limits=HOSTILE, language=f'"{HOSTILE}'))
    html = report.to_html(wording=Wording(phrases=phrases), case=HOSTILE + "\x00")
    assert "<script" not in html and "\x00" not in html
    assert Reader(html).words.count(HOSTILE) == 4  # title, heading, reason, limits


def test_only_style_and_pictures_are_not_escaped():
    folder = _html.files(_html.__package__) / "templates"
    found = set()
    for one in folder.iterdir():
        found |= set(re.findall(r"\{\{ *([\w.]+) *\| *safe", one.read_text()))
    assert found == {"style", "card.picture", "line.picture"}


def test_many_people_have_few_pictures():
    X = pd.concat([people()] * 30, ignore_index=True)
    rows = X.assign(age=X["age"].map({30: 40, 40: 50, 50: 60, 60: 30}))
    report = make_report(X, rows, ["found"] * 120)
    html = report.to_html()
    assert Reader(html).tags.count("article") == 50
    assert "The first 50 of 120 people." in html
    short = report._repr_html_()
    assert Reader(short).tags.count("article") == 10
    assert "110 more are not shown." in short


def test_the_page_is_written(tmp_path):
    report = REPORTS["batch"]
    assert (
        report.to_html(tmp_path / "report.html", Wording(names={"age": "\ud800"}))
        is None
    )
    written = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert written.startswith("<!DOCTYPE html>")


def test_without_jinja2_it_says_what_to_install(monkeypatch):
    _html._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match="extra 'page'.*actions"):
        REPORTS["one"].to_html()
    assert REPORTS["one"]._repr_html_() is None
    monkeypatch.undo()
    assert REPORTS["one"]._repr_html_()


def test_every_heading_and_sentence_is_a_phrase():
    """With phrases of marks alone, no English is left."""
    page = PagePhrases()
    marks = {
        one.name: "§" + "".join(re.findall(r"\{\w+\}", getattr(page, one.name)))
        for one in dataclasses.fields(page)
        if one.name != "language"
    }
    phrases = Phrases(page=PagePhrases(**marks))
    for name in ("three options", "one without", "batch"):
        html = REPORTS[name].to_html(wording=Wording(phrases=phrases), model="m")
        words = Reader(html).words
        for text in dataclasses.astuple(page):
            assert len(text) < 12 or "{" in text or text not in words
        left = set(re.findall(r"[A-Za-z]{3,}", words))
        known = {"ann", "bob", "age", "size", "job", "income", "owner", "cook", "smith"}
        known |= {
            "raise",
            "lower",
            "change",
            "from",
            "show",
            "that",
            "for",
            "missing",
            "now",
            "Too",
            "too",
        }
        known |= {"far", "not", "found", "clerk"}
        assert left <= known


def test_german_pages_are_german():
    german = Wording(phrases=Phrases.german())
    html = several(2).to_html(
        wording=german, case=7, decided_on=datetime.date(2026, 3, 1)
    )
    words = Reader(html).words
    assert '<html lang="de">' in html
    assert "Fall 7" in words and "Datum der Entscheidung: 01.03.2026" in words
    assert "Mit jeder der 2 Möglichkeiten unten würde es ihn annehmen." in words
    assert "Der Punktwert des Modells ist 60 % statt 20 %; typischer als" in words
    assert "age: nur steigend" in words


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
    assert "any one of the 2 options below" in words
    assert words.count("Option 1") == words.count("Option 2") == 2  # card, measures
    assert words.count("Privacy: this changed row") == 2


def test_a_notebook_shows_the_same_without_a_document():
    report = REPORTS["one"]
    shown = _html.fragment(report)
    assert "<html" not in shown
    assert Writer(report.schema).phrases.page.promise.split(":")[1] in shown
