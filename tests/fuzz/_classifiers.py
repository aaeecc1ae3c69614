"""Classifiers of many kinds, well-behaved and not, each with a clean judge."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from ._tables import ColumnFacts, DrawnTable, Redraw, plain_rows

RAISED = "the scoring service is not available"
FLIP_SHARE = 0.001
RAISE_SHARE = 0.004

# Suits every table, behind `PlainEncoder`.
MODELS = {
    "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "svc": lambda: make_pipeline(StandardScaler(), SVC()),
    "knn": lambda: make_pipeline(
        StandardScaler(), KNeighborsClassifier(4, algorithm="brute")
    ),
    "knn tree": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(4)),
    "forest": lambda: RandomForestClassifier(8, max_depth=5, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=8, random_state=0),
    "tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
    "scaled in place": lambda: make_pipeline(
        StandardScaler(copy=False), LogisticRegression()
    ),
    "threshold": lambda: make_pipeline(
        StandardScaler(),
        FixedThresholdClassifier(
            LogisticRegression(), threshold=0.35, response_method="predict_proba"
        ),
    ),
}
# A wrapper around a pipeline or a rule.
WRAPPED = ("adds column", "writes input", "sorts input", "flips", "raises", "Int64")
OTHERS = ("default", "strings", "several favorable", "rule", "raw knn", "raw in place")
NAMES = (*MODELS, *WRAPPED, *OTHERS)
COMPLETE_NUMBERS = ("raw knn", "raw in place")
IN_PLACE = ("adds column", "writes input", "sorts input", "raw in place")


@dataclass
class DrawnClassifier:
    """A fitted classifier, its judge, and how `fit` gets it.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    given : object
        What `fit` gets as `clf`, or the constructor as `estimator`; None for none.
    how : {"clf", "frozen", "estimator"}
        How it is passed.
    judge : object
        A copy that is never handed to skpar, and that does not flip or raise. None if
        skpar fits the classifier.
    labels : ndarray of shape (n_train,) or None
        Labels that `fit` gets.
    favorable : list
        Labels that people want.
    """

    name: str
    given: Any
    how: str
    judge: Any
    labels: Any
    favorable: list[Any]
    is_predictable: bool = field(default=True)

    def accepts(
        self, table: Any, wanted: list[Any] | None = None, judge: Any = None
    ) -> np.ndarray:
        """Decide on a copy of a table, shape (n,), dtype bool.

        The wanted labels are the favorable ones by default. Another judge may decide.
        """
        judge = copy.deepcopy(self.judge if judge is None else judge)
        labels = np.asarray(judge.predict(table.copy()))
        return np.isin(labels, self.favorable if wanted is None else wanted)

    def probability(self, table: Any, wanted: list[Any]) -> np.ndarray:
        """Probability of some labels, shape (n,)."""
        judge = copy.deepcopy(self.judge)
        shares = judge.predict_proba(table.copy())
        return np.asarray(shares[:, np.isin(judge.classes_, wanted)].sum(axis=1))


class PlainEncoder(TransformerMixin, BaseEstimator):
    """Encode every table as numbers: medians for missing cells, and dummies."""

    def __init__(
        self, columns: tuple[tuple[bool, tuple[Any, ...], float], ...]
    ) -> None:
        self.columns = columns

    def fit(self, X: Any, y: Any = None) -> PlainEncoder:
        self.is_fitted_ = True
        return self

    def transform(self, X: Any) -> np.ndarray:
        encoded = []
        for row in plain_rows(X):
            cells: list[float] = []
            for cell, (is_number, levels, middle) in zip(
                row, self.columns, strict=True
            ):
                if is_number:
                    cells.append(middle if cell is None else float(cell))
                else:
                    cells.extend(float(cell == level) for level in levels)
            encoded.append(cells)
        return np.array(encoded, dtype=np.float64).reshape(len(encoded), -1)


class Wrapper:
    """A classifier with `predict` only, around another one."""

    def __init__(self, inner: Any, kind: str, seed: int) -> None:
        self.inner, self.kind = inner, kind
        self.rng = np.random.default_rng(seed)
        self.is_armed = False

    def predict(self, X: Any) -> Any:
        labels = np.asarray(self.inner.predict(X.copy()))
        if self.kind == "raises" and self.rng.random() < RAISE_SHARE:
            raise RuntimeError(RAISED)
        if self.kind == "flips" and self.is_armed:
            flipped = self.rng.random(len(labels)) < FLIP_SHARE
            labels = np.where(flipped, 1 - labels, labels)
        if self.kind == "Int64":
            return pd.Series(labels, index=getattr(X, "index", None), dtype="Int64")
        if self.kind in IN_PLACE:
            self.disturb(X)
        return labels

    def disturb(self, X: Any) -> None:
        """Write into the table that was given."""
        if not isinstance(X, pd.DataFrame):
            X[:] = np.sort(X, axis=0) if self.kind == "sorts input" else X[::-1].copy()
        elif self.kind == "adds column":
            X["score"] = 1.0
        else:
            order = np.arange(len(X))[::-1]
            if self.kind == "sorts input":
                texts = [str(cell) for cell in X.iloc[:, 0]]
                order = np.argsort(texts, kind="stable")
            for j in range(X.shape[1]):
                cells = X.iloc[order, j].array.copy()
                if isinstance(X.dtypes.iloc[j], np.dtype):
                    X.iloc[:, j] = cells.to_numpy()
                else:
                    X.isetitem(j, cells)


class Rule:
    """Accept a region: the first of two columns within bounds, or above one."""

    def __init__(self, fact: ColumnFacts, column: int, low: Any, high: Any) -> None:
        self.fact, self.column, self.low, self.high = fact, column, low, high

    def predict(self, X: Any) -> np.ndarray:
        return np.array([int(self.accepts(row[self.column])) for row in plain_rows(X)])

    def accepts(self, cell: Any) -> bool:
        if cell is None:
            return False
        return (
            self.low <= cell <= self.high if self.fact.is_number else cell == self.low
        )


def draw_classifier(rng: np.random.Generator, name: str, drawn: DrawnTable) -> Any:
    """Fit a classifier of a kind on noisy labels of the training table."""
    encoder = make_encoder(drawn)
    merit = draw_merit(rng, encoder, drawn.train)
    share = float(rng.choice([0.3, 0.5, 0.7, 0.9]))
    labels = (merit > np.quantile(merit, share)).astype(int)
    is_noise = rng.random(len(labels)) < 0.06
    noisy = np.where(is_noise, 1 - labels, labels)
    made = make(rng, name, drawn, encoder, noisy, merit)
    if made.judge is not None:
        yes = made.accepts(drawn.train)
        if yes.all() or not yes.any():
            raise Redraw("the classifier accepts everybody, or nobody")
    return made


def make_encoder(drawn: DrawnTable) -> PlainEncoder:
    """Make the encoder of a table."""
    rows = plain_rows(drawn.train)
    columns = []
    for j, fact in enumerate(drawn.facts):
        known = [row[j] for row in rows if row[j] is not None]
        middle = float(np.median(known)) if fact.is_number else 0.0
        columns.append((fact.is_number, fact.seen, middle))
    return PlainEncoder(tuple(columns))


def draw_merit(rng: np.random.Generator, encoder: PlainEncoder, X: Any) -> np.ndarray:
    """Draw a noisy sum of all columns."""
    cells = encoder.transform(X)
    scale = cells.std(axis=0)
    cells = (cells - cells.mean(axis=0)) / np.where(scale > 0, scale, 1.0)
    weights = np.abs(rng.normal(size=cells.shape[1]))
    return np.asarray(cells @ weights + 0.3 * rng.normal(size=len(cells)))


def make(
    rng: np.random.Generator,
    name: str,
    drawn: DrawnTable,
    encoder: PlainEncoder,
    labels: np.ndarray,
    merit: np.ndarray,
) -> DrawnClassifier:
    """Fit one classifier."""
    y = labels if rng.random() < 0.5 else None
    if name == "default":
        return DrawnClassifier(name, None, "clf", None, labels, [1])
    if name == "strings":
        labels = np.array(["failed", "paid"])[labels]
        clf = make_pipeline(encoder, MODELS["logistic"]()).fit(drawn.train, labels)
        return passed(rng, name, clf, None, ["paid"])
    if name == "several favorable":
        cuts = np.quantile(merit, [0.3, 0.6, 0.8])
        labels = np.array(["no", "late", "paid", "early"])[np.digitize(merit, cuts)]
        model = MODELS[str(rng.choice(["forest", "logistic"]))]()
        clf = make_pipeline(encoder, model).fit(drawn.train, labels)
        return passed(rng, name, clf, None, ["paid", "early"])
    if name == "rule":
        return passed(rng, name, draw_rule(rng, drawn), None, [1])
    if name in COMPLETE_NUMBERS:
        key = "knn" if name == "raw knn" else "scaled in place"
        clf = MODELS[key]().fit(drawn.train.copy(), labels)
        return passed(rng, name, clf, y, [1])
    if name in WRAPPED:
        return wrap(rng, name, drawn, encoder, labels)
    clf = make_pipeline(encoder, MODELS[name]())
    if rng.random() < 0.2:
        return DrawnClassifier(name, clf, "estimator", None, labels, [1])
    return passed(rng, name, clf.fit(drawn.train, labels), y, [1])


def wrap(
    rng: np.random.Generator,
    name: str,
    drawn: DrawnTable,
    encoder: PlainEncoder,
    labels: np.ndarray,
) -> DrawnClassifier:
    """Wrap a classifier, or a rule; the judge is what is wrapped."""
    kind = str(rng.choice(["logistic", "tree", "rule"]))
    inner = draw_rule(rng, drawn)
    if kind != "rule":
        inner = make_pipeline(encoder, MODELS[kind]()).fit(drawn.train, labels)
    made = passed(rng, name, Wrapper(inner, name, int(rng.integers(2**31))), None, [1])
    made.judge = copy.deepcopy(inner)
    made.is_predictable = name != "flips"
    return made


def passed(
    rng: np.random.Generator, name: str, clf: Any, y: Any, favorable: list[Any]
) -> DrawnClassifier:
    """Pass a fitted classifier as `clf`, or frozen as `estimator`."""
    judge = copy.deepcopy(clf)
    if hasattr(clf, "fit") and rng.random() < 0.3:
        return DrawnClassifier(
            name, FrozenEstimator(clf), "frozen", judge, y, favorable
        )
    return DrawnClassifier(name, clf, "clf", judge, y, favorable)


def draw_rule(rng: np.random.Generator, drawn: DrawnTable) -> Rule:
    """Draw a region of one column."""
    j = int(rng.integers(len(drawn.facts)))
    fact = drawn.facts[j]
    cells = [row[j] for row in plain_rows(drawn.train) if row[j] is not None]
    if not fact.is_number:
        return Rule(fact, j, cells[int(rng.integers(len(cells)))], None)
    low, high = np.quantile([float(cell) for cell in cells], [0.6, 0.8])
    kind = rng.integers(3)
    if kind == 0:
        return Rule(fact, j, float(low), np.inf)
    if kind == 1:
        return Rule(fact, j, float(low), float(high))
    value = cells[int(rng.integers(len(cells)))]
    return Rule(fact, j, float(value), float(value))
