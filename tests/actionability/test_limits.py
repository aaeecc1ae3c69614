"""Limits of single persons: read from frames, aligned or refused."""

import numpy as np
import pandas as pd
import pytest

from skpar.actionability import Limits, People
from skpar.actionability._actionability import Actionability
from skpar.actionability._limits import read_limits
from skpar.table import TableSchema

NAN, INF = np.nan, np.inf


@pytest.fixture(scope="module")
def X():
    return pd.DataFrame(
        {
            "age": [20, 30, 70],
            "income": [0.5, 10.25, 99.5],
            "school": pd.Categorical(
                ["low", "high", "mid"], ["low", "mid", "high"], ordered=True
            ),
            "job": ["clerk", "cook", "nurse"],
        },
        index=["ann", "bob", "cy"],
    )


@pytest.fixture(scope="module")
def schema(X):
    return TableSchema.infer(X)


def test_no_frames_are_no_limits(schema, X):
    limits = read_limits(schema, X)
    assert not len(limits.restricted_columns)
    assert limits.low.shape == X.shape
    assert limits.of_column(2).high.tolist() == [INF] * len(X)


def test_frames_are_read_by_name(schema, X):
    lower = pd.DataFrame({"income": [1.5, NAN, 3.0]}, index=X.index)
    upper = pd.DataFrame(
        {
            "school": ["mid", None, "high"],
            "age": pd.array([60, 65, None], dtype="Int64"),
        },
        index=X.index,
    )
    frozen = pd.DataFrame({"job": [True, False, True]}, index=X.index)
    limits = read_limits(schema, X, lower, upper, frozen)
    np.testing.assert_array_equal(
        limits.low,
        [[-INF, 1.5, -INF, -INF], [-INF, -INF, -INF, -INF], [-INF, 3.0, -INF, -INF]],
    )
    np.testing.assert_array_equal(
        limits.high, [[60, INF, 1, INF], [65, INF, INF, INF], [INF, INF, 2, INF]]
    )
    assert limits.frozen[:, 3].tolist() == [True, False, True]
    assert not limits.frozen[:, :3].any()
    some = limits[np.array([2, 0])]
    np.testing.assert_array_equal(some.low, limits.low[[2, 0]])
    np.testing.assert_array_equal(some.of_column(0).high, [INF, 60])


def test_arrays_are_read_by_place():
    X = np.array([[1.0, 2.5], [3.0, 4.5]])
    schema = TableSchema.infer(X)
    limits = read_limits(
        schema, X, upper=[[NAN, 3.0], [5, NAN]], frozen=np.eye(2, dtype=bool)
    )
    np.testing.assert_array_equal(limits.high, [[INF, 3.0], [5.0, INF]])
    np.testing.assert_array_equal(limits.frozen, np.eye(2, dtype=bool))


def test_who_is_outside_the_limits_stays_or_moves_into_them(schema, X):
    codes = schema.encode(X)
    lower = pd.DataFrame({"age": [25, 25, 25]}, index=X.index)
    upper = pd.DataFrame({"age": [28, 28, 28]}, index=X.index)
    limits = read_limits(schema, X, lower, upper)
    able = Actionability(schema)
    asked = np.repeat(codes[:, None], 4, axis=1)
    asked[..., 0] = [21, 24, 27, 60]
    got = able.project(People(codes, limits), asked)[..., 0]
    np.testing.assert_array_equal(
        got, [[20, 25, 27, 28], [25, 25, 27, 30], [25, 25, 27, 70]]
    )
    nowhere = read_limits(schema, X, upper=pd.DataFrame({"age": [9] * 3}, X.index))
    np.testing.assert_array_equal(
        able.project(People(codes, nowhere), asked)[..., 0].T, [codes[:, 0]] * 4
    )
    assert not able.can_change(People(codes, nowhere))[:, 0].any()


def test_rows_of_a_numbered_index_are_named_by_plain_numbers(schema, X):
    numbered = X.set_axis([7, 8, 9])
    limits = pd.DataFrame({"age": [30, 30, 30]}, [7, 9, 8])
    with pytest.raises(ValueError, match="label of row 1 is 9, but 8 in X"):
        read_limits(schema, numbered, upper=limits)
    limits = pd.DataFrame({"age": [60, 60, 60]}, [7, 8, 9])
    with pytest.raises(ValueError, match="for row 7, column 'age'"):
        read_limits(schema, numbered, lower=limits, upper=limits - 20)


def frame(X, **columns):
    return pd.DataFrame(columns, index=X.index)


