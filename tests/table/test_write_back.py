import numpy as np
import pandas as pd
import pytest

from skpar.table import TableSchema, with_training_dtypes


def written(training, table, new):
    """Write one column of new codes into a table with training of another dtype."""
    schema = TableSchema.infer(training)
    return schema.write(table, schema.encode(table), np.array(new, dtype=float))


def frame(values, dtype=None):
    return pd.DataFrame({"a": pd.Series(values, dtype=dtype)})


@pytest.mark.parametrize(
    ("training", "table", "new", "wanted"),
    [
        (frame([1, 9]), frame([1.0, 2.0]), [1, 5], frame([1.0, 5.0])),
        (frame([1, 9]), frame([1, 2], "int8"), [1, 5], frame([1, 5], "int8")),
        (frame([1, 9]), frame([1, 2], "Int64"), [1, 5], frame([1, 5], "Int64")),
        (frame([1, 9]), frame([1, 2], object), [1, 5], frame([1, 5], object)),
        (frame([0.5, 9]), frame([1, 2]), [1, 5], frame([1, 5])),
        (
            frame([0.5, 9]),
            frame([1, 2], "float32"),
            [1, 2.5],
            frame([1, 2.5], "float32"),
        ),
        (frame(["p", "q"]), frame(["p"], object), [1], frame(["q"], object)),
        (
            frame(["p", "q"]),
            frame(["p"], pd.CategoricalDtype(["p", "q"])),
            [1],
            frame(["q"], pd.CategoricalDtype(["p", "q"])),
        ),
        (frame(["p", None]), frame(["p"], "string"), [None], frame([None], "string")),
        (frame([True, False]), frame([1, 0]), [0, 0], frame([0, 0])),
    ],
)
def test_a_dtype_that_holds_the_new_values_stays(training, table, new, wanted):
    found = written(training, table, np.reshape(np.array(new, dtype=float), (-1, 1)))
    pd.testing.assert_frame_equal(found, wanted)


@pytest.mark.parametrize(
    ("training", "table", "new", "wanted"),
    [
        (frame([0.5, 9]), frame([1, 2]), [1, 2.5], frame([1, 2.5])),
        (frame([0.5, 9]), frame([1, 2], "float32"), [1, 0.1], frame([1, 0.1])),
        (frame([1, 999]), frame([1, 2], "int8"), [1, 999], frame([1, 999])),
        (frame([1.0, None]), frame([1, 2]), [1, None], frame([1, None], "float64")),
        (frame(["p", "q"]), frame(["p", "p"], "category"), [0, 1], frame(["p", "q"])),
    ],
)
def test_a_dtype_that_does_not_hold_them_gives_way(training, table, new, wanted):
    found = written(training, table, np.reshape(np.array(new, dtype=float), (-1, 1)))
    pd.testing.assert_frame_equal(found, wanted)


def test_columns_without_a_change_keep_their_dtype():
    training = pd.DataFrame({"a": [0.5, 1.0], "b": ["p", "q"]})
    table = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["p", "p"])})
    schema = TableSchema.infer(training)
    codes = schema.encode(table)
    new = codes.copy()
    new[0, 1] = 1.0
    found = schema.write(table, codes, new)
    assert found["a"].dtype == np.int64
    assert found["b"].tolist() == ["q", "p"]


@pytest.mark.parametrize(
    ("training", "table", "new", "dtype"),
    [
        (np.array([[0.5], [9]]), np.array([[1], [2]]), [1, 5], "int64"),
        (np.array([[0.5], [9]]), np.array([[1], [2]]), [1, 2.5], "float64"),
        (np.array([[0.5], [9]]), np.float32([[1], [2]]), [1, 0.1], "float64"),
        (np.float32([[0.5], [9]]), np.array([[1.5], [2.5]]), [1.5, 5], "float64"),
        (np.array([[1], [999]]), np.int8([[1], [2]]), [1, 999], "int64"),
        (np.array([[1.0], [np.nan]]), np.array([[1], [2]]), [1, None], "float64"),
        (np.array([[True], [False]]), np.array([[1.0], [0.0]]), [1, 1], "float64"),
    ],
)
def test_arrays_grow_where_their_dtype_does_not_hold_a_value(
    training, table, new, dtype
):
    codes = np.reshape(np.array(new, dtype=float), (-1, 1))
    before = table.copy()
    found = written(training, table, codes)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.astype(float), codes)
    np.testing.assert_array_equal(table, before)


@pytest.mark.parametrize("dtype", ["U1", "U9", object])
def test_arrays_of_strings_are_never_cut(dtype):
    training = np.array([["p", "long"], ["longer", "q"]])
    table = np.array([["p", "q"]], dtype=dtype)
    schema = TableSchema.infer(training)
    codes = schema.encode(table)
    found = schema.write(table, codes, np.array([[0.0, 1.0]]))
    assert found.tolist() == [["longer", "q"]]
    assert found.dtype.kind == np.dtype(dtype).kind


def test_an_array_of_objects_takes_each_columns_own_values():
    frame = pd.DataFrame({"a": [1, 2], "b": ["p", "q"], "c": [True, False]})
    schema = TableSchema.infer(frame)
    table = frame.to_numpy()
    codes = schema.encode(table)
    found = schema.write(table, codes, codes[::-1])
    assert found.tolist() == [[2, "q", False], [1, "p", True]]
    assert table.tolist() == [[1, "p", True], [2, "q", False]]


@pytest.mark.parametrize(
    ("training", "table", "wanted"),
    [
        (frame([1, None], "Int64"), frame([1, 2]), frame([1, 2], "Int64")),
        (frame([1, 2]), frame([1, None], "Int64"), frame([1, None], "Int64")),
        (
            frame(["p", "q"], "category"),
            frame(["q"], "category"),
            frame(["q"], pd.CategoricalDtype(["p", "q"])),
        ),
        (
            frame(["p", "q"], "category"),
            frame(["r"], "category"),
            frame(["r"], "category"),
        ),
        (frame([True, None], object), frame([True]), frame([True], object)),
    ],
)
def test_dtypes_of_training_come_back_where_they_hold_all_cells(
    training, table, wanted
):
    with_training_dtypes(TableSchema.infer(training).columns, table)
    pd.testing.assert_frame_equal(table, wanted)
