"""Inputs of a model: which columns they follow, and their values to the last bit."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from skpar.classifier import BlackBox
from skpar.classifier.linear import UnsupportedStep
from skpar.classifier.regions._inputs import ModelInputs
from skpar.table import TableSchema


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    n = 120
    return pd.DataFrame(
        {
            "job": pd.Categorical(rng.choice(["cook", "clerk"], n)),
            "income": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(2, 500, n)),
            "rooms": rng.integers(1, 6, n),
        }
    )


def inputs_of(table, classifier):
    y = table["rooms"].to_numpy() > 3
    box = BlackBox(classifier.fit(table, y), TableSchema.infer(table), [True])
    return ModelInputs(box)


FOREST = RandomForestClassifier(2, random_state=0)
NUMBERS = make_pipeline(SimpleImputer(), MinMaxScaler(), StandardScaler())


def test_inputs_follow_columns_and_values_are_those_of_the_pipeline(table):
    columns = make_column_transformer(
        (OneHotEncoder(), ["job"]), (NUMBERS, ["rooms", "income"])
    )
    inputs = inputs_of(table, make_pipeline(columns, FOREST))
    assert {j: [k for k, *_ in some] for j, some in inputs.of_column.items()} == {
        1: [3],
        2: [2],
    }
    codes = TableSchema.infer(table).encode(table)
    values = inputs.values(codes, np.dtype(np.float32))
    expected = np.asarray(columns.transform(table)).astype(np.float32)
    np.testing.assert_array_equal(values, expected)
    number, slope, shift = inputs.of_column[2][0]
    line = codes[:, 2] * slope + shift
    np.testing.assert_allclose(line, values[:, number], rtol=1e-5, atol=1e-6)


def test_categories_of_histograms_come_first(table):
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0)
    ordered = table[["income", "job", "rooms"]]
    inputs = inputs_of(ordered, model)
    assert {j: one[0][0] for j, one in inputs.of_column.items()} == {0: 1, 2: 2}
    codes = TableSchema.infer(ordered).encode(ordered)
    values = inputs.values(codes, np.dtype(np.float64))
    np.testing.assert_array_equal(values[:, 1:], ordered[["income", "rooms"]])


def test_unknown_steps_are_refused(table):
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), PolynomialFeatures()), ["rooms", "income"])
    )
    with pytest.raises(UnsupportedStep):
        inputs_of(table, make_pipeline(columns, FOREST))
    number = HistGradientBoostingClassifier(
        max_iter=2, categorical_features=["rooms"], random_state=0
    )
    with pytest.raises(UnsupportedStep):
        inputs_of(table[["income", "rooms"]], number)
