"""The likely end of the frontier: how plausible is recourse if that counts most?

A large weight of plausibility (10), and the other weights of an older version of skpar,
whose tree is given. Both versions get the same classifier, rows and people. The new
one may spend as much effort as the old one did, person by person (`max_effort`). Judges
are fitted on rows that no version saw: log-density (kernel density, in nats) and share
of inliers (local outlier factor). Differences are paired, with 95% intervals.

    git worktree add OLD 0bbf17c
    python examples/benchmarks/likely_end.py --data-dir DIR --old OLD
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _panel_cell import Cell, Place
from _tables import load_table

from skpar.metrics import effort

CELLS = (
    ("adult", "HistGradientBoosting"),
    ("german_credit", "RandomForest"),
    ("compas", "HistGradientBoosting"),
    ("give_me_some_credit", "RandomForest"),
)
LIKELY = {"weight_plausibility": 10.0, "weight_sparsity": 0.5}
SETTINGS: dict[str, dict[str, Any]] = {
    "all changes needed": {},
    "only_needed=False": {"only_needed": False},
}
JUDGES = ("kernel density", "inlier")
OLD_CODE = """
import pickle, sys
from pathlib import Path
from _tables import load_table
from skpar import PARRecourse
name, data, path, weights = sys.argv[1:]
table = load_table(name, Path(data))
clf, known, people = pickle.loads(Path(path).read_bytes())
par = PARRecourse(
    actionability=table.rules,
    ordinal_features=table.ordinal,
    random_state=0,
    **eval(weights),
).fit(table.X.loc[known], clf=clf)
report = par.recourse(table.X.loc[people])
answers = report.counterfactuals, report.answered
Path(path).write_bytes(pickle.dumps(answers))
"""


def old_answers(cell: Cell, tree: Path, data: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Let the older version answer, in a process of its own."""
    problem = cell.clf, cell.X.index, cell.people.index
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        Path(file.name).write_bytes(pickle.dumps(problem))
        benchmarks = tree.resolve() / "examples" / "benchmarks"
        paths = os.pathsep.join([str(tree.resolve()), str(benchmarks)])
        given = [cell.place.table, str(data.resolve()), file.name, repr(LIKELY)]
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", OLD_CODE, *given],
            check=True,
            env=os.environ | {"PYTHONPATH": paths},
        )
        rows, found = pickle.loads(Path(file.name).read_bytes())
    return rows, np.asarray(found)


def difference(new: pd.Series, old: pd.Series) -> str:
    """Mean paired difference, with a 95% interval."""
    apart = (new - old).astype(float)
    mean, half = apart.mean(), 1.96 * apart.std() / np.sqrt(len(apart))
    return f"{mean:+.3f} ({mean - half:+.3f} to {mean + half:+.3f})"


def show(cell: Cell, tree: Path, data: Path) -> None:
    """Print how the versions compare in one cell."""
    rows, found = old_answers(cell, tree, data)
    before = cell.panel(cell.people, rows, found)
    for name, setting in SETTINGS.items():
        par = cell.fitted(LIKELY | setting)
        given = (cell.people, rows, found, cell.clf, par.schema_, cell.X)
        spent = np.where(found, effort(*given, average=None), np.inf)
        report = par.recourse(cell.people, max_effort=spent + 1e-9)
        after = cell.panel(cell.people, report.counterfactuals, report.answered)
        both = found & report.answered
        parts = [
            f"{judge} {after[judge][both].mean():.3f} against "
            f"{before[judge][both].mean():.3f}, "
            f"{difference(after[judge][both], before[judge][both])}"
            for judge in JUDGES
        ]
        efforts = [each["effort"][both].mean() for each in (after, before)]
        print(
            f"{cell.place.table} / {cell.place.classifier}, {name}: {both.sum()} of "
            f"{found.sum()} people, {'; '.join(parts)}; effort {efforts[0]:.2f} "
            f"against {efforts[1]:.2f}",
            flush=True,
        )


def main() -> None:
    """Compare the versions in four cells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--old", type=Path, required=True)
    names = [name for name, _ in CELLS]
    parser.add_argument("--tables", nargs="+", default=names, choices=names)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--keep", type=Path, default=Path("build/panel"))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name, classifier in CELLS:
        if name not in options.tables:
            continue
        table = load_table(name, options.data_dir)
        place = Place(name, classifier, 1, 0, options.people)
        show(Cell(table, place, options.keep), options.old, options.data_dir)


if __name__ == "__main__":
    main()
