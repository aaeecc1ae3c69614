"""What recourse costs: CPU per row of `transform`, memory, CPU seconds of `fit`.

All on one thread. On adult, PARRecourse is fitted on 16,000 rows and one batch of 2,000
denied people asks; figures are medians of three calls (of 50,000 rows there is one).
"own" leaves out what is spent inside the classifier; "one pass" is ``search="none"``.
Growth and memory are measured on make_loans, 2,000 and 50,000 distinct denied rows;
memory in processes of their own, as the peak above what was in use before the call
(Linux with glibc only). There, freed blocks above 256 KiB go back to the system at
once: what glibc otherwise keeps for later, from the fit or from the call, would hide
what the call needs, or add to it.

One person per call is measured on adult and german_credit. With ``--against TREE``,
another checkout answers the same people in turns, such as one made by
``git worktree add ../old c648bfa``.

    python examples/benchmarks/transform_speed.py --data-dir DIR [--against TREE]

Two processes are compared with one only by ``--only-jobs``, in wall time, since this
needs a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import sklearn
from _fitted import REPEATS, Fitted, fit_table
from _one_person import ask_in_turns
from _quality_bars import Bar
from _tables import CLASSIFIERS, Table, load_table
from _timed import Timed

from skpar import PARRecourse
from skpar.datasets import make_loans

BATCH = 2000
MOST_OWN = 1.0
MOST_IN_ALL = {
    "LogisticRegression": 1.5,
    "HistGradientBoosting": 1.5,
    "RandomForest": 2.5,
}
MOST_FIT = {"adult": 60.0, "german_credit": 6.0}
FEW, MANY = 2000, 50_000
LOANS_FITTED = 4000
MOST_GROWTH = 1.3
MOST_OWN_ONE_PASS = 0.1
LEAST_VALID = {"adult": 0.95, "german_credit": 0.9}
WORKING_MEMORY = 128
TABLES_HELD = 4
KEPT_BY_GLIBC = 262_144
SINGLE_PEOPLE = 100
SHARED_PEOPLE = 20_000
ROUNDS = 5
LEAST_GAIN = 1.7
MOST_OWN_ALONE = 10.0
MOST_CALLS = {True: 3, False: 4}


def one_pass_bars(name: str, kind: str, fitted: Fitted) -> list[Bar]:
    """Bars on ``search="none"``, asked in turns with the search."""
    par, where, owns = fitted.par, f"{name}, {kind}, one pass", []
    for _ in range(REPEATS):
        owns.append([])
        for search in ("none", "full"):
            par.set_params(search=search)
            own, total, rows = fitted.per_row(BATCH, repeats=1)
            owns[-1].append(own)
            print(f"{name}, {kind}, search={search!r}: own {own:.3f} ms, ", end="")
            print(f"in all {total:.3f} ms, {rows:.1f} rows per person", flush=True)
    report = par.set_params(search="none").recourse(fitted.people[:BATCH])
    par.set_params(search="full")
    valid, own = report.answered.mean(), float(np.median(owns, axis=0)[0])
    ratio = np.median([none / full for none, full in owns])
    print(f"{where}: own {ratio:.2f} times that of the search, n={len(report)}")
    least = LEAST_VALID[name]
    bars = [Bar(f"{where}: valid >= {least}", f"{valid:.3f}", valid >= least)]
    if name == "adult":
        claim = f"{where}: own share <= {MOST_OWN_ONE_PASS} ms per row"
        bars.append(Bar(claim, f"{own:.3f}", own <= MOST_OWN_ONE_PASS))
    return bars


def adult_bars(table: Table) -> list[Bar]:
    """Bars on a batch of adult, by classifier, and on fitting it."""
    bars = []
    for kind in CLASSIFIERS:
        fitted = fit_table(table, kind)
        own, total, rows = fitted.per_row(BATCH)
        print(
            f"adult, {kind}: own {own:.2f} ms, in all {total:.2f} ms, "
            f"{rows:.1f} classifier rows per person",
            flush=True,
        )
        claim = f"adult, {kind}: own share <= {MOST_OWN} ms per row"
        bars.append(Bar(claim, f"{own:.2f}", own <= MOST_OWN))
        if kind in MOST_IN_ALL:
            claim = f"adult, {kind}: in all <= {MOST_IN_ALL[kind]} ms per row"
            bars.append(Bar(claim, f"{total:.2f}", total <= MOST_IN_ALL[kind]))
        bars += one_pass_bars("adult", kind, fitted)
        if kind == "LogisticRegression":
            bars.append(fit_bar("adult", fitted.seconds))
    return bars


def one_person_bars(folder: Path, against: Path | None) -> list[Bar]:
    """Bars on what a call for one person costs, relative to another checkout."""
    trees = [Path(__file__).resolve().parents[2], *([against] if against else [])]
    bars = []
    for table in MOST_FIT:
        for kind in MOST_IN_ALL:
            asked = ask_in_turns(trees, table, kind, folder, SINGLE_PEOPLE)
            for way, (new, *others) in asked.items():
                where = f"one person, {table}, {kind}, {way}"
                print(f"{where}: {new}", flush=True)
                for old in others:
                    ratio = (new.figures["own"] / old.figures["own"]).median()
                    print(f"  before: {old}; own {ratio:.2f} times", flush=True)
                own = float(new.figures["own"].median())
                claim = f"{where}: own <= {MOST_OWN_ALONE:g} ms"
                bars.append(Bar(claim, f"{own:.1f}", own <= MOST_OWN_ALONE))
                for is_single, most in MOST_CALLS.items():
                    calls = new.calls(is_single)
                    what = "one change" if is_single else "more changes"
                    claim = f"{where}: calls of predict <= {most} with {what}"
                    # NaN if nobody gets so many changes: nothing to fail.
                    bars.append(Bar(claim, f"{calls:g}", not calls > most))
    return bars


def fit_bar(name: str, seconds: float) -> Bar:
    """Bar on the CPU seconds of a fit."""
    claim = f"{name}: fit with LogisticRegression <= {MOST_FIT[name]:g} CPU s"
    return Bar(claim, f"{seconds:.1f}", seconds <= MOST_FIT[name])


def fit_loans(n_rows: int) -> Fitted:
    """Fit on make_loans, and draw distinct denied people."""
    X, y = make_loans(2 * LOANS_FITTED + 3 * n_rows, random_state=0)
    known, learned = slice(LOANS_FITTED), slice(LOANS_FITTED, 2 * LOANS_FITTED)
    classifier = CLASSIFIERS["LogisticRegression"](0).fit(X[known], y[known])
    timed = Timed(classifier)
    par = PARRecourse(actionability={"age": "increasing"}, random_state=0)
    start = time.process_time()
    par.fit(X[learned], y[learned], timed)
    seconds = time.process_time() - start
    others = X[2 * LOANS_FITTED :]
    denied = others[classifier.predict(others) != 1].drop_duplicates()
    if len(denied) < n_rows:
        raise ValueError(f"only {len(denied)} of {n_rows} denied people were drawn")
    return Fitted(par, timed, seconds, denied[:n_rows])


def growth_bar() -> Bar:
    """Bar on what a row costs among many, relative to among few."""
    fitted = fit_loans(MANY)
    few, many = fitted.per_row(FEW), fitted.per_row(MANY, repeats=1)
    print(f"make_loans, {FEW} rows: {few[1]:.2f} ms; {MANY} rows: {many[1]:.2f} ms")
    growth = many[1] / few[1]
    claim = f"make_loans: cost per row at {MANY} rows <= {MOST_GROWTH} x that at {FEW}"
    return Bar(claim, f"{growth:.2f}", growth <= MOST_GROWTH)


def jobs_bars() -> list[Bar]:
    """Bars on two processes, in turns with one, by wall time; answers must be equal."""
    fitted = fit_loans(SHARED_PEOPLE)
    par, people = fitted.par, fitted.people
    walls: dict[int, list[float]] = {1: [], 2: []}
    answers = {}
    for n_jobs in walls:  # starts the processes
        par.set_params(n_jobs=n_jobs).transform(people[:FEW])
    for _ in range(ROUNDS):
        for n_jobs, found in walls.items():
            start = time.perf_counter()
            answers[n_jobs] = par.set_params(n_jobs=n_jobs).transform(people)
            found.append(time.perf_counter() - start)
    for n_jobs, found in walls.items():
        print(f"make_loans, n_jobs={n_jobs}: {np.median(found):.2f} s wall", flush=True)
    gain = float(np.median(np.divide(walls[1], walls[2])))
    equal = answers[1].equals(answers[2])
    claim = f"make_loans, {SHARED_PEOPLE} people: two processes >= {LEAST_GAIN} times"
    return [
        Bar(claim, f"{gain:.2f}", gain >= LEAST_GAIN),
        Bar("make_loans: equal answers for 1 and 2 processes", str(equal), equal),
    ]


def memory_bar() -> Bar:
    """Bar on the peak memory of one call."""
    few, many = (peak_memory(n_rows) for n_rows in (FEW, MANY))
    for n_rows, (peak, table) in ((FEW, few), (MANY, many)):
        print(
            f"make_loans, {n_rows} rows: peak {peak:.0f} MiB above the start, "
            f"the table itself {table:.1f} MiB"
        )
    limit = WORKING_MEMORY + TABLES_HELD * many[1]
    claim = f"make_loans: peak <= working_memory + {TABLES_HELD} tables"
    return Bar(claim, f"{many[0]:.0f} of {limit:.0f} MiB", many[0] <= limit)


def peak_memory(n_rows: int) -> tuple[float, float]:
    """MiB that one call takes at its peak, and that the table takes."""
    command = [sys.executable, __file__, "--peak-memory", str(n_rows)]
    kept = {"MALLOC_MMAP_THRESHOLD_": str(KEPT_BY_GLIBC)}
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, env=os.environ | kept
    )
    peak, table = map(float, done.stdout.split())
    return peak, table


def print_peak_memory(n_rows: int) -> None:
    """Measure one call in this process."""
    fitted = fit_loans(n_rows)
    par, people = fitted.par, fitted.people
    par.transform(people[:100])
    # Sets the peak back to what is in use now.
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS:")
    with sklearn.config_context(working_memory=WORKING_MEMORY):
        par.transform(people)
    table = people.memory_usage(deep=False).sum() / 2**20
    print((_status("VmHWM:") - before) / 1024, table)


def _status(figure: str) -> float:
    """Read a figure of this process, in KiB."""
    text = Path("/proc/self/status").read_text()
    return float(text.split(figure)[1].split()[0])


def main() -> None:
    """Measure, and print the bars."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--against", type=Path, help="another checkout of skpar")
    parser.add_argument(
        "--only-one-person", action="store_true", help="leave all else out"
    )
    parser.add_argument(
        "--only-jobs", action="store_true", help="only two processes; needs idle cores"
    )
    parser.add_argument("--peak-memory", type=int, help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    warnings.filterwarnings("ignore", message="No recourse was found")
    if options.peak_memory:
        print_peak_memory(options.peak_memory)
        return
    bars = []
    if options.only_one_person:
        bars = one_person_bars(options.data_dir, options.against)
        print("\n".join(map(str, bars)))
        return
    if options.only_jobs:
        print("\n".join(map(str, jobs_bars())))
        return
    if options.data_dir is None:
        print("without --data-dir: adult and german_credit are left out")
    else:
        bars += adult_bars(load_table("adult", options.data_dir))
        german = load_table("german_credit", options.data_dir)
        fitted = fit_table(german, "LogisticRegression")
        bars.append(fit_bar("german_credit", fitted.seconds))
        bars += one_pass_bars("german_credit", "LogisticRegression", fitted)
        bars += one_person_bars(options.data_dir, options.against)
    bars += [growth_bar(), memory_bar()]
    print("\n".join(map(str, bars)))


if __name__ == "__main__":
    main()
