"""The near end of the frontier: how far is recourse if effort alone counts?

All weights but that of effort are zero, and numbers are not rounded. For every person,
the effort of the recourse is compared with that of the best rival: the nearest of 8
accepted rows, moved onto the rules, and the same row after changes were given back and
numbers moved back while the classifier accepts. A person counts as *farther* if the
recourse needs over 1% and over .001 more effort.

    python examples/benchmarks/near_end.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _panel_methods import Rivals
from _tables import CLASSIFIERS, Table, load_table, split_rows

from skpar import PARRecourse
from skpar.metrics import effort

TABLES = ("german_credit", "compas", "give_me_some_credit", "adult")
NAMES = ("LogisticRegression", "MLP", "RandomForest", "HistGradientBoosting")
UNITS = ("percentile", "mad", "range")
N_PEOPLE = 100
MAX_SPLITS = 5
NEAR: dict[str, Any] = {
    "weight_plausibility": 0.0,
    "weight_denied": 0.0,
    "weight_sparsity": 0.0,
    "weight_outlier": 0.0,
    "round_numbers": False,
}


def compare(table: Table, name: str, unit: str) -> pd.DataFrame:
    """Effort of recourse and of the best rival, for the people of one cell."""
    parts: list[pd.DataFrame] = []
    for seed in range(MAX_SPLITS):
        split = split_rows(table.y, seed)
        clf = CLASSIFIERS[name](seed).fit(
            table.X.iloc[split.classifier], table.y[split.classifier]
        )
        known = table.X.iloc[split.par]
        people = table.X.iloc[split.people]
        people = people[clf.predict(people) != 1][: N_PEOPLE - sum(map(len, parts))]
        par = PARRecourse(
            actionability=table.rules,
            ordinal_features=table.ordinal or None,
            effort=unit,
            random_state=0,
            **NEAR,
        ).fit(known, clf=clf)
        parts.append(efforts(par, known, clf, people, unit))
        if sum(map(len, parts)) >= N_PEOPLE:
            break
    return pd.concat(parts, ignore_index=True)


def efforts(
    par: PARRecourse, known: pd.DataFrame, clf: Any, people: pd.DataFrame, unit: str
) -> pd.DataFrame:
    """Effort by method, infinite without an answer; rows that were queried."""
    report, rivals = par.recourse(people), Rivals(par, known, clf)
    answers = {
        "skpar": (report.counterfactuals, report.answered),
        "nearest": rivals.best_of_nearest(people),
        "polished": rivals.copy_and_polish(people),
    }
    columns = {}
    for method, (rows, found) in answers.items():
        given = (people, rows, found, clf, par.schema_, known)
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


def main() -> None:
    """Compare in all cells and units."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument("--units", nargs="+", default=UNITS, choices=UNITS)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in options.tables:
        table = load_table(name, options.data_dir)
        for classifier in options.classifiers:
            for unit in options.units:
                found = compare(table, classifier, unit)
                show(f"{name} / {classifier} / {unit}", found)


if __name__ == "__main__":
    main()
