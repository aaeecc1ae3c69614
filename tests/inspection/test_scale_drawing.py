"""A scale is drawn with its marks, and with the span in which its number may stray."""

import pandas as pd
import pytest

from skpar import Wording
from skpar.inspection import RecourseDisplay
from skpar.inspection._scale_drawing import ScaleLine
from skpar.inspection._style import GREEN

from .._reports import few, make_report
from ..report.page.pictures.test_region_spans import ANN, BOB, regions_of
from .test_recourse_display import texts


def test_regions_are_lines_and_texts_and_the_legend_says_which():
    report = few()
    regions = regions_of(ANN, BOB)
    display = RecourseDisplay.from_report(report, 0, regions=regions, case="case 7")
    assert display.ax_.get_title("left") == "case 7: recourse found"
    assert "age at least 44" in texts(display)
    scale = display.portrait.options[0][0]
    (line,) = [one for one in green(display) if len(one.get_xdata()) == 2]
    assert line.get_xdata().tolist() == pytest.approx(
        [scale.place(44.0), scale.place(50.0)]
    )
    assert line.get_linestyle() == "-"
    ends = [one for one in green(display) if len(one.get_xdata()) == 1]
    assert [one.get_marker() for one in ends] == ["|", ">"]
    assert legend(display) == [
        *("before", "after", "accepted people"),
        "may stray this far, all together (certified)",
    ]
    tested = RecourseDisplay.from_report(report, 1, regions=regions)
    (line,) = [one for one in green(tested) if len(one.get_xdata()) == 2]
    assert line.get_linestyle() == "--"
    assert legend(tested)[-1] == "may stray this far, all together (tested)"


def test_a_number_that_keeps_its_value_has_a_text_and_no_line():
    fixed = (*ANN[:4], *[45.0] * 4, "fixed", "age exactly 45")
    display = RecourseDisplay.from_report(few(), 0, regions=regions_of(fixed))
    assert "age exactly 45" in texts(display)
    assert green(display) == []
    assert legend(display) == ["before", "after", "accepted people"]


def green(display):
    return [line for line in display.ax_.lines if line.get_color() == GREEN]


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_zeros_and_ones_are_two_positions_with_words():
    X = pd.DataFrame({"flag": [0, 1, 1], "x": [1.5, 2.5, 3.5]}, index=list("abc"))
    report = make_report(X, X.assign(flag=1), ["found", "accepted", "accepted"])
    wording = Wording(labels={"flag": {0: "no phone", 1: "a phone"}})
    display = RecourseDisplay.from_report(report, wording=wording)
    display.figure_.canvas.draw()
    scale = display.portrait.options[0][0]
    words = {t.get_text(): t.get_position()[0] for t in display.ax_.texts}
    assert words["no phone"] == pytest.approx(scale.before)
    assert words["a phone"] == pytest.approx(scale.after)
    # No axis joins them, and bars are narrow.
    at_zero = [one for one in display.ax_.lines if set(one.get_ydata()) == {0}]
    assert at_zero == []
    assert max(bar.get_width() for bar in display.ax_.patches) < 0.1


def test_the_words_of_the_change_are_kept_before_all_others():
    levels = [f"level number {k}" for k in range(12)]
    X = pd.DataFrame({"a": levels, "x": 1.5})
    report = make_report(X, X.assign(a=levels[7]), ["found"] + ["accepted"] * 11)
    display = RecourseDisplay.from_report(report)
    shown = [t.get_text() for t in display.ax_.texts if t.get_visible()]
    marks = [text for text in shown if text in levels]
    assert {"level number 0", "level number 7"} <= set(marks)
    assert len(marks) < 12


def test_long_values_stand_on_lines_of_their_own():
    scale = RecourseDisplay.from_report(few(), 0).portrait.options[0][0]
    assert ScaleLine(scale).text == "30 → 45"
    assert ScaleLine(scale).n_lines == 1
    X = pd.DataFrame({"a": ["a long name of a level", "another long name of one"]})
    report = make_report(X, X.assign(a=X["a"][1]), ["found", "accepted"])
    line = ScaleLine(RecourseDisplay.from_report(report).portrait.options[0][0])
    assert line.text.split("\n")[1].startswith("→ another")
    assert line.n_lines >= 2
