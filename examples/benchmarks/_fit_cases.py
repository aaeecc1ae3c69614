"""Tables of the benchmark of fitting: rows to fit, and a fitted classifier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, load_table, split_rows

from skpar.datasets import make_loans

WIDE_ROWS = LEVEL_ROWS = 8_000
CLASSIFIER_ROWS = 4_000


class FitCase(NamedTuple):
    """What `PARRecourse` is fitted with."""

    X: pd.DataFrame
    y: np.ndarray
    classifier: Any
    parameters: dict[str, Any]


def public(name: str, folder: Path) -> FitCase:
    """Read a public table, with the rules of the other benchmarks."""
    table = load_table(name, folder)
    split = split_rows(table.y, 0)
    rows, labels = table.X.iloc[split.classifier], table.y[split.classifier]
    classifier = CLASSIFIERS["LogisticRegression"](0).fit(rows, labels)
    parameters = {"actionability": table.rules, "ordinal_features": table.ordinal}
    return FitCase(table.X.iloc[split.par], table.y[split.par], classifier, parameters)


def loans(n_rows: int, folder: Path | None = None) -> FitCase:
    """Draw loan applicants."""
    X, y = make_loans(CLASSIFIER_ROWS + n_rows, random_state=0)
    return _split(X, y)


def columns(n_columns: int, n_rows: int, folder: Path | None = None) -> FitCase:
    """Draw loan applicants with the columns of other applicants next to their own.

    The label depends on the first 14 columns.
    """
    drawn, width, parts = CLASSIFIER_ROWS + n_rows, 0, []
    while width < n_columns:
        X, y = make_loans(drawn, random_state=len(parts))
        parts.append((X.add_suffix(f"_{len(parts)}"), y))
        width += X.shape[1]
    return _split(
        pd.concat([X for X, _ in parts], axis=1).iloc[:, :n_columns], parts[0][1]
    )


def levels(n_levels: int, n_rows: int, folder: Path | None = None) -> FitCase:
    """Draw loan applicants with a column of so many towns; few are frequent."""
    X, y = make_loans(CLASSIFIER_ROWS + n_rows, random_state=0)
    if n_levels:
        rng = np.random.RandomState(0)
        share = 1.0 / np.arange(10, 10 + n_levels)
        town = rng.choice(n_levels, size=len(X), p=share / share.sum())
        # Every level occurs, whatever was drawn.
        town[CLASSIFIER_ROWS : CLASSIFIER_ROWS + n_levels] = np.arange(n_levels)
        X["town"] = [f"town {number}" for number in town]
    return _split(X, y)


def _split(X: pd.DataFrame, y: np.ndarray) -> FitCase:
    """Fit a logistic regression to the first rows; the others are for PAR."""
    known, learned = slice(CLASSIFIER_ROWS), slice(CLASSIFIER_ROWS, None)
    classifier = CLASSIFIERS["LogisticRegression"](0).fit(X[known], y[known])
    return FitCase(X[learned].reset_index(drop=True), y[learned], classifier, {})


MakeCase = Callable[[Any], FitCase]

# The cases of a run, and those that take long.
CASES: dict[str, MakeCase] = {
    "german_credit": partial(public, "german_credit"),
    "adult": partial(public, "adult"),
    "loans_2k": partial(loans, 2_000),
    "loans_16k": partial(loans, 16_000),
    "loans_100k": partial(loans, 100_000),
    "columns_14": partial(columns, 14, WIDE_ROWS),
    "columns_50": partial(columns, 50, WIDE_ROWS),
    "levels_0": partial(levels, 0, LEVEL_ROWS),
    "levels_1000": partial(levels, 1_000, LEVEL_ROWS),
}
LONG_CASES: dict[str, MakeCase] = {
    "loans_1M": partial(loans, 1_000_000),
    "columns_300": partial(columns, 300, 20_000),
    "levels_5000": partial(levels, 5_000, LEVEL_ROWS),
}
