"""How good our density is, and what it costs, on real tables.

Five stratified folds are the splits: each row is held out once. Log-densities are nats
per row, each label class apart: numbers count per z (the value over the power of two
nearest to its standard deviation), levels and missing cells by their probability.
"+-" is the standard error over the splits, brackets are 95% intervals of paired
differences over the rows held out. Rivals are tuned on the first split's training rows:
the mixture's smoothing by likelihood, GaussianMixture and KernelDensity by corruption
on all columns (likelihood there rewards the thinnest kernels on 0 and 1) and by
likelihood on the continuous ones. KernelDensity keeps all training rows but scores
only the first 2,000 of each class and fold; GaussianMixture learns from 8,000 rows
where it sees all columns.

    python examples/benchmarks/density_quality.py --data-dir DIR
"""

from __future__ import annotations

import os

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import torch
from _density_bars import (
    Bar,
    calibration_bar,
    cost_bars,
    detection_bars,
    quality_bars,
)
from _density_costs import fit_both, fit_wide, peak_memory, row_costs
from _density_detected import measure_detection
from _density_groups import GroupCalibration, groups_of
from _density_records import Quality, measure_split
from _density_relations import run_relations
from _density_rivals import (
    OUR_STATES,
    FitResult,
    continuous_rivals,
    fit_tree,
    mixed_rivals,
)
from _density_scores import distance_from_uniform, mid_ranks
from _density_space import FeatureSpace
from _density_spflow import fit_spflow, is_installed
from _tables import load_table
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold

TABLES = ("adult", "german_credit", "compas", "give_me_some_credit")
JOBS = ("quality", "detection", "cost", "calibration", "relations")
FOLDS = 5
NO_NATS = ("GaussianMixture", "KernelDensity")  # on all columns
CALIBRATIONS = 10
GROUPED = ("adult", "german_credit", "compas")


def all_fits(
    space: FeatureSpace, codes: np.ndarray, *, continuous: bool
) -> dict[str, FitResult]:
    """All densities for one class, tuned on its training rows (n, d)."""
    rivals = continuous_rivals if continuous else mixed_rivals
    ours: FitResult = partial(fit_tree, space, OUR_STATES)
    return {"HCLT": ours, **rivals(space, codes)}


def run_quality(name: str, folder: Path, n_splits: int) -> list[Bar]:
    """Compare all densities on one table."""
    table = load_table(name, folder)
    space, codes = FeatureSpace.of(table)
    columns = space.continuous(codes)
    narrow = space.part(columns, codes)
    mixed, part = Quality(), Quality()
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(codes, table.y)
    for index, (train, test) in enumerate(splits):
        if index == n_splits:
            break
        data = (codes, table.y, train, test)
        narrow_data = (codes[:, columns], *data[1:])
        if index == 0:
            fits, narrow_fits = {}, {}
            for label in (0, 1):
                rows = codes[train][table.y[train] == label]
                fits[label] = all_fits(space, rows, continuous=False)
                narrow_fits[label] = all_fits(narrow, rows[:, columns], continuous=True)
        measure_split(mixed, fits, data, index)
        measure_split(part, narrow_fits, narrow_data, index)
        if index == 0 and is_installed():
            spflow: dict[str, FitResult] = {"SPFlow": partial(fit_spflow, space)}
            measure_split(mixed, {0: spflow, 1: spflow}, data, index)
    print(mixed.table(name, "all columns", NO_NATS), flush=True)
    if name == "adult":
        print(mixed.corrected_table(name), flush=True)
    names = [str(narrow.schema.columns[j].name) for j in range(len(columns))]
    print(part.table(name, f"continuous columns only: {', '.join(names)}"), flush=True)
    return quality_bars(name, mixed)


def run_detection(name: str, folder: Path) -> list[Bar]:
    """Let a classifier tell drawn rows from real ones, for all densities."""
    table = load_table(name, folder)
    space, codes = FeatureSpace.of(table)
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(codes, table.y)
    detected = measure_detection(space, codes, table.y, list(splits))
    print(detected.table(name), flush=True)
    return detection_bars(name, detected)


def run_cost(folder: Path) -> list[Bar]:
    """Measure seconds and memory."""
    table = load_table("adult", folder)
    seconds, density = fit_both(table)
    forward, both = row_costs(density, table.X[table.y == 0])
    wide = fit_wide(20_000, 100)
    memory = {rows: peak_memory(rows, 20) for rows in (200_000, 1_000_000)}
    return cost_bars(seconds, forward, both, wide, memory)


def run_calibration(name: str, folder: Path) -> list[Bar]:
    """Compare percentiles of test rows with the uniform law, in ten splits."""
    table = load_table(name, folder)
    space, codes = FeatureSpace.of(table)
    ratios: dict[int, list[float]] = {0: [], 1: []}
    groups = GroupCalibration(groups_of(space, table, codes))
    for seed in range(CALIBRATIONS):
        for label, distances in ratios.items():
            rows = np.flatnonzero(table.y == label)
            order = rows[np.random.RandomState(seed).permutation(len(rows))]
            fit, calibration, test = np.split(
                order, [len(rows) // 2, 3 * len(rows) // 4]
            )
            score = fit_tree(space, OUR_STATES, codes[fit], seed)
            percentiles = mid_ranks(score(codes[calibration]), score(codes[test]))
            if label == 1:
                groups.add(test, percentiles)
            distance = distance_from_uniform(percentiles)
            limit = 1.63 * np.sqrt(1 / len(calibration) + 1 / len(test))
            distances.append(distance / float(limit))
    if name in GROUPED:
        print(groups.table(name), flush=True)
    return [calibration_bar(name, label, found) for label, found in ratios.items()]


def main() -> None:
    """Run what was asked for; print the tables, then every bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--splits", type=int, default=FOLDS, choices=range(1, 6))
    parser.add_argument("--only", nargs="+", default=JOBS, choices=JOBS)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    torch.set_num_threads(1)
    start, bars = time.process_time(), []
    if "quality" in options.only and not is_installed():
        print("SPFlow is not installed (extra `benchmarks`); it is left out.")
    for name in options.tables:
        if "quality" in options.only:
            bars += run_quality(name, options.data_dir, options.splits)
        if "detection" in options.only:
            bars += run_detection(name, options.data_dir)
        if "calibration" in options.only:
            bars += run_calibration(name, options.data_dir)
        if "relations" in options.only:
            bars += run_relations(name, options.data_dir)
    if "cost" in options.only:
        bars += run_cost(options.data_dir)
    print("\nBars")
    for bar in bars:
        print(bar)
    children = os.times().children_user + os.times().children_system
    seconds = time.process_time() - start + children
    failed = sum(not bar.met for bar in bars)
    print(f"{failed} of {len(bars)} bars fail; {seconds / 60:.1f} CPU minutes.")


if __name__ == "__main__":
    main()
