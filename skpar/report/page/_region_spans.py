"""Spans in which the numbers of one person may stray, for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._tables import paired_rows

if TYPE_CHECKING:
    from .._report import RecourseReport

_COLUMNS = ("row", "option", "feature", "value", "box_low", "box_high", "evidence")


@dataclass(frozen=True)
class RegionSpan:
    """How far one number may stray while the other changed numbers stray, too.

    Parameters
    ----------
    low : float
        Lower end; -inf if only the rules end it.
    high : float
        Upper end; inf if only the rules end it.
    evidence : str
        ``"certified"``, ``"tested"``, or ``"fixed"`` if it keeps its value.
    text : str
        The span in words.
    """

    low: float
    high: float
    evidence: str
    text: str


def region_spans(
    report: RecourseReport, row: int, regions: Any
) -> tuple[dict[int, RegionSpan], ...]:
    """Find the spans of one person.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of the person.
    regions : DataFrame or None
        What ``PARRecourse.regions(report)`` returns.

    Returns
    -------
    spans : tuple of dict of int to RegionSpan
        For each option of the person that was found, by position of the feature.

    Raises
    ------
    TypeError
        If `regions` is no such table.
    ValueError
        If it belongs to other rows or another recourse, or if rows share a label.
    """
    found = [k for k, one in enumerate(report.options) if one.answered[row]]
    spans: dict[int, dict[int, RegionSpan]] = {k: {} for k in found}
    for place, one in paired_rows(report, regions, "regions", (*_COLUMNS, "text")):
        if place != row:
            continue
        option, j = int(one["option"]), report.schema.position(one["feature"])
        if (
            option not in spans
            or report.options[option].codes_after[row, j] != one["value"]
        ):
            raise ValueError(
                f"regions belongs to another recourse of row {one['row']!r}: make the "
                "table from this report."
            )
        low, high = float(one["box_low"]), float(one["box_high"])
        spans[option][j] = RegionSpan(low, high, str(one["evidence"]), one["text"])
    return tuple(spans.values())


def span_on_scale(
    span: RegionSpan, before: float, value: float, ends: tuple[float, float]
) -> tuple[float, float]:
    """Cut the open ends of a span at the value before, or at the ends of a scale.

    Parameters
    ----------
    span : RegionSpan
    before : float
        Code before; may be NaN.
    value : float
        Code after.
    ends : tuple of (float, float)
        Codes at the ends of the scale.

    Returns
    -------
    low : float
    high : float
        Codes on the scale.

    Examples
    --------
    >>> from skpar.report.page._region_spans import RegionSpan, span_on_scale
    >>> span = RegionSpan(float("-inf"), float("inf"), "certified", "")
    >>> span_on_scale(span, 9.0, 5.0, (0.0, 20.0))
    (0.0, 9.0)
    """
    low, high = ends
    if np.isinf(span.low) and before < value:
        low = before
    if np.isinf(span.high) and before > value:
        high = before
    return max(low, span.low), min(high, span.high)
