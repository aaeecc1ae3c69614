"""Features of single columns are what the fitted transformers compute."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.feature_selection import VarianceThreshold
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from skpar.classifier.linear._preprocessing import (
    UnsupportedStep,
    apply_step,
    input_feature,
    pipeline_steps,
)
from skpar.table import TableSchema

RNG = np.random.RandomState(0)
TABLE = pd.DataFrame(
    {
        "age": RNG.randint(18, 80, 60),
        "income": np.where(RNG.rand(60) < 0.2, np.nan, RNG.gamma(2, 500, 60)),
        "job": RNG.choice(["cook", "clerk", "smith"], 60),
        "owner": RNG.rand(60) < 0.3,
    }
)
SCHEMA = TableSchema.infer(TABLE)
NUMBERS = ["age", "income"]


def features_after(step, names=tuple(TABLE)):
    features = [input_feature(SCHEMA, j) for j in range(SCHEMA.n_features)]
    return apply_step(step, features, list(names))


def computed(features):
    """Evaluate features on the codes of the table."""
    columns = []
    for feature in features:
        cells = SCHEMA.encode(TABLE)[:, feature.column]
        present = feature.slope * cells + feature.shift
        if feature.values is not None:
            present = feature.table()[cells.astype(int)]
        columns.append(np.where(np.isnan(cells), feature.missing, present))
    return np.column_stack(columns).astype(float)


STEPS = {
    "imputed": (SimpleImputer(), NUMBERS),
    "standardized": (StandardScaler(), NUMBERS),
    "scaled": (MinMaxScaler((-1, 2)), NUMBERS),
    "robust": (RobustScaler(quantile_range=(10, 80), unit_variance=True), NUMBERS),
    "largest": (MaxAbsScaler(), NUMBERS),
    "passed": ("passthrough", ["income", "owner"]),
    "function": (FunctionTransformer(), NUMBERS),
    "one-hot": (OneHotEncoder(sparse_output=False), ["job", "owner"]),
    "one level dropped": (OneHotEncoder(drop="first", sparse_output=False), ["job"]),
    "ordinal": (OrdinalEncoder(), ["job"]),
    "several": (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
    "by position": (StandardScaler(), [0, -3]),
    "by mask": (StandardScaler(), [True, False, False, True]),
    "by slice": (StandardScaler(), slice(0, 2)),
}


@pytest.mark.parametrize("name", STEPS)
def test_features_are_what_the_transformer_computes(name):
    step = make_column_transformer(STEPS[name]).fit(TABLE)
    expected = np.asarray(step.transform(TABLE), float)
    np.testing.assert_allclose(computed(features_after(step)), expected, atol=1e-12)


def test_columns_come_in_the_order_of_the_transformer_and_the_rest_may_be_dropped():
    step = make_column_transformer(
        ("drop", ["age"]), (OneHotEncoder(), ["owner"]), remainder="passthrough"
    ).fit(TABLE)
    assert [feature.column for feature in features_after(step)] == [3, 3, 1, 2]
    assert features_after("drop") == []


@pytest.mark.parametrize(
    "step",
    [
        make_column_transformer((VarianceThreshold(), NUMBERS)),
        ColumnTransformer(
            [("scaled", StandardScaler(), NUMBERS)], transformer_weights={"scaled": 2.0}
        ),
        make_column_transformer((StandardScaler(), slice("age", "income"))),
        make_column_transformer((MinMaxScaler(clip=True), NUMBERS)),
        make_column_transformer((FunctionTransformer(np.sqrt), NUMBERS)),
        make_column_transformer((OneHotEncoder(max_categories=2), ["job"])),
    ],
)
def test_unknown_steps_and_options_are_declined(step):
    with pytest.raises(UnsupportedStep):
        features_after(step.fit(TABLE))


def test_names_that_are_gone_cannot_be_selected():
    step = make_column_transformer((StandardScaler(), NUMBERS)).fit(TABLE)
    with pytest.raises(UnsupportedStep):
        features_after(step, names=())


def test_steps_of_pipelines_are_listed_at_any_depth():
    scale, impute, classifier = StandardScaler(), SimpleImputer(), object()
    inner = FrozenEstimator(make_pipeline(impute, scale))
    nested = make_pipeline(inner, "passthrough", FunctionTransformer())
    steps = pipeline_steps(nested)
    assert steps[:3] == [impute, scale, "passthrough"] and len(steps) == 4
    assert pipeline_steps(classifier) == [classifier]


def test_indicators_share_the_numbers_of_their_levels():
    towns = pd.DataFrame({"town": [f"town{k:03d}" for k in range(300)] * 2})
    schema = TableSchema.infer(towns)
    step = OneHotEncoder(drop="first").fit(towns)
    features = apply_step(step, [input_feature(schema, 0)], ["town"])
    assert len(features) == 299
    assert all(
        feature.values.numbers is features[0].values.numbers for feature in features
    )
    tables = np.stack([feature.table() for feature in features])
    np.testing.assert_array_equal(tables.T, step.transform(towns[:300]).toarray())


def test_levels_that_an_encoder_does_not_know():
    towns = pd.DataFrame({"town": list("abcabc")})
    schema = TableSchema.infer(towns)
    for unknown, rest in (("ignore", 0.0), ("error", np.nan)):
        step = OneHotEncoder(handle_unknown=unknown).fit(towns[:2])
        features = apply_step(step, [input_feature(schema, 0)], ["town"])
        tables = np.stack([feature.scaled(2.0, 1.0).table() for feature in features])
        expected = np.array([[3.0, 1.0, 2 * rest + 1.0], [1.0, 3.0, 2 * rest + 1.0]])
        np.testing.assert_array_equal(tables, expected)
