"""The four tables of the benchmarks: rows, rules, splits, classifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from skpar import Range
from skpar.datasets import (
    load_adult,
    load_compas,
    load_german_credit,
    load_give_me_some_credit,
)

_LOADERS = {
    "adult": load_adult,
    "german_credit": load_german_credit,
    "compas": load_compas,
    "give_me_some_credit": load_give_me_some_credit,
}
# Only what nobody can change. The rules that the readers recommend are stricter.
_RULES: dict[str, dict[str, Any]] = {
    "adult": {
        "race": "immutable",
        "sex": "immutable",
        "age": "increasing",
        "education": "increasing",
    },
    "german_credit": {
        "Personal status and sex": "immutable",
        "foreign worker": "immutable",
        "Number of people being liable to provide maintenance for": "immutable",
        "Age": "increasing",
    },
    "compas": {
        "race": "immutable",
        "sex": "immutable",
        "two_year_recid": "immutable",
        "age": Range(0, 5, relative=True),
        "priors_count": "increasing",
    },
    "give_me_some_credit": {"NumberOfDependents": "immutable", "age": "increasing"},
}
_MAX_PAR_ROWS = 16_000


@dataclass(frozen=True)
class Table:
    """One table: raw frame, labels in {0, 1}, rules."""

    X: pd.DataFrame
    y: np.ndarray
    rules: dict[str, Any]
    ordinal: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """Rows for the classifier, for PAR, and the people who may ask."""

    classifier: np.ndarray
    par: np.ndarray
    people: np.ndarray


def load_table(name: str, folder: Path) -> Table:
    """Read a table, with the plain rules that other libraries can keep, too."""
    bunch = _LOADERS[name](folder / f"{name}.csv")
    y = bunch.target.to_numpy()
    return Table(bunch.data, y, _RULES[name], bunch.ordinal_features)


def split_rows(y: np.ndarray, seed: int) -> Split:
    """Keep a quarter for people, a quarter for the classifier, half for PAR."""
    rest, people = train_test_split(
        np.arange(len(y)), test_size=0.25, random_state=seed, stratify=y
    )
    n_par = min(_MAX_PAR_ROWS, 2 * len(rest) // 3)
    classifier, par = train_test_split(
        rest, test_size=n_par, random_state=seed, stratify=y[rest]
    )
    return Split(classifier, par, people)


def _columns(scaled: bool) -> Any:
    """One-hot strings, impute numbers, and scale them where it matters."""
    steps = [SimpleImputer(), StandardScaler()] if scaled else [SimpleImputer()]
    return make_column_transformer(
        (make_pipeline(*steps), make_column_selector(dtype_include="number")),
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
    )


CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "LogisticRegression": lambda seed: make_pipeline(
        _columns(scaled=True), LogisticRegression(max_iter=2000)
    ),
    "MLP": lambda seed: make_pipeline(
        _columns(scaled=True),
        MLPClassifier(
            (64,),
            alpha=1.0,
            batch_size=64,
            learning_rate_init=3e-3,
            max_iter=500,
            n_iter_no_change=5,
            tol=1e-3,
            random_state=seed,
        ),
    ),
    "RandomForest": lambda seed: make_pipeline(
        _columns(scaled=False),
        RandomForestClassifier(100, min_samples_leaf=2, random_state=seed),
    ),
    "HistGradientBoosting": lambda seed: make_pipeline(
        _columns(scaled=False), HistGradientBoostingClassifier(random_state=seed)
    ),
}

THRESHOLDED: dict[str, Callable[[int], Any]] = {
    "FixedThreshold(0.2)": lambda seed: FixedThresholdClassifier(
        CLASSIFIERS["LogisticRegression"](seed),
        threshold=0.2,
        response_method="predict_proba",
    ),
    "SVC(probability)": lambda seed: make_pipeline(
        _columns(scaled=True), SVC(probability=True, random_state=seed)
    ),
}
