"""Measures of answers that skpar's objective does not contain, in four families.

Each measure gives one value per person, NaN without an answer. Judges are fitted on
rows that no method saw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KernelDensity, LocalOutlierFactor, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import TableSchema
from skpar.metrics import effort, gower_distance, n_changed, refit_classifiers

N_REFITS = 6
N_NEIGHBORS = 5
MAX_ROWS = 4_000
# Name of each measure: its family, and whether a larger value is better.
MEASURES = {
    "changes": ("cost", False),
    "Gower": ("cost", False),
    "L2": ("cost", False),
    "effort": ("cost", False),
    "inlier": ("likeness", True),
    "yNN": ("likeness", True),
    "5 nearest": ("likeness", False),
    "kernel density": ("likeness", True),
    "refits": ("safety", True),
    "other model": ("safety", True),
    "found": ("success", True),
}
FAMILIES = ("cost", "likeness", "safety", "success")


class Panel:
    """Judges of one cell.

    Parameters
    ----------
    known : DataFrame
        Rows that methods may use; they fix scales.
    judging : DataFrame
        Other rows, for likeness and for the other model.
    y : ndarray of shape (n_judging,)
        Labels of `judging`.
    training : tuple of (DataFrame, ndarray)
        Rows and labels that the classifier was fitted on, for refits.
    clf : fitted classifier
        The classifier that is explained.
    """

    def __init__(
        self,
        known: pd.DataFrame,
        judging: pd.DataFrame,
        y: np.ndarray,
        training: tuple[pd.DataFrame, np.ndarray],
        clf: Any,
    ) -> None:
        self.known, self.clf = known, clf
        self.coding = _coding().fit(known)
        points = self.coding.transform(judging[:MAX_ROWS])
        accepted = clf.predict(judging[:MAX_ROWS]) == 1
        typical = np.unique(points[accepted], axis=0)
        self.accepted = accepted
        self.nearest = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(points)
        self.typical = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(points[accepted])
        self.outliers = LocalOutlierFactor(novelty=True).fit(typical)
        self.density = KernelDensity(bandwidth=0.5).fit(points[accepted])
        self.refits = refit_classifiers(
            clf, *training, n_refits=N_REFITS, random_state=0
        )
        linear = isinstance(clf[-1], LogisticRegression)
        model = HistGradientBoostingClassifier if linear else LogisticRegression
        other = model(max_iter=200 if linear else 2000)
        self.other = make_pipeline(clone(self.coding), other).fit(judging, y)

    def __call__(
        self, old: pd.DataFrame, new: pd.DataFrame, found: np.ndarray
    ) -> pd.DataFrame:
        """Measure the answers of one method, one row per person."""
        values = pd.DataFrame(np.nan, index=old.index, columns=list(MEASURES))
        valid = found.copy()
        if found.any():
            valid[found] = self.clf.predict(new[found]) == 1
        values["found"] = valid.astype(float)
        if valid.any():
            some, rows = old[valid], new[valid]
            for name, measured in self._values(some, rows).items():
                values.loc[valid, name] = np.asarray(measured, dtype=float)
        return values

    def _values(self, old: pd.DataFrame, new: pd.DataFrame) -> dict[str, np.ndarray]:
        """Measure valid answers."""
        every = np.ones(len(new), dtype=bool)
        given = (old, new, every, self.clf, TableSchema.infer(self.known))
        before, points = self.coding.transform(old), self.coding.transform(new)
        near = self.nearest.kneighbors(points, return_distance=False)
        refits = [clf.predict(new) == 1 for clf in self.refits]
        return {
            "changes": n_changed(*given, average=None),
            "Gower": gower_distance(*given, average=None),
            "L2": np.linalg.norm(points - before, axis=1),
            "effort": effort(*given, self.known, average=None),
            "inlier": self.outliers.predict(points) == 1,
            "yNN": self.accepted[near].mean(axis=1),
            "5 nearest": self.typical.kneighbors(points)[0].mean(axis=1),
            "kernel density": self.density.score_samples(points),
            "refits": np.mean(refits, axis=0),
            "other model": self.other.predict(new) == 1,
        }


def _coding() -> Any:
    """Scale numbers, and one-hot encode levels."""
    return make_column_transformer(
        (
            make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
    )


def rank(values: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rank the methods for every person: the mean rank by family, then over families.

    Parameters
    ----------
    values : dict of str to DataFrame
        Measures of each method, with one row per person.

    Returns
    -------
    ranks : DataFrame of shape (n_people, n_methods * (n_families + 1))
        Columns are pairs of family (or "all") and method; 1 is best. A person without
        an answer is last; ties share the mean of their ranks.
    """
    ranks: dict[tuple[str, str], pd.Series] = {}
    for family in FAMILIES:
        parts = []
        for name, (of, is_good) in MEASURES.items():
            if of == family:
                table = pd.DataFrame({key: one[name] for key, one in values.items()})
                table = table.round(9) * (-1 if is_good else 1)
                parts.append(table.fillna(np.inf).rank(axis=1))
        mean = sum(parts[1:], parts[0]) / len(parts)
        ranks |= {(family, key): mean[key] for key in values}
    for key in values:
        ranks["all", key] = sum(ranks[f, key] for f in FAMILIES) / len(FAMILIES)
    return pd.DataFrame(ranks)
