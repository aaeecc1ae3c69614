"""What `fit` costs: CPU seconds by stage, and memory, by size of the table.

Each case runs in a process of its own, on one thread. Memory is the peak of the process
above what was in use when the table and the classifier were there (Linux only). "first"
is what the first fit in a process takes in addition, mostly imports: a fit of few rows,
less the same fit once more.

    python examples/benchmarks/fit_scale.py --data-dir DIR
    python examples/benchmarks/fit_scale.py --cases loans_1M
    python examples/benchmarks/fit_scale.py --data-dir DIR --against OTHER_CHECKOUT

With `--against`, every case runs in the other checkout as well, in turns, and a table
compares the medians.
"""

from __future__ import annotations

import argparse
import json
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
from _fit_cases import CASES, LONG_CASES
from _stages import STAGES, Stages

from skpar import PARRecourse
from skpar.datasets import make_loans

HERE = Path(__file__).resolve()
FIRST_ROWS = 200
MOST_SECONDS = {"german_credit": 2.5, "adult": 10.0, "loans_1M": 60.0}
MOST_MEMORY = {"loans_1M": 1024.0}
Figures = dict[str, float]


def run_case(name: str, data_dir: Path | None) -> Figures:
    """Fit one case in this process."""
    warnings.filterwarnings("ignore")
    case = (CASES | LONG_CASES)[name](data_dir)
    first, again = first_fit(), first_fit()
    par = PARRecourse(random_state=0, **case.parameters)
    before = reset_peak()
    start, stages = time.process_time(), Stages()
    with stages.running():
        par.fit(case.X, case.y, case.classifier)
    total = time.process_time() - start
    memory = status("VmHWM:") - before
    return {"total": total, "first": first - again, "MiB": memory, **stages.seconds}


def first_fit() -> float:
    """Seconds of a small fit; the first one in a process imports more."""
    X, y = make_loans(FIRST_ROWS, random_state=0)
    start = time.process_time()
    PARRecourse(max_iter=1, random_state=0).fit(X, y)
    return time.process_time() - start


def reset_peak() -> float:
    """Set the peak of memory back to what is in use now; return that, in MiB."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")
    return status("VmRSS:")


def status(figure: str) -> float:
    """Read a figure of memory of this process, in MiB."""
    path = Path("/proc/self/status")
    if not path.exists():
        return float("nan")
    return float(path.read_text().split(figure)[1].split()[0]) / 1024


def measure(name: str, checkout: Path, data_dir: Path | None) -> Figures:
    """Run a case in a process of its own, with the skpar of a checkout."""
    command = [sys.executable, str(HERE), "--child", name]
    if data_dir is not None:
        command += ["--data-dir", str(data_dir)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{name} failed in {checkout}:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def medians(runs: list[Figures]) -> Figures:
    """Take the median of every figure."""
    return {key: float(np.median([run[key] for run in runs])) for key in runs[0]}


def row(name: str, figures: Figures) -> str:
    """Write a row of the table of seconds."""
    cells = [f"{figures[key]:.1f}" for key in ("total", *STAGES)]
    return f"| {name} | {' | '.join(cells)} | {figures['MiB']:.0f} |"


def bars(name: str, figures: Figures) -> list[str]:
    """Compare a case with its bars."""
    limits = [("total", "CPU s", MOST_SECONDS), ("MiB", "MiB", MOST_MEMORY)]
    return [
        f"{'PASS' if figures[key] <= limit[name] else 'FAIL'}  {name}: "
        f"{figures[key]:.1f} of {limit[name]:g} {unit}"
        for key, unit, limit in limits
        if name in limit
    ]


def compare(
    names: list[str], checkouts: dict[str, Path], data_dir: Path | None, repeats: int
) -> None:
    """Run all cases in all checkouts in turns, and print the tables."""
    header = ["case", "total", *STAGES, "MiB"]
    print(f"| {' | '.join(header)} |\n|{' --- |' * len(header)}", flush=True)
    found: dict[str, dict[str, Figures]] = {}
    for name in names:
        runs: dict[str, list[Figures]] = {label: [] for label in checkouts}
        for _ in range(repeats):
            for label, checkout in checkouts.items():
                runs[label].append(measure(name, checkout, data_dir))
        found[name] = {label: medians(many) for label, many in runs.items()}
        for label, figures in found[name].items():
            print(row(f"{name}{label}", figures), flush=True)
    print()
    for name, by_label in found.items():
        now = by_label[""]
        print(f"{name}: first fit of a process +{now['first']:.2f} CPU s")
        for figures in list(by_label.values())[1:]:
            share, memory = now["total"] / figures["total"], now["MiB"] / figures["MiB"]
            print(
                f"{name}: {share:.2f} of the time, {memory:.2f} of the memory of the "
                f"other checkout; its first fit +{figures['first']:.2f} CPU s"
            )
    print("\n".join(line for name in names for line in bars(name, found[name][""])))


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = [*CASES, *LONG_CASES]
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--cases", nargs="+", choices=known, metavar="CASE")
    parser.add_argument("--long", action="store_true", help="run the long cases too")
    parser.add_argument("--against", type=Path, help="another checkout of skpar")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--child", choices=known, help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.child:
        print(json.dumps(run_case(options.child, options.data_dir)))
        return
    names = options.cases or [*CASES, *(LONG_CASES if options.long else ())]
    if options.data_dir is None:
        names = [name for name in names if name not in ("german_credit", "adult")]
    checkouts = {"": HERE.parents[2]}
    if options.against:
        checkouts[", other"] = options.against.resolve()
    compare(names, checkouts, options.data_dir, options.repeats)


if __name__ == "__main__":
    main()
