import base64
import hashlib
import json
import re
import sys

import numpy as np
import pytest

from skpar import Phrases, WhatIf, Wording
from skpar.report import Writer
from tests._loans import RULES, quick, split_loans
from tests._reports import HOSTILE

WORDING = Wording(
    names={"loan_amount": HOSTILE},
    labels={"job": {"office": "</script><b>office</b>"}},
    formats={"debt_share": "{:.0%}"},
)


@pytest.fixture(scope="module")
def loans():
    return split_loans(120)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, clf=loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    some = par.recourse(loans.asking[:40], n_options=2, max_effort=9.0)
    assert some.options[1].answered.any() and not some.denied.all()
    return some


@pytest.fixture(scope="module")
def found(report):
    return report[int(np.flatnonzero(report.options[1].answered)[0])]


@pytest.fixture(scope="module")
def what_if(par, found):
    return par.what_if(found)


@pytest.fixture(scope="module")
def html(what_if):
    return what_if.to_html(wording=WORDING, case=HOSTILE)


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])


def hashed(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_policy_allows_one_script_and_one_style(html):
    policy = re.search(r'Security-Policy" content="([^"]*)"', html)[1]
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.S)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{hashed(script)}'" in policy
    assert f"style-src 'sha256-{hashed(style)}'" in policy
    assert "unsafe" not in policy and "http" not in policy
    for word in ("innerHTML", "eval(", "insertAdjacent", "document.write", "fetch("):
        assert word not in script
    assert not re.search(r"\s(style|on\w+)=", html[: html.index("<script")])
    assert "http" not in html.replace('http-equiv="', "")


def test_names_and_levels_are_escaped(html):
    assert "<b>office" not in html and "<script>alert" not in html
    assert html.count("<script") == 2
    data = data_of(html)
    assert HOSTILE in [one["name"] for one in data["features"]]
    assert "&lt;script&gt;alert" in html[: html.index("<main>")]


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_characters_that_turn_text_around_are_replaced(what_if):
    wording = Wording(
        names={name: f"{name}{BIDI}" for name in what_if.report.factuals},
        labels={"job": {"office": f"office{BIDI}"}},
        units={"savings": BIDI},
        phrases=Phrases(missing=f"missing{BIDI}", what_if={"title": f"Try{BIDI}"}),
    )
    html = what_if.to_html(wording=wording, case=BIDI)
    data = data_of(html)
    shown = html[: html.index("<script")] + json.dumps(data, ensure_ascii=False)
    assert not set(BIDI) & set(shown)
    replaced = 9 * "\ufffd"
    assert f"<title>Try{replaced}</title>" in html
    names = [one["name"] for one in data["features"]]
    assert names == [f"{name}{replaced}" for name in what_if.report.factuals]
    assert f"missing{replaced}" == data["missing"]


def test_no_number_has_digits_of_rounding_errors(par, loans):
    for row in range(4):
        html = par.what_if(loans.asking[row : row + 1]).to_html()
        values = [v for one in data_of(html)["features"] for v in one["values"]]
        assert not [v for v in values if re.search(r"\.\d*(0{6}|9{6})\d", repr(v))]


def test_long_levels_do_not_widen_the_page(html):
    style = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    assert re.search(r"select,[^{]*{[^}]*max-width:100%", style)
    # Browsers let a fieldset be as wide as its content.
    assert re.search(r"fieldset{[^}]*min-width:0", style)


def test_page_is_small_and_whole(html, what_if, tmp_path):
    assert len(html.encode()) < 2**20
    path = tmp_path / "page.html"
    assert what_if.to_html(path, WORDING, HOSTILE) is None
    assert path.read_text("utf-8") == html
    for hook in ("decision", "controls", "options", "fixed", "follows", "data"):
        assert f'id="{hook}"' in html
    assert 'aria-live="polite"' in html and '<html lang="en">' in html


def test_options_of_the_report_are_on_the_page(html, found):
    data = data_of(html)
    assert data["maxEffort"] == 9.0
    assert len(data["options"]) == len(found.options) == 2
    actions = found.options[1].actions(WORDING)[0]
    for one in data["options"][1]["actions"]:
        assert one in actions
    for k, option in enumerate(found.options):
        row = data["options"][k]["row"]
        expected = option.counterfactuals.iloc[0].tolist()
        assert row == [v if v == v else None for v in expected]
        for one, value in zip(data["features"], row, strict=True):
            assert value in one["values"]


def test_percents_are_typed_as_they_are_read(what_if):
    features = what_if.payload(Writer(what_if.report.schema, WORDING))["features"]
    share = next(one for one in features if one["name"] == "debt share")
    assert (share["pattern"], share["factor"]) == ("{}%", 100.0)
    assert all(label.endswith("%") for label in share["labels"])


def test_german_page(what_if):
    html = what_if.to_html(wording=Wording(phrases=Phrases.german()))
    assert '<html lang="de">' in html
    assert "<h1>Was wäre, wenn?</h1>" in html
    data = data_of(html)
    assert data["words"]["accepts"] == "Das Modell würde annehmen."
    assert "Case" not in html[: html.index("<script")]


def test_a_table_of_one_person_is_answered_first(par, found, loans):
    page = par.what_if(found.factuals)
    assert isinstance(page, WhatIf) and repr(page) == "<WhatIf: found>"
    assert len(page.report.options) == 3
    writer = Writer(page.report.schema)
    assert page.payload(writer)["maxEffort"] is None


def test_an_accepted_person_has_a_page_without_options(par, report):
    accepted = report[int(np.flatnonzero(~report.denied)[0])]
    page = par.what_if(accepted)
    assert page.payload(Writer(page.report.schema))["options"] == []


def test_demands_that_the_page_cannot_check_are_named(par, found):
    strict = quick(actionability=RULES, min_probability=0.6, min_percentile=0.1)
    strict.__dict__.update(
        {k: v for k, v in par.__dict__.items() if k not in strict.get_params()}
    )
    payload = strict.what_if(found).payload(Writer(found.schema))
    assert payload["demands"] == "a probability of acceptance of at least 60%"
    assert payload["minPercentile"] == 0.1


def test_demands_of_the_person_are_named(par, found):
    denied = par.recourse(found.factuals, max_probability=0.85, min_probability=0.55)
    payload = par.what_if(denied).payload(Writer(found.schema))
    kind = "a probability of acceptance of at"
    assert payload["demands"] == f"{kind} least 55%, {kind} most 85%"


def test_what_is_not_one_person_is_refused(par, report, loans):
    with pytest.raises(ValueError, match="one person, got 2"):
        par.what_if(report[:2])
    unknown = loans.asking[:1].assign(job="astronaut")
    with pytest.raises(ValueError, match="unreadable: .*astronaut"):
        par.what_if(unknown)


def test_jinja_is_named_where_it_is_missing(what_if, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match="extra 'page'"):
        what_if.to_html()
