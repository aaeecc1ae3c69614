"""The view of one person: each change on its own scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ....table import Column
from ..._measures import changed_features
from ..._reasons import reason_in_words
from ..._sentences import Writer
from ..._tables import person_actions, person_notes
from ..._wording import row_labels
from ._marks import marked_codes

if TYPE_CHECKING:
    from ..._report import RecourseReport

PROBABILITY = "Probability of acceptance"
PERCENTILE = "Plausibility percentile"
# Levels have bars with gaps between them, numbers have none.
_LEVEL_BAR_WIDTH = 0.8
_END_OF_SCALE = 0.15


@dataclass(frozen=True, eq=False)
class ScaleView:
    """A value before and after, on a scale from 0 to 1.

    Parameters
    ----------
    name : str
        The feature or measure.
    before_text : str
        Value before, in words.
    after_text : str
        Value after, in words.
    before : float
        Value before, on the scale; NaN for a missing cell.
    after : float
        Value after, on the scale.
    bars : ndarray of shape (n_bars, 3), dtype float64
        Histogram of accepted people: left end, right end and height of each bar, in
        [0, 1].
    ticks : tuple of (float, str)
        Places on the scale, and their values in words. Three or more levels without
        order have none.
    column : int, default=-1
        The feature; -1 for a measure.
    ends : tuple of (float, float), default=(0, 1)
        Codes at both ends of the scale.
    marks : tuple of (float, str), default=()
        Places of all levels, or of round numbers, and their words.
    has_positions : bool, default=False
        Whether the marks are all values that there are, as for yes and no.
    is_ordered : bool, default=True
        Whether more to the right means more.
    beyond : tuple of (float, float), default=None
        Places between which values are enough, too; None if this is unknown.
    """

    name: str
    before_text: str
    after_text: str
    before: float
    after: float
    bars: np.ndarray
    ticks: tuple[tuple[float, str], ...]
    column: int = -1
    ends: tuple[float, float] = (0.0, 1.0)
    marks: tuple[tuple[float, str], ...] = ()
    has_positions: bool = False
    is_ordered: bool = True
    beyond: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """Both values in words."""
        return f"{self.before_text} \N{RIGHTWARDS ARROW} {self.after_text}"

    def place(self, code: float) -> float:
        """Place of a code on the scale, in [0, 1]."""
        return _place(code, *self.ends)


@dataclass(frozen=True, eq=False)
class PersonView:
    """The view of one person.

    Parameters
    ----------
    label : str
        Label of the row.
    status : str
        As in the report.
    reason : str
        As in the report.
    options : tuple of tuple of ScaleView
        The scales of each option: those of changed features, then probability of
        acceptance and plausibility percentile. Empty without a recourse.
    actions : tuple of tuple of str
        The changes of each option in words, in the same order.
    notes : tuple of tuple of str
        What is not known about the changes of each option.
    """

    label: str
    status: str
    reason: str
    options: tuple[tuple[ScaleView, ...], ...] = ()
    actions: tuple[tuple[str, ...], ...] = ()
    notes: tuple[tuple[str, ...], ...] = ()

    @property
    def title(self) -> str:
        """Label for a heading, with "Row" before a plain number."""
        return f"Row {self.label}" if self.label.isdecimal() else self.label

    @property
    def without_recourse(self) -> str:
        """Why there is no recourse to show."""
        return self.reason or "accepted: no change is needed"


def tick_side(place: float) -> str:
    """Side of a tick at which its text is: "left", "center" or "right".

    Parameters
    ----------
    place : float
        Place on the scale, in [0, 1]. A text near an end stays within the scale.

    Returns
    -------
    side : str
    """
    if place < _END_OF_SCALE:
        return "left"
    return "right" if place > 1.0 - _END_OF_SCALE else "center"


def person_view(report: RecourseReport, row: int, writer: Writer) -> PersonView:
    """Make the view of one person.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of the person.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    view : PersonView
    """
    label, status = str(row_labels(report.factuals)[row]), str(report.status[row])
    if not report.answered[row]:
        reason = reason_in_words(report.reason[row], writer)
        return PersonView(label, status, reason)
    found = [one for one in report.options if one.answered[row]]
    views = [_option_view(one, row, writer) for one in found]
    options, actions = zip(*views, strict=True)
    notes = tuple(tuple(person_notes(one, row, writer)) for one in found)
    return PersonView(label, status, "", options, actions, notes)


def _option_view(
    report: RecourseReport, row: int, writer: Writer
) -> tuple[tuple[ScaleView, ...], tuple[str, ...]]:
    """Scales of one option, and its changes in words."""
    before, after = report.codes_before[row], report.codes_after[row]
    derived, contributions = report.context.derived, report.contributions[row]
    changed = changed_features(before, after, contributions, derived).tolist()
    details = report.details
    scales = [_feature_scale(report, writer, j, before[j], after[j]) for j in changed]
    scales += [
        _share_scale(PROBABILITY, *details.probability[row].tolist()),
        _share_scale(
            PERCENTILE,
            float(details.percentile_before[row]),
            float(report.percentile[row]),
        ),
    ]
    known = tuple(scale for scale in scales if not np.isnan(scale.after))
    return known, tuple(person_actions(report, row, writer))


def _feature_scale(
    report: RecourseReport, writer: Writer, j: int, before: float, after: float
) -> ScaleView:
    """Put a change on the scale of its column."""
    column, histogram = report.schema.columns[j], report.context.histograms[j]
    edges, shares = histogram.edges, histogram.shares
    low, high = (
        np.nanmin([edges[0], before, after]),
        np.nanmax([edges[-1], before, after]),
    )
    places = (edges - low) / (high - low)
    is_whole = column.kind == "integer" and edges[1] - edges[0] == 1
    has_gaps = column.levels is not None or is_whole
    marks, has_positions = marked_codes(column, low, high, is_whole)
    gap = (1.0 - _LEVEL_BAR_WIDTH) / 2 * has_gaps
    width = np.diff(places)
    bars = np.column_stack(
        [
            places[:-1] + gap * width,
            places[1:] - gap * width,
            shares / max(shares.max(), 1e-300),
        ]
    )
    return ScaleView(
        writer.name(j),
        *writer.values(j, before, after),
        (before - low) / (high - low),
        (after - low) / (high - low),
        bars[shares > 0],
        _ticks(column, writer, j, low, high),
        column=j,
        ends=(float(low), float(high)),
        # Only the second of two values has a unit that stands after it.
        marks=tuple(
            (_place(code, low, high), writer.values(j, code, code)[0]) for code in marks
        ),
        has_positions=has_positions,
        is_ordered=column.is_ordered and column.kind != "binary",
    )


def _ticks(
    column: Column, writer: Writer, j: int, low: float, high: float
) -> tuple[tuple[float, str], ...]:
    """Write the least and the largest value on a scale, at their places."""
    if column.kind == "nominal" and column.high > 1:
        return ()
    if column.levels is not None:
        least, most = column.low, column.high
    elif column.kind == "integer":
        least, most = np.ceil(low), np.floor(high)
    else:
        least, most = float(f"{low:.3g}"), float(f"{high:.3g}")
    if least >= most:
        return ((_place(most, low, high), writer.values(j, most, most)[1]),)
    texts = writer.values(j, least, most)
    return tuple(
        (_place(value, low, high), text)
        for value, text in zip((least, most), texts, strict=True)
    )


def _place(value: float, low: float, high: float) -> float:
    """Place of a value on a scale, in [0, 1]."""
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _share_scale(name: str, before: float, after: float) -> ScaleView:
    """Put a share on a scale from 0% to 100%."""
    return ScaleView(
        name,
        "unknown" if np.isnan(before) else f"{before:.0%}",
        "unknown" if np.isnan(after) else f"{after:.0%}",
        before,
        after,
        np.empty((0, 3)),
        ((0.0, "0%"), (1.0, "100%")),
        marks=((0.0, "0%"), (0.5, "50%"), (1.0, "100%")),
    )
