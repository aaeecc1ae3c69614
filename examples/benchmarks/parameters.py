"""What single parameters do on one table, and what they cost in `fit`.

The table is `make_loans`; no data folder is needed. The logistic regression is trained
on other rows. It prints the two tables of the tuning page.

    python examples/benchmarks/parameters.py
"""

from __future__ import annotations

import os
import time
import warnings
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import Levels, PARRecourse, Range
from skpar.datasets import make_loans
from skpar.density import HiddenChowLiuTree

RULES = {
    "age": "immutable",
    "education": "increasing",
    "years_in_job": "immutable",
    "missed_payments": "immutable",
    "purpose": "immutable",
    "savings": "increasing",
    "job": Levels(["manual", "office", "self-employed", "manager"]),
    "loan_amount": Range(500, 50_000, step=500),
    "loan_months": Range(12, 84, step=12),
}
N_ROWS, N_CLASSIFIER, N_PEOPLE, N_REFITS, N_FITS = 2000, 1000, 500, 10, 3
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "`weight_effort=4`": {"weight_effort": 4.0},
    "`weight_plausibility=0.5`": {"weight_plausibility": 0.5},
    "`weight_plausibility=6`": {"weight_plausibility": 6.0},
    "`weight_sparsity=3`": {"weight_sparsity": 3.0},
    "`min_percentile=0.5`": {"min_percentile": 0.5},
    "`min_probability=0.7`": {"min_probability": 0.7},
    "`only_needed=False`": {"only_needed": False},
    "`max_iter=2`": {"max_iter": 2},
    "`HiddenChowLiuTree(n_states=4)`": {"density": HiddenChowLiuTree(n_states=4)},
}
COSTS: dict[str, tuple[float, dict[str, Any]]] = {
    "default": (1.0, {}),
    "`max_iter=2`": (1.0, {"max_iter": 2}),
    "`max_iter=1`": (1.0, {"max_iter": 1}),
    "`max_iter=20`": (1.0, {"max_iter": 20}),
    "`density=HiddenChowLiuTree(max_iter=5)`": (
        1.0,
        {"density": HiddenChowLiuTree(max_iter=5)},
    ),
    "half of the rows": (0.5, {}),
    "half of the rows, `max_iter=2`": (0.5, {"max_iter": 2}),
    "a quarter of the rows": (0.25, {}),
}


def make_classifier() -> Any:
    """Make a logistic regression for a raw frame."""
    columns = make_column_transformer(
        (
            make_pipeline(SimpleImputer(), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude="number"),
        ),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=1000))


def refit(clf: Any, X: pd.DataFrame, y: np.ndarray) -> list[Any]:
    """Fit a classifier again on bootstrap samples."""
    rng = np.random.default_rng(0)
    samples = [rng.integers(len(X), size=len(X)) for _ in range(N_REFITS)]
    return [clone(clf).fit(X.iloc[rows], y[rows]) for rows in samples]


def line(par: PARRecourse, people: pd.DataFrame, refits: list[Any]) -> list[str]:
    """Describe the recourse of some people in the cells of a line."""
    report = par.recourse(people)
    found = report.answered
    rows = report.counterfactuals[found]
    robust = np.mean([one.predict(rows) == 1 for one in refits])
    return [
        f"{found.mean():.1%}",
        f"{report.n_changed[found].mean():.2f}",
        f"{report.effort[found].mean():.2f}",
        f"{np.nanmedian(report.percentile[found]):.2f}",
        f"{robust:.0%}",
    ]


def main() -> None:
    """Print both tables."""
    warnings.filterwarnings("ignore")
    X, y = make_loans(N_ROWS + N_CLASSIFIER + 3 * N_PEOPLE, random_state=0)
    known, others = slice(N_ROWS), slice(N_ROWS, N_ROWS + N_CLASSIFIER)
    clf = make_classifier().fit(X.iloc[others], y[others])
    refits = refit(clf, X.iloc[others], y[others])
    people = X.iloc[N_ROWS + N_CLASSIFIER :]
    people = people[clf.predict(people) != 1][:N_PEOPLE]
    given = {"actionability": RULES, "random_state": 0}
    for name, setting in SETTINGS.items():
        par = PARRecourse(**given, **setting).fit(X.iloc[known], clf=clf)
        print("| " + " | ".join([name, *line(par, people, refits)]) + " |", flush=True)
    times = np.zeros((len(COSTS), N_FITS))
    for seed in range(N_FITS):
        for k, (share, setting) in enumerate(COSTS.values()):
            par = PARRecourse(actionability=RULES, random_state=seed, **setting)
            start = time.process_time()
            par.fit(X.iloc[: int(share * N_ROWS)], clf=clf)
            times[k, seed] = time.process_time() - start
    print(f"default: {times[0].min():.1f} to {times[0].max():.1f} CPU seconds")
    for name, one in zip(COSTS, times / times[0], strict=True):
        print(f"| {name} | {one.min():.2f} to {one.max():.2f} |")


if __name__ == "__main__":
    main()
