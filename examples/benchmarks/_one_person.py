"""One person per call: CPU milliseconds and calls of the classifier.

A process per checkout fits, and then answers on request. Two checkouts take turns: both
answer one person before the next one is asked about, so that other load on the machine
slows both down alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve()
WARM_UP = 5
FIGURES = ("own", "total", "calls", "rows", "n_changed")
WAYS = ("transform", "recourse")


@dataclass(frozen=True)
class Asked:
    """Figures of single calls of one checkout, one row per person."""

    figures: pd.DataFrame

    def calls(self, is_single: bool) -> float:
        """Median calls of predict where one feature changes, or where more do."""
        n_changed = self.figures["n_changed"]
        chosen = n_changed == 1 if is_single else n_changed > 1
        return float(self.figures["calls"][chosen].median())

    def __str__(self) -> str:
        """Say the medians."""
        middle = self.figures.median()
        return (
            f"own {middle['own']:.1f} ms, in all {middle['total']:.1f} ms, calls of "
            f"predict {self.calls(True):g} (one feature changes) and "
            f"{self.calls(False):g} (more), {self.figures['rows'].mean():.1f} rows"
        )


class Checkout:
    """A process that answers single people with the skpar of one checkout."""

    def __init__(self, tree: Path, table: str, kind: str, folder: Path) -> None:
        command = [sys.executable, str(HERE), table, kind, str(folder)]
        self._process: Any = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(tree)},
        )
        self.n_people = int(self._process.stdout.readline())

    def ask(self, way: str, person: int) -> list[float]:
        """Answer one person; the figures of the call."""
        print(way, person, file=self._process.stdin, flush=True)
        figures: list[float] = json.loads(self._process.stdout.readline())
        return figures

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def ask_in_turns(
    trees: list[Path], table: str, kind: str, folder: Path, n_people: int
) -> dict[str, list[Asked]]:
    """Ask all checkouts about the same people, by `transform` and by `recourse`."""
    checkouts = [Checkout(tree, table, kind, folder) for tree in trees]
    n_people = min(n_people, *(one.n_people for one in checkouts))
    answers = {}
    for way in WAYS:
        for person in range(WARM_UP):
            for one in checkouts:
                one.ask(way, person)
        figures: list[list[list[float]]] = [[] for _ in checkouts]
        for person in range(n_people):
            for found, one in zip(figures, checkouts, strict=True):
                found.append(one.ask(way, person))
        answers[way] = [
            Asked(pd.DataFrame(found, columns=FIGURES)) for found in figures
        ]
    for one in checkouts:
        one.close()
    return answers


def answer_requests(table: str, kind: str, folder: Path) -> None:
    """Fit, then answer one person per line of the input."""
    from _fitted import fit_table
    from _tables import load_table
    from _timed import Clock

    warnings.filterwarnings("ignore")
    fitted = fit_table(load_table(table, folder), kind)
    print(len(fitted.people), flush=True)
    for line in sys.stdin:
        way, person = line.split()
        one = fitted.people[int(person) : int(person) + 1]
        with Clock(fitted.timed) as clock:
            answer = getattr(fitted.par, way)(one)
        after = answer if way == "transform" else answer.counterfactuals
        same = np.array(
            [
                old == new or (pd.isna(old) and pd.isna(new))
                for old, new in zip(one.iloc[0], after.iloc[0], strict=True)
            ]
        )
        figures = [1000 * clock.own, 1000 * clock.total, clock.calls, clock.rows]
        print(json.dumps([*figures, int((~same).sum())]), flush=True)


if __name__ == "__main__":
    answer_requests(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
