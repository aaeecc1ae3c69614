import numpy as np
import pandas as pd
import pytest

from skpar.actionability._budgets import read_demands, read_max_effort

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


LABELS = ["late", "paid"]


def demands(target=None, low=None, high=None, bounds=(None, None), favorable=LABELS):
    return read_demands(X, target, low, high, favorable, bounds, ALL)


@pytest.mark.parametrize(
    "given", [{}, {"target": [None, np.nan, pd.NA]}, {"low": 0.0, "high": 1.0}]
)
def test_who_demands_nothing_has_no_demands(given):
    assert demands(**given) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("paid", [1, 1, 1]),
        (["late", None, "paid"], [0, -1, 1]),
        (pd.Series(["paid", np.nan, "late"], X.index), [1, -1, 0]),
        (pd.Series(["paid", "late", "late"], X.index, dtype="category"), [1, 0, 0]),
        (np.array(["late", "paid", "late"]), [0, 1, 0]),
    ],
)
def test_targets_are_positions_among_the_favorable_labels(given, expected):
    assert demands(given).target.tolist() == expected


def test_the_only_favorable_label_is_what_everybody_wants():
    assert demands([1, None, 1], favorable=[1]) is None
    with pytest.raises(ValueError, match=r"target of row 'y' is 0.* labels \[1\]"):
        demands([1, 0, 1], favorable=[1])


@pytest.mark.parametrize(
    ("bounds", "low", "high"),
    [
        ((None, None), [0.0, 0.7, 0.6], [0.9, 1.0, 0.8]),
        ((0.65, None), [0.0, 0.7, 0.0], [0.9, 1.0, 0.8]),
        ((None, 0.85), [0.0, 0.7, 0.6], [0.85, 0.85, 0.8]),
    ],
)
def test_the_stricter_probability_counts(bounds, low, high):
    # What everybody needs anyway is not repeated.
    found = demands(None, [np.nan, 0.7, 0.6], [0.9, None, 0.8], bounds)
    assert found.min_probability.tolist() == low
    assert found.max_probability.tolist() == high


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"target": "bad"}, ValueError, "target of row 'x' is 'bad', which is not amo"),
        ({"target": ["paid", "bad", "x"]}, ValueError, "row 'y' is 'bad'.*fit with"),
        ({"target": ["paid"]}, ValueError, r"target has shape \(1,\), but X has 3"),
        ({"target": pd.Series(["paid"] * 3)}, ValueError, "target is not aligned to X"),
        ({"low": 1.1}, ValueError, "min_probability of row 'x' is 1.1, but a prob"),
        ({"high": [1, -1, 0]}, ValueError, "max_probability of row 'y' is -1, but"),
        ({"low": [0.1, 0.2]}, ValueError, r"min_probability has shape \(2,\)"),
        ({"low": "much"}, TypeError, "min_probability must be a number"),
        (
            {"low": [0.1, 0.2, 0.9], "high": 0.8},
            ValueError,
            "min_probability of row 'z' is 0.9, above its max_probability=0.8",
        ),
        (
            {"high": 0.5, "bounds": (0.6, None)},
            ValueError,
            "min_probability of row 'x' is 0.6, above its max_probability=0.5",
        ),
    ],
)
def test_demands_that_cannot_be_read_are_refused(given, error, message):
    with pytest.raises(error, match=message):
        demands(**given)
