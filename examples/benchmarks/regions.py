"""Regions: does every certified box hold, and how large is it?

For every recourse of denied people, 10,000 rows are drawn inside the certified box and
1,000 inside the interval of each number. The program counts rows that the classifier
refuses, and rows that break rules, links or relations. On people who change up to three
numbers, the box is compared with the best box of a brute-force search: the classifier
predicts every row of a grid within the intervals, and all boxes of the grid without a
refused row are compared. The length of a side is the share of
training rows between its ends, plus .001.

    python examples/benchmarks/regions.py --data-dir DIR

With `--brute-force`, classifiers are small (few trees, or linear), so that the largest
box can be found exactly, by code that shares nothing with skpar
(`_regions_brute_force.py`): boxes of one, two and three numbers, chosen at random for
each recourse. There, people have no rules. Boxes that reach all values of all numbers
do not count.

With `--small`, boxes of two and three numbers are compared, chosen at random for each
recourse, whether or not they changed. Recourse rarely changes three numbers.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import Cell, fit_cell, fit_cells, parse_cells
from _regions_brute_force import (
    N_POINTS,
    CutAxis,
    cut_axis,
    largest,
    mean_side,
    thresholds,
    with_value,
)
from _tables import CLASSIFIERS, Table, split_rows
from sklearn.base import clone

from skpar import PARRecourse
from skpar.actionability import People
from skpar.classifier import (
    Axis,
    Region,
    RegionFinder,
    certifying_judge,
    draw_rows,
)
from skpar.classifier.regions._axes import Cells, coarse_cells
from skpar.classifier.regions._box_search import largest_box
from skpar.report import Writer
from skpar.report.advice._regions import Surveyor
from skpar.report.advice._straying import Straying

NAMES = ("LogisticRegression", "RandomForest", "HistGradientBoosting")
N_ROWS, N_SINGLE, N_TESTED = 10_000, 1_000, 1
N_BRUTE = 30
MAX_GRID = {1: 1_000, 2: 3_600, 3: 27_000}
FLOOR = 0.001
MAX_CELLS = 200_000
SMALL: dict[str, dict[str, Any]] = {
    "RandomForest": {"n_estimators": 20, "max_depth": 5},
    "HistGradientBoosting": {"max_iter": 25, "max_leaf_nodes": 8},
}


def survey(cell: Cell, n_brute: int) -> pd.DataFrame:
    """Measure the region of every recourse: one line per person."""
    par = cell.par
    report = par.recourse(cell.people)
    parts = par._parts
    surveyor = Surveyor(
        Straying(par._actionability, parts.objective.effort),
        par._black_box,
        parts.eligibility,
        par._known_rows.codes,
        par.search_config.region,
        N_TESTED,
        Writer(par.schema_),
    )
    start = time.process_time()
    found = surveyor.find(report)
    seconds = (time.process_time() - start) / max(1, len(found))
    lines = []
    for row, one in found.items():
        axes, region = one.axes, one.region
        person = People.unlimited(report.codes_before[[row]])
        after = report.codes_after[row]
        line: dict[str, Any] = {"seconds": seconds, "axes": len(axes)}
        if region is not None:
            line |= drawn(par, person, after, axes, region, row)
            is_alike = [one["axes"] == len(axes) and "ratio" in one for one in lines]
            if len(axes) in MAX_GRID and sum(is_alike) < n_brute:
                line["ratio"] = against_brute_force(par, after, axes, region)
        lines.append(line)
    return pd.DataFrame(lines)


def small_cases(cell: Cell, n_people: int) -> pd.DataFrame:
    """Compare boxes of two and three numbers, whether or not they changed."""
    par = cell.par
    report = par.recourse(cell.people)
    straying = Straying(par._actionability, par._parts.objective.effort)
    box, config = par._black_box, par.search_config.region
    judge = certifying_judge(box, par._known_rows.codes, config.n_values)
    finder = RegionFinder(judge, box.accepted, config, N_TESTED)
    rng, lines = np.random.default_rng(0), []
    numbers = [
        j
        for j, column in enumerate(par.schema_.columns)
        if column.is_numeric and j not in straying.linked
    ]
    for row in np.flatnonzero(report.answered)[:n_people].tolist():
        person = People.unlimited(report.codes_before[[row]])
        after = report.codes_after[row]
        present = [j for j in numbers if not np.isnan(after[j])]
        found = [straying._axis(person, j, float(after[j])) for j in present]
        axes = [axis for axis in found if axis is not None]
        for n_axes in (2, 3):
            if len(axes) >= n_axes:
                chosen = rng.choice(len(axes), n_axes, replace=False)
                some = [axes[k] for k in sorted(chosen.tolist())]
                region = finder.find(after, some, rng)
                ratio = against_brute_force(par, after, some, region)
                lines.append({"axes": n_axes, "ratio": ratio})
    return pd.DataFrame(lines, columns=["axes", "ratio"])


def drawn(
    par: Any,
    person: People,
    after: np.ndarray,
    axes: list[Axis],
    region: Region,
    seed: int,
) -> dict[str, Any]:
    """Draw rows in the box and in the intervals; count those that fail."""
    rng = np.random.default_rng(seed)
    parts = [draw_rows(after, axes, region.box, N_ROWS, rng)]
    for k, axis in enumerate(axes):
        parts.append(draw_rows(after, [axis], region.single[[k]], N_SINGLE, rng))
    rows = np.concatenate(parts)
    accepted = par._black_box.accepted(rows)
    feasible = par._actionability.is_feasible(person, rows[np.newaxis])[0]
    return {
        "certified": region.is_certified,
        "refused": int((~accepted).sum()),
        "infeasible": int((~feasible).sum()),
        "rows": len(rows),
        "side": size(axes, region.box),
    }


def size(axes: list[Axis], box: np.ndarray) -> float:
    """Geometric mean of the sides of a box (n_axes, 2)."""
    sides = [
        float(np.diff(axis.share(ends))[0]) + FLOOR
        for axis, ends in zip(axes, box, strict=True)
    ]
    return float(np.exp(np.mean(np.log(sides))))


def independent_cases(name: str, table: Table, n_people: int) -> pd.DataFrame:
    """Compare boxes with the largest ones, which other code finds."""
    clf, known, people = small_classifier(name, table)
    par = PARRecourse(random_state=0, max_iter=2, keep_relations=False)
    par.fit(known, clf=clf)
    report = par.recourse(people[clf.predict(people) != 1][:n_people])
    straying = Straying(par._actionability, par._parts.objective.effort)
    box, config = par._black_box, par.search_config.region
    judge = certifying_judge(box, par._known_rows.codes, config.n_values)
    finder = RegionFinder(judge, box.accepted, config, N_TESTED)
    rng, lines = np.random.default_rng(0), []
    columns = [j for j, one in enumerate(par.schema_.columns) if one.is_numeric]
    for row in np.flatnonzero(report.answered).tolist():
        person = People.unlimited(report.codes_before[[row]])
        after = report.codes_after[row]
        present = [j for j in columns if not np.isnan(after[j])]
        found = [straying._axis(person, j, float(after[j])) for j in present]
        axes = [axis for axis in found if axis is not None]
        for n_axes in range(1, min(3, len(axes)) + 1):
            chosen = rng.choice(len(axes), n_axes, replace=False)
            some = [axes[k] for k in sorted(chosen.tolist())]
            region = finder.find(after, some, rng)
            line = {"axes": n_axes, "certified": region.is_certified}
            cut = [cut_for(par, clf, known, after, one.column, n_axes) for one in some]
            cells = int(np.prod([len(one.low) for one in cut]))
            if cells <= MAX_CELLS:
                start = report.counterfactuals.iloc[[row]]
                best = largest(lambda X: clf.predict(X) == 1, start, cut, FLOOR)
                line["ratio"] = mean_side(cut, region.box, FLOOR) / best
                whole = mean_side(cut, [one.reach for one in cut], FLOOR)
                line["bounded"] = best < whole * (1 - 1e-9)
            lines.append(line)
    return pd.DataFrame(lines, columns=["axes", "certified", "ratio", "bounded"])


def cut_for(
    par: Any, clf: Any, known: pd.DataFrame, after: np.ndarray, j: int, n_axes: int
) -> CutAxis:
    """Cut a column for the brute force."""
    column = par.schema_.columns[j]
    cuts = thresholds(clf, column.name)
    cells = known[column.name].to_numpy(float)
    axis = cut_axis(column, cells, cuts, N_POINTS[n_axes])
    return with_value(axis, float(after[j]))


def small_classifier(name: str, table: Table) -> tuple[Any, pd.DataFrame, pd.DataFrame]:
    """Fit a small classifier; return it, the rows of PARRecourse, and people."""
    split = split_rows(table.y, 0)
    clf = clone(CLASSIFIERS[name](0))
    if name in SMALL:
        clf[-1].set_params(**SMALL[name])
    clf.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    return clf, table.X.iloc[split.par], table.X.iloc[split.people]


def against_brute_force(
    par: Any, after: np.ndarray, axes: list[Axis], region: Region
) -> float:
    """Geometric mean side as a share of that of the best box of a grid."""
    alone = [brute_force(par, after, [axis]) for axis in axes]
    narrow = [
        axis.within(*ends[0].tolist()) for axis, ends in zip(axes, alone, strict=True)
    ]
    best = alone[0] if len(axes) == 1 else brute_force(par, after, narrow)
    return size(axes, region.box) / size(axes, best)


def brute_force(par: Any, after: np.ndarray, axes: list[Axis]) -> np.ndarray:
    """Find the best box (n_axes, 2) of the rows of a grid; no others are predicted."""
    fine = [Cells.of_points(axis.spread(1000)) for axis in axes]
    merged = coarse_cells(axes, fine, MAX_GRID[len(axes)])
    points = [
        np.where(one.high <= axis.value, one.low, one.high)
        for axis, one in zip(axes, merged, strict=True)
    ]
    grid = np.stack(np.meshgrid(*points, indexing="ij"), axis=-1)
    rows = np.repeat(after[np.newaxis], grid[..., 0].size, axis=0)
    rows[:, [axis.column for axis in axes]] = grid.reshape(len(rows), -1)
    accepted = par._black_box.accepted(rows).reshape(grid.shape[:-1])
    shares = [axis.share(one) for axis, one in zip(axes, points, strict=True)]
    places = [
        int(np.searchsorted(one, axis.value))
        for axis, one in zip(axes, points, strict=True)
    ]
    best = largest_box(accepted, places, shares, shares, FLOOR)
    assert best is not None
    pairs = zip(points, best, strict=True)
    return np.array([[one[first], one[last]] for one, (first, last) in pairs])


def show(where: str, lines: pd.DataFrame) -> None:
    """Print one line of results."""
    have = lines[lines["certified"].notna()]
    certified = have[have["certified"].astype(bool)]
    ratio = have["ratio"].dropna()
    by_axes = " ".join(
        f"{n}: {some.median():.2f} ({(some >= 0.8).mean():.2f} of {len(some)})"
        for n, some in ratio.groupby(have.loc[ratio.index, "axes"])
    )
    print(
        f"{where}: {len(lines)} recourses, {len(have)} with a number that may stray, "
        f"{len(certified)} certified; {int(certified['rows'].sum())} rows drawn, "
        f"{int(certified['refused'].sum())} refused, "
        f"{int(have['infeasible'].sum())} infeasible; median side "
        f"{certified['side'].median():.3f}; against brute force mean "
        f"{ratio.mean():.2f}, by numbers {by_axes}; "
        f"{1000 * lines['seconds'].mean():.0f} ms",
        flush=True,
    )


def compare_small(cells: Iterator[tuple[str, Table, str]], n_people: int) -> None:
    """Compare with brute force alone."""
    for name, table, classifier in cells:
        lines = small_cases(fit_cell(table, classifier, 0, 4 * n_people), n_people)
        for n_axes, some in lines.groupby("axes")["ratio"]:
            print(
                f"{name} / {classifier}, {n_axes} numbers: {len(some)} boxes, mean "
                f"{some.mean():.2f}, median {some.median():.2f}, smallest "
                f"{some.min():.2f}, at least .8 {(some >= 0.8).mean():.2f}",
                flush=True,
            )


def compare_independent(cells: Iterator[tuple[str, Table, str]], n_people: int) -> None:
    """Compare with the brute force that shares no code."""
    for name, table, classifier in cells:
        lines = independent_cases(classifier, table, n_people)
        for n_axes, some in lines.groupby("axes"):
            compared = some[some["ratio"].notna()]
            ratio = compared.loc[compared["bounded"].astype(bool), "ratio"]
            mean = float(np.exp(np.log(ratio).mean()))
            print(
                f"{name} / {classifier}, {n_axes} numbers: {len(ratio)} boxes "
                f"({len(some) - len(compared)} not compared, "
                f"{len(compared) - len(ratio)} reach everything), "
                f"{some['certified'].mean():.2f} certified, geometric mean {mean:.2f}, "
                f"smallest {ratio.min():.2f}, largest {ratio.max():.2f}, "
                f"at least .8 {(ratio >= 0.8).mean():.2f}",
                flush=True,
            )


def main() -> None:
    """Measure all cells."""
    modes = {"--small": compare_small, "--brute-force": compare_independent}
    chosen = [modes[word] for word in sys.argv if word in modes]
    sys.argv = [word for word in sys.argv if word not in modes]
    options, cells = parse_cells(__doc__, NAMES, 200)
    for compare in chosen:
        compare(cells, options.people)
    if chosen:
        return
    for name, table, classifier in cells:
        parts = [
            survey(cell, N_BRUTE)
            for cell in fit_cells(table, classifier, options.people)
        ]
        show(f"{name} / {classifier}", pd.concat(parts, ignore_index=True))


if __name__ == "__main__":
    main()
