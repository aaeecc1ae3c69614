"""How good recourse is: PARRecourse, its rivals, its parts one by one.

Rows of a table are split three ways (classifier, PAR, people). Of PAR's rows the denied
ones and one half of the accepted ones are known to all methods; the other half judges
(outliers, and the share yNN of a row's 5 nearest that are accepted). At most 500 denied
people of a split ask; where the first split has fewer than 150, those of up to five
seeds are pooled, until there are 500. All methods are measured by one objective, that
of the fitted defaults; the reference is the best answer of all methods in the first
table. Differences are paired over people whom both methods answer, with their standard
errors. "rows" are rows that the classifier was asked about in search; "own ms" are CPU
milliseconds per person without those spent inside the classifier.

Every run is written to a folder and not done again, unless skpar or this code changed.

    python examples/benchmarks/recourse_quality.py --data-dir DIR [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

from _code_state import fingerprint
from _exact_gap import EXACT_TABLE, run_exact
from _exact_gap import MAX_PEOPLE as MOST_EXACT
from _pooled import Cell
from _quality_bars import all_bars
from _quality_report import ablation_table, missing_switches, quality_table
from _quality_run import MAX_PEOPLE, run_split
from _quality_summary import summary_table
from _tables import CLASSIFIERS, load_table, split_rows

TABLES = ("adult", "german_credit", "compas", "give_me_some_credit")
QUICK_TABLES = ("adult", "german_credit")
FEW_CLASSIFIERS = ("LogisticRegression", "RandomForest")
ENOUGH_PEOPLE = 150
SEEDS = 5
CODE = (
    "_exact_gap.py",
    "_internals.py",
    "_judge.py",
    "_quality_run.py",
    "_rival*.py",
    "_tables.py",
    "_timed.py",
    "_violations.py",
)


class Bench:
    """Run what is asked for, once, and keep it.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.code = fingerprint(*CODE)
        options.out.mkdir(parents=True, exist_ok=True)

    def cells(self) -> list[Cell]:
        """Run every table with every classifier."""
        cells = []
        for name in self.options.tables:
            for kind in self.options.classifiers:
                runs: list[dict[str, Any]] = []
                while len(runs) < self.options.seeds:
                    runs.append(self._split(name, kind, len(runs)))
                    n_people = sum(run["n"] for run in runs)
                    if runs[0]["n"] >= ENOUGH_PEOPLE or n_people >= MAX_PEOPLE:
                        break
                cell = Cell.of(name, kind, runs)
                cells += [cell] if cell else []
        return cells

    def exact(self) -> dict[str, list[dict[str, Any]]]:
        """Run the table whose optima can be enumerated."""
        found: dict[str, list[dict[str, Any]]] = {}
        if EXACT_TABLE not in self.options.tables:
            return found
        kinds = [kind for kind in FEW_CLASSIFIERS if kind in self.options.classifiers]
        for kind in kinds:
            left, runs = MOST_EXACT, []
            for seed in range(self.options.seeds):
                if left <= 0:
                    break
                runs.append(self._exact(kind, seed, left))
                left -= len(runs[-1]["optimum"])
            found[kind] = runs
        return found

    def _split(self, name: str, kind: str, seed: int) -> dict[str, Any]:
        """Run one split."""
        ablated = self.options.ablations and seed == 0 and kind in FEW_CLASSIFIERS

        def run() -> dict[str, Any]:
            table = load_table(name, self.options.data_dir)
            split = split_rows(table.y, seed)
            return run_split(table, split, CLASSIFIERS[kind](seed), seed, ablated)

        stem = f"{name}-{kind}-{seed}"
        return self._once(stem, run, "ablations" if ablated else "methods")

    def _exact(self, kind: str, seed: int, max_people: int) -> dict[str, Any]:
        """Run one split of the table whose optima can be enumerated."""

        def run() -> dict[str, Any]:
            table = load_table(EXACT_TABLE, self.options.data_dir)
            split = split_rows(table.y, seed)
            return run_exact(table, split, CLASSIFIERS[kind](seed), seed, max_people)

        return self._once(f"exact-{kind}-{seed}", run, "optimum")

    def _once(
        self, stem: str, run: Callable[[], dict[str, Any]], needed: str
    ) -> dict[str, Any]:
        """Read what was done by the same code, or do it and write it down."""
        path = self.options.out / f"{stem}.json"
        if path.exists():
            done: dict[str, Any] = json.loads(path.read_text())
            if done["code"] == self.code and needed in done:
                return done
        start = time.process_time()
        done = run()
        done |= {"code": self.code, "cpu seconds": time.process_time() - start}
        part = path.with_suffix(".part")
        part.write_text(json.dumps(done))
        part.replace(path)
        print(f"{stem}: {done['cpu seconds']:.0f} CPU s", flush=True)
        return done


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="two tables, one seed")
    parser.add_argument("--tables", nargs="+", choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", choices=list(CLASSIFIERS))
    parser.add_argument("--seeds", type=int, help=f"at most; default {SEEDS}")
    parser.add_argument(
        "--ablations", action="store_true", help="too, by one seed and two classifiers"
    )
    parser.add_argument("--out", type=Path, default=Path("build/recourse_quality"))
    options = parser.parse_args()
    quick = options.quick
    options.tables = options.tables or (QUICK_TABLES if quick else TABLES)
    everything = FEW_CLASSIFIERS if quick else tuple(CLASSIFIERS)
    options.classifiers = options.classifiers or everything
    options.seeds = options.seeds or (1 if quick else SEEDS)
    return options


def main() -> None:
    """Run, then print and write the tables and the bars."""
    options = _options()
    warnings.filterwarnings("ignore", message=".*agree with y.*", category=UserWarning)
    bench = Bench(options)
    cells, exact = bench.cells(), bench.exact()
    text = [quality_table(cells), summary_table(cells)]
    if any(cell.ablated for cell in cells):
        text.append(ablation_table(cells))
    text += [
        f"no {name[3:]}: left out, {why}"
        for name, why in missing_switches(cells).items()
    ]
    text.append("\n".join(map(str, all_bars(cells, exact))))
    text.append(
        "The bars of speed: python examples/benchmarks/transform_speed.py\n"
        f"CPU seconds of this call: {time.process_time():.0f}"
    )
    report = "\n\n".join(text)
    (options.out / "report.md").write_text(report + "\n")
    print(report)


if __name__ == "__main__":
    main()
