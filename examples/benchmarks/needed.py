"""Is every change needed? All parts of the changes, with the classifier itself.

For every counterfactual that changes at most 8 columns, all proper subsets of its
changes are made and queried. Changes are needed if the classifier denies all of these
rows. skpar's own certificate is not used, and rows that may not be answers count too.

    python examples/benchmarks/needed.py --data-dir DIR
"""

from __future__ import annotations

import os
from itertools import chain, combinations
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import fit_cells, parse_cells

NAMES = ("LogisticRegression", "RandomForest", "HistGradientBoosting")
MAX_CHANGES = 8
FEW_CHANGES = 5


def changed_columns(old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Find changed cells; two missing cells are equal."""
    differ: pd.DataFrame = (old != new) & ~(old.isna() & new.isna())
    return differ.to_numpy()


def all_parts(
    old: pd.DataFrame, new: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Make all proper subsets of the changes: rows, their people, changes undone."""
    changed = changed_columns(old, new)
    who, made = [], []
    for i, cells in enumerate(changed):
        columns = np.flatnonzero(cells)
        if not 2 <= len(columns) <= MAX_CHANGES:
            continue
        sizes = range(1, len(columns))
        for kept in chain.from_iterable(combinations(columns, k) for k in sizes):
            who.append(i)
            made.append(np.isin(np.arange(len(cells)), kept))
    owner = np.array(who, dtype=int)
    rows, other = old.iloc[owner].copy(), new.iloc[owner]
    mask = np.array(made, dtype=bool).reshape(-1, old.shape[1])
    for j, column in enumerate(old.columns):
        # With labels, `where` keeps dtypes such as string and category.
        rows[column] = rows[column].where(~mask[:, j], other[column])
    return rows, owner, changed.sum(axis=1)[owner] - mask.sum(axis=1)


def count(par: Any, clf: Any, people: pd.DataFrame) -> pd.DataFrame:
    """Count changes per person, and tell whether all of them are needed."""
    report = par.recourse(people)
    found = report.answered
    old = report.factuals[found].reset_index(drop=True)
    new = report.counterfactuals[found].reset_index(drop=True)
    rows, owner, n_undone = all_parts(old, new)
    enough = clf.predict(rows) == 1 if len(rows) else np.zeros(0, dtype=bool)
    is_needed, single = np.ones((2, len(old)), dtype=bool)
    is_needed[owner[enough]] = False
    single[owner[enough & (n_undone == 1)]] = False
    return pd.DataFrame(
        {
            "changes": changed_columns(old, new).sum(axis=1),
            "needed": is_needed,
            "single": single,
            "certified": report.needed[found],
            "percentile": report.percentile[found],
            "rows": report.n_queries[found],
        }
    )


def show(where: str, people: pd.DataFrame) -> None:
    """Print one line: shares of people whose changes are all needed."""
    few = people[people["changes"] <= FEW_CHANGES]
    many = people[people["changes"].between(FEW_CHANGES + 1, MAX_CHANGES)]
    beyond = int((people["changes"] > MAX_CHANGES).sum())
    share = f"{many['needed'].mean():.3f} of {len(many)}" if len(many) else "none"
    cells = [
        where,
        f"{len(people)}",
        f"{people['changes'].mean():.2f}",
        f"{people['single'].mean():.3f}",
        f"{few['needed'].mean():.3f}",
        share,
        f"{beyond}",
        f"{people['certified'].mean():.3f}",
        f"{people['percentile'].median():.2f}",
        f"{people['rows'].mean():.1f}",
    ]
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Count in all cells."""
    options, cells = parse_cells(__doc__, NAMES, 300)
    for name, table, classifier in cells:
        parts = [
            count(cell.par, cell.clf, cell.people)
            for cell in fit_cells(table, classifier, options.people)
        ]
        show(f"{name} / {classifier}", pd.concat(parts))


if __name__ == "__main__":
    main()
