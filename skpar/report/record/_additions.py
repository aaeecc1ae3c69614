"""Regions and reasons that a record holds, from tables of the estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...table import as_python
from .._tables import paired_rows
from .plain import plain_value

if TYPE_CHECKING:
    from .._report import RecourseReport

_REASON_COLUMNS = ("row", "feature", "code", "contribution", "text")
_REGION_COLUMNS = (
    *("row", "option", "feature", "low", "high", "box_low", "box_high"),
    *("enough", "evidence", "n_tested"),
)


def recorded_reasons(report: RecourseReport, table: Any) -> dict[int, list[Any]]:
    """Write reasons of denials, by the number of the row.

    Parameters
    ----------
    report : RecourseReport
    table : DataFrame or None
        What ``PARRecourse.reasons(report)`` returns.

    Returns
    -------
    of_each : dict of int to list of dict
        Without people who have no reasons.

    Raises
    ------
    TypeError
        If `table` is no such table.
    ValueError
        If it names rows that are not in the report, or that share a label.
    """
    of_each: dict[int, list[Any]] = {}
    for row, one in paired_rows(report, table, "reasons", _REASON_COLUMNS):
        of_each.setdefault(row, []).append(
            {
                "text": str(one["text"]),
                "code": plain_value(as_python(one["code"])),
                "feature": plain_value(as_python(one["feature"])),
                "contribution": float(one["contribution"]),
            }
        )
    return of_each


def recorded_regions(
    report: RecourseReport, table: Any
) -> dict[tuple[int, int], dict[str, Any]]:
    """Write regions, by the number of the row and of the option.

    Parameters
    ----------
    report : RecourseReport
    table : DataFrame or None
        What ``PARRecourse.regions(report)`` returns.

    Returns
    -------
    of_each : dict of (int, int) to dict
        Without options that have no regions.

    Raises
    ------
    TypeError, ValueError
        As in :func:`recorded_reasons`.
    """
    of_each: dict[tuple[int, int], dict[str, Any]] = {}
    for row, one in paired_rows(report, table, "regions", _REGION_COLUMNS):
        none = {"how": "certified", "together": [], "alone": [], "n_rows": 0}
        region = of_each.setdefault((row, int(one["option"])), none)
        feature = plain_value(as_python(one["feature"]))
        for part, low, high in (
            ("together", one["box_low"], one["box_high"]),
            ("alone", one["low"], one["high"]),
        ):
            ends = {"low": _end(low), "high": _end(high)}
            region[part].append({"feature": feature, **ends})
        region["together"][-1]["enough"] = float(one["enough"])
        if one["evidence"] == "tested":
            region["how"] = "tested"
        region["n_rows"] = max(region["n_rows"], int(one["n_tested"]))
    return of_each


def _end(value: float) -> float | None:
    """Write an end of a range; None if it is open."""
    return float(value) if np.isfinite(value) else None
