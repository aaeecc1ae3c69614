"""Measure answers, the same way for every method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from _rival_moves import Ruler
from _tables import Table
from _violations import rule_violations, schema_violations
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar.objective._effort import gower
from skpar.table._codes import n_changed

N_NEIGHBORS = 5
MAX_JUDGING = 5000


class Judge:
    """Judge answers by rows that no method saw.

    Parameters
    ----------
    table : Table
        Its rules.
    known : DataFrame
        Rows that methods may use; they fix scales and legal values.
    judging : DataFrame
        Rows of both decisions that were kept from them, but for the denied ones.
    classifier : fitted classifier
        Decides.
    ruler : Ruler
        Objective, effort and densities.

    Notes
    -----
    Outliers and nearest rows are found in scaled numbers and one-hot levels. Equal
    rows count once for outliers: among copies every distance is 0, and all else is far.
    """

    def __init__(
        self,
        table: Table,
        known: pd.DataFrame,
        judging: pd.DataFrame,
        classifier: Any,
        ruler: Ruler,
    ) -> None:
        self.table, self.known = table, known
        self.classifier, self.ruler = classifier, ruler
        self.coding = make_column_transformer(
            (
                make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()),
                make_column_selector(dtype_include="number"),
            ),
            (
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                make_column_selector(dtype_exclude="number"),
            ),
        ).fit(known)
        judging = judging[:MAX_JUDGING]
        points = self.coding.transform(judging)
        self.accepted = classifier.predict(judging) == 1
        self.nearest = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(points)
        typical = np.unique(points[self.accepted], axis=0)
        self.outliers = LocalOutlierFactor(novelty=True).fit(typical)

    def __call__(
        self, factuals: pd.DataFrame, answers: pd.DataFrame, found: np.ndarray
    ) -> dict[str, Any]:
        """Measure the answers of one method; lists hold NaN where there is none."""
        old, new = factuals[found], answers[found]
        valid = np.zeros(len(found), dtype=bool)
        figures = {
            "violations": rule_violations(
                old, new, self.table.rules, self.table.ordinal
            )
            + schema_violations(old, new, self.known)
        }
        values = {name: np.full(len(found), np.nan) for name in VALUES}
        if found.any():
            valid[found] = self.classifier.predict(new) == 1
            for name, measured in self._values(old, new).items():
                values[name][found] = measured
        lists = {name: measured.tolist() for name, measured in values.items()}
        return figures | {"found": found.tolist(), "valid": valid.tolist()} | lists

    def _values(self, old: pd.DataFrame, new: pd.DataFrame) -> dict[str, np.ndarray]:
        """Measure every answer."""
        objective, schema = self.ruler.objective, self.ruler.schema
        codes, codes_new = schema.encode(old), schema.encode(new)
        points = self.coding.transform(new)
        nearest = self.nearest.kneighbors(points, return_distance=False)
        likely = objective.plausibility.log_densities(codes_new)[0]
        effort = objective.effort.per_feature(codes, codes_new)
        return {
            "objective": self.ruler.evaluate(codes, codes_new),
            "effort": effort.sum(axis=-1),
            "gower": gower(schema, codes, codes_new),
            "changed": n_changed(codes, codes_new),
            "percentile": objective.plausibility.percentile(likely),
            "outlier": self.outliers.predict(points) == -1,
            "ynn": self.accepted[nearest].mean(axis=1),
        }


VALUES = (
    "objective",
    "effort",
    "gower",
    "changed",
    "percentile",
    "outlier",
    "ynn",
)
