"""What does a small `max_queries` cost, where the classifier is dear?

The same people get recourse with one estimator for each budget. Objectives are compared
over the people who have recourse with every budget.

    python examples/benchmarks/few_queries.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

# One thread, before anything starts more.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from _cells import fit_cell
from _tables import Table, load_table
from _timed import Clock, Timed

BUDGETS = (2, 5, 10, 20, 200)
TABLES = ("german_credit", "compas")
NAMES = ("LogisticRegression", "RandomForest")
# No other program splits with this seed, so nothing was chosen on these people.
SEED = 71
N_PEOPLE = 150
HEADER = (
    "table",
    "classifier",
    "max_queries",
    "people",
    "answered",
    "rows of the search",
    "most",
    "rows in all",
    "calls",
    "gap of the objective",
    "all changes needed",
)


def ask(table: Table, name: str, budget: int) -> dict[str, Any]:
    """Answer people within a budget, and count what the classifier is asked."""
    cell = fit_cell(table, name, SEED, N_PEOPLE, max_queries=budget)
    box = cell.par._black_box
    box.classifier = Timed(cell.clf)
    with Clock(box.classifier) as clock:
        report = cell.par.recourse(cell.people)
    new = report.counterfactuals[report.answered]
    assert (cell.clf.predict(new) == 1).all()
    return {
        "objective": report.objective,
        "needed": report.needed[report.answered].mean(),
        "queries": report.n_queries,
        "rows": clock.rows / len(cell.people),
        "calls": clock.calls,
    }


def curve(table_name: str, table: Table, name: str) -> pd.DataFrame:
    """Measure all budgets for one table and classifier."""
    asked = {budget: ask(table, name, budget) for budget in BUDGETS}
    objective = np.array([figures["objective"] for figures in asked.values()])
    answered = ~np.isnan(objective)
    by_all = answered.all(axis=0)
    gaps = objective[-1] - objective
    lines = []
    for i, (budget, figures) in enumerate(asked.items()):
        gap = gaps[i, by_all]
        error = gap.std(ddof=1) / np.sqrt(len(gap))
        cells = (
            table_name,
            name,
            budget,
            objective.shape[1],
            answered[i].sum(),
            f"{figures['queries'].mean():.1f}",
            figures["queries"].max(),
            f"{figures['rows']:.1f}",
            figures["calls"],
            f"{gap.mean():.3f} ± {error:.3f}",
            f"{figures['needed']:.2f}",
        )
        lines.append(dict(zip(HEADER, cells, strict=True)))
    return pd.DataFrame(lines)


def main() -> None:
    """Print one line for each table, classifier and budget, as markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=Path, required=True)
    folder = parser.parse_args().data_dir
    print("| " + " | ".join(HEADER) + " |\n|" + " --- |" * len(HEADER))
    for table_name in TABLES:
        table = load_table(table_name, folder)
        for name in NAMES:
            for line in curve(table_name, table, name).to_numpy().tolist():
                print("| " + " | ".join(map(str, line)) + " |", flush=True)


if __name__ == "__main__":
    main()
