"""Pictures are well-formed, hold what they show, and nothing of the table runs."""

import dataclasses
from xml.etree import ElementTree

import pytest

from skpar.report._sentences import Writer
from skpar.report.page.pictures._person_view import person_view
from skpar.report.page.pictures._population_view import feature_summaries
from skpar.report.page.pictures._svg import draw_changes, draw_summary, printable, safe

from ...._reports import HOSTILE, few, wide

SAID = f'raise age; "{HOSTILE}"'


def parts(svg, kind):
    return [e for e in ElementTree.fromstring(svg).iter() if e.get("class") == kind]


def option(report):
    (scales,) = person_view(report, 0, Writer(report.schema)).options
    return draw_changes(scales, SAID)


@pytest.mark.parametrize(("report", "n_lines"), [(few(), 5), (wide(), 32)])
def test_one_dot_and_one_ring_per_line(report, n_lines):
    svg = option(report)
    assert len(parts(svg, "d")) == len(parts(svg, "o")) == n_lines
    assert len(parts(svg, "n")) == len(parts(svg, "t right")) == n_lines
    assert "<script" not in svg
    picture = ElementTree.fromstring(svg)
    assert (picture.get("role"), picture.get("aria-label")) == ("img", SAID)


def test_places_are_drawn_where_they_are():
    ring, dot = parts(option(few()), "o")[3], parts(option(few()), "d")[3]
    moved = float(dot.get("cx")) - float(ring.get("cx"))
    (axis, *_) = parts(option(few()), "s")
    start, end = axis.get("d").removeprefix("M").split("H")
    scale = float(end) - float(start.split()[0])
    assert moved == pytest.approx(0.4 * scale, abs=0.1)
    assert parts(option(few()), "t right")[3].text == "20% → 60%"


def test_scales_without_ticks_name_their_own_values():
    (scales,) = person_view(few(), 0, Writer(few().schema)).options
    job = next(scale for scale in scales if scale.name == "job")
    for after, texts in [(job.after, ["cook", "smith"]), (job.before, ["smith"])]:
        svg = draw_changes([dataclasses.replace(job, after=after)], "")
        texts_of_ticks = [
            e.text
            for e in ElementTree.fromstring(svg)
            if e.get("class").startswith("e ")
        ]
        assert texts_of_ticks == texts


def test_everything_lies_within_the_picture():
    picture = ElementTree.fromstring(option(wide()))
    width, height = map(float, picture.get("viewBox").split()[2:])
    places = [(e.get("cx") or e.get("x"), e.get("cy") or e.get("y")) for e in picture]
    for x, y in places:
        assert x is None or 0 <= float(x) <= width
        assert y is None or 0 <= float(y) <= height


def test_bars_are_as_long_as_their_shares():
    report = few()
    summaries = feature_summaries(report, Writer(report.schema))
    for summary in summaries:
        svg = draw_summary(summary)
        for number, share in enumerate(summary.kind_shares):
            lengths = [float(bar.get("width")) for bar in parts(svg, f"w{number}")]
            assert lengths == ([120.0 * share] if share else [])


def test_long_texts_are_cut_and_whole_in_the_title():
    text = parts(option(wide()), "n")[15]
    assert "…" in text.text
    assert text[0].text == f"{HOSTILE} levels of feature number 0"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<b>", "&lt;b&gt;"),
        ("a\"'&", "a&quot;&#x27;&amp;"),
        ("\x00\x1b\ud800", "\ufffd\ufffd\ufffd"),
        ("a\tb\nc\u202fd\xa0e", "a\tb\nc\u202fd\xa0e"),
        (3, "3"),
    ],
)
def test_texts_are_escaped(text, escaped):
    assert safe(text) == escaped
    assert "\x00" not in printable(text)
