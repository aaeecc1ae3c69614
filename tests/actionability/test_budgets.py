import numpy as np
import pandas as pd
import pytest

from skpar.actionability._budgets import read_max_effort

X = pd.DataFrame({"a": [1, 2, 3]}, index=["x", "y", "z"])
ALL = np.arange(3)
INF = np.inf


@pytest.mark.parametrize(
    ("given", "everybody", "expected"),
    [
        (None, None, None),
        (np.nan, None, None),
        ([np.nan, None, np.inf], None, None),
        (2, None, [2, 2, 2]),
        (None, 3.0, [3, 3, 3]),
        ([1, np.nan, 5], 3.0, [1, 3, 3]),
        ([1, None, 5], None, [1, INF, 5]),
        (pd.Series([0, 1, 2], X.index), None, [0, 1, 2]),
        (np.array([0, 1, 2]), 0.0, [0, 0, 0]),
    ],
)
def test_the_smaller_limit_counts(given, everybody, expected):
    found = read_max_effort(X, given, everybody, ALL)
    assert found is None if expected is None else found.tolist() == expected
    if expected is not None:
        some = read_max_effort(X, given, everybody, ALL[[2, 0]])
        assert some.tolist() == [expected[2], expected[0]]


@pytest.mark.parametrize("given", [True, "much", ["a", "b", "c"], {"x": 1}])
def test_what_is_no_number_is_refused(given):
    with pytest.raises(TypeError, match="max_effort must be a number"):
        read_max_effort(X, given, None, ALL)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1, -2, 3], "max_effort of row 'y' is -2, but it must not be negative"),
        ([1, 2], r"max_effort has shape \(2,\), but X has 3 rows"),
        ([[1], [2], [3]], r"max_effort has shape \(3, 1\)"),
        (pd.Series([1, 2, 3]), "not aligned to X: the label of row 0 is 0, but 'x'"),
        (pd.Series([1, 2]), "max_effort has 2 rows and X has 3"),
    ],
)
def test_what_is_not_aligned_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        read_max_effort(X, given, None, ALL)