BROKEN = {
    "unknown column": (
        lambda X: {"lower": frame(X, agee=[1, 2, 3])},
        "lower: Unknown column 'agee'.*age",
    ),
    "other rows": (
        lambda X: {"upper": frame(X, age=[1, 2, 3]).iloc[[0, 2, 1]]},
        r"upper is not aligned to X: .* row 1 is 'cy', but 'bob' in X.*loc\[X.index",
    ),
    "fewer rows": (
        lambda X: {"frozen": frame(X, age=[True] * 3)[:2]},
        "frozen has 2 rows and X has 3",
    ),
    "column twice": (
        lambda X: {"lower": frame(X, age=[1, 2, 3]).iloc[:, [0, 0]]},
        r"lower has the columns \['age'\] twice",
    ),
    "nominal": (
        lambda X: {"lower": frame(X, job=["cook"] * 3)},
        "lower: column 'job' is nominal.*Use frozen",
    ),
    "strings": (
        lambda X: {"lower": frame(X, age=["1", "2", "3"])},
        "lower: Column 'age', row 'ann'.*string",
    ),
    "unknown level": (
        lambda X: {"upper": frame(X, school=["mid", "hi", "low"])},
        "upper: Column 'school', row 'bob'.*'hi'",
    ),
    "infinite": (
        lambda X: {"upper": frame(X, income=[1.0, INF, 2.0])},
        "upper: Column 'income', row 'bob'.*not finite",
    ),
    "no flags": (
        lambda X: {"frozen": frame(X, age=[1, 0, 1])},
        "frozen: Column 'age', row 'ann': 1 must be True or False",
    ),
    "missing flags": (
        lambda X: {"frozen": frame(X, age=[True, None, False])},
        "frozen: Column 'age', row 'bob': None must be True or False",
    ),
    "a flag of another type": (
        lambda X: {"frozen": frame(X, age=[True, False, "yes"])},
        "frozen: Column 'age', row 'cy': 'yes' must be True or False",
    ),
    "apart": (
        lambda X: {
            "lower": frame(X, age=[1, 50, NAN]),
            "upper": frame(X, age=[2, 40, 3]),
        },
        "lower is above upper for row 'bob', column 'age': 50 and 40",
    ),
    "shape": (
        lambda X: {"lower": np.zeros((3, 2))},
        r"lower has shape \(3, 2\).*\(3, 4\)",
    ),
}


@pytest.mark.parametrize("name", ["lower", "upper", "frozen"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"age": 30}, r"must be a DataFrame with the index of X.*\{'age': 30\}"),
        (30, "must be a DataFrame with the index of X.* not 30"),
        ("age", "must be a DataFrame with the index of X.* not 'age'"),
        (np.ma.masked_less(np.ones((3, 4)), 2), "is a masked array"),
    ],
)
def test_what_is_no_table_is_refused_by_type(schema, X, name, given, message):
    with pytest.raises(TypeError, match=f"{name} {message}"):
        read_limits(schema, X, **{name: given})


def test_limits_of_some_rows_are_read_alone(schema, X):
    upper = frame(X, age=pd.Series([40, "none", 60], X.index, dtype=object))
    frozen = frame(X, job=pd.Series([True, None, False], X.index, dtype=object))
    limits = read_limits(schema, X, upper=upper, frozen=frozen, rows=np.array([2, 0]))
    assert limits.high[:, 0].tolist() == [60, 40]
    assert limits.frozen[:, 3].tolist() == [False, True]
    with pytest.raises(ValueError, match="upper: Column 'age', row 'bob': 'none'"):
        read_limits(schema, X, upper=upper, rows=np.array([1]))
    none = read_limits(schema, X, rows=np.array([1]))
    assert none.low.shape == (1, 4)


@pytest.mark.parametrize(("given", "message"), BROKEN.values(), ids=BROKEN)
def test_frames_that_do_not_fit_are_refused(schema, X, given, message):
    with pytest.raises(ValueError, match=message):
        read_limits(schema, X, **given(X))


def test_people_without_limits_are_inserted():
    low = np.array([[1.0, -np.inf], [-np.inf, -np.inf]])
    closed = {1: np.array([[True, False, False], [False, False, True]])}
    some = Limits(low, np.full((2, 2), 9.0), np.eye(2, dtype=bool), closed)
    rows = np.array([False, True, False, True])
    every = some.among(rows)
    assert every[~rows].is_empty and not every.is_empty
    assert every.closed[1].shape == (4, 3)
    kept = every[rows]
    for part in ("low", "high", "frozen"):
        np.testing.assert_array_equal(getattr(kept, part), getattr(some, part))
    np.testing.assert_array_equal(kept.closed[1], closed[1])


def test_limits_are_empty_if_nobody_has_any():
    assert Limits.none((3, 2)).is_empty
    none = Limits.none((3, 2))
    levels = np.zeros((3, 4), dtype=bool)
    assert Limits(none.low, none.high, none.frozen, {1: levels}).is_empty
    levels = levels | np.eye(3, 4, dtype=bool)
    assert not Limits(none.low, none.high, none.frozen, {1: levels}).is_empty
    assert not none.with_frozen(np.eye(3, 2, dtype=bool)).is_empty
