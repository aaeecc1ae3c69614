"""The near end of the frontier: how far is recourse if effort alone counts?

All weights but that of effort are zero, and numbers are not rounded. For every person,
the effort of the recourse is compared with that of the best rival: the nearest of 8
accepted rows, moved onto the rules, and the same row after changes were given back and
numbers moved back while the classifier accepts. A person counts as *farther* if the
recourse needs over 1% and over .001 more effort.

On german_credit with eight columns that can change (`_exact_gap.py`), the smallest
effort of all accepted rows is found by enumeration. The share of people whose recourse
needs no more is shown after the other cells.

    python examples/benchmarks/near_end.py --data-dir DIR
"""

from __future__ import annotations

import os
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import Cell, fit_cells, parse_cells
from _exact_gap import EXACT_TABLE, narrowed, optimum
from _internals import ruler_of
from _panel_rivals import Rivals
from _tables import Table

from skpar.metrics import effort

NAMES = ("LogisticRegression", "MLP", "RandomForest", "HistGradientBoosting")
UNITS = ("percentile", "log_percentile", "mad", "range")
NEAR: dict[str, Any] = {
    "weight_plausibility": 0.0,
    "weight_denied": 0.0,
    "weight_sparsity": 0.0,
    "weight_outlier": 0.0,
    "round_numbers": False,
}


def compare(table: Table, name: str, unit: str, n_people: int) -> pd.DataFrame:
    """Effort of recourse and of the best rival, for the people of one cell."""
    cells = fit_cells(table, name, n_people, effort=unit, **NEAR)
    return pd.concat([efforts(cell, unit) for cell in cells], ignore_index=True)


def efforts(cell: Cell, unit: str) -> pd.DataFrame:
    """Effort by method, infinite without an answer; rows that were queried."""
    par, people = cell.par, cell.people
    report, rivals = par.recourse(people), Rivals(par, cell.known, cell.clf)
    answers = {
        "skpar": (report.counterfactuals, report.answered),
        "nearest": rivals.best_of_nearest(people),
        "polished": rivals.copy_and_polish(people),
    }
    columns = {}
    for method, (rows, found) in answers.items():
        given = (people, rows, found, cell.clf, par.schema_, cell.known)
        measured = effort(*given, unit=unit, average=None)
        columns[method] = np.where(found, measured, np.inf)
    return pd.DataFrame(columns | {"rows": report.n_queries})


def show(where: str, found: pd.DataFrame) -> None:
    """Print the share of people whose recourse is farther than the best rival."""
    rival = found[["nearest", "polished"]].min(axis=1)
    excess = (found["skpar"] - rival).fillna(0.0)
    farther = (excess > 0.001) & (excess > 0.01 * rival)
    nearer = (-excess > 0.001) & (-excess > 0.01 * rival)
    print(
        f"{where}: {len(found)} people, farther {farther.mean():.2f}, nearer "
        f"{nearer.mean():.2f}, effort {found['skpar'].median():.3f} against "
        f"{rival.median():.3f} (medians), {found['rows'].mean():.0f} rows",
        flush=True,
    )


def excess(table: Table, name: str, unit: str, n_people: int) -> np.ndarray:
    """Effort beyond the smallest possible one, for the people of one cell."""
    parts = []
    for cell in fit_cells(narrowed(table), name, n_people, effort=unit, **NEAR):
        schema = cell.par.schema_
        ruler = ruler_of(cell.par, schema.encode(cell.known))
        objective = cell.par.recourse(cell.people).objective
        known = np.nan_to_num(objective, nan=-np.inf)
        codes = schema.encode(cell.people)
        best = [optimum(ruler, *pair)[0] for pair in zip(codes, known, strict=True)]
        parts.append(np.array(best) - known)
    return np.concatenate(parts)


def show_excess(where: str, more: np.ndarray) -> None:
    """Print the share of people with the smallest effort."""
    with np.errstate(invalid="ignore"):
        equal = ~(more > 1e-6)  # Nothing is found on both sides: inf - inf.
    print(
        f"{where}, exact: {len(more)} people, smallest {equal.mean():.3f}", flush=True
    )


def main() -> None:
    """Compare in all cells and units."""
    options, cells = parse_cells(__doc__, NAMES, 100)
    for name, table, classifier in cells:
        for unit in UNITS:
            found = compare(table, classifier, unit, options.people)
            show(f"{name} / {classifier} / {unit}", found)
            if name == EXACT_TABLE:
                more = excess(table, classifier, unit, options.people)
                show_excess(f"{name} / {classifier} / {unit}", more)


if __name__ == "__main__":
    main()
