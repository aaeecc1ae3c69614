"""The frontier of effort and plausibility, with the rivals on it.

PARRecourse is fitted with several weights of plausibility (effort having weight 1) on
the first split of every table, logistic regression; a point is the mean effort and the
median percentile of the answers, over the people whom every method answers. Rivals
maximise the objective of the defaults.

    python examples/benchmarks/frontier.py --data-dir DIR \
        --out examples/benchmarks/frontier.png
"""

from __future__ import annotations

import argparse
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import matplotlib as mpl
import numpy as np
from _internals import ruler_of
from _quality_run import fitted, share_out
from _rival_moves import Ruler
from _rivals import Answers, best_of_nearest, long_search, polished_nearest
from _tables import CLASSIFIERS, load_table, split_rows
from _timed import Timed

mpl.use("Agg")
import matplotlib.pyplot as plt

TABLES = ("adult", "german_credit", "compas", "give_me_some_credit")
WEIGHTS = (0.25, 0.5, 1.0, 1.5, 2.5, 4.0)
DEFAULT = 2.5
LABELLED = (WEIGHTS[0], 1.0, WEIGHTS[-1])
MAX_PEOPLE = 150
RIVALS = {
    "8 nearest": (best_of_nearest, "s"),
    "8 nearest, polished": (polished_nearest, "^"),
    "long search": (long_search, "D"),
}

Point = tuple[float, float]


@dataclass(frozen=True)
class Answered:
    """Effort and percentile (n,) of one method's answers, NaN where there is none."""

    effort: np.ndarray
    percentile: np.ndarray

    def point(self, people: np.ndarray) -> Point:
        """Mean effort and median percentile of some people."""
        return (
            float(self.effort[people].mean()),
            float(np.median(self.percentile[people])),
        )


def points_of(name: str, folder: Path) -> tuple[dict[str, list[Point]], int]:
    """Points of every method on one table, and of how many people."""
    table = load_table(name, folder)
    split = split_rows(table.y, 0)
    classifier = CLASSIFIERS["LogisticRegression"](0)
    classifier.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    rows, timed = share_out(table, split, classifier, 0), Timed(classifier)
    people = rows.people[:MAX_PEOPLE]
    methods: dict[str, list[Answered]] = {"skpar": []}
    for weight in WEIGHTS:
        par, _ = fitted(table, rows, timed, 0, weight_plausibility=weight)
        report = par.recourse(people)
        methods["skpar"].append(Answered(report.effort, report.percentile))
        if weight == DEFAULT:
            ruler = ruler_of(par, par.schema_.encode(rows.pool))
            codes = par.schema_.encode(people)
    for rival, (answer, _) in RIVALS.items():
        methods[rival] = [_measured(ruler, codes, answer(ruler, codes))]
    everything = [one for found in methods.values() for one in found]
    common = ~np.isnan([one.effort for one in everything]).any(axis=0)
    points = {
        method: [one.point(common) for one in found]
        for method, found in methods.items()
    }
    return points, int(common.sum())


def _measured(ruler: Ruler, codes: np.ndarray, answers: Answers) -> Answered:
    """Measure the answers of a rival."""
    effort, plausibility = ruler.objective.effort, ruler.objective.plausibility
    asked = effort.per_feature(codes, answers.codes).sum(axis=1)
    likely = plausibility.percentile(plausibility.log_densities(answers.codes)[0])
    nothing = ~answers.found
    asked[nothing] = likely[nothing] = np.nan
    return Answered(asked, likely)


def draw(axes: plt.Axes, name: str, points: dict[str, list[Point]]) -> None:
    """Draw one table."""
    line = points["skpar"]
    axes.plot(*zip(*line, strict=True), "o-", color="#0072b2", label="skpar")
    for (x, y), weight in zip(line, WEIGHTS, strict=True):
        face = "#0072b2" if weight == DEFAULT else "white"
        axes.plot(x, y, "o", color="#0072b2", markerfacecolor=face)
        if weight in LABELLED:
            axes.annotate(f"{weight:g}", (x, y), (-10, 6), textcoords="offset points")
    colours = ("#d55e00", "#009e73", "#cc79a7")
    for (rival, (_, marker)), colour in zip(RIVALS.items(), colours, strict=True):
        axes.plot(*points[rival][0], marker, color=colour, label=rival, ls="none")
    axes.set(title=name, xlabel="mean effort", ylabel="median percentile")
    axes.grid(alpha=0.3)


def main() -> None:
    """Measure, draw, and print the points."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="No recourse was found")
    figure, grid = plt.subplots(2, 2, figsize=(9, 7), layout="constrained")
    for name, axes in zip(TABLES, grid.ravel(), strict=True):
        points, n = points_of(name, options.data_dir)
        draw(axes, f"{name} (n = {n})", points)
        for method, found in points.items():
            text = ", ".join(f"({x:.3f}, {y:.2f})" for x, y in found)
            print(f"{name}, n = {n}: {method}: {text}", flush=True)
    grid[0, 0].legend(fontsize=8)
    figure.savefig(options.out, dpi=100)


if __name__ == "__main__":
    main()
