"""Which recourse survives a new classifier, and what does that cost?

Every line is one setting of `PARRecourse` in one cell. It fits the classifier itself.
The judges are classifiers that no setting has seen: the same kind with other seeds, on
bootstrap samples of the same rows ("refits") and on other rows ("new rows"), and
another kind on a third part of the rows ("other family"). With ``--given``, the
classifier is fitted on other rows than PARRecourse, and "refits" are of its rows.

With ``--few``, three of the settings are measured. With ``--bound``, two more lines
show how much effort is needed at least: effort alone counts, and in the second line
the judges are the refits.

    python examples/benchmarks/robustness.py --data-dir DIR
"""

from __future__ import annotations

import os
import sys
from time import process_time
from typing import Any
from unittest import mock

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import MAX_SPLITS, parse_cells
from _tables import CLASSIFIERS, Table, split_rows
from sklearn.base import clone

from skpar import PARRecourse
from skpar.metrics import refit_classifiers

NAMES = ("LogisticRegression", "MLP", "RandomForest", "HistGradientBoosting")
N_JUDGES = 10
JUDGING_SHARE = 3
FIRST_SEED = 1000
ROBUST = {"min_robustness": 0.9, "n_refits": N_JUDGES}
SETTINGS: dict[str, dict[str, Any]] = {
    "no demand": {},
    "`min_probability=0.6`": {"min_probability": 0.6},
    "`min_probability=0.7`": {"min_probability": 0.7},
    **{
        f"`min_robustness=0.9, n_refits={n}`": {"min_robustness": 0.9, "n_refits": n}
        for n in (5, 10, 20)
    },
}
NEAREST = {
    f"weight_{part}": 0.0 for part in ("plausibility", "denied", "sparsity", "outlier")
}
BOUNDS = {"nearest": NEAREST, "nearest, judges known": {**NEAREST, **ROBUST}}
FEW = ("no demand", "`min_probability=0.7`", "`min_robustness=0.9, n_refits=20`")


class Split:
    """One split of a cell: people, the rows of PARRecourse, and judges."""

    def __init__(
        self, table: Table, name: str, seed: int, n_people: int, is_given: bool
    ) -> None:
        split = split_rows(table.y, seed)
        n_judging = len(split.par) // JUDGING_SHARE
        judging, self.known = split.par[:n_judging], split.par[n_judging:]
        others = split.classifier
        own, new = (others, judging) if is_given else (self.known, others)
        self.table, self.is_given = table, is_given
        self.kind = CLASSIFIERS[name](seed)
        self.clf = clone(self.kind).fit(*self.rows(own))
        people = table.X.iloc[split.people]
        self.people = people[self.clf.predict(people) != 1][:n_people]
        self.refits = [
            refit_classifiers(
                CLASSIFIERS[name](FIRST_SEED + k),
                *self.rows(own),
                n_refits=1,
                random_state=FIRST_SEED + k,
            )[0]
            for k in range(N_JUDGES)
        ]
        linear = name == "LogisticRegression"
        other = "HistGradientBoosting" if linear else "LogisticRegression"
        self.same = CLASSIFIERS[name](FIRST_SEED).fit(*self.rows(new))
        self.other = CLASSIFIERS[other](FIRST_SEED).fit(*self.rows(judging))

    def rows(self, some: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
        """Take some rows with their labels."""
        return self.table.X.iloc[some], self.table.y[some]

    def measure_with_judges(self, parameters: dict[str, Any]) -> pd.DataFrame:
        """Measure recourse whose refits are the judges, which nobody can know."""
        place = "skpar.classifier._robustness.fit_samples"
        with mock.patch(place, lambda seeded, *_: self.refits[: len(seeded)]):
            return self.measure(parameters)

    def measure(self, parameters: dict[str, Any]) -> pd.DataFrame:
        """Measure the recourse of every person under one setting."""
        par = PARRecourse(
            None if self.is_given else self.kind,
            actionability=self.table.rules,
            ordinal_features=self.table.ordinal or None,
            random_state=0,
            **parameters,
        )
        start = process_time()
        par.fit(*self.rows(self.known), self.clf if self.is_given else None)
        fitted = process_time()
        report = par.recourse(self.people)
        answered = process_time()
        found = report.answered
        values = pd.DataFrame({"found": found, "rows": report.n_queries})
        values["fit"] = fitted - start
        values["time"] = (answered - fitted) / len(self.people)
        values["effort"] = report.effort
        new = report.counterfactuals[found]
        for judge, classifiers in (
            ("refits", self.refits),
            ("new rows", [self.same]),
            ("other family", [self.other]),
        ):
            values[judge] = np.nan
            votes = [clf.predict(new) == 1 for clf in classifiers] if len(new) else []
            values.loc[found, judge] = np.mean(votes, axis=0) if votes else np.nan
        return values


def show(where: str, setting: str, plain: pd.DataFrame, values: pd.DataFrame) -> None:
    """Print one line."""
    both = (plain["found"] & values["found"]).to_numpy()
    ratio = values["effort"][both].mean() / plain["effort"][both].mean()
    cells = [
        where,
        setting,
        f"{len(values)}",
        f"{values['found'].mean():.3f}",
        f"{values['found'].mean() / plain['found'].mean():.3f}",
        *(f"{values[n].mean():.3f}" for n in ("refits", "new rows", "other family")),
        f"{ratio:.2f}",
        f"{values['rows'].mean():.1f}",
        f"{values['fit'].mean():.1f}",
        f"{1000 * values['time'].mean():.1f}",
    ]
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Measure all cells."""
    flags = [flag for flag in ("--given", "--few", "--bound") if flag in sys.argv]
    sys.argv = [each for each in sys.argv if each not in flags]
    settings = {key: SETTINGS[key] for key in (FEW if "--few" in flags else SETTINGS)}
    settings |= BOUNDS if "--bound" in flags else {}
    options, cells = parse_cells(__doc__, NAMES, 60)
    for name, table, classifier in cells:
        parts: dict[str, list[pd.DataFrame]] = {setting: [] for setting in settings}
        left = options.people
        for seed in range(MAX_SPLITS):
            if not left:
                break
            split = Split(table, classifier, seed, left, "--given" in flags)
            left -= len(split.people)
            for setting, parameters in settings.items():
                knows = setting.endswith("judges known")
                measure = split.measure_with_judges if knows else split.measure
                parts[setting].append(measure(parameters))
        measured = {key: pd.concat(some) for key, some in parts.items()}
        for setting, values in measured.items():
            show(f"{name} / {classifier}", setting, measured["no demand"], values)


if __name__ == "__main__":
    main()
