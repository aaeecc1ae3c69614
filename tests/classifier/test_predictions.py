"""What a classifier returns is checked before anything is built on it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skpar.classifier._predictions import (
    choose_input,
    input_schema,
    read_labels,
    read_scores,
    refuse_regressor,
    warn_of_misread_nulls,
)
from skpar.table import TableSchema, as_pandas, kind_of

PLAIN = SimpleNamespace()
BINARY = SimpleNamespace(classes_=np.array(["bad", "good"]))


@pytest.mark.parametrize(
    "labels",
    [
        ["good", "bad", "good"],
        np.array([["good"], ["bad"], ["good"]]),
        pd.Series(["good", "bad", "good"], dtype="category"),
        np.array(["good", "bad", "good"], dtype=object),
    ],
)
def test_labels_come_in_any_container(labels):
    assert read_labels(labels, 3, BINARY).tolist() == ["good", "bad", "good"]


@pytest.mark.parametrize("dtype", ["Int64", "boolean", float, np.int8, bool])
def test_numbers_and_booleans_are_labels(dtype):
    labels = pd.array([1, 0, 1], dtype=dtype)
    classes = SimpleNamespace(classes_=np.array([0, 1]))
    assert (read_labels(labels, 3, classes) == [1, 0, 1]).all()


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        ([1.0, np.nan, 0.0], "missing label .* for row 1 of 3"),
        ([1, None, 0], "missing label .* for row 1 of 3"),
        (pd.array([pd.NA, 1, 0], dtype="Int64"), "missing label .* for row 0 of 3"),
        ([0.25, 1.0, 0.0], "numbers such as 0.25 .*skpar.Threshold"),
        ([1, 0], r"shape \(2,\) for 3 rows"),
        ([[1, 0], [1, 0], [1, 0]], r"shape \(3, 2\) for 3 rows"),
    ],
)
def test_what_is_no_label_is_refused(labels, match):
    with pytest.raises(ValueError, match=match):
        read_labels(labels, 3, PLAIN)


def test_labels_beyond_the_classes_are_named():
    with pytest.raises(ValueError, match=r"label 'ugly', which is not in its classes_"):
        read_labels(["good", "ugly"], 2, BINARY)
    with pytest.raises(ValueError, match=r"label 1, .* \['bad', 'good'\]"):
        read_labels([1, 0], 2, BINARY)


@pytest.mark.parametrize(
    "regressor",
    [
        LinearRegression(),
        FrozenEstimator(LinearRegression()),
        make_pipeline(StandardScaler(), LinearRegression()),
    ],
)
def test_regressors_are_known_by_their_tags(regressor):
    with pytest.raises(ValueError, match="is a regressor.*skpar.Threshold"):
        refuse_regressor(regressor)


@pytest.mark.parametrize("other", [DummyClassifier(), KMeans(), PLAIN, len, object()])
def test_all_else_passes(other):
    refuse_regressor(other)


def test_scores_of_several_classes():
    favorable = np.array([False, True, True])
    values = np.array([[0.5, 0.2, 0.3], [0.9, 0.1, 0.0]])
    shares = read_scores(values, 2, favorable, are_probabilities=True)
    np.testing.assert_allclose(shares, [0.5, 0.1])
    leads = read_scores(values, 2, favorable, are_probabilities=False)
    np.testing.assert_allclose(leads, [-0.2, -0.8])


@pytest.mark.parametrize("favorable", [[False, True], [True, False]])
@pytest.mark.parametrize("column", [False, True])
def test_one_value_per_row_is_that_of_the_second_class(favorable, column):
    values = np.array([0.25, 1.0])
    given = values[:, np.newaxis] if column else values
    favorable = np.array(favorable)
    shares = read_scores(given, 2, favorable, are_probabilities=True)
    np.testing.assert_array_equal(shares, values if favorable[1] else 1 - values)
    leads = read_scores(given, 2, favorable, are_probabilities=False)
    np.testing.assert_array_equal(leads, values if favorable[1] else -values)


@pytest.mark.parametrize(
    ("values", "are_probabilities", "match"),
    [
        ([[0.5], [0.5]], True, "shape"),
        ([[0.2, 0.2, np.nan], [0.3, 0.3, 0.4]], True, "missing or infinite"),
        ([[2.0, 0.2, 0.1], [0.3, 0.3, 0.4]], True, r"outside of \[0, 1\]"),
        ([[0.2, np.inf, 0.1], [0.3, 0.3, 0.4]], False, "missing or infinite"),
    ],
)
def test_what_is_no_score_is_named(values, are_probabilities, match):
    favorable = np.array([False, True, True])
    with pytest.raises(ValueError, match=match):
        read_scores(values, 2, favorable, are_probabilities=are_probabilities)


FRAMES = {
    "pandas": pd.DataFrame({"income": [10.0, 20.0], "job": ["cook", "clerk"]}),
    "polars": pl.DataFrame({"income": [10.0, 20.0], "job": ["cook", "clerk"]}),
    "pyarrow": pa.table({"income": [10.0, 20.0], "job": ["cook", "clerk"]}),
}


class Picky:
    """A classifier that fails on all kinds of tables but some."""

    def __init__(self, *kinds):
        self.kinds, self.tried = kinds, []

    def predict(self, table):
        self.tried.append(kind_of(table))
        if kind_of(table) not in self.kinds:
            raise RuntimeError(f"no {kind_of(table)} today")
        return np.zeros(len(table), dtype=int)


@pytest.mark.parametrize(
    ("kind", "taken", "tried"),
    [
        ("pandas", ("pandas", "polars"), ["pandas"]),
        ("polars", ("pandas", "polars"), ["polars"]),
        ("polars", ("pandas", "pyarrow"), ["polars", "pandas"]),
        ("pandas", ("polars", "pyarrow"), ["pandas", "polars"]),
        ("pyarrow", ("polars",), ["pyarrow", "pandas", "polars"]),
    ],
)
def test_the_kind_of_fit_is_tried_first_and_pandas_next(kind, taken, tried):
    schema, clf = TableSchema.infer(FRAMES[kind]), Picky(*taken)
    codes = schema.encode(FRAMES[kind])
    assert choose_input(clf, schema, codes).kind == tried[-1]
    assert clf.tried == tried


def test_the_error_of_the_first_kind_is_reported():
    schema = TableSchema.infer(FRAMES["polars"])
    with pytest.raises(ValueError, match="RuntimeError: no polars today"):
        choose_input(Picky(), schema, schema.encode(FRAMES["polars"]))


@pytest.mark.parametrize("kind", FRAMES)
def test_a_classifier_without_names_gets_an_array(kind):
    numbers = {name: take_column(FRAMES[kind], "income") for name in ("a", "b")}
    schema = TableSchema.infer(
        type(FRAMES[kind])(numbers) if kind != "pyarrow" else pa.table(numbers)
    )
    clf = DummyClassifier().fit(np.zeros((2, 2)), [0, 1])
    chosen = input_schema(clf, schema)
    assert chosen.kind == "array"
    assert chosen.decode(np.array([[1.0, 2.0]])).tolist() == [[1.0, 2.0]]


def take_column(frame, name):
    """Python cells of a column."""
    return np.asarray(frame[name]).tolist()


def encoded(table):
    return pa.table({"job": table["job"].combine_chunks().dictionary_encode()})


JOBS = pa.table({"job": ["cook", None, "clerk", "driver"] * 5})


def fitted_to_jobs(first_step):
    encoder = OneHotEncoder(handle_unknown="ignore")
    clf = make_pipeline(first_step, encoder, LogisticRegression())
    return clf.fit(JOBS, [1, 0, 1, 1] * 5)


def test_nulls_that_numpy_takes_for_levels_are_noticed():
    with pytest.warns(UserWarning, match=r"nulls in the columns \['job'\] for levels"):
        warn_of_misread_nulls(fitted_to_jobs("passthrough"), encoded(JOBS))


@pytest.mark.parametrize("table", [JOBS, encoded(JOBS[:1]), JOBS.to_pandas()])
def test_other_tables_are_no_reason_to_warn(table):
    warn_of_misread_nulls(fitted_to_jobs("passthrough"), table)


def test_a_classifier_that_reads_nulls_is_not_blamed():
    clf = fitted_to_jobs(FunctionTransformer(as_pandas))
    warn_of_misread_nulls(clf, encoded(JOBS))


def test_who_needs_dictionaries_reads_their_nulls():
    clf = SimpleNamespace(predict=lambda table: table["job"].chunk(0).indices)
    warn_of_misread_nulls(clf, encoded(JOBS))
