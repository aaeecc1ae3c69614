import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skpar.table._cells import CellCounts, Cells
from skpar.table._codes import numbered
from skpar.table.frames import values_of


def make_cells(values, labels=None):
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    rows = series.index if labels is None else pd.Index(labels)
    return Cells("col", values_of(series), rows)


def objects(*values):
    return pd.Series(list(values), dtype=object)


@pytest.mark.parametrize(
    ("values", "family"),
    [
        (pd.Series([True, False]), "bool"),
        (pd.Series([True, None], dtype="boolean"), "bool"),
        (objects(None, np.True_, False), "bool"),
        (pd.Series([1, 2], dtype="uint8"), "number"),
        (pd.Series([1, None], dtype="Int16"), "number"),
        (pd.Series([0.5, np.nan], dtype="float32"), "number"),
        (objects(pd.NA, 1, 2.5, np.float32(1)), "number"),
        (pd.Series(["a", None]), "string"),
        (pd.Series(["a", None], dtype="string"), "string"),
        (objects(np.nan, "a", np.str_("b")), "string"),
        (pd.Series([3, None, 1], dtype=pd.CategoricalDtype([1, 2, 3])), "number"),
        (pd.Series(["a", None], dtype="category"), "string"),
        (pd.Series([True, None], dtype="category"), "bool"),
    ],
)
def test_family_is_that_of_the_present_cells(values, family):
    assert make_cells(values).family == family


@pytest.mark.parametrize(
    ("values", "row", "said"),
    [
        (pd.to_datetime(pd.Series(["2020-01-01"])), None, "dates and durations"),
        (
            pd.to_datetime(pd.Series(["2020-01-01"])).dt.tz_localize("UTC"),
            None,
            "dates and durations",
        ),
        (pd.to_timedelta(pd.Series([1]), unit="s"), None, "dates and durations"),
        (pd.Series(pd.period_range("2020", periods=1)), None, "period"),
        (pd.Series([1 + 2j]), None, "Complex data not supported"),
        (pd.Series(pd.arrays.SparseArray([0, 1])), None, "to_dense"),
        (objects("a", [1, 2]), 1, r"\[1, 2\] is of type list"),
        (objects(None, {"a": 1}), 1, "is of type dict"),
        (objects(b"a"), 0, "is of type bytes"),
        (objects(pd.Timestamp("2020-01-01")), 0, "is of type Timestamp"),
        (objects("a", "b", 3), 2, "3 is a number .* begins with a string"),
        (objects(True, 1), 1, "1 is a number .* begins with a bool"),
        (pd.cut(pd.Series([2, 1]), 2), 0, "is of type Interval"),
    ],
)
def test_what_is_no_family_is_refused(values, row, said):
    where = "Column 'col': " if row is None else f"Column 'col', row {row}: "
    with pytest.raises(ValueError, match=f"{where}.*{said}"):
        _ = make_cells(values).family


@pytest.mark.parametrize("dtype", [np.dtype("S3"), np.dtype("datetime64[s]")])
def test_raw_arrays_are_refused_by_dtype(dtype):
    values = np.array([b"a"]) if dtype.kind == "S" else np.array([0], dtype=dtype)
    with pytest.raises(ValueError, match="not supported"):
        _ = Cells("x0", values, np.arange(1)).family


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no wider floats")
def test_floats_wider_than_float64_are_refused():
    with pytest.raises(ValueError, match="wider than float64"):
        _ = Cells("x0", np.array([1], dtype=np.longdouble), np.arange(1)).family


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1.5, np.nan, -2]),
        pd.Series([1.5, None, -2], dtype="Float32"),
        objects(1.5, None, -2),
        pd.Series([1.5, None, -2], dtype="category"),
    ],
)
def test_numbers_are_read_from_every_dtype(values):
    np.testing.assert_array_equal(make_cells(values).numbers(), [1.5, np.nan, -2])


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2**53]),
        pd.Series([1, -(2**53) - 1]),
        pd.Series([1, 2**64 - 1], dtype="uint64"),
        pd.Series([1, 2**53 + 1], dtype="Int64"),
        objects(1.0, 2**53),
        objects(1, 10**400),
        pd.Series([1, 2**53 + 1], dtype="category"),
    ],
)
def test_integers_without_exact_float_are_refused(values):
    with pytest.raises(ValueError, match="row 1: the integer .* not below 2"):
        make_cells(values).numbers()


