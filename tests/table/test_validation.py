"""What estimators check of a table before the schema reads its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skpar.table import TableSchema
from skpar.table._validation import compare_index, validate_table, warn_of_table

FRAME = pd.DataFrame({"age": [20.0, np.nan], "job": ["clerk", "cook"]})


def test_frames_are_given_back_as_they_are():
    estimator = BaseEstimator()
    assert validate_table(estimator, FRAME, reset=True) is FRAME
    assert estimator.feature_names_in_.tolist() == ["age", "job"]
    with pytest.raises(ValueError, match="feature names"):
        validate_table(estimator, FRAME[["job", "age"]], reset=False)


@pytest.mark.parametrize(
    "X",
    [
        np.array([[1.0, np.nan], [2.0, 3.0]]),
        np.array([["a", "1"], ["b", "2"]]),
        np.array([["a", 1.5], ["b", None]], dtype=object),
    ],
    ids=["numbers", "strings", "objects"],
)
def test_arrays_keep_their_cells(X):
    estimator = BaseEstimator()
    checked = validate_table(estimator, X, reset=True)
    assert checked.dtype == X.dtype
    assert pd.DataFrame(checked).equals(pd.DataFrame(X))
    assert estimator.n_features_in_ == 2
    with pytest.raises(ValueError, match="features"):
        validate_table(estimator, X[:, :1], reset=False)


def test_objects_that_are_numbers_become_numbers():
    X = np.array([[1, 2], [3, 4]], dtype=object)
    assert validate_table(BaseEstimator(), X, reset=True).dtype == np.float64


def test_no_rows_are_fine_after_training():
    for X in (FRAME, np.ones((2, 2))):
        estimator = BaseEstimator()
        validate_table(estimator, X, reset=True)
        assert validate_table(estimator, X[:0], reset=False).shape == (0, 2)


@pytest.mark.parametrize("cell", ["old", b"old", {"a": 1}, [1], 1j])
def test_one_cell_of_another_type_spares_the_array(cell):
    estimator = BaseEstimator()
    validate_table(estimator, np.ones((2, 2)), reset=True)
    X = np.ones((2, 2), dtype=object)
    X[0, 0] = cell
    checked = validate_table(estimator, X, reset=False)
    assert checked.dtype == object
    assert checked[0, 0] is cell


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]), r"2 levels, .*\('a', 1\)"),
        (pd.Index(["a", 1], dtype=object), r"1 \(int\) and 'a' \(str\)"),
        (pd.Index([1, ("a", 2)], tupleize_cols=False), r"1 \(int\) and \('a', 2\)"),
    ],
)
def test_column_names_of_one_type_are_needed(names, said):
    X = pd.DataFrame([[1, 2]])
    X.columns = names
    with pytest.raises(TypeError, match=said):
        validate_table(BaseEstimator(), X, reset=True)


def test_masked_arrays_are_refused():
    X = np.ma.masked_less(np.ones((2, 2)), 2)
    with pytest.raises(TypeError, match="X is a masked array"):
        validate_table(BaseEstimator(), X, reset=True)
    with pytest.raises(TypeError, match="X is a masked array"):
        TableSchema.infer(X)


def test_row_labels_are_compared_with_their_order():
    X = FRAME.set_axis(["a", "b"])
    y = pd.Series([0, 1], index=["a", "b"])
    assert compare_index(X, y) is None
    assert compare_index(X, y[::-1]) == "the row labels of X in another order"
    assert compare_index(X, y.set_axis(["a", "c"])) == "other row labels than X"
    assert compare_index(X, y.set_axis(["a", "a"])) == "other row labels than X"
    for other in (None, [0, 1], y.to_numpy(), FRAME.to_numpy()):
        assert compare_index(X, other) is None
        assert compare_index(other, y) is None


def test_all_faults_are_in_one_warning():
    n = 60
    X = pd.DataFrame(
        {"client": range(n), "note": [f"n{i}" for i in range(n)], "a": [0.5, 1] * 30}
    )
    y = pd.Series([0, 1] * 30)
    with pytest.warns(UserWarning) as record:
        warn_of_table(X, y[::-1])
    assert len(record) == 1
    message = str(record[0].message)
    assert "['client', 'note']" in message and "check_table" in message
    assert "y has the row labels of X in another order" in message
    with pytest.warns(UserWarning, match="check_table") as record:
        warn_of_table(X[["a"]], y[::-1])
    assert "columns" not in str(record[0].message)
    warn_of_table(X[["a"]], y)
    warn_of_table(X[["a"]].to_numpy(), None)
