"""What estimators check of a table before the schema reads its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skpar.table._validation import check_table

FRAME = pd.DataFrame({"age": [20.0, np.nan], "job": ["clerk", "cook"]})


def test_frames_are_given_back_as_they_are():
    estimator = BaseEstimator()
    assert check_table(estimator, FRAME, reset=True) is FRAME
    assert estimator.feature_names_in_.tolist() == ["age", "job"]
    with pytest.raises(ValueError, match="feature names"):
        check_table(estimator, FRAME[["job", "age"]], reset=False)


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
    checked = check_table(estimator, X, reset=True)
    assert checked.dtype == X.dtype
    assert pd.DataFrame(checked).equals(pd.DataFrame(X))
    assert estimator.n_features_in_ == 2
    with pytest.raises(ValueError, match="features"):
        check_table(estimator, X[:, :1], reset=False)


def test_objects_that_are_numbers_become_numbers():
    X = np.array([[1, 2], [3, 4]], dtype=object)
    assert check_table(BaseEstimator(), X, reset=True).dtype == np.float64
