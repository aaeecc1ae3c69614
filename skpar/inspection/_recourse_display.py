"""RecourseDisplay: the recourse of one person, every change on its own scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..report import (
    PERCENTILE,
    PROBABILITY,
    PersonView,
    RecourseReport,
    ScaleView,
    Wording,
    Writer,
    person_view,
    shorten,
    tick_side,
)
from ._style import BLUE, DARK, GREY, canvas, plain, wrapped

_OPTION_WIDTH = 1.75  # In units of the width of a scale.
_PANEL_INCHES = 4.4
_NAME_INCHES = 2.4
_LINE_INCHES = 0.55
_ARROW = {
    "arrowstyle": "-|>",
    "color": BLUE,
    "lw": 2.2,
    "shrinkA": 3,
    "shrinkB": 3,
}


class RecourseDisplay:
    """Recourse of one person: every change on its own scale.

    Each feature that changes has a line, which is the scale of the feature. A ring
    marks the value before, and a dot the value after. Grey bars behind the line are the
    histogram of accepted people. The last lines show the probability of acceptance and
    the plausibility percentile in the same way. Options are drawn side by side.

    It is recommended to use :meth:`from_estimator` or :meth:`from_report` to make a
    `RecourseDisplay`.

    Parameters
    ----------
    portrait : PersonView
        The person and the scales of all options.

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

    def __init__(self, portrait: PersonView) -> None:
        self.portrait = portrait

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
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : RecourseDisplay
        """
        writer = Writer(report.schema, wording)
        return cls(person_view(report, row, writer)).plot(ax=ax)

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
        options = self.portrait.options
        # A feature that changes in several options has one line.
        self.names_ = list(
            dict.fromkeys(scale.name for option in options for scale in option)
        )
        for name in _measures(options):
            self.names_.remove(name)
            self.names_.append(name)
        width = _NAME_INCHES + _PANEL_INCHES * max(1, len(options))
        height = 1.1 + _LINE_INCHES * max(1, len(self.names_))
        self.ax_ = canvas(ax, width, height)
        self.figure_ = self.ax_.figure
        self.before_: list[Any] = []
        self.after_: list[Any] = []
        for number, option in enumerate(options):
            self._draw_option(number, option)
        self._finish(len(options))
        return self

    def _draw_option(self, number: int, option: tuple[ScaleView, ...]) -> None:
        """Draw the lines of one option."""
        left = number * _OPTION_WIDTH
        places = [self.names_.index(scale.name) for scale in option]
        for place, scale in zip(places, option, strict=True):
            self._draw_scale(left, place, scale)
        before = np.array([scale.before for scale in option])
        after = np.array([scale.after for scale in option])
        style: dict[str, Any] = {"s": 46, "zorder": 4, "linewidths": 1.6}
        self.before_.append(
            self.ax_.scatter(
                left + before, places, color="white", edgecolors=DARK, **style
            )
        )
        self.after_.append(
            self.ax_.scatter(left + after, places, color=BLUE, edgecolors=BLUE, **style)
        )
        for place in set(range(len(self.names_))) - set(places):
            self.ax_.text(left, place, "no change", va="center", color="dimgray")
        if len(self.portrait.options) > 1:
            title = f"Option {number + 1}"
            self.ax_.text(left, -0.75, title, weight="bold", va="bottom")

    def _draw_scale(self, left: float, place: int, scale: ScaleView) -> None:
        """Draw the line of one feature or measure."""
        ax = self.ax_
        for start, end, height in scale.bars:
            ax.bar(
                left + start,
                -0.55 * height,
                width=end - start,
                bottom=place,
                align="edge",
                color=GREY,
                zorder=1,
            )
        ax.plot([left, left + 1], [place, place], color=DARK, lw=0.8, zorder=2)
        for tick, label in scale.ticks:
            ax.text(
                left + tick,
                place + 0.13,
                plain(shorten(label, 14)),
                size="x-small",
                color="dimgray",
                ha=tick_side(tick),
                va="top",
            )
        if not np.isnan(scale.before):
            tail, head = (left + scale.before, place), (left + scale.after, place)
            ax.annotate("", head, tail, arrowprops=_ARROW, zorder=3)
        text = plain(_short_text(scale))
        ax.text(left + 1.04, place, text, va="center", size="small")

    def _finish(self, n_options: int) -> None:
        """Add the names of the lines and the title."""
        ax = self.ax_
        ax.set_yticks(range(len(self.names_)), [wrapped(name) for name in self.names_])
        ax.tick_params(axis="y", length=0)
        ax.set_xticks([])
        ax.set_xlim(-0.06, max(1, n_options) * _OPTION_WIDTH)
        ax.set_ylim(max(1, len(self.names_)) - 0.45, -0.8 - 0.3 * (n_options > 1))
        for spine in ax.spines.values():
            spine.set_visible(False)
        view = self.portrait
        title = f"{shorten(view.title, 40)}: recourse {view.status}"
        if not n_options:
            title = f"{shorten(view.title, 40)}: {view.status}"
            ax.text(0, 0, plain(view.without_recourse), va="center", wrap=True)
        else:
            ax.set_xlabel(
                "ring: before    dot: after    grey: accepted people", color="dimgray"
            )
        ax.set_title(plain(title), loc="left")


def _measures(options: tuple[tuple[ScaleView, ...], ...]) -> list[str]:
    """Find the names of the lines that show measures instead of features."""
    used = {scale.name for option in options for scale in option}
    return [name for name in (PROBABILITY, PERCENTILE) if name in used]


def _short_text(scale: ScaleView) -> str:
    """Write the values before and after; use two lines if they are long."""
    before, after = shorten(scale.before_text, 22), shorten(scale.after_text, 22)
    space = " " if len(before + after) < 24 else "\n"
    return f"{before}{space}\N{RIGHTWARDS ARROW} {after}"
