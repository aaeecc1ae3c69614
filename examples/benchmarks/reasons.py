"""Are the reasons of a denial right? How many rows and how much time do they take?

For linear models, the truth is known: the contribution of a feature is the mean rise of
the decision function when the person's cell replaces that of a neighbor. For all other
models, the reference is the same Shapley value with far more rows per person, which are
exact if a person and a neighbor differ in at most ten features. The classifier
"LogisticRegression, hidden" gives probabilities alone, so that skpar cannot read its
weights.

    python examples/benchmarks/reasons.py --data-dir DIR --tables german_credit adult
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _cells import Cell, fit_cell, parse_cells
from _tables import Table
from scipy.stats import spearmanr

from skpar import PARRecourse
from skpar.classifier import BlackBox
from skpar.search import NeighborComparison
from skpar.search.reasons._shapley import shapley_contributions

NAMES = ("LogisticRegression", "RandomForest", "HistGradientBoosting")
REFERENCE_ROWS = 20_000
BUDGETS = (128, 256, 512, 1024)
OTHER_NEIGHBORS = (8, 32)
N_REASONS = 4


class Hidden:
    """A classifier without anything but labels and probabilities."""

    def __init__(self, clf: Any) -> None:
        self.clf, self.classes_ = clf, clf.classes_
        self.rows = 0

    def predict(self, X: Any) -> Any:
        """Predict labels."""
        self.rows += len(X)
        return self.clf.predict(X)

    def predict_proba(self, X: Any) -> Any:
        """Predict probabilities."""
        self.rows += len(X)
        return self.clf.predict_proba(X)


def linear_truth(
    cell: Cell, box: BlackBox, codes: np.ndarray, neighbors: list[np.ndarray]
) -> np.ndarray:
    """Contributions of single features to the user's decision function."""
    number = NeighborComparison.of_estimator(cell.par).families
    truth = np.zeros((len(codes), number.max() + 1))
    for i, (own, near) in enumerate(zip(codes, neighbors, strict=True)):
        tables = [box.input_table(own[None])]
        for family in range(truth.shape[1]):
            mixed = np.where(number == family, near, own)
            tables.append(box.input_table(mixed))
        score = cell.clf.decision_function(pd.concat(tables))
        truth[i] = score[0] - score[1:].reshape(truth.shape[1], -1).mean(axis=1)
    return truth


def agreement(got: np.ndarray, truth: np.ndarray) -> list[str]:
    """Compare contributions with their truth: error, first reason, top four, ranks."""
    scale = np.abs(truth).sum(axis=1)
    error = np.abs(got - truth).sum(axis=1) / scale
    first = got.argmin(axis=1) == truth.argmin(axis=1)
    top = [
        {j for j in row.argsort(kind="stable")[:N_REASONS] if row[j] < 0}
        for some in (got, truth)
        for row in some
    ]
    pairs = zip(top[: len(got)], top[len(got) :], strict=True)
    shared = [len(a & b) / max(len(b), 1) for a, b in pairs]
    ranks = [spearmanr(a, b).statistic for a, b in zip(got, truth, strict=True)]
    return [
        f"{error.mean():.1e}" if error.mean() < 1e-3 else f"{error.mean():.3f}",
        f"{first.mean():.2f}",
        f"{np.mean(shared):.3f}",
        f"{np.mean(ranks):.3f}",
    ]


def measure(table: Table, name: str, n_people: int) -> list[list[str]]:
    """Measure one table and classifier; return the cells of lines."""
    cell = fit_cell(table, name, 0, n_people, max_iter=1)
    par, people = cell.par, cell.people
    codes = par.schema_.encode(people)
    comparison = NeighborComparison.of_estimator(par)
    box = par._black_box
    lines = [[name, stability(comparison, box, codes)]]
    if name == "LogisticRegression":
        got, neighbors = comparison.compare(box, codes)
        truth = linear_truth(cell, box, codes, neighbors)
        lines.append([name, "-", *agreement(got, truth), *costs(par, people)])
    hidden = Hidden(cell.clf)
    box = BlackBox(hidden, par.schema_, box.favorable)
    for budget in BUDGETS:
        config = replace(comparison.config, max_reason_rows=budget)
        some = replace(comparison, config=config)
        hidden.rows, start = 0, time.process_time()
        got, neighbors = some.compare(box, codes)
        seconds = time.process_time() - start
        rows = hidden.rows / len(codes)
        if name == "LogisticRegression":
            truth = linear_truth(cell, par._black_box, codes, neighbors)
        else:
            rest = neighbors, comparison.families, REFERENCE_ROWS
            truth = shapley_contributions(some._score(box), codes, *rest, seed=1)
        n_near = np.mean([len(one) for one in neighbors])
        label = f"{name}, hidden" if name == "LogisticRegression" else name
        cells = [f"{n_near:.1f}", f"{rows:.0f}", f"{1e3 * seconds / len(codes):.1f}"]
        lines.append([label, f"{budget}", *agreement(got, truth), *cells])
    return [[f"{len(codes)}", *line] for line in lines]


def stability(comparison: NeighborComparison, box: BlackBox, codes: np.ndarray) -> str:
    """Compare the reasons with those against half and twice as many neighbors."""
    got, texts = comparison.compare(box, codes)[0], []
    for k in OTHER_NEIGHBORS:
        config = replace(
            comparison.config, n_reason_neighbors=k, max_reason_rows=max(BUDGETS)
        )
        other = replace(comparison, config=config).compare(box, codes)[0]
        _, first, shared, ranks = agreement(other, got)
        texts.append(f"{k} neighbors: first {first}, top four {shared}, ranks {ranks}")
    return "; ".join(texts)


def costs(par: PARRecourse, people: pd.DataFrame) -> list[str]:
    """Measure the public method: neighbors, rows (the decision), CPU ms per person."""
    start = time.process_time()
    par.reasons(people)
    seconds = time.process_time() - start
    return ["16.0", "1", f"{1e3 * seconds / len(people):.1f}"]


def main() -> None:
    """Measure, and print a table."""
    options, tables = parse_cells(__doc__, NAMES, 60)
    for name, table, classifier in tables:
        for cells in measure(table, classifier, options.people):
            print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
