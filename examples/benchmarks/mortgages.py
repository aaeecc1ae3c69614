"""Does the search find recourse where random feasible rows do?

A synthetic table of mortgages: ratios such as loan-to-value are computed by links,
other links tie changes to each other, and the ranges are narrow. For every denied
person, 4,000 random rows are made feasible by `Actionability.project`. The classifier
is queried with those that differ from the own row. Everybody for whom one of them is
accepted should have recourse. Every line is one classifier. Another `--seed` gives
another table.

The line has the number of denied people; the shares with recourse, with an accepted
random row, and of the latter with recourse; the number of people for whom only random
rows, or only skpar, found something; rows asked for people with and without recourse;
the mean objective; and CPU milliseconds per person.

    python examples/benchmarks/mortgages.py --seed 1
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _mortgage_table import CHOICES, LINKS, RANGES, RULES, make_mortgages
from _quality_bars import Bar
from _tables import CLASSIFIERS

from skpar import PARRecourse, RecourseReport
from skpar.actionability import People
from skpar.table import same_cells

N_ROWS = 4500
N_PEOPLE = 100
N_RANDOM = 4000
KINDS = ("LogisticRegression", "HistGradientBoosting", "RandomForest")


@dataclass(frozen=True)
class Outcome:
    """Answers of skpar, and what random feasible rows found for the same people."""

    report: RecourseReport
    by_random: np.ndarray
    seconds: float

    def line(self, kind: str) -> str:
        """Write the outcome in one line."""
        answered, report = self.report.answered, self.report
        reached = answered[self.by_random].mean() if self.by_random.any() else 1.0
        rows, missed = report.n_queries[answered], report.n_queries[~answered]
        return (
            f"{kind:<22}{len(report):>7}{answered.mean():>10.3f}"
            f"{self.by_random.mean():>8.3f}{reached:>9.3f}"
            f"{(self.by_random & ~answered).sum():>8}"
            f"{(answered & ~self.by_random).sum():>7}"
            f"{rows.mean():>7.1f}{missed.mean() if len(missed) else 0.0:>8.1f}"
            f"{np.nanmean(report.objective):>11.3f}"
            f"{1000 * self.seconds / len(report):>8.1f}"
        )

    def bar(self, kind: str) -> Bar:
        """Bar: everybody with an accepted random row is answered."""
        missed = int((self.by_random & ~self.report.answered).sum())
        claim = f"{kind}: accepted random rows without recourse 0"
        return Bar(claim, str(missed), missed == 0)


def random_rows(
    table: pd.DataFrame, person: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Change random columns to random values in their ranges, or to those of a row."""
    rows = pd.concat([person] * N_RANDOM, ignore_index=True)
    share = rng.uniform(0.05, 1.0, N_RANDOM)
    for name, (low, high, _) in RANGES.items():
        moved = rng.random(N_RANDOM) < share
        shift = rng.uniform(low, high, N_RANDOM)
        shift = np.where(
            rng.random(N_RANDOM) < 0.3, rng.choice([low, high], N_RANDOM), shift
        )
        value = rows[name] + np.round(shift)
        rows[name] = rows[name].where(~moved, value.astype(rows[name].dtype))
    for name, levels in CHOICES.items():
        moved = rng.random(N_RANDOM) < share
        rows[name] = rows[name].where(~moved, rng.choice(levels, N_RANDOM))
    copied = table.iloc[rng.integers(len(table), size=N_RANDOM // 4)]
    names = [*RANGES, *CHOICES]
    mask = rng.random((len(copied), len(names))) < share[: len(copied), None]
    for j, name in enumerate(names):
        place = np.flatnonzero(mask[:, j])
        rows.loc[place, name] = copied[name].to_numpy()[place]
    return rows


def found_by_random(
    par: PARRecourse, table: pd.DataFrame, X: pd.DataFrame
) -> np.ndarray:
    """Whether the classifier accepts a random feasible row of each person."""
    found = np.zeros(len(X), dtype=bool)
    for i in range(len(X)):
        rng = np.random.default_rng(i)
        own = par.schema_.encode(X.iloc[[i]])
        rows = par.schema_.encode(random_rows(table, X.iloc[[i]], rng))
        people = People.unlimited(own)
        rows = par._actionability.project(people, rows[np.newaxis])[0]
        rows = np.unique(rows[~same_cells(rows, own).all(axis=1)], axis=0)
        found[i] = len(rows) > 0 and par._black_box.accepted(rows).any()
    return found


def run(kind: str, seed: int, make: Callable[..., Any] = PARRecourse) -> Outcome:
    """Fit one classifier and skpar; answer the people whom it denies."""
    X, y = make_mortgages(N_ROWS, seed)
    third = N_ROWS // 3
    classifier = CLASSIFIERS[kind](0).fit(X[:third], y[:third])
    known, people = X[third : 2 * third], X[2 * third :]
    par = make(actionability=RULES, links=LINKS, random_state=0)
    par.fit(known, y[third : 2 * third], classifier)
    denied = people[classifier.predict(people) != 1][:N_PEOPLE]
    start = time.process_time()
    report = par.recourse(denied)
    seconds = time.process_time() - start
    return Outcome(report, found_by_random(par, known, denied), seconds)


def main() -> None:
    """Run, and print the table and the bars."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--classifiers", nargs="+", default=list(KINDS))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(
        f"{'classifier':<22}{'denied':>7}{'answered':>10}{'random':>8}{'reached':>9}"
        f"{'missed':>8}{'extra':>7}{'rows':>7}{'rows-':>8}{'objective':>11}{'ms':>8}"
    )
    bars = []
    for kind in options.classifiers:
        outcome = run(kind, options.seed)
        print(outcome.line(kind), flush=True)
        bars.append(outcome.bar(kind))
    print("\n".join(map(str, bars)))


if __name__ == "__main__":
    main()
