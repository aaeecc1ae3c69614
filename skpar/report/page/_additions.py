"""What the user adds to a page: cases, date, model, reasons and regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from ...table import same_cells
from .._page_phrases import PagePhrases
from .._sentences import Writer
from .._tables import paired_rows
from .._wording import row_labels

if TYPE_CHECKING:
    from .._report import RecourseReport

_REASON_COLUMNS = ("row", "feature", "code", "text")
_REGION_COLUMNS = (
    *("row", "option", "feature", "value", "box_low", "box_high"),
    *("evidence", "n_tested"),
)
# Ends of regions are shown with so many digits; those of 100 or more with one more.
_DIGITS = 2


@dataclass(frozen=True)
class Additions:
    """What the user adds to the page of a report.

    Parameters
    ----------
    titles : tuple of str
        Name of each case.
    labels : tuple of str
        The same in tables.
    facts : tuple of str
        Date and model in words, if they are known.
    reasons : mapping of int to tuple of (str, str)
        Code (may be empty) and text of the reasons of denied people, by the row.
    regions : mapping of (int, int) to (str, str)
        How far numbers may stray, and how this is known, by row and option.
    """

    titles: tuple[str, ...]
    labels: tuple[str, ...]
    facts: tuple[str, ...] = ()
    reasons: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    regions: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


def read_additions(
    report: RecourseReport,
    writer: Writer,
    *,
    reasons: Any = None,
    regions: Any = None,
    case: Any = None,
    decided_on: Any = None,
    model: Any = None,
) -> Additions:
    """Read and check what the user adds, with the parameters of `to_html`.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.
    reasons, regions, case, decided_on, model : object
        As in `to_html`.

    Returns
    -------
    additions : Additions

    Raises
    ------
    TypeError, ValueError
        If one of them cannot be used, or belongs to another report.
    """
    if not isinstance(model, str | None):
        raise TypeError(f"model must be a string or None; got {model!r}.")
    page, facts = writer.page, []
    if decided_on is not None:
        facts.append(page.decided_on.format(date=_date(decided_on, page)))
    if model is not None:
        facts.append(page.model.format(model=model))
    cases = _cases(report, case)
    labels = [str(label) for label in row_labels(report.factuals)]
    titles = [
        page.row.format(label=label) if label.isdecimal() else label for label in labels
    ]
    if cases is not None:
        titles, labels = [page.case.format(case=one) for one in cases], cases
    return Additions(
        tuple(titles),
        tuple(labels),
        tuple(facts),
        _reasons(report, reasons),
        _regions(report, regions, writer),
    )


def _date(decided_on: Any, page: PagePhrases) -> str:
    """Write a date; a text stays as it is."""
    if isinstance(decided_on, str):
        return decided_on
    if not isinstance(decided_on, date):
        raise TypeError(f"decided_on must be a date or a string; got {decided_on!r}.")
    parts = {
        "year": f"{decided_on.year:04}",
        "month": f"{decided_on.month:02}",
        "day": f"{decided_on.day:02}",
    }
    return page.date.format(**parts)


def _cases(report: RecourseReport, case: Any) -> list[str] | None:
    """Write the names of all cases; None if there are none."""
    if case is None:
        return None
    cases = [case] if isinstance(case, (str, Integral)) else list(case)
    if len(cases) != len(report):
        raise ValueError(
            f"case must have one name for each of the {len(report)} people; got "
            f"{len(cases)}."
        )
    return [str(one) for one in cases]


def _reasons(
    report: RecourseReport, table: Any
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Collect the reasons of each denied person; a code that is a name is left out."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row, one in paired_rows(report, table, "reasons", _REASON_COLUMNS):
        if not report.denied[row]:
            raise ValueError(
                f"reasons has reasons of {one['row']!r}, who is not denied in this "
                "report: make the table from this report."
            )
        feature, code = one["feature"], str(one["code"])
        names = feature if isinstance(feature, tuple) else (feature,)
        is_name = code == ", ".join(map(str, names))
        reason = ("" if is_name else code, str(one["text"]))
        found[row] = (*found.get(row, ()), reason)
    return found


def _regions(
    report: RecourseReport, table: Any, writer: Writer
) -> dict[tuple[int, int], tuple[str, str]]:
    """Write the region of each option that has one."""
    lines: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for row, one in paired_rows(report, table, "regions", _REGION_COLUMNS):
        j = report.schema.position(one["feature"])
        _refuse_other_answer(report, row, j, one)
        low, high = _rounded(one["value"], one["box_low"], one["box_high"])
        n_tested = 0 if one["evidence"] == "certified" else int(one["n_tested"])
        if low < high:
            line = writer.interval(j, low, high), n_tested
            lines.setdefault((row, int(one["option"])), []).append(line)
    return {key: _region(some, writer.page) for key, some in lines.items()}


def _rounded(value: float, low: float, high: float) -> tuple[float, float]:
    """Round the ends of an interval towards a value inside, so that it only shrinks."""
    return -_floor(-low, -value), _floor(high, value)


def _floor(end: float, value: float) -> float:
    """Round an end down to few digits, but not below a value."""
    if not np.isfinite(end) or end == 0.0:
        return end
    digits = _DIGITS + (abs(end) >= 100)
    step = Decimal(10) ** (Decimal(end).adjusted() + 1 - digits)
    shorter = float((Decimal(end) / step).to_integral_value(ROUND_FLOOR) * step)
    return max(shorter, value)


def _region(lines: list[tuple[str, int]], page: PagePhrases) -> tuple[str, str]:
    """Write how far numbers may stray together, and how this is known."""
    said = page.several_regions if len(lines) > 1 else page.region
    text = said.format(regions="; ".join(text for text, _ in lines))
    n_tested = [n for _, n in lines if n]
    if n_tested:
        return text, page.region_tested.format(n=min(n_tested))
    return text, page.region_certified


def _refuse_other_answer(
    report: RecourseReport, row: int, j: int, line: Mapping[Any, Any]
) -> None:
    """Raise a ValueError unless a region lies around the recourse of this report."""
    options, number = report.options, int(line["option"])
    is_known = 0 <= number < len(options) and options[number].answered[row]
    value = np.array([line["value"]], dtype=np.float64)
    if not is_known or not same_cells(options[number].codes_after[row, [j]], value)[0]:
        raise ValueError(
            f"regions has another recourse of {line['row']!r} than this report: make "
            "the table from this report."
        )
