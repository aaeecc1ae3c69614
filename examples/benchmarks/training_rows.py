"""What it costs that no recourse equals a rare training row.

PARRecourse is fitted once per table, classifier and split. The same denied people get
recourse twice: with and without `allow_training_rows`. The parameter has no effect on
the fit, only on the search and the checks of its answers.

    python examples/benchmarks/training_rows.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import copy
import os
import warnings
from dataclasses import replace
from pathlib import Path

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, Table, load_table, split_rows

from skpar import PARRecourse
from skpar.objective import Eligibility

TABLES = ("german_credit", "compas", "give_me_some_credit", "adult")
NAMES = ("LogisticRegression", "HistGradientBoosting")
N_PEOPLE = 300
MAX_SPLITS = 5
STATUSES = ("found", "impossible", "not found")


def switched(par: PARRecourse, allowed: bool) -> PARRecourse:
    """Copy a fitted estimator that allows training rows, or does not."""
    parts = par._parts
    rare_rows = None if allowed else parts.rare_rows
    objective = parts.objective
    eligibility = Eligibility(
        objective.plausibility, objective.min_log_density, rare_rows
    )
    search = copy.copy(parts.search)
    search.is_eligible = eligibility.is_eligible
    other = copy.copy(par)
    other._parts = replace(parts, eligibility=eligibility, search=search)
    return other


def measure(table: Table, name: str) -> tuple[pd.DataFrame, int]:
    """Answer denied people of one table both ways; pool splits if they are few."""
    both, n_splits = [], 0
    while sum(map(len, both)) < N_PEOPLE and n_splits < MAX_SPLITS:
        split = split_rows(table.y, n_splits)
        clf = CLASSIFIERS[name](n_splits)
        clf.fit(table.X.iloc[split.classifier], table.y[split.classifier])
        par = PARRecourse(
            actionability=table.rules,
            ordinal_features=table.ordinal,
            random_state=n_splits,
        )
        par.fit(table.X.iloc[split.par], table.y[split.par], clf)
        people = table.X.iloc[split.people]
        people = people[clf.predict(people) != 1][:N_PEOPLE]
        columns = {}
        for key, allowed in (("with", True), ("without", False)):
            report = switched(par, allowed).recourse(people)
            columns[f"status {key}"] = report.status
            columns[f"objective {key}"] = report.objective
            columns[f"row {key}"] = report.training_row
            columns[f"queries {key}"] = report.n_queries
        both.append(pd.DataFrame(columns))
        n_splits += 1
    return pd.concat(both, ignore_index=True)[:N_PEOPLE], n_splits


def line(name: str, classifier: str, both: pd.DataFrame, n_splits: int) -> str:
    """Write one row of the table."""
    counts = [
        " / ".join(str(int((both[f"status {key}"] == one).sum())) for one in STATUSES)
        for key in ("with", "without")
    ]
    rows = [int(both[f"row {key}"].sum()) for key in ("with", "without")]
    found = (both["status with"] == "found") & (both["status without"] == "found")
    lost = (both["objective with"] - both["objective without"])[found]
    queries = both["queries without"].mean() / both["queries with"].mean()
    cells = [
        name,
        classifier,
        f"{len(both)} ({n_splits})",
        *counts,
        f"{rows[0]} and {rows[1]}",
        f"{lost.mean() if len(lost) else np.nan:.4f}",
        f"{queries:.2f}",
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in TABLES:
        table = load_table(name, options.data_dir)
        for classifier in NAMES:
            both, n_splits = measure(table, classifier)
            print(line(name, classifier, both, n_splits), flush=True)


if __name__ == "__main__":
    main()
