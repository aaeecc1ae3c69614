"""Regions: does every certified box hold, and how large is it?

For every recourse of denied people, 10,000 rows are drawn inside the certified box and
1,000 inside the interval of each number. The program counts rows that the classifier
refuses, and rows that break rules, links or relations. On people who change up to three
numbers, the box is compared with the best box of a brute-force search: the classifier
predicts every row of a grid within the intervals, and all boxes of the grid without a
refused row are compared. The length of a side is the share of
training rows between its ends, plus .001.

    python examples/benchmarks/regions.py --data-dir DIR

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
from _tables import Table

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
from skpar.report.advice._regions import Surveyor
from skpar.report.advice._straying import Straying

NAMES = ("LogisticRegression", "RandomForest", "HistGradientBoosting")
N_ROWS, N_SINGLE, N_TESTED = 10_000, 1_000, 1
N_BRUTE = 30
MAX_GRID = {1: 1_000, 2: 3_600, 3: 27_000}
FLOOR = 0.001


def survey(cell: Cell, n_brute: int) -> pd.DataFrame:
    """Measure the region of every recourse: one line per person."""
    par = cell.par
    report = par.recourse(cell.people)
    objective = par._parts.objective
    surveyor = Surveyor(
        Straying(par._actionability, objective.effort),
        par._black_box,
        par._known_rows.codes,
        par.search_config.region,
        N_TESTED,
    )
    start = time.process_time()
    found = surveyor.find(report)
    seconds = (time.process_time() - start) / max(1, len(found))
    lines = []
    for row, (axes, region) in found.items():
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


def main() -> None:
    """Measure all cells."""
    small = "--small" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--small"]
    options, cells = parse_cells(__doc__, NAMES, 200)
    if small:
        compare_small(cells, options.people)
        return
    for name, table, classifier in cells:
        parts = [
            survey(cell, N_BRUTE)
            for cell in fit_cells(table, classifier, options.people)
        ]
        show(f"{name} / {classifier}", pd.concat(parts, ignore_index=True))


if __name__ == "__main__":
    main()
