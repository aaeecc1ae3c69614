"""One person's picture shows the changes of the report."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skpar import Wording
from skpar.inspection import RecourseDisplay
from skpar.report._sentences import Writer
from skpar.report.page.pictures._person_view import (
    PERCENTILE,
    PROBABILITY,
    PersonView,
    person_view,
)

from .._loans import RULES, quick, split_loans
from .._reports import few, wide
from ..report.page.pictures.test_region_spans import ANN, BOB, regions_of


def texts(display):
    display.figure_.canvas.draw()
    return [text.get_text() for text in display.ax_.texts]


def tick_labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_each_change_is_a_line():
    display = RecourseDisplay.from_report(
        few(), 0, wording=Wording(units={"age": "years"})
    )
    assert display.names_ == ["age", "size", "job", PROBABILITY, PERCENTILE]
    assert tick_labels(display.ax_) == display.names_
    for said in ("30 → 45 years", "cook → smith", "20% → 60%", "10% → 50%"):
        assert said in texts(display)
    assert display.ax_.get_title("left") == "ann: recourse found"


def test_marks_stand_at_the_values():
    display = RecourseDisplay.from_report(few(), 0)
    scales = display.portrait.options[0]
    before, after = display.before_[0].get_offsets(), display.after_[0].get_offsets()
    np.testing.assert_allclose(before[:, 0], [scale.before for scale in scales])
    np.testing.assert_allclose(after[:, 0], [scale.after for scale in scales])
    np.testing.assert_array_equal(after[:, 1], range(5))
    n_bars = sum(len(scale.bars) for scale in scales)
    assert len(display.ax_.patches) == n_bars


def test_a_filled_cell_has_a_dot_and_no_arrow():
    display = RecourseDisplay.from_report(few(), 1)
    assert "missing → 2000" in texts(display)
    assert np.isnan(display.portrait.options[0][1].before)
    arrows = [text for text in display.ax_.texts if hasattr(text, "arrow_patch")]
    assert len(arrows) == len(display.names_) - 1


@pytest.mark.parametrize(
    ("row", "said"), [(2, "too far"), (3, "accepted: no change is needed")]
)
def test_without_a_recourse_the_reason_is_written(row, said):
    display = RecourseDisplay.from_report(few(), row)
    assert said in texts(display)
    assert display.names_ == []


def test_options_stand_side_by_side():
    report = few()
    wording = Writer(report.schema)
    one, two = (person_view(report, row, wording) for row in (0, 1))
    display = RecourseDisplay(
        PersonView("ann", "found", "", one.options + two.options)
    ).plot()
    names = ["age", "size", "job", "income", PROBABILITY, PERCENTILE]
    assert display.names_ == names
    said = texts(display)
    assert {"Option 1", "Option 2"} <= set(said)
    assert said.count("no change") == 1 + 2
    left, right = (dots.get_offsets()[:, 0] for dots in display.after_)
    assert left.max() < right.min()


def test_it_draws_into_given_axes():
    _, axes = plt.subplots(1, 2)
    display = RecourseDisplay.from_report(few(), 0, ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is axes[1].figure


def test_thirty_features_with_long_names_are_apart():
    display = RecourseDisplay.from_report(wide())
    display.figure_.canvas.draw()
    boxes = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    assert len(boxes) == 32
    assert not any(a.overlaps(b) for a, b in zip(boxes[:-1], boxes[1:], strict=True))
    assert min(box.x0 for box in boxes) >= 0
    values = [t for t in display.ax_.texts if "→" in t.get_text()]
    width = display.figure_.bbox.width
    assert max(t.get_window_extent().x1 for t in values) <= width


def test_from_estimator_asks_about_one_person():
    loans = split_loans(120)
    par = quick(actionability=RULES).fit(loans.X, clf=loans.clf)
    denied = loans.asking[loans.clf.predict(loans.asking) == 0]
    report = par.recourse(denied)
    row = int(report.answered.argmax())
    display = RecourseDisplay.from_estimator(par, denied.iloc[[row]])
    assert len(display.names_) == report.n_changed[row] + 2
    before, after = display.portrait.options[0][-2:]
    chance = loans.clf.predict_proba(denied.iloc[[row]])[0, 1]
    assert before.before == pytest.approx(chance)
    assert after.after == pytest.approx(report.percentile[row])
    with pytest.raises(ValueError, match=r"one person.*2 rows.*iloc"):
        RecourseDisplay.from_estimator(par, denied[:2])


@pytest.mark.parametrize("row", [0, 1, 2])
def test_nothing_covers_anything_or_is_cut(row):
    wording = Wording(
        names={"age": "Versicherungspflichtige Beschäftigungsdauer in Jahren"},
        units={"income": "€", "age": "Jahre"},
        labels={"size": {"S": "eine sehr kleine Wohnung", "L": "ein großes Haus"}},
    )
    regions = regions_of(ANN, BOB)
    display = RecourseDisplay.from_report(few(), row, wording=wording, regions=regions)
    figure, ax = display.figure_, display.ax_
    figure.canvas.draw()
    shown = [text for text in ax.texts if text.get_visible() and text.get_text()]
    shown += ax.get_yticklabels()
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    if ax.get_legend() is not None:
        boxes.append(("legend", ax.get_legend().get_window_extent()))
    pairs = combinations(boxes, 2)
    assert [(a, b) for (a, one), (b, other) in pairs if one.overlaps(other)] == []
    whole, boxes = figure.bbox.padded(1.0), [box for _, box in boxes]
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 for box in boxes)
    assert all(whole.y0 <= box.y0 and box.y1 <= whole.y1 for box in boxes)


def test_the_height_follows_the_lines():
    heights = [
        RecourseDisplay.from_report(few(), row).figure_.get_figheight()
        for row in (2, 1, 0)
    ]
    assert heights == sorted(heights) and heights[0] < 1.2 < heights[1]


def test_a_case_names_the_figure():
    display = RecourseDisplay.from_report(few(), 2, case="case 7")
    assert display.ax_.get_title("left") == "case 7: not found"
