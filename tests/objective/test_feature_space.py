"""Points of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import TableSchema
from skpar.objective._feature_space import FeatureSpace

from .._people import make_people


def test_distances_are_those_of_a_pipeline():
    table = make_people(100).drop(columns="school")
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    points = FeatureSpace(schema, codes[:50]).points(codes)
    coding = make_column_transformer(
        (
            make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
    )
    other = coding.fit(table[:50]).transform(table)
    np.testing.assert_allclose(_distances(points), _distances(other), atol=1e-12)


def test_order_of_levels_is_felt_and_constant_columns_are_not():
    sizes = pd.CategoricalDtype(["S", "M", "L"], ordered=True)
    table = pd.DataFrame(
        {"size": pd.Categorical(["S", "M", "L"], dtype=sizes), "one": [1, 1, 1]}
    )
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    distances = _distances(FeatureSpace(schema, codes).points(codes))
    np.testing.assert_allclose(distances[0], np.array([0, 1, 2]) * np.sqrt(3 / 2))


def _distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=-1)
