"""One person: every change on its own scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..report import (
    PERCENTILE,
    PROBABILITY,
    Portrait,
    RecourseReport,
    Track,
    Wording,
    portrait_of,
    shorten,
)
from ._style import BLUE, DARK, GREY, canvas, plain, wrapped

_WIDE = 1.75
_PANEL_INCHES = 4.4
_NAME_INCHES = 2.4
_LINE_INCHES = 0.55


class RecourseDisplay:
    """Recourse of one person: every change on its own scale.

    For each feature that changes, a line with the value before (ring) and after (dot)
    on the scale of that feature, before the spread of accepted people (grey bars);
    below, what the changes do for the probability of acceptance and for the
    plausibility percentile. Options stand side by side.

    It is recommended to use :meth:`from_estimator` or :meth:`from_report` to make a
    `RecourseDisplay`.

    Parameters
    ----------
    portrait : Portrait
        What is drawn of the person.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the picture.
    figure_ : matplotlib Figure
        Figure that holds them.
    names_ : list of str
        Names of the lines, from top to bottom.
    before_, after_ : list of matplotlib PathCollection
        The rings and the dots of each option.

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

    def __init__(self, portrait: Portrait) -> None:
        self.portrait = portrait

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        names: Mapping[Any, str] | None = None,
        units: Mapping[Any, str] | None = None,
        ax: Any = None,
    ) -> RecourseDisplay:
        """Ask a fitted estimator about one person, and draw the answer.

        Parameters
        ----------
        estimator : PARRecourse
            Fitted.
        X : DataFrame or array-like of shape (1, n_features)
            The person.
        names, units : mapping of column to str, default=None
            As in :meth:`skpar.RecourseReport.actions`.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        display : RecourseDisplay

        Raises
        ------
        ValueError
            Where `X` holds more than one person.
        """
        report = estimator.recourse(X)
        if len(report) != 1:
            raise ValueError(
                f"X must hold one person, but has {len(report)} rows; use X.iloc[[0]], "
                "or from_report(report, row)."
            )
        return cls.from_report(report, names=names, units=units, ax=ax)

    @classmethod
    def from_report(
        cls,
        report: RecourseReport,
        row: int = 0,
        *,
        names: Mapping[Any, str] | None = None,
        units: Mapping[Any, str] | None = None,
        ax: Any = None,
    ) -> RecourseDisplay:
        """Draw one person of a report.

        Parameters
        ----------
        report : RecourseReport
            What :meth:`skpar.PARRecourse.recourse` returned.
        row : int, default=0
            Position of the person in the report.
        names, units : mapping of column to str, default=None
            As in :meth:`skpar.RecourseReport.actions`.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        display : RecourseDisplay
        """
        words = Wording(report._schema, names, units)
        return cls(portrait_of(report, row, words)).plot(ax=ax)

    def plot(self, ax: Any = None) -> RecourseDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        self : RecourseDisplay
        """
        options = self.portrait.options
        # A feature that several options change stands on one line.
        self.names_ = list(
            dict.fromkeys(track.name for option in options for track in option)
        )
        for name in _last(options):
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

    def _draw_option(self, number: int, option: tuple[Track, ...]) -> None:
        """Draw one column of lines."""
        left = number * _WIDE
        places = [self.names_.index(track.name) for track in option]
        for place, track in zip(places, option, strict=True):
            self._draw_track(left, place, track)
        before = np.array([track.before for track in option])
        after = np.array([track.after for track in option])
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

    def _draw_track(self, left: float, place: int, track: Track) -> None:
        """Draw one line."""
        ax = self.ax_
        for start, end, height in track.bars:
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
        for end, text, side in zip((0, 1), track.ends, ("left", "right"), strict=True):
            ax.text(
                left + end,
                place + 0.13,
                plain(shorten(text, 14)),
                size="x-small",
                color="dimgray",
                ha=side,
                va="top",
            )
        if not np.isnan(track.before):
            ax.annotate(
                "",
                (left + track.after, place),
                (left + track.before, place),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": BLUE,
                    "lw": 2.2,
                    "shrinkA": 3,
                    "shrinkB": 3,
                },
                zorder=3,
            )
        words = [shorten(track.came, 22), shorten(track.to, 22)]
        gap = (
            " \N{RIGHTWARDS ARROW} "
            if len("".join(words)) < 24
            else ("\n\N{RIGHTWARDS ARROW} ")
        )
        ax.text(left + 1.04, place, plain(gap.join(words)), va="center", size="small")

    def _finish(self, n_options: int) -> None:
        """Name the lines and the picture."""
        ax = self.ax_
        ax.set_yticks(range(len(self.names_)), [wrapped(name) for name in self.names_])
        ax.tick_params(axis="y", length=0)
        ax.set_xticks([])
        ax.set_xlim(-0.06, max(1, n_options) * _WIDE)
        ax.set_ylim(max(1, len(self.names_)) - 0.45, -0.8 - 0.3 * (n_options > 1))
        for spine in ax.spines.values():
            spine.set_visible(False)
        portrait = self.portrait
        title = f"{shorten(portrait.title, 40)}: recourse {portrait.status}"
        if not n_options:
            said = portrait.reason or "accepted as is: nothing has to change"
            title = f"{shorten(portrait.title, 40)}: {portrait.status}"
            ax.text(0, 0, plain(said), va="center", wrap=True)
        else:
            ax.set_xlabel(
                "ring: before    dot: after    grey: accepted people", color="dimgray"
            )
        ax.set_title(plain(title), loc="left")


def _last(options: tuple[tuple[Track, ...], ...]) -> list[str]:
    """Names of the lines that are no features, which come last."""
    used = {track.name for option in options for track in option}
    return [name for name in (PROBABILITY, PERCENTILE) if name in used]
