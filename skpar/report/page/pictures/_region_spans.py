"""Spans in which the numbers of one person may stray, for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._tables import paired_rows

if TYPE_CHECKING:
    from ..._report import RecourseReport

_COLUMNS = (
    *("row", "option", "feature", "value", "box_low", "box_high", "box_least"),
    *("box_most", "evidence", "text"),
)


@dataclass(frozen=True)
class RegionSpan:
    """How far one number may stray while the other changed numbers stray, too.

    Parameters
    ----------
    low : float
        Smallest value.
    high : float
        Largest value.
    is_open : tuple of (bool, bool)
        Whether only the rules end it, below and above.
    evidence : str
        ``"certified"``, ``"tested"``, or ``"fixed"`` if it keeps its value.
    text : str
        The span in words.
    """

    low: float
    high: float
    is_open: tuple[bool, bool]
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
    for place, one in paired_rows(report, regions, "regions", _COLUMNS):
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
        spans[option][j] = RegionSpan(
            float(one["box_least"]),
            float(one["box_most"]),
            (bool(np.isinf(one["box_low"])), bool(np.isinf(one["box_high"]))),
            str(one["evidence"]),
            str(one["text"]),
        )
    return tuple(spans.values())
