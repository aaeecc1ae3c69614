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
from skpar.objective._level_neighbors import level_distances

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


def test_mixed_points_leave_out_columns_of_many_levels(monkeypatch):
    table = make_people(100)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    codes[3, -3:] = np.nan
    codes[4, -3:] = 99.0
    expected = _distances(FeatureSpace(schema, codes).points(codes)) ** 2
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", 2)
    space = FeatureSpace(schema, codes)
    points = space.mixed_points(codes)
    assert points.levels.shape == (100, len(space.many_levels))
    assert points.levels.min() == -1
    squared = _distances(points.coordinates) ** 2
    squared += level_distances(points.levels, points.levels)
    np.testing.assert_allclose(squared, expected, atol=1e-9)
    words = [j for j, column in enumerate(schema.columns) if column.kind == "nominal"]
    assert set(space.many_levels) == {
        j for j in words if len(schema.columns[j].levels) > 2
    }


def test_a_table_of_nothing_but_many_levels_has_one_coordinate(monkeypatch):
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", 2)
    table = pd.DataFrame({"town": list("abcabc")})
    schema = TableSchema.infer(table)
    points = FeatureSpace(schema, schema.encode(table)).mixed_points(np.array([[1.0]]))
    assert points.coordinates.tolist() == [[0.0]]
    assert points.levels.tolist() == [[1]]


def _distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=-1)
