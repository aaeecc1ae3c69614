"""RecourseDisplay: the recourse of one person, every change on its own scale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..report import (
    PERCENTILE,
    PROBABILITY,
    PersonView,
    RecourseReport,
    RegionSpan,
    Wording,
    Writer,
    person_view,
    region_spans,
)
from ._scale_drawing import ScaleLine, legend_handles
from ._style import BLUE, DARK, canvas, hide_overlaps, wrapped

_OPTION_WIDTH = 1.8  # In units of the width of a scale.
_PANEL_INCHES = 4.4
_NAME_INCHES = 2.3
_NAME_WIDTH = 26
_HEAD_INCHES = 0.85  # Title and legend.
_LINE_INCHES = 0.56
_REASON_INCHES = 0.2
_TEXT_INCHES = 0.15  # One line of small text.


class RecourseDisplay:
    """Recourse of one person: every change on its own scale.

    Each feature that changes has a line, which is the scale of the feature. A ring
    marks the value before, and a dot the value after. Grey bars behind the line are the
    histogram of accepted people. Yes and no, levels, and few whole numbers are marked
    positions with their words. The last lines show the probability of acceptance and
    the plausibility percentile in the same way. Options are drawn side by side.

    With regions, a green line below a scale shows how far the number may stray while
    the other changed numbers stray, too. It is solid where this is certified, and
    dashed where it is tested. A tip at its end means that only the rules end it.

    It is recommended to use :meth:`from_estimator` or :meth:`from_report` to make a
    `RecourseDisplay`.

    Parameters
    ----------
    portrait : PersonView
        The person and the scales of all options.
    spans : tuple of dict of int to RegionSpan, default=()
        For each option, where the number of a feature may stray, by the position of the
        feature. Empty without regions.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    names_ : list of str
        Names of the lines, from top to bottom.
    before_ : list of matplotlib PathCollection
        The rings of each option.
    after_ : list of matplotlib PathCollection
        The dots of each option.

    See Also
    --------
    PopulationDisplay : Many people at once.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> from skpar.inspection import RecourseDisplay
    >>> X, y = make_loans(300, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> denied = X[par.estimator_.predict(X) == 0]
    >>> display = RecourseDisplay.from_estimator(par, denied[:1])
    >>> display.names_[-1]
    'Plausibility percentile'
    """

    def __init__(
        self, portrait: PersonView, spans: tuple[dict[int, RegionSpan], ...] = ()
    ) -> None:
        self.portrait = portrait
        self.spans = spans

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        wording: Wording | None = None,
        ax: Any = None,
    ) -> RecourseDisplay:
        """Find recourse for one person, and draw it.

        Parameters
        ----------
        estimator : PARRecourse
            Fitted estimator.
        X : DataFrame or array-like of shape (1, n_features)
            The person.
        wording : Wording, default=None
            Words for columns and values. None stands for those of the table.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : RecourseDisplay

        Raises
        ------
        ValueError
            If `X` does not have exactly one row.
        """
        report = estimator.recourse(X)
        if len(report) != 1:
            raise ValueError(
                f"X must hold one person, but has {len(report)} rows; use X.iloc[[0]], "
                "or from_report(report, row)."
            )
        return cls.from_report(report, wording=wording, ax=ax)

    @classmethod
    def from_report(
        cls,
        report: RecourseReport,
        row: int = 0,
        *,
        wording: Wording | None = None,
        regions: pd.DataFrame | None = None,
        case: str | None = None,
        ax: Any = None,
    ) -> RecourseDisplay:
        """Draw one person of a report.

        Parameters
        ----------
        report : RecourseReport
            Report of :meth:`skpar.PARRecourse.recourse`.
        row : int, default=0
            Position of the person in the report.
        wording : Wording, default=None
            Words for columns and values. None stands for those of the table.
        regions : DataFrame, default=None
            What :meth:`skpar.PARRecourse.regions` returns for this report. The figure
            then shows how far the changed numbers may stray together.
        case : str, default=None
            Name or number of the case in the title. None stands for the label of the
            row.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : RecourseDisplay

        Raises
        ------
        TypeError
            If `regions` is no such table.
        ValueError
            If `regions` belongs to another report, or if rows share a label.
        """
        writer = Writer(report.schema, wording)
        view = person_view(report, row, writer)
        if case is not None:
            view = replace(view, label=case)
        return cls(view, region_spans(report, row, regions)).plot(ax=ax)

    def plot(self, ax: Any = None) -> RecourseDisplay:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        self : RecourseDisplay
        """
        self._lines = self._all_lines()
        # A feature that changes in several options has one line.
        self.names_ = list(
            dict.fromkeys(line.scale.name for lines in self._lines for line in lines)
        )
        for name in (PROBABILITY, PERCENTILE):
            if name in self.names_:
                self.names_.remove(name)
                self.names_.append(name)
        self.ax_ = canvas(ax, *self._size())
        self.figure_ = self.ax_.figure
        self.before_: list[Any] = []
        self.after_: list[Any] = []
        marks = []
        for number, lines in enumerate(self._lines):
            marks += self._draw_option(number, lines)
        self._finish()
        hide_overlaps(self.figure_, marks)
        return self

    def _all_lines(self) -> list[list[ScaleLine]]:
        """Pair the scales of each option with its spans."""
        options = self.portrait.options
        spans = self.spans or ({},) * len(options)
        return [
            [ScaleLine(scale, some.get(scale.column)) for scale in option]
            for option, some in zip(options, spans, strict=True)
        ]

    @property
    def _reason(self) -> str:
        """Why there is no recourse, broken into lines."""
        return wrapped(self.portrait.without_recourse, 72, 10)

    def _size(self) -> tuple[float, float]:
        """Width and height of a new figure, in inches."""
        n_options = len(self._lines)
        if not n_options:
            n_lines = self._reason.count("\n") + 1
            return _NAME_INCHES + _PANEL_INCHES, _HEAD_INCHES + _REASON_INCHES * n_lines
        texts = [line.n_lines for lines in self._lines for line in lines]
        texts += [wrapped(name, _NAME_WIDTH).count("\n") + 1 for name in self.names_]
        line = max(_LINE_INCHES, _TEXT_INCHES * (max(texts, default=1) + 1))
        height = _HEAD_INCHES + line * len(self.names_)
        if n_options > 1:
            height += 0.2
        return _NAME_INCHES + _PANEL_INCHES * n_options, height

    def _draw_option(self, number: int, lines: list[ScaleLine]) -> list[list[Any]]:
        """Draw the lines of one option; return the words of the marks of each."""
        ax, left = self.ax_, number * _OPTION_WIDTH
        places = [self.names_.index(line.scale.name) for line in lines]
        marks = [
            line.draw(ax, left, place)
            for place, line in zip(places, lines, strict=True)
        ]
        before = np.array([line.scale.before for line in lines])
        after = np.array([line.scale.after for line in lines])
        style: dict[str, Any] = {"s": 46, "zorder": 4, "linewidths": 1.6}
        self.before_.append(
            ax.scatter(left + before, places, color="white", edgecolors=DARK, **style)
        )
        self.after_.append(
            ax.scatter(left + after, places, color=BLUE, edgecolors=BLUE, **style)
        )
        for place in set(range(len(self.names_))) - set(places):
            ax.text(left, place, "no change", va="center", color="dimgray")
        if len(self._lines) > 1:
            title = f"Option {number + 1}"
            ax.text(left, -0.7, title, weight="bold", va="bottom")
        return marks

    def _finish(self) -> None:
        """Add the names of the lines, the title and the legend."""
        ax, n_options = self.ax_, len(self._lines)
        names = [wrapped(name, _NAME_WIDTH) for name in self.names_]
        ax.set_yticks(range(len(names)), names)
        ax.tick_params(axis="y", length=0)
        ax.set_xticks([])
        ax.set_xlim(-0.06, max(1, n_options) * _OPTION_WIDTH)
        ax.set_ylim(max(1, len(names)) - 0.5, -0.65 - 0.3 * (n_options > 1))
        for spine in ax.spines.values():
            spine.set_visible(False)
        view = self.portrait
        name = wrapped(view.title, 60)
        if n_options:
            ax.set_title(f"{name}: recourse {view.status}", loc="left")
            self._draw_legend()
        else:
            ax.set_title(f"{name}: {view.status}", loc="left")
            ax.text(0, 0, self._reason, va="center")

    def _draw_legend(self) -> None:
        """Draw the legend below the lines, with what is drawn only."""
        drawn = [line for lines in self._lines for line in lines]
        found = {one.span.evidence for one in drawn if one.span and one.is_drawn_span}
        handles = legend_handles(any(len(one.scale.bars) for one in drawn), found)
        self.ax_.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.0, 0.0),
            ncols=2 if found and len(self._lines) == 1 else len(handles),
            frameon=False,
            fontsize="small",
            borderaxespad=0.0,
            handletextpad=0.5,
            columnspacing=1.4,
        )
