"""What the user adds to a page: cases, date, model, reasons and regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from ...table import same_cells
from .._page_phrases import PagePhrases
from .._sentences import Writer
from .._tables import paired_rows
from .._wording import rounded_inwards, row_labels
from ._enough import NumberRegion

if TYPE_CHECKING:
    from .._report import RecourseReport

_REASON_COLUMNS = ("row", "feature", "code", "text")
_REGION_COLUMNS = (
    *("row", "option", "feature", "value", "box_least", "box_most"),
    *("enough", "evidence", "n_tested"),
)


@dataclass(frozen=True)
class OptionRegion:
    """How far the changed numbers of an option may stray together.

    Parameters
    ----------
    numbers : mapping of int to NumberRegion, default={}
        Those that may stray, by feature.
    n_tested : int, default=0
        Number of rows that were drawn inside; 0 if acceptance is proved.
    """

    numbers: Mapping[int, NumberRegion] = field(default_factory=dict)
    n_tested: int = 0


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
        Date, model and contact in words, if they are known.
    reasons : mapping of int to tuple of (str, str)
        Code (may be empty) and text of the reasons of denied people, by the row.
    regions : mapping of (int, int) to OptionRegion
        How far numbers may stray, by row and option.
    """

    titles: tuple[str, ...]
    labels: tuple[str, ...]
    facts: tuple[str, ...] = ()
    reasons: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    regions: Mapping[tuple[int, int], OptionRegion] = field(default_factory=dict)


def read_additions(
    report: RecourseReport,
    writer: Writer,
    *,
    reasons: Any = None,
    regions: Any = None,
    case: Any = None,
    decided_on: Any = None,
    model: Any = None,
    contact: Any = None,
) -> Additions:
    """Read and check what the user adds, with the parameters of `to_html`.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.
    reasons, regions, case, decided_on, model, contact : object
        As in `to_html`.

    Returns
    -------
    additions : Additions

    Raises
    ------
    TypeError, ValueError
        If one of them cannot be used, or belongs to another report.
    """
    for name, text in (("model", model), ("contact", contact)):
        if not isinstance(text, str | None):
            raise TypeError(f"{name} must be a string or None; got {text!r}.")
    page, facts = writer.page, []
    if decided_on is not None:
        facts.append(page.decided_on.format(date=_date(decided_on, page)))
    if model is not None:
        facts.append(page.model.format(model=model))
    if contact is not None:
        facts.append(page.contact.format(contact=contact))
    cases = _cases(report, case)
    labels = [str(label) for label in row_labels(report.factuals)]
    titles = [
        page.case.format(case=label) if label.isdecimal() else label for label in labels
    ]
    if cases is not None:
        titles, labels = [page.case.format(case=one) for one in cases], cases
    return Additions(
        tuple(titles),
        tuple(labels),
        tuple(facts),
        _reasons(report, reasons),
        _regions(report, regions),
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


def _regions(report: RecourseReport, table: Any) -> dict[tuple[int, int], OptionRegion]:
    """Collect the region of each option that has one; its ends are rounded."""
    found: dict[tuple[int, int], dict[int, NumberRegion]] = {}
    tested: dict[tuple[int, int], list[int]] = {}
    for row, one in paired_rows(report, table, "regions", _REGION_COLUMNS):
        j = report.schema.position(one["feature"])
        _refuse_other_answer(report, row, j, one)
        enough, key = float(one["enough"]), (row, int(one["option"]))
        ends = float(one["box_least"]), float(one["box_most"])
        if ends[0] < ends[1]:
            low, high = rounded_inwards(enough, *ends)
            found.setdefault(key, {})[j] = NumberRegion(enough, low, high)
            if one["evidence"] != "certified":
                tested.setdefault(key, []).append(int(one["n_tested"]))
    return {
        key: OptionRegion(some, min(tested.get(key, [0])))
        for key, some in found.items()
    }


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
