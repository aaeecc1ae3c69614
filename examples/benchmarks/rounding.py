"""What round numbers cost: digits, objective and rows, with and without rounding.

PARRecourse is fitted once per table and classifier. The same denied people get recourse
twice: with and without `round_numbers`. The parameter has no effect on the fit, only on
the search. Digits are counted in all changed cells of numeric columns.

    python examples/benchmarks/rounding.py --data-dir DIR
"""

from __future__ import annotations

import copy
import os
from dataclasses import replace

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
from _cells import fit_cell, parse_cells
from _tables import Table

from skpar import PARRecourse, RecourseReport

NAMES = ("LogisticRegression", "HistGradientBoosting")
FEW_DIGITS = 3
# A value that this many training people share is a frequent value.
FREQUENT = 5


def without_rounding(par: PARRecourse) -> PARRecourse:
    """Copy a fitted estimator, and switch rounding off."""
    search = copy.copy(par._parts.search)
    search.rounding = None
    other = copy.copy(par)
    other._parts = replace(par._parts, search=search)
    return other


def n_digits(values: np.ndarray) -> np.ndarray:
    """Count the significant digits of numbers as a reader does."""
    texts = [f"{abs(value):.11e}".split("e")[0].replace(".", "") for value in values]
    return np.array([len(text.rstrip("0")) or 1 for text in texts], dtype=int)


def written(report: RecourseReport) -> list[tuple[int, np.ndarray]]:
    """List the changed numbers of each numeric column."""
    before, after = report.codes_before, report.codes_after
    changed = report.answered[:, None] & (before != after) & ~np.isnan(after)
    columns = enumerate(report.schema.columns)
    return [(j, after[changed[:, j], j]) for j, one in columns if one.is_numeric]


def measure(table: Table, name: str, n_people: int) -> list[str]:
    """Answer denied people of one table both ways; return the cells of a line."""
    cell = fit_cell(table, name, 0, n_people)
    par, people = cell.par, cell.people
    reports = [one.recourse(people) for one in (without_rounding(par), par)]
    found, codes = reports[0].answered, par.schema_.encode(cell.known)
    cells = [f"{len(people)}"]
    digits = [np.concatenate([n_digits(v) for _, v in written(one)]) for one in reports]
    cells.append(" / ".join(f"{np.median(one):.0f}" for one in digits))
    cells.append(" / ".join(f"{(one <= FEW_DIGITS).mean():.1%}" for one in digits))
    frequent = [
        sum(((codes[:, j] == one).sum() >= FREQUENT) for one in v)
        for j, values in written(reports[1])
        for v in [values[n_digits(values) > FEW_DIGITS]]
    ]
    cells.append(f"{sum(frequent) / max(1, (digits[1] > FEW_DIGITS).sum()):.0%}")
    objectives = [one.objective[found] for one in reports]
    cells.append(f"{np.mean(objectives[0] - objectives[1]):.4f}")
    cells.append(" / ".join(f"{one.n_queries[found].mean():.1f}" for one in reports))
    cells.append(" / ".join(f"{one.needed[found].mean():.3f}" for one in reports))
    return cells


def main() -> None:
    """Measure, and print a table."""
    options, tables = parse_cells(__doc__, NAMES, 300)
    for name, table, classifier in tables:
        cells = measure(table, classifier, options.people)
        print("| " + " | ".join([name, classifier, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
