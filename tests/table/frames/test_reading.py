from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skpar.table import TableSchema
from skpar.table.frames import as_pandas, column_values

from ..._frames import KINDS, frames, people

FRAMES = frames(people(60))


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_those_of_pandas(kind):
    read = as_pandas(FRAMES[kind])
    expected = FRAMES["pandas"]
    # pandas has no nulls among whole numbers, unless they are masked.
    expected = expected.assign(children=expected["children"].astype("Int64"))
    pd.testing.assert_frame_equal(read, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_codes_do_not_depend_on_the_library(kind):
    schema = TableSchema.infer(FRAMES["pandas"])
    other = TableSchema.infer(FRAMES[kind])
    codes = schema.encode(FRAMES["pandas"])
    for own, table in ((schema, kind), (other, kind), (other, "pandas")):
        np.testing.assert_array_equal(own.encode(FRAMES[table]), codes)
    for one, two in zip(schema.columns, other.columns, strict=True):
        for field in ("name", "kind", "low", "high", "step", "few_values", "levels"):
            assert getattr(one, field) == getattr(two, field), (one.name, field)


def test_categories_of_other_columns_are_no_levels():
    pl.Series(["elsewhere", "aaa"], dtype=pl.Categorical)
    cells = column_values(FRAMES["polars"], 5)
    assert cells.categories.tolist() == ["Bern", "Ulm"] and not cells.ordered


@pytest.mark.parametrize("ordered", [False, True])
def test_only_an_ordered_dictionary_keeps_its_order(ordered):
    dictionary = pa.DictionaryArray.from_arrays(
        [1, None, 0], ["z", "a"], ordered=ordered
    )
    cells = column_values(pa.table({"x": dictionary}), 0)
    assert cells.categories.tolist() == (["z", "a"] if ordered else ["a", "z"])
    assert cells.tolist()[::2] == ["a", "z"] and cells.ordered == ordered


def test_large_whole_numbers_with_nulls_stay_exact():
    cells = column_values(pl.DataFrame({"x": [2**60 + 1, None]}), 0)
    assert cells[0] == 2**60 + 1 and cells[1] is pd.NA


def test_narrow_floats_stay_narrow():
    frame = pl.DataFrame({"x": [0.1, None]}, schema={"x": pl.Float32()})
    for table in (frame, frame.to_arrow()):
        cells = column_values(table, 0)
        assert cells.dtype == np.float32
        np.testing.assert_array_equal(cells, np.float32([0.1, np.nan]))


def test_other_tables_are_returned_unchanged():
    for table in (None, 3, np.zeros((2, 2)), FRAMES["pandas"]):
        assert as_pandas(table) is table


UNREADABLE = {
    "date": ([date(2020, 1, 1), None], "dates and durations"),
    "datetime": ([datetime(2020, 1, 1), None], "dates and durations"),
    "duration": ([timedelta(1), None], "dates and durations"),
    "decimal": ([Decimal("1.5"), None], "Decimal"),
    "list": ([[1, 2], None], "list"),
    "struct": ([{"a": 1}, {"a": 2}], "dict"),
    "binary": ([b"a", None], "bytes"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", UNREADABLE)
def test_dtypes_that_cannot_be_read_are_refused_by_name(kind, name):
    cells, text = UNREADABLE[name]
    frame = pl.DataFrame({"age": [1, 2], name: cells})
    with pytest.raises(ValueError, match=f"(?s)Column '{name}'.*{text}"):
        TableSchema.infer(frame if kind == "polars" else frame.to_arrow())


def test_objects_are_refused_by_name():
    frame = pl.DataFrame({"thing": pl.Series([object(), object()], dtype=pl.Object)})
    with pytest.raises(ValueError, match="Column 'thing'.*type object"):
        TableSchema.infer(frame)


def test_a_column_of_nulls_is_refused_by_name():
    with pytest.raises(ValueError, match="Column 'empty': every cell is missing"):
        TableSchema.infer(pl.DataFrame({"empty": [None, None]}))


def test_names_that_occur_twice_are_refused():
    table = pa.table([pa.array([1]), pa.array([2])], names=["age", "age"])
    with pytest.raises(ValueError, match=r"\['age'\] appear twice"):
        TableSchema.infer(table)
