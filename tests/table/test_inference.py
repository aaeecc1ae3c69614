import numpy as np
import pandas as pd
import polars as pl
import pytest

from skpar.table._cells import Cells
from skpar.table._inference import chosen_columns, infer_column
from skpar.table.frames import values_of


def column_of(values, dtype=None, **options):
    series = pd.Series(values, dtype=dtype)
    return infer_column(Cells("col", values_of(series), series.index), **options)


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "levels"),
    [
        ([True, False], bool, "binary", (False, True)),
        ([True, None], "boolean", "binary", (False, True)),
        ([True, None], object, "binary", (False, True)),
        ([3, 1], "int8", "integer", None),
        ([3, None], "UInt16", "integer", None),
        ([3.0, None], "float64", "integer", None),
        ([3.0, None], "Float32", "integer", None),
        ([3, None], object, "integer", None),
        ([2.0**53, 1.0], "float64", "continuous", None),
        ([0.5, 1.0], "float32", "continuous", None),
        ([0.5, 1], object, "continuous", None),
        (["b", None, "a"], "str", "nominal", ("a", "b")),
        (["b", None, "a"], "string", "nominal", ("a", "b")),
        (["b", None, "a"], object, "nominal", ("a", "b")),
        (["a", None], pd.CategoricalDtype(["b", "a"]), "nominal", ("b", "a")),
        ([1], pd.CategoricalDtype([2, 1], ordered=True), "ordinal", (2, 1)),
        ([True], pd.CategoricalDtype([True, False]), "nominal", (True, False)),
    ],
)
def test_kind_and_levels_follow_from_the_dtype(values, dtype, kind, levels):
    column = column_of(values, dtype)
    assert column.kind == kind
    assert column.levels == levels
    assert column.dtype == pd.Series(values, dtype=dtype).dtype
    assert column.may_be_missing == (None in values)
    types = {type(level) for level in levels or ()}
    assert types <= {str, int, bool}


def test_range_of_numbers_and_levels():
    column = column_of([3.5, np.nan, -1.0])
    assert (column.low, column.high) == (-1.0, 3.5)
    column = column_of(["a"], pd.CategoricalDtype(["a", "b", "c"]))
    assert (column.low, column.high) == (0.0, 2.0)


@pytest.mark.parametrize(
    ("values", "dtype", "levels"),
    [
        ([3, 1, 3], "int64", (1, 3)),
        ([3.5, None, 1.0], "float32", (1.0, 3.5)),
        ([3, None, 1], "Int64", (1, 3)),
        ([True, False], bool, (False, True)),
        ([1, 2], pd.CategoricalDtype([2, 1], ordered=True), (2, 1)),
    ],
)
def test_values_may_be_taken_as_names(values, dtype, levels):
    column = column_of(values, dtype, nominal=True)
    assert column.kind == "nominal"
    assert column.levels == levels


@pytest.mark.parametrize(
    ("values", "dtype", "order"),
    [
        (["b", None], "str", ["c", "b", "a"]),
        (["b", None], "string", np.array(["c", "b", "a"])),
        (["b", None], object, ("c", "b", "a")),
        (["b"], pd.CategoricalDtype(["a", "b", "c"]), ["c", "b", "a"]),
        ([3, 1], "int8", [3, 2, 1]),
        ([3, None], "Int8", [3, 2, 1]),
        ([0.5, None], "float64", [0.5, 0.1]),
        ([True], "bool", [True, False]),
    ],
)
def test_levels_in_the_users_order_are_all_legal(values, dtype, order):
    column = column_of(values, dtype, order=order)
    assert column.kind == "ordinal"
    assert column.levels == tuple(order)
    assert column.seen == (True,) * len(order)
    assert (column.low, column.high) == (0.0, len(order) - 1.0)
    built = pd.Series(column.build(np.arange(len(order), dtype=float)))
    assert built.tolist() == list(order)


@pytest.mark.parametrize(
    ("values", "dtype", "order", "said"),
    [
        (["a", "b"], "str", ["a"], r"row 1: 'b' is not among the levels .*\['a'\]"),
        ([1, 2], "int64", [1, 3], "row 1: 2 is not among"),
        ([1, 2], "int64", [1, 2, 2.5], "cannot hold the level 2.5"),
        ([1, 2], "int8", [1, 2, 300], "cannot hold the level"),
        ([1, 2], "Int64", [1, 2, 2.5], "cannot hold the level"),
        (["a"], "category", ["a", "b"], "category cannot hold the level 'b'"),
        ([0.5], "float64", [0.5, np.nan], "cannot hold the level nan"),
        ([1, 2], "int64", ["1", "2"], "lists strings such as '1', .* are numbers"),
        ([True], "bool", [0, 1], "lists numbers such as 0, .* are bools"),
        (["a"], "str", ["a", "a"], "lists a level twice"),
        (["a"], "str", ["a", 1], "must be all strings, all numbers .* int, str"),
        (["a"], "str", [["a"]], "must be all strings"),
        (["a"], "str", [], "found none"),
    ],
)
def test_unusable_orders_are_refused(values, dtype, order, said):
    with pytest.raises(ValueError, match=f"Column 'col'.*{said}"):
        column_of(values, dtype, order=order)


@pytest.mark.parametrize("dtype", ["float64", object, "str", "Int64", "category"])
def test_a_column_without_any_cell_is_refused(dtype):
    with pytest.raises(ValueError, match="Column 'col': every cell is missing"):
        column_of([None, None], dtype)


def test_categories_of_mixed_types_are_refused():
    with pytest.raises(ValueError, match="must be all strings.*int, str"):
        column_of(["a"], pd.CategoricalDtype(["a", 1]))


@pytest.mark.parametrize("nominal", [False, True])
def test_infinity_is_refused(nominal):
    with pytest.raises(ValueError, match="row 1: inf is not finite"):
        column_of([1.0, np.inf], nominal=nominal)


@pytest.mark.parametrize("make", [list, np.array, pd.Series, pl.Series])
def test_the_list_of_categories_may_be_an_array_or_a_series(make):
    assert chosen_columns(["age", "job"], make(["job"]), None) == ({1}, {})
