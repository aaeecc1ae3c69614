"""Answers as outsiders judge them: cost, likeness, safety and success, by rank.

The denied people of a split are cut into two halves. Settings are chosen on one half,
and results are told of the other. Methods are ranked for every person and measure (no
answer is last, ties share ranks); ranks are averaged within families, then over them.
The interval is that of the paired difference to the best method (bootstrap, 95%).

    python examples/benchmarks/panel.py --data-dir DIR [--half choosing]
"""

from __future__ import annotations

import argparse
import os
import warnings
from pathlib import Path

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _panel_measures import FAMILIES, MEASURES, Panel, rank
from _panel_methods import answer_all
from _tables import CLASSIFIERS, Table, load_table, split_rows

from skpar import TableSchema

TABLES = ("german_credit", "compas", "give_me_some_credit", "adult")
NAMES = ("LogisticRegression", "MLP", "RandomForest", "HistGradientBoosting")
HALVES = {"choosing": 0, "telling": 1}
N_PEOPLE = 100
MAX_SPLITS = 5
JUDGING_SHARE = 3
N_BOOTSTRAP = 2_000


def measure(table: Table, name: str, half: int) -> dict[str, pd.DataFrame]:
    """Measure every method on the people of one cell; pool splits if they are few."""
    pooled: dict[str, list[pd.DataFrame]] = {}
    n_people = 0
    for seed in range(MAX_SPLITS):
        split = split_rows(table.y, seed)
        training = (table.X.iloc[split.classifier], table.y[split.classifier])
        clf = CLASSIFIERS[name](seed).fit(*training)
        n_judging = len(split.par) // JUDGING_SHARE
        judging, known = split.par[:n_judging], split.par[n_judging:]
        people = table.X.iloc[split.people]
        people = people[clf.predict(people) != 1]
        schema = TableSchema.infer(
            table.X.iloc[known], ordinal_features=table.ordinal or None
        )
        # A level that no method knows is nobody's fault.
        people = people[~schema.read(people).unreadable]
        people = people[half::2][: N_PEOPLE - n_people]
        panel = Panel(
            table.X.iloc[known],
            table.X.iloc[judging],
            table.y[judging],
            training,
            clf,
        )
        answers = answer_all(
            table.X.iloc[known], clf, table.rules, table.ordinal, people
        )
        for method, (rows, found) in answers.items():
            pooled.setdefault(method, []).append(panel(people, rows, found))
        n_people += len(people)
        if n_people >= N_PEOPLE:
            break
    return {
        method: pd.concat(parts, ignore_index=True) for method, parts in pooled.items()
    }


def show(where: str, values: dict[str, pd.DataFrame]) -> None:
    """Print the mean measures and the ranks of one cell."""
    ranks = rank(values)
    overall = ranks["all"]
    best = overall.mean().idxmin()
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(overall), (N_BOOTSTRAP, len(overall)))
    print(f"\n{where}, {len(overall)} people")
    columns = [*MEASURES, *(f"rank: {family}" for family in FAMILIES), "rank", "behind"]
    lines = {}
    for method, measured in values.items():
        behind = (overall[method] - overall[best]).to_numpy()[picks].mean(axis=1)
        low, high = np.quantile(behind, [0.025, 0.975])
        lines[method] = [
            *measured.mean().round(3),
            *(round(ranks[family, method].mean(), 2) for family in FAMILIES),
            round(overall[method].mean(), 3),
            f"{low:.2f} to {high:.2f}",
        ]
    table = pd.DataFrame.from_dict(lines, orient="index", columns=columns)
    print(table.sort_values("rank").T.to_string())


def main() -> None:
    """Measure all cells, and print a table for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument("--half", default="telling", choices=list(HALVES))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in options.tables:
        table = load_table(name, options.data_dir)
        for classifier in options.classifiers:
            values = measure(table, classifier, HALVES[options.half])
            show(f"{name} / {classifier} ({options.half} half)", values)


if __name__ == "__main__":
    main()
