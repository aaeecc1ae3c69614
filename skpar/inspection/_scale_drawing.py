"""Drawing of one scale: marks, accepted people, the change, and where it may stray."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..report import (
    CERTIFIED,
    FIXED,
    TESTED,
    RegionSpan,
    ScaleView,
    shorten,
)
from ._style import BLUE, DARK, GREEN, GREY, plain, wrapped

_TEXT_WIDTH = 25  # Characters beside a scale.
_MARK_LENGTH = 14
_BAR_HEIGHT = 0.5  # In units of the distance of lines.
_POSITION_WIDTH = 0.09  # Width of the bar at a single value, in units of the scale.
_MARK_DEPTH = 0.06
_SPAN_DEPTH = 0.13
_TEXT_GAP = 0.04  # From the middle of a line to both of its texts.
_LINE: dict[str, Any] = {CERTIFIED: "solid", TESTED: (0, (2.0, 1.2))}
_ARROW = {
    "arrowstyle": "-|>",
    "color": BLUE,
    "lw": 2.2,
    "shrinkA": 3,
    "shrinkB": 3,
}


@dataclass(frozen=True)
class ScaleLine:
    """One line of a figure: a scale, and where its number may stray.

    Parameters
    ----------
    scale : ScaleView
        The scale.
    span : RegionSpan or None
        Where the number may stray; None if it is not known.
    """

    scale: ScaleView
    span: RegionSpan | None = None

    @property
    def text(self) -> str:
        """Both values, on as many lines as they need."""
        scale = self.scale
        if len(scale.text) <= _TEXT_WIDTH:
            return plain(scale.text)
        arrow = f"\N{RIGHTWARDS ARROW} {scale.after_text}"
        parts = wrapped(scale.before_text, _TEXT_WIDTH), wrapped(arrow, _TEXT_WIDTH)
        return "\n".join(parts)

    @property
    def span_text(self) -> str:
        """The span in words; empty without one."""
        return "" if self.span is None else wrapped(self.span.text, _TEXT_WIDTH + 5)

    @property
    def n_lines(self) -> int:
        """Number of lines of text beside the scale."""
        texts = [text for text in (self.text, self.span_text) if text]
        return sum(text.count("\n") + 1 for text in texts)

    @property
    def is_drawn_span(self) -> bool:
        """Whether the number may stray at all."""
        return self.span is not None and self.span.evidence != FIXED

    def draw(self, ax: Any, left: float, place: int) -> list[Any]:
        """Draw the line.

        Parameters
        ----------
        ax : matplotlib Axes
            The axes.
        left : float
            Place of the left end of the scale; the scale is one unit wide.
        place : int
            Place of the line.

        Returns
        -------
        marks : list of matplotlib Text
            Words of the marks, the most important first.
        """
        self._draw_people(ax, left, place)
        self._draw_change(ax, left, place)
        if self.is_drawn_span:
            self._draw_span(ax, left, place)
        side: dict[str, Any] = {"x": left + 1.05, "size": "small"}
        if self.span_text:
            ax.text(y=place - _TEXT_GAP, s=self.text, va="bottom", **side)
            side |= {"size": "x-small", "color": GREEN}
            ax.text(y=place + _TEXT_GAP, s=self.span_text, va="top", **side)
        else:
            ax.text(y=place, s=self.text, va="center", **side)
        return self._draw_marks(ax, left, place)

    def _draw_people(self, ax: Any, left: float, place: int) -> None:
        """Draw the histogram of accepted people, and the axis of the scale."""
        scale = self.scale
        for start, end, height in scale.bars:
            width = end - start
            if scale.has_positions:
                width = min(width, _POSITION_WIDTH)
            ax.bar(
                left + (start + end) / 2,
                -_BAR_HEIGHT * height,
                width=width,
                bottom=place,
                color=GREY,
                zorder=1,
            )
        # Between yes and no, and between unordered levels, there are no values.
        if not scale.has_positions or (scale.is_ordered and len(scale.marks) > 2):
            ends = [0.0, 1.0]
            if scale.has_positions:
                ends = [scale.marks[0][0], scale.marks[-1][0]]
            ax.plot(left + np.array(ends), [place, place], color=DARK, lw=0.8, zorder=2)

    def _draw_change(self, ax: Any, left: float, place: int) -> None:
        """Draw an arrow from the value before to the value after."""
        scale = self.scale
        if not np.isnan(scale.before):
            tail, head = (left + scale.before, place), (left + scale.after, place)
            ax.annotate("", head, tail, arrowprops=_ARROW, zorder=3)

    def _draw_span(self, ax: Any, left: float, place: int) -> None:
        """Draw the span below the scale; an end that only the rules end has a tip."""
        assert self.span is not None
        scale, span, y = self.scale, self.span, place + _SPAN_DEPTH
        x = left + np.array([scale.place(span.low), scale.place(span.high)])
        style: dict[str, Any] = {"lw": 2.6, "ls": _LINE[span.evidence]}
        ax.plot(x, [y, y], color=GREEN, solid_capstyle="butt", **style)
        beyond = (span.low < scale.ends[0], span.high > scale.ends[1])
        tips = np.logical_or(span.is_open, beyond).tolist()
        for end, is_tip, tip in zip(x, tips, "<>", strict=True):
            ax.plot(end, y, tip if is_tip else "|", color=GREEN, ms=6, mew=1.6)

    def _draw_marks(self, ax: Any, left: float, place: int) -> list[Any]:
        """Draw marks and their words, those of the change first."""
        scale = self.scale
        depth = _SPAN_DEPTH if self.is_drawn_span else 0.0
        marks = sorted(scale.marks, key=lambda mark: _rank(scale, mark[0]))
        texts = []
        for at, word in marks:
            x, is_end = left + at, _rank(scale, at) < 2
            ends = [place - _MARK_DEPTH, place + _MARK_DEPTH]
            ax.plot([x, x], ends, color=DARK, lw=0.8, zorder=2)
            text = ax.text(
                x,
                place + 0.14 + depth,
                plain(shorten(word, _MARK_LENGTH)),
                size="x-small",
                color="black" if is_end and scale.has_positions else "dimgray",
                ha="center",
                va="top",
            )
            texts.append(text)
        return texts


def _rank(scale: ScaleView, at: float) -> int:
    """Rank a mark: the value after, the value before, ends of an order, others."""
    places = [scale.after, scale.before]
    if scale.is_ordered:
        places += [scale.marks[0][0], scale.marks[-1][0]]
    for rank, place in enumerate(places):
        if abs(at - place) < 1e-9:
            return rank
    return len(places)


def legend_handles(has_people: bool, evidence: set[str]) -> list[Any]:
    """Make the handles of a legend.

    Parameters
    ----------
    has_people : bool
        Whether accepted people are drawn.
    evidence : set of str
        Kinds of evidence of the spans that are drawn.

    Returns
    -------
    handles : list of matplotlib Artist
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dot: dict[str, Any] = {"marker": "o", "ls": "", "ms": 6.5, "mew": 1.6}
    handles: list[Any] = [
        Line2D([], [], mfc="white", mec=DARK, label="before", **dot),
        Line2D([], [], mfc=BLUE, mec=BLUE, label="after", **dot),
    ]
    if has_people:
        handles.append(Patch(color=GREY, label="accepted people"))
    for one in (CERTIFIED, TESTED):
        if one in evidence:
            label = f"may stray this far, all together ({one})"
            handles.append(
                Line2D([], [], color=GREEN, lw=2.6, ls=_LINE[one], label=label)
            )
    return handles
