"""Loan applicants, their classifiers, and quick settings, for estimator tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import Levels, PARRecourse, Range
from skpar.datasets import make_loans

from ._configs import TRAINING

RULES = {
    "age": "immutable",
    "education": "increasing",
    "job": Levels(["office", "manager", "manual"]),
    "savings": "increasing",
    "missed_payments": "immutable",
    "loan_amount": [Range(500, 50_000, step=500), "decreasing"],
    "loan_months": Range(-24, 24, step=12, relative=True),
    "has_guarantor": "increasing",
}


class ShortlyTrained(PARRecourse):
    """Takes the constants of the tests along, to other processes too."""

    training_config = TRAINING


def quick(estimator: Any = None, **parameters: Any) -> PARRecourse:
    """Make an estimator that is fitted in about a second.

    In tables of few rows and values, most accepted rows are rare training rows.
    """
    settings = {
        "max_iter": 1,
        "n_proposals": 4,
        "allow_training_rows": True,
        "random_state": 0,
    }
    return PARRecourse(estimator, **{**settings, **parameters})


def mixed_pipeline(classifier: Any) -> Any:
    """Put a classifier behind what raw tables of loans need."""
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )
    return make_pipeline(columns, classifier)


def split_loans(n: int, seed: int = 0) -> SimpleNamespace:
    """Draw people for the classifier, for PAR, and people who ask: n of each."""
    X, y = make_loans(3 * n, random_state=seed)
    X.index = [f"person {row}" for row in range(3 * n)]
    clf = mixed_pipeline(LogisticRegression(max_iter=1000)).fit(X[:n], y[:n])
    return SimpleNamespace(
        clf=clf, X=X[n : 2 * n], y=y[n : 2 * n], asking=X[2 * n :], y_asking=y[2 * n :]
    )


class Accepts:
    """A classifier that has a predict and nothing else, so a plain rule can decide."""

    def __init__(self, rule: Any, labels: tuple[Any, Any] = (0, 1)) -> None:
        self.rule = rule
        self.labels = np.array(labels)

    def predict(self, X: Any) -> np.ndarray:
        return self.labels[np.asarray(self.rule(X), dtype=bool).astype(int)]


def unchanged(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Cell by cell equality in which missing equals missing."""
    same = [
        (old == new).fillna(False).to_numpy(bool) | (old.isna() & new.isna()).to_numpy()
        for (_, old), (_, new) in zip(before.items(), after.items(), strict=True)
    ]
    return np.column_stack(same)
