"""Tables, classifiers and people whose pages are opened in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import If, PARRecourse, Phrases, Range, Rises, Wording
from skpar.datasets import load_german_credit, make_loans
from tests._loans import RULES

CLASSIFIERS: dict[str, Any] = {
    "linear": lambda: LogisticRegression(max_iter=2000),
    "forest": lambda: RandomForestClassifier(30, max_depth=6, random_state=0),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=40, random_state=0),
    "network": lambda: MLPClassifier((12,), max_iter=1000, tol=1e-3, random_state=0),
}
N_OPTIONS = 3


@dataclass(frozen=True)
class Case:
    """One fitted estimator, and reports of some people whom its classifier denies."""

    title: str
    par: PARRecourse
    clf: Any
    reports: list[Any]
    wording: Wording


def loans() -> tuple[pd.DataFrame, np.ndarray, dict[str, Any]]:
    """Loans with a column that follows from two others, rules, and links."""
    X, y = make_loans(1200, random_state=0)
    X["monthly_rate"] = (X["loan_amount"] / X["loan_months"]).round(2)
    links = [If(Rises("education"), Rises("age", by=1))]
    rules = {**RULES, "age": [Range(0, 5, relative=True), "increasing"]}
    return X, y, {"actionability": rules, "links": links}


def german_credit(folder: Path) -> tuple[pd.DataFrame, np.ndarray, dict[str, Any]]:
    """German credit, with a few rules."""
    X, y = load_german_credit(folder / "german_credit.csv", return_X_y=True)
    rules: dict[str, Any] = {
        name: "immutable"
        for name in X.columns
        if name.lower().startswith(("age", "personal", "foreign", "credit history"))
    }
    return X, np.asarray(y), {"actionability": rules}


def cases(folder: Path | None, n_people: int, chosen: list[str]) -> Iterator[Case]:
    """Fit one estimator after the other, and find recourse."""
    tables = {"loans": loans()}
    if folder is not None:
        tables["german_credit"] = german_credit(folder)
    for name, (X, y, parameters) in tables.items():
        for kind in chosen:
            yield _case(
                f"{name} {kind}", X, y, CLASSIFIERS[kind](), parameters, n_people
            )


def _case(
    title: str,
    X: pd.DataFrame,
    y: np.ndarray,
    classifier: Any,
    parameters: dict[str, Any],
    n_people: int,
) -> Case:
    """Fit one estimator, and find recourse for some people."""
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )
    half = len(X) // 2
    clf = make_pipeline(columns, classifier).fit(X[:half], y[:half])
    favorable = np.asarray(clf.classes_)[-1]
    par = PARRecourse(
        favorable_label=favorable, max_iter=2, random_state=0, **parameters
    ).fit(X[half:], clf=clf)
    denied = X[:half][clf.predict(X[:half]) != favorable]
    report = par.recourse(denied[: 4 * n_people], n_options=N_OPTIONS)
    found = np.flatnonzero(report.answered)[:n_people]
    reports = [report[int(row)] for row in found]
    is_german = title.startswith("german")
    formats = None if is_german else {"debt_share": "{:.0%}"}
    wording = Wording(phrases=Phrases.german() if is_german else None, formats=formats)
    return Case(title, par, clf, reports, wording)
