"""Linear classifiers become exact sums over columns, and others are declined."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC

from skpar.classifier.linear._linear import extract_linear_score
from skpar.table import TableSchema


@pytest.fixture(scope="module")
def table():
    rng = np.random.RandomState(0)
    n = 200
    return pd.DataFrame(
        {
            "age": rng.randint(18, 80, n),
            "income": np.where(rng.rand(n) < 0.2, np.nan, rng.gamma(2, 500, n)),
            "rooms": pd.array(rng.choice([1, 2, None], n), dtype="Int64"),
            "job": rng.choice(["cook", "clerk", "smith"], n),
            "school": pd.Categorical(
                rng.choice(["low", "mid", "high", None], n), ["low", "mid", "high"]
            ),
            "owner": rng.rand(n) < 0.3,
        }
    )


@pytest.fixture(scope="module")
def y(table):
    value = table["income"].fillna(0) / 500 + 2 * table["owner"] - table["age"] / 40
    return np.where(value + 0.3 * (table["job"] == "cook") > 1, "yes", "no")


NUMBERS = make_column_selector(dtype_include="number")
WORDS = ["job", "school"]


REGRESSION = LogisticRegression(max_iter=10_000)


def prepared(words, numbers, classifier=REGRESSION):
    columns = make_column_transformer(
        (words, WORDS), (numbers, NUMBERS), remainder="passthrough"
    )
    return make_pipeline(columns, classifier)


def imputed(*steps):
    return make_pipeline(SimpleImputer(), *steps)


ONE_HOT = OneHotEncoder(handle_unknown="ignore")
COUNTED = OrdinalEncoder(
    handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2
)
KNOWN = {
    "one-hot": prepared(ONE_HOT, imputed(StandardScaler())),
    "robust": prepared(ONE_HOT, imputed(RobustScaler(), MaxAbsScaler())),
    "uncentered": prepared(
        ONE_HOT, imputed(RobustScaler(with_centering=False, with_scaling=False))
    ),
    "dropped": prepared(OneHotEncoder(drop="first"), imputed(MinMaxScaler())),
    "ordinal": prepared(COUNTED, imputed(StandardScaler(with_mean=False))),
    "frequent": prepared(
        make_pipeline(SimpleImputer(strategy="most_frequent"), ONE_HOT), imputed()
    ),
    "constant": prepared(
        make_pipeline(
            SimpleImputer(strategy="constant", fill_value="none"),
            OneHotEncoder(sparse_output=False),
        ),
        imputed(StandardScaler(with_std=False)),
    ),
    "svm": prepared(ONE_HOT, imputed(StandardScaler()), LinearSVC(random_state=0)),
    "sgd": prepared(ONE_HOT, imputed(StandardScaler()), SGDClassifier(random_state=0)),
    "ridge": FrozenEstimator(
        prepared(ONE_HOT, imputed(StandardScaler()), RidgeClassifier())
    ),
    "ridge, cross-validated": prepared(
        ONE_HOT, imputed(StandardScaler()), RidgeClassifierCV()
    ),
    "regression, cross-validated": prepared(
        ONE_HOT,
        imputed(StandardScaler()),
        LogisticRegressionCV(
            Cs=2,
            cv=2,
            l1_ratios=(0.0,),
            scoring="neg_log_loss",
            use_legacy_attributes=False,
        ),
    ),
    "perceptron": prepared(ONE_HOT, imputed(StandardScaler()), Perceptron()),
    "discriminant": prepared(
        OneHotEncoder(drop="first"),
        imputed(StandardScaler()),
        LinearDiscriminantAnalysis(),
    ),
    "some columns": make_pipeline(
        make_column_transformer((imputed(), ["income"]), ("passthrough", [0, 5])),
        make_pipeline(StandardScaler(), FunctionTransformer()),
        LogisticRegression(),
    ),
}


@pytest.mark.parametrize("favorable", ["yes", "no"])
@pytest.mark.parametrize("name", KNOWN)
def test_sums_are_the_decision_function(table, y, name, favorable):
    classifier = KNOWN[name]
    if isinstance(classifier, FrozenEstimator):
        classifier.estimator.fit(table, y)
    else:
        classifier.fit(table, y)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    score = extract_linear_score(classifier, schema, np.array([favorable]))
    sums = score.decision_function(codes)
    np.testing.assert_allclose(
        score.contributions(codes).sum(axis=1), sums - score.intercept, atol=1e-9
    )
    decision = classifier.decision_function(table)
    wanted = decision if favorable == "yes" else -decision
    np.testing.assert_allclose(sums, wanted, rtol=1e-9, atol=1e-9)


def test_classifiers_of_arrays_are_sums_too():
    X = np.random.RandomState(0).randn(50, 3)
    classifier = make_pipeline(StandardScaler(), LogisticRegression())
    classifier.fit(X, X[:, 0] > X[:, 1])
    score = extract_linear_score(classifier, TableSchema.infer(X), np.array([True]))
    np.testing.assert_allclose(
        score.intercept + X @ score.slopes, classifier.decision_function(X)
    )


class Own(StandardScaler):
    """Might do anything."""


class OwnRegression(LogisticRegression):
    """Might predict anything."""


UNKNOWN = {
    "forest": prepared(ONE_HOT, imputed(), RandomForestClassifier(5, random_state=0)),
    "products": prepared(ONE_HOT, imputed(PolynomialFeatures(2))),
    "own scaler": prepared(ONE_HOT, imputed(Own())),
    "own classifier": prepared(ONE_HOT, imputed(), OwnRegression(max_iter=10_000)),
    "clipped": prepared(ONE_HOT, imputed(MinMaxScaler(clip=True))),
    "clipped shares": prepared(ONE_HOT, imputed(MaxAbsScaler(clip=True))),
    "indicator": prepared(ONE_HOT, SimpleImputer(add_indicator=True)),
    "infrequent": prepared(OneHotEncoder(min_frequency=2), imputed()),
    "infrequent numbers": prepared(
        OrdinalEncoder(max_categories=2, encoded_missing_value=-1), imputed()
    ),
    "function": prepared(ONE_HOT, imputed(FunctionTransformer(np.sqrt))),
    "numbers as words": make_pipeline(
        make_column_transformer((OneHotEncoder(), ["age"])), REGRESSION
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_classifiers_steps_and_options_are_declined(table, y, name):
    classifier = UNKNOWN[name].fit(table, y)
    assert (
        extract_linear_score(classifier, TableSchema.infer(table), np.array(["yes"]))
        is None
    )


def test_three_classes_and_both_labels_are_declined():
    X = np.random.RandomState(0).randn(60, 2)
    schema = TableSchema.infer(X)
    three = LogisticRegression().fit(X, np.arange(60) % 3)
    assert extract_linear_score(three, schema, np.array([2])) is None
    two = LogisticRegression().fit(X, np.arange(60) % 2)
    assert extract_linear_score(two, schema, np.array([0, 1])) is None
    assert extract_linear_score(two, schema, np.array([1])) is not None
