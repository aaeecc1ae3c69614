"""The picture of many people shows the shares of the report."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skpar import Wording
from skpar.inspection import PopulationDisplay

from .._loans import quick, split_loans
from .._reports import few, make_report, people, wide
from .test_recourse_display import tick_labels


def test_a_bar_per_feature_as_long_as_its_share():
    display = PopulationDisplay.from_report(few())
    assert tick_labels(display.axes_[0]) == ["age", "income", "size", "job"]
    assert set(display.bars_) == {"raise", "lower", "switch", "fill in"}
    lengths = sum(
        np.array([bar.get_width() for bar in bars]) for bars in display.bars_.values()
    )
    np.testing.assert_allclose(lengths, [1.0, 0.5, 0.5, 0.5])
    said = [text.get_text() for text in display.axes_[0].texts]
    assert said[0] == "median +5"
    assert "2 people with recourse" in display.axes_[0].get_xlabel()


def test_groups_have_marks_and_panels():
    display = PopulationDisplay.from_report(few(), by="owner")
    features, coverage, effort = display.axes_
    marks = [m.get_offsets()[:, 0].tolist() for m in features.collections]
    assert marks == [[1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]]
    assert tick_labels(coverage) == ["no\nn=2", "yes\nn=1"]
    assert tick_labels(effort) == ["n=1", "n=1"]
    assert effort.get_ylim() == coverage.get_ylim()
    np.testing.assert_allclose(coverage.lines[0].get_xdata(), [0.5, 1.0])
    np.testing.assert_allclose(effort.lines[0].get_xdata(), [1.5, 1.0])
    ends = coverage.collections[0].get_segments()[0][:, 0]
    assert (
        ends.tolist()
        == display.groups.iloc[0][["coverage_low", "coverage_high"]].tolist()
    )


@pytest.mark.parametrize("report", [few(), wide()])
def test_the_legend_is_whole_and_covers_nothing(report):
    display = PopulationDisplay.from_report(report, by=["a", "b", "a", "b"])
    display.figure_.canvas.draw()
    ax = display.axes_[0]
    legend = ax.get_legend().get_window_extent()
    assert legend.y0 >= 0
    assert legend.y1 <= ax.xaxis.label.get_window_extent().y0


def test_panels_of_groups_are_whole():
    by = ["a level with quite a long name", "b", "another long name of a level", "b"]
    figure = PopulationDisplay.from_report(wide(), by=by).figure_
    figure.canvas.draw()
    whole = figure.bbox
    for ax in figure.axes[1:]:
        for text in (ax.xaxis.label, ax.title):
            box = text.get_window_extent()
            assert whole.x0 <= box.x0
            assert box.x1 <= whole.x1


def test_long_titles_of_groups_are_whole():
    wording = Wording(names={"job": "the occupation of the person"})
    display = PopulationDisplay.from_report(few(), by="job", wording=wording)
    display.figure_.canvas.draw()
    for ax in display.axes_:
        box = ax._left_title.get_window_extent()
        assert 0 <= box.x0 and box.x1 <= display.figure_.bbox.x1


def test_typical_changes_are_whole_and_have_units():
    wording = Wording(units={"age": "years of age, as in the register"})
    display = PopulationDisplay.from_report(few(), wording=wording)
    display.figure_.canvas.draw()
    texts = display.axes_[0].texts
    assert texts[0].get_text() == "median +5 years of age, as in the register"
    right = [text.get_window_extent().x1 for text in texts]
    assert max(right) <= display.figure_.bbox.x1
    bars = [bar.get_window_extent().x1 for bar in display.axes_[0].patches]
    assert max(bars) < min(text.get_window_extent().x0 for text in texts)


def test_many_groups_are_not_marked_on_bars():
    X = pd.concat([people()] * 2, ignore_index=True)
    rows = X.assign(age=X["age"].map({30: 40, 40: 50, 50: 60, 60: 30}))
    report = make_report(X, rows, ["found"] * 8)
    display = PopulationDisplay.from_report(report, by=list("abcdefgh"))
    assert len(display.axes_[0].collections) == 0
    assert len(tick_labels(display.axes_[1])) == 8


def test_nothing_changes_for_nobody():
    display = PopulationDisplay.from_report(
        make_report(people(), people(), ["accepted"] * 4), by="job"
    )
    display.figure_.canvas.draw()
    assert display.bars_ == {}
    assert len(display.axes_) == 3


def test_it_divides_given_axes():
    _, axes = plt.subplots(2, 1, figsize=(10, 8))
    display = PopulationDisplay.from_report(few(), by="job", ax=axes[0])
    assert display.ax_ is axes[0]
    assert {ax.figure for ax in display.axes_} == {axes[0].figure}


def test_thirty_features_with_long_names_are_apart():
    display = PopulationDisplay.from_report(wide())
    display.figure_.canvas.draw()
    boxes = [label.get_window_extent() for label in display.axes_[0].get_yticklabels()]
    assert len(boxes) == 30
    assert not any(a.overlaps(b) for a, b in zip(boxes[:-1], boxes[1:], strict=True))
    assert min(box.x0 for box in boxes) >= 0


def test_from_estimator_draws_its_report():
    loans = split_loans(120)
    par = quick().fit(loans.X, clf=loans.clf)
    display = PopulationDisplay.from_estimator(par, loans.asking, by="job")
    report = par.recourse(loans.asking)
    assert display.n_answered == report.answered.sum()
    changed = report.changes()["feature"].value_counts() / display.n_answered
    for summary in display.movements:
        feature = loans.X.columns[summary.column]
        assert summary.name == feature.replace("_", " ")
        assert summary.share == pytest.approx(changed[feature])


def test_titles_and_legend_name_the_column_of_groups():
    wording = Wording(names={"job": "the job"})
    display = PopulationDisplay.from_report(few(), by="job", wording=wording)
    titles = [ax.get_title("left") for ax in display.axes_]
    assert titles[1:] == ["Coverage by the job", "Mean effort by the job"]
    texts = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert "the job: cook" in texts
    display = PopulationDisplay.from_report(few(), by="owner")
    texts = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert texts[:2] == ["owner: no", "owner: yes"]
    display = PopulationDisplay.from_report(few(), by=list("abab"))
    assert display.axes_[1].get_title("left") == "Coverage"
