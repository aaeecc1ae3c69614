"""Pictures are well-formed, hold what they show, and nothing of the table runs."""

from xml.etree import ElementTree

import pytest

from skpar.report._sentences import Writer
from skpar.report.page._person_view import person_view
from skpar.report.page._population_view import feature_summaries
from skpar.report.page._svg import draw_option, draw_summaries, safe

from ..._reports import few, wide


def parts(svg, kind):
    return [e for e in ElementTree.fromstring(svg).iter() if e.get("class") == kind]


def option(report):
    return draw_option(person_view(report, 0, Writer(report.schema)), 0)


@pytest.mark.parametrize(("report", "n_lines"), [(few(), 5), (wide(), 32)])
def test_one_dot_and_one_ring_per_line(report, n_lines):
    svg = option(report)
    assert len(parts(svg, "d")) == len(parts(svg, "o")) == n_lines
    assert len(parts(svg, "n")) == len(parts(svg, "t")) == n_lines
    assert "<script" not in svg


def test_places_are_drawn_where_they_are():
    ring, dot = parts(option(few()), "o")[3], parts(option(few()), "d")[3]
    scale = 300
    moved = float(dot.get("cx")) - float(ring.get("cx"))
    assert moved == pytest.approx(0.4 * scale)
    assert parts(option(few()), "t")[3].text == "20% → 60%"


def test_bars_are_as_long_as_their_shares():
    report = few()
    svg = draw_summaries(feature_summaries(report, Writer(report.schema)))
    lengths = [float(bar.get("width")) for bar in parts(svg, "w0")]
    assert lengths == [150.0, 150.0]
    names = ["age", "income", "size", "job"]
    assert [text.text for text in parts(svg, "n")] == names


def test_long_texts_are_cut_and_whole_in_the_title():
    text = parts(option(wide()), "n")[0]
    assert "…" in text.text
    assert len(text.text) == 29
    assert text[0].text == "a long name of feature number 0 in $dollars$"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<b>", "&lt;b&gt;"),
        ("a\"'&", "a&quot;&#x27;&amp;"),
        ("\x00\x1b", "\ufffd\ufffd"),
        ("a\tb\nc", "a\tb\nc"),
        (3, "3"),
    ],
)
def test_texts_are_escaped(text, escaped):
    assert safe(text) == escaped
