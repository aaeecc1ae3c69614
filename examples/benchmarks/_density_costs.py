"""What our density costs: seconds to fit, microseconds per row, peak memory.

Memory is measured in processes of their own, which run this file (Linux only).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from _tables import Table

from skpar.density import HiddenChowLiuTree

BATCH = 1024
REPEATS = 40
MEMORY_PASSES = 6  # four that change the density after every batch, and two full ones


def fit_both(table: Table) -> tuple[float, HiddenChowLiuTree]:
    """CPU seconds to fit both classes of a whole table, and the density of class 0."""
    densities, start = [], time.process_time()
    for label in (0, 1):
        density = HiddenChowLiuTree(ordinal_features=table.ordinal, random_state=0)
        densities.append(density.fit(table.X[table.y == label]))
    return time.process_time() - start, densities[0]


def row_costs(density: HiddenChowLiuTree, X: pd.DataFrame) -> tuple[float, float]:
    """CPU microseconds per row: forward, and forward with backward."""
    rows = density.encoder_.encode(density.schema_.encode(X[:BATCH]))

    def forward() -> None:
        with torch.no_grad():
            density.circuit_.log_prob(rows)

    def both() -> None:
        free = rows.clone().requires_grad_()
        torch.autograd.grad(density.circuit_.log_prob(free).sum(), free)

    return _microseconds(forward), _microseconds(both)


def _microseconds(call: Callable[[], None]) -> float:
    """CPU time of a call per row of the batch, the median of many."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return 1e6 * float(np.median(seconds)) / BATCH


def make_wide(n_rows: int, n_columns: int, seed: int = 0) -> pd.DataFrame:
    """Mixed table: of five columns three are numbers, one counts, one has levels.

    All depend on four hidden factors. Columns are made one by one, so that making the
    table takes little more memory than holding it.
    """
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n_rows, 4))
    columns: dict[str, Any] = {}
    for j in range(n_columns):
        signal = factors @ rng.standard_normal(4) + rng.standard_normal(n_rows)
        if j % 5 == 3:
            columns[f"c{j}"] = np.rint(np.exp(0.5 * signal)).astype(np.int64)
        elif j % 5 == 4:
            level = np.clip(np.rint(signal) + 3, 0, 6).astype(np.int64)
            columns[f"c{j}"] = pd.Categorical.from_codes(
                level, pd.Index(list("abcdefg"))
            )
        else:
            columns[f"c{j}"] = signal
    return pd.DataFrame(columns, copy=False)


def fit_wide(n_rows: int, n_columns: int) -> float:
    """CPU seconds to fit a table of many columns."""
    X = make_wide(n_rows, n_columns)
    start = time.process_time()
    HiddenChowLiuTree(random_state=0).fit(X)
    return time.process_time() - start


def peak_memory(n_rows: int, n_columns: int) -> float:
    """MiB that a fit takes at its peak above a process that holds the table."""
    hold, fit = (
        int(
            subprocess.run(
                [sys.executable, __file__, job, str(n_rows), str(n_columns)],
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for job in ("hold", "fit")
    )
    return (fit - hold) / 1024


def _measure_memory(job: str, n_rows: int, n_columns: int) -> None:
    """Print the KiB in use while holding a table, or at the peak of fitting it."""
    torch.set_num_threads(1)
    HiddenChowLiuTree(max_iter=1, random_state=0).fit(make_wide(100, n_columns))
    X = make_wide(n_rows, n_columns)
    figure = "VmRSS:"
    if job == "fit":
        # Not ru_maxrss: a process starts with that of its parent.
        figure = "VmHWM:"
        HiddenChowLiuTree(max_iter=MEMORY_PASSES, tol=0.0, random_state=0).fit(X)
    print(Path("/proc/self/status").read_text().split(figure)[1].split()[0])


if __name__ == "__main__":
    _measure_memory(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