def test_integers_and_floats_at_the_limit_are_exact():
    largest = 2**53 - 1
    assert make_cells(pd.Series([largest])).numbers()[0] == largest
    assert make_cells(pd.Series([1e300])).numbers()[0] == 1e300
    assert make_cells(objects(1e300)).numbers()[0] == 1e300


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", object])
def test_infinity_is_refused_with_its_row(dtype):
    values = pd.Series([1.5, -np.inf], dtype=dtype)
    with pytest.raises(ValueError, match="Column 'col', row 'b': -inf is not finite"):
        make_cells(values, ["a", "b"]).numbers()


@pytest.mark.parametrize("dtype", ["str", "string", object])
def test_distinct_values_of_strings(dtype):
    cells = make_cells(pd.Series(["b", None, "a", "b"], dtype=dtype))
    positions, values = cells.distinct()
    assert positions.tolist() == [0, -1, 1, 0]
    assert values == ["b", "a"]


def test_distinct_values_of_a_category_are_all_of_its_dtype():
    dtype = pd.CategoricalDtype([3, 1, 2])
    positions, values = make_cells(pd.Series([1, None, 2], dtype=dtype)).distinct()
    assert positions.tolist() == [1, -1, 2]
    assert values == [3, 1, 2]
    assert all(type(value) is int for value in values)


def test_labels_in_errors_are_plain():
    cells = make_cells(pd.Series([1.0, np.inf]), [10, 20])
    with pytest.raises(ValueError, match="row 20: inf"):
        cells.numbers()


@given(arrays(np.float64, (5, 3), elements=st.sampled_from([0.0, -1.5, np.nan, 7.0])))
def test_numbered_codes_can_be_looked_up(values):
    different, place = numbered(values)
    assert place.shape == values.shape
    np.testing.assert_array_equal(different[place], values)
    assert len(different) == len(np.unique(values))


@pytest.mark.parametrize(
    ("values", "counts", "kind"),
    [
        (pd.Series([3.0, 1.0, np.nan, 3.0]), {1.0: 1, 3.0: 2}, "whole"),
        (pd.Series([3, 1, None, 3], dtype="Int64"), {1.0: 1, 3.0: 2}, "whole"),
        (pd.Series([0.5, 1.0]), {0.5: 1, 1.0: 1}, "number"),
        (objects("b", None, "a", "b"), {"b": 2, "a": 1}, "text"),
        (pd.Series(["a", "b"]).astype("category")[:1], {"a": 1}, "text"),
        (pd.Series([2, 1], dtype="category"), {1: 1, 2: 1}, "levels"),
        (pd.Series([True, True]), {True: 2}, "levels"),
        (pd.Series([np.nan, np.nan]), {}, "levels"),
    ],
)
def test_present_cells_are_counted(values, counts, kind):
    found = CellCounts(make_cells(values))
    assert found.counts.to_dict() == counts
    assert found.n_present == sum(counts.values())
    assert found.is_text == (kind == "text")
    assert found.is_number == (kind in ("whole", "number"))
    assert found.is_whole == (kind == "whole")
    if kind in ("whole", "number"):
        assert found.numbers.tolist() == sorted(counts)
        assert list(found.counts) == [counts[number] for number in found.numbers]
    if counts:
        assert found.distinct_share == len(counts) / found.n_present


def test_share_of_cells_with_a_form_counts_cells():
    found = CellCounts(make_cells(objects("a1", "a1", "b", None, "a1x")))
    assert found.share_of(re.compile(r"a\d")) == 0.5
