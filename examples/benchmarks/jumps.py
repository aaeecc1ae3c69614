"""How far does a single number move, in each unit of effort?

For every person with recourse, the biggest jump is the largest share of people between
the old and the new value of one number. The table gives the share of people with a
jump over 75%, and with a number that ends among the last 5% of the people on either
side. Except for the weight of effort, all other parameters are the defaults.

    python examples/benchmarks/jumps.py --data-dir DIR
"""

from __future__ import annotations

import os

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import Cell, fit_cells, parse_cells

NAMES = ("LogisticRegression",)
# Units with the weight of effort: the default, and weights that make the efforts of
# both units count alike. Efforts in "log_percentile" are about three times as large.
SETTINGS = (
    ("percentile", 1.0),
    ("log_percentile", 1.0),
    ("percentile", 3.0),
    ("log_percentile", 1 / 3),
)
BIG_JUMP, TAIL = 0.75, 0.05


def ranks(values: pd.Series, known: pd.Series) -> np.ndarray:
    """Share of known people below values, equal ones half; NaN where missing."""
    ranked = np.sort(known.dropna().to_numpy(dtype=float))
    cells = values.to_numpy(dtype=float)
    ends = [np.searchsorted(ranked, cells, side) for side in ("left", "right")]
    return np.where(np.isnan(cells), np.nan, sum(ends) / (2 * len(ranked)))


def measure(cell: Cell) -> pd.DataFrame:
    """Jumps of the numbers of all people with recourse, and their other measures."""
    report = cell.par.recourse(cell.people)
    found = report.answered
    old, new = report.factuals[found], report.counterfactuals[found]
    jumps, ends = np.zeros((2, int(found.sum())))
    for name in cell.known.select_dtypes("number"):
        before, after = (ranks(rows[name], cell.known[name]) for rows in (old, new))
        moved = np.nan_to_num(np.abs(after - before))
        jumps = np.maximum(jumps, moved)
        ends = np.maximum(ends, (moved > 0) & (np.abs(after - 0.5) > 0.5 - TAIL))
    table = report.to_frame()[found]
    table = table[["n_changed", "gower_distance", "percentile", "n_queries"]]
    return table.assign(jump=jumps, tail=ends)


def show(where: str, found: pd.DataFrame) -> None:
    """Print the shares and means of one cell."""
    jump = found["jump"]
    print(
        f"{where}: {len(found)} with recourse, jump over {BIG_JUMP:.0%} "
        f"{(jump > BIG_JUMP).mean():.2f}, over 50% {(jump > 0.5).mean():.2f}, "
        f"ends in a tail {found['tail'].mean():.2f}, "
        f"changed {found['n_changed'].mean():.2f}, "
        f"Gower distance {found['gower_distance'].mean():.3f}, "
        f"percentile {found['percentile'].mean():.2f}, "
        f"rows {found['n_queries'].mean():.1f}",
        flush=True,
    )


def main() -> None:
    """Measure both units, with two weights, in all cells."""
    options, cells = parse_cells(__doc__, NAMES, 100)
    for name, table, classifier in cells:
        for unit, weight in SETTINGS:
            parameters = {"effort": unit, "weight_effort": weight}
            fitted = fit_cells(table, classifier, options.people, **parameters)
            found = pd.concat([measure(cell) for cell in fitted])
            show(f"{name} / {classifier} / {unit}, weight {weight:.2f}", found)


if __name__ == "__main__":
    main()
