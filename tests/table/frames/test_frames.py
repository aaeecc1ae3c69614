import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skpar.table.frames import (
    column_names,
    copied,
    is_frame,
    is_other_frame,
    kind_of,
    loaded_kinds,
    refuse_lazy,
    take_rows,
)

COLUMNS = {"age": [31, 45, 52], "job": ["cook", None, "clerk"]}
TABLES = {
    "pandas": pd.DataFrame(COLUMNS),
    "polars": pl.DataFrame(COLUMNS),
    "pyarrow": pa.table(COLUMNS),
    "array": np.array([[31.0, 1.0], [45.0, np.nan], [52.0, 0.0]]),
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_table_has_its_kind(kind):
    table = TABLES[kind]
    assert kind_of(table) == kind
    assert is_frame(table) == (kind != "array")
    assert is_other_frame(table) == (kind in ("polars", "pyarrow"))
    names = ["x0", "x1"] if kind == "array" else ["age", "job"]
    assert column_names(table) == names


@pytest.mark.parametrize("other", [None, [[1]], "text", pl.Series([1]), {"a": [1]}])
def test_anything_else_is_no_frame(other):
    assert not is_frame(other) and not is_other_frame(other)


def test_names_that_occur_twice_are_listed_twice():
    table = pa.table([pa.array([1]), pa.array([2])], names=["age", "age"])
    assert column_names(table) == ["age", "age"]


def test_loaded_kinds_are_those_that_were_imported():
    assert loaded_kinds() == ["polars", "pyarrow"]


@pytest.mark.parametrize("rows", [[2, 0], [False, True, True], slice(1, 3), []])
@pytest.mark.parametrize("kind", TABLES)
def test_rows_are_taken_alike(kind, rows):
    rows = (
        rows if isinstance(rows, slice) else np.array(rows, dtype=type((*rows, 0)[0]))
    )
    taken = take_rows(TABLES[kind], rows)
    assert kind_of(taken) == kind
    expected = np.arange(3)[rows]
    assert len(taken) == len(expected)
    if kind == "array":
        np.testing.assert_array_equal(taken, TABLES[kind][expected])
        return
    ages = [COLUMNS["age"][row] for row in expected]
    assert list(np.asarray(taken["age"])) == ages


@pytest.mark.parametrize("kind", ["pandas", "polars", "array"])
def test_foreign_code_may_write_into_a_copy(kind):
    table = TABLES[kind]
    copy = copied(table)
    if kind == "array":
        copy[:] = 0.0
        assert table[0, 0] == 31.0
    else:
        copy[0, "age"] = 0 if kind == "polars" else copy.__setitem__("age", 0)
        assert table["age"][0] == 31


def test_a_lazy_frame_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"X is a LazyFrame.*Pass X\.collect\(\)"):
        refuse_lazy("X", TABLES["polars"].lazy())
    for table in TABLES.values():
        refuse_lazy("X", table)
