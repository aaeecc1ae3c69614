"""A report as a record: plain data with a digest, and a signature if there is a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...table import as_python, column_names, column_values
from .._measures import FLAGS, NUMBERS
from .._tables import changes, replaced_file
from .._wording import row_labels
from ._additions import recorded_reasons, recorded_regions
from ._fingerprints import digest_of, signature_of
from ._fit_record import now
from ._format import FORMAT, VERSION
from .plain import named, plain_unreadable, plain_value

if TYPE_CHECKING:
    from .._report import RecourseReport


def to_json(
    self: RecourseReport,
    path: Any = None,
    *,
    key: bytes | str | None = None,
    reasons: pd.DataFrame | None = None,
    regions: pd.DataFrame | None = None,
) -> str | None:
    """Write a record of the report, which :func:`skpar.verify` can check later.

    Parameters
    ----------
    path : str or path, default=None
        File to write. None returns the text. A file is replaced only when the new one
        is complete.
    key : bytes or str, default=None
        Secret that signs the record, so that forgery is noticed. None writes a digest
        only, which notices damage.
    reasons : DataFrame, default=None
        What ``PARRecourse.reasons(report)`` returns; the record then holds it.
    regions : DataFrame, default=None
        What ``PARRecourse.regions(report)`` returns; the record then holds it, and
        :func:`skpar.verify` draws rows in the regions.

    Returns
    -------
    text : str or None
        JSON, in ASCII. The page on records describes its schema.

    Raises
    ------
    TypeError
        If `reasons` or `regions` is no such table.
    ValueError
        If a cell, a level, a rule or a dtype has a type that a record cannot hold. The
        message names the column or row. Also if `reasons` or `regions` has rows that
        are not in the report, or that share a label.

    See Also
    --------
    skpar.verify : Checks a record.

    Notes
    -----
    A record holds the rows of the people, all rules, and the range and the levels of
    each column of the training table: treat it as personal data.
    ``report[i].to_json()`` is the record of one person. A function of the user, as in
    :class:`skpar.Derived`, is named in the record and not stored.

    Examples
    --------
    >>> import json
    >>> from skpar import PARRecourse, verify
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> text = par.recourse(X[:20]).to_json(key="a secret")
    >>> len(json.loads(text)["people"])
    20
    >>> verify(text, par.estimator_, key="a secret").ok
    True
    """
    additions = recorded_reasons(self, reasons), recorded_regions(self, regions)
    record = _record(self, *additions)
    record["digest"] = digest_of(record)
    if key is not None:
        record["signature"] = signature_of(record, key)
    text = json.dumps(record, indent=1, ensure_ascii=True, allow_nan=False) + "\n"
    if path is None:
        return text
    with replaced_file(path) as written:
        Path(written).write_text(text, encoding="ascii")
    return None


def _record(
    report: RecourseReport,
    reasons: dict[int, list[Any]],
    regions: dict[tuple[int, int], dict[str, Any]],
) -> dict[str, Any]:
    """Write all parts but digest and signature."""
    fit = report.context.fit
    if fit is None or fit.problem:
        why = fit.problem if fit else "it does not come from a fitted PARRecourse."
        raise ValueError(f"The report cannot be written as a record. {why}")
    people = _people(report)
    for row, some in reasons.items():
        people[row]["principal_reasons"] = some
    for (row, number), region in regions.items():
        people[row]["options"][number]["region"] = region
    return {
        "format": FORMAT,
        "version": VERSION,
        "date": now(),
        **fit.content,
        "people": people,
    }


def _people(report: RecourseReport) -> list[dict[str, Any]]:
    """Write each person with all options."""
    labels, details = row_labels(report.factuals), report.details
    before = _cells(report, report.factuals, np.ones(len(report), dtype=bool))
    options: list[list[dict[str, Any]]] = [[] for _ in range(len(report))]
    for one in report.options:
        for row, option in _option_of_each(one).items():
            options[row].append(option)
    probability = details.probability[:, 0].tolist()
    percentile = details.percentile_before.tolist()
    return [
        {
            "label": named(f"label of row {row}", labels[row]),
            "status": str(report.status[row]),
            "reason": str(report.reason[row]),
            "cells": before[row],
            "limits": _limits(report, row),
            "demands": _demands(report, row),
            "probability": _number(probability[row]),
            "percentile": _number(percentile[row]),
            "n_queries": int(report.n_queries[row]),
            "options": options[row],
        }
        for row in range(len(report))
    ]


def _option_of_each(report: RecourseReport) -> dict[int, dict[str, Any]]:
    """Write the recourse of each person who has one, by the number of the row."""
    rows, details = np.flatnonzero(report.answered).tolist(), report.details
    cells = _cells(report, report.counterfactuals, report.answered)
    table, owners = changes(report)
    of_each: dict[int, list[dict[str, Any]]] = {row: [] for row in rows}
    for row, *change in zip(
        owners.tolist(),
        *(table[n] for n in ("feature", "from", "to", "role")),
        strict=True,
    ):
        feature, *values = (plain_value(one) for one in change)
        keys = ("from", "to", "role")
        of_each[row].append(
            {"feature": feature, **dict(zip(keys, values, strict=True))}
        )
    robustness = details.robustness
    return {
        row: {
            "cells": cells[row],
            "changes": of_each[row],
            **{n: _number(getattr(report, n)[row]) for n in (*NUMBERS, *FLAGS)},
            "n_changed": int(report.n_changed[row]),
            "optimal": bool(report.optimal[row]),
            "needed": bool(report.needed[row]),
            "probability": _number(details.probability[row, 1]),
            "robustness": None if robustness is None else _number(robustness[row]),
        }
        for row in rows
    }


def _cells(report: RecourseReport, table: Any, rows: np.ndarray) -> list[list[Any]]:
    """Write the cells of some rows (n_samples,), dtype bool; others stay empty."""
    names = column_names(table)
    cells: list[list[Any]] = [[] for _ in range(len(table))]
    places, unreadable = np.flatnonzero(rows).tolist(), report.unreadable
    for j in range(table.shape[1]):
        column, name = column_values(table, j), names[j]
        for row in places:
            if unreadable[row]:
                cells[row].append(plain_unreadable(column[row]))
            else:
                cells[row].append(named(f"column {name!r}", column[row]))
    return cells


def _limits(report: RecourseReport, row: int) -> list[dict[str, Any]]:
    """Write the limits of one person, one entry for each limited feature."""
    limits, written = report.details.limits, []
    if limits is None:
        return []
    limits = limits[[row]]
    for j in limits.restricted_columns.tolist():
        column = report.schema.columns[j]
        closed = limits.closed.get(j)
        codes = [] if closed is None else np.flatnonzero(closed[0]).tolist()
        written.append(
            {
                "feature": plain_value(column.name),
                "low": _bound(limits.low[0, j], -np.inf),
                "high": _bound(limits.high[0, j], np.inf),
                "frozen": bool(limits.frozen[0, j]),
                "closed": [str(column.value_of(code)) for code in codes],
            }
        )
    return written


def _demands(report: RecourseReport, row: int) -> dict[str, Any] | None:
    """Write what one person demands; None if there is nothing."""
    limits = report.details.limits
    if limits is None or (limits.demands is None and limits.max_effort is None):
        return None
    target, low, high = None, 0.0, 1.0
    if limits.demands is not None:
        position = int(limits.demands.target[row])
        if position >= 0:
            target = plain_value(as_python(report.favorable_label[position]))
        low = float(limits.demands.min_probability[row])
        high = float(limits.demands.max_probability[row])
    most = None if limits.max_effort is None else limits.max_effort[row]
    return {
        "target": target,
        "min_probability": low,
        "max_probability": high,
        "max_effort": None if most is None else _number(most),
    }


def _bound(code: Any, none: float) -> Any:
    """Write one end of a range of codes; None if it is open."""
    return None if code == none else plain_value(code)


def _number(value: Any) -> Any:
    """Write a measure; None if it is unknown or without bound."""
    value = as_python(value)
    return None if isinstance(value, float) and not np.isfinite(value) else value
