"""Answers as outsiders judge them: cost, likeness, safety and success, by rank.

The denied people of a split are cut into two halves. Settings are chosen on one half,
and results are reported for the other. Methods are ranked for every person and measure
(no answer is last, ties share ranks); ranks are averaged within families, then over
them. Intervals are those of paired differences (bootstrap, 95%).

Classifiers, judges, answers and measured values are kept in a folder until the code
that they depend on changes. The rivals' do not depend on skpar, so a run with another
setting or another state of skpar only fits and measures skpar.

    python examples/benchmarks/panel.py --data-dir DIR [--half choosing]
        [--settings default --set weight_plausibility=1.5 max_queries=64]
"""

from __future__ import annotations

import argparse
import ast
import os
import time
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import pandas as pd
from _panel_cell import Cell, Place
from _panel_summary import show, summarize
from _tables import Table, load_table

TABLES = ("german_credit", "compas", "give_me_some_credit", "adult")
NAMES = ("LogisticRegression", "MLP", "RandomForest", "HistGradientBoosting")
HALVES = {"choosing": 0, "telling": 1}
N_PEOPLE = 100
MAX_SPLITS = 5
# With "near", effort alone decides; with "safe", acceptance is more probable; "one
# pass" is the generator without a search.
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "near": {
        "weight_plausibility": 0.0,
        "weight_denied": 0.0,
        "weight_sparsity": 0.0,
        "weight_outlier": 0.0,
        "effort": "range",
    },
    "safe": {"min_probability": 0.7},
    "one pass": {"search": "none"},
}


def measure(
    table: Table,
    place: tuple[str, str, int],
    folder: Path,
    settings: dict[str, dict[str, Any]],
    with_peers: bool,
) -> dict[str, pd.DataFrame]:
    """Measure every method on the people of one cell; pool splits if they are few."""
    parts: list[dict[str, pd.DataFrame]] = []
    n_people = 0
    for seed in range(MAX_SPLITS):
        cell = Cell(table, Place(*place, seed, N_PEOPLE - n_people), folder)
        if len(cell.people):
            parts.append(cell.values(settings, with_peers))
        n_people += len(cell.people)
        if n_people >= N_PEOPLE:
            break
    return {
        method: pd.concat([part[method] for part in parts], ignore_index=True)
        for method in parts[0]
        if all(method in part for part in parts)
    }


def _parameter(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE."""
    name, _, value = text.partition("=")
    return name, ast.literal_eval(value)


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument(
        "--without-peers", action="store_true", help="leave other packages out"
    )
    parser.add_argument("--half", default="telling", choices=list(HALVES))
    parser.add_argument(
        "--settings",
        nargs="+",
        default=list(SETTINGS),
        choices=list(SETTINGS),
        help="settings of skpar",
    )
    parser.add_argument(
        "--set",
        nargs="+",
        type=_parameter,
        default=[],
        metavar="NAME=VALUE",
        help='parameters of one more setting, "skpar set"; values are Python literals',
    )
    parser.add_argument(
        "--keep",
        type=Path,
        default=Path("build/panel"),
        help="folder for answers and values",
    )
    return parser.parse_args()


def main() -> None:
    """Measure all cells, print a table for each, and a summary."""
    options = _options()
    warnings.filterwarnings("ignore")
    settings = {name: SETTINGS[name] for name in options.settings}
    settings |= {"set": dict(options.set)} if options.set else {}
    cells = {}
    for name in options.tables:
        table = load_table(name, options.data_dir)
        for classifier in options.classifiers:
            start = time.perf_counter()
            place = (name, classifier, HALVES[options.half])
            where = f"{name} / {classifier}"
            cells[where] = measure(
                table, place, options.keep, settings, not options.without_peers
            )
            show(f"{where} ({options.half} half)", cells[where])
            print(f"{time.perf_counter() - start:.0f} seconds", flush=True)
    judged = [f"skpar {name}" for name in ("default", "set") if name in settings]
    summarize(cells, judged)


if __name__ == "__main__":
    main()
