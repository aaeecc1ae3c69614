"""The frontier is what no other point beats."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.inspection import FrontierDisplay

from .._loans import quick, split_loans
from .._reports import few, make_report, people

FIGURE = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@given(st.lists(st.tuples(FIGURE, FIGURE, FIGURE), min_size=1, max_size=8))
def test_who_is_on_the_frontier(points):
    display = FrontierDisplay(range(len(points)), *np.array(points).T)

    def beats(a, b):
        no_worse = a[0] <= b[0] and a[1] >= b[1] and a[2] >= b[2]
        return no_worse and a != b

    expected = [not any(beats(a, b) for a in points) for b in points]
    assert display.on_frontier.tolist() == expected


def test_points_and_line_are_where_the_figures_are():
    display = FrontierDisplay(
        ["dear", "$cheap$", "bad", "none"],
        [2.0, 1.0, 3.0, np.nan],
        [0.6, 0.4, 0.5, np.nan],
        [1.0, 0.5, 1.0, 0.0],
    ).plot()
    display.figure_.canvas.draw()
    offsets = np.array([point.get_offsets()[0] for point in display.points_[:3]])
    np.testing.assert_allclose(offsets, [[2, 0.6], [1, 0.4], [3, 0.5]])
    np.testing.assert_allclose(display.line_.get_xdata(), [1.0, 2.0])
    said = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert said[1] == r"\$cheap\$ (50% coverage)"
    assert display.points_[0].get_sizes() > display.points_[1].get_sizes()


def test_reports_are_averaged():
    X = people()
    nobody = make_report(X, X, ["accepted"] * 4)
    display = FrontierDisplay.from_reports({"few": few(), "nobody": nobody})
    assert display.effort[0] == pytest.approx(1.25)
    assert display.percentile[0] == pytest.approx(0.5)
    assert display.coverage[0] == pytest.approx(2 / 3)
    assert np.isnan(display.effort[1])
    said = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert said[1] == "nobody (nobody denied)"


def test_reports_must_be_about_the_same_people():
    X = people()[:2]
    other = make_report(X, X, ["accepted"] * 2)
    with pytest.raises(ValueError, match="the same people.*'few': 4"):
        FrontierDisplay.from_reports({"few": few(), "other": other})


@pytest.mark.slow
def test_a_sweep_fits_once_per_value():
    loans = split_loans(120)
    _, ax = plt.subplots()
    display = FrontierDisplay.from_estimator(
        quick(),
        loans.X,
        loans.y,
        loans.asking,
        param_name="weight_effort",
        param_range=[0.1, 3.0],
        ax=ax,
    )
    assert display.ax_ is ax
    assert display.names == ["weight_effort=0.1", "weight_effort=3.0"]
    assert display.effort[0] > display.effort[1]
