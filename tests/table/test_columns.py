import pickle

import numpy as np
import pandas as pd
import pytest

from skpar.table._cells import Cells
from skpar.table._inference import infer_column
from skpar.table.frames import values_of


def cells_of(values, dtype=None):
    series = pd.Series(values, dtype=dtype)
    rows = pd.Index([f"r{i}" for i in range(len(series))])
    return Cells("col", values_of(series), rows)


def column_of(values, dtype=None, **options):
    return infer_column(cells_of(values, dtype), **options)


AGES = column_of([20, 30, 40])
AGES_OR_NONE = column_of([20.0, None, 40.0])
RATES = column_of([0.5, 1.25])
JOBS = column_of(["cook", "clerk"])
JOBS_OR_NONE = column_of(["cook", None, "clerk"])
FLAGS = column_of([True, False])
SIZES = column_of([1, 2], dtype=pd.CategoricalDtype([2, 1], ordered=True))


@pytest.mark.parametrize(
    ("column", "values", "dtype", "codes"),
    [
        (AGES, [25.0, 99.0], "float32", [25, 99]),
        (AGES, [25, 99], "Int64", [25, 99]),
        (AGES, [25, 99], "category", [25, 99]),
        (AGES, [25, 99.0], object, [25, 99]),
        (AGES_OR_NONE, [None, 25], "Int64", [np.nan, 25]),
        (AGES_OR_NONE, [None, 2.5], "float64", [np.nan, 2.5]),
        (AGES_OR_NONE, [None, None], object, [np.nan, np.nan]),
        (RATES, [2, 3], "int8", [2, 3]),
        (JOBS, ["clerk", "cook"], "string", [0, 1]),
        (JOBS, ["clerk", "cook"], object, [0, 1]),
        (JOBS, ["cook"], pd.CategoricalDtype(["baker", "cook"]), [1]),
        (JOBS_OR_NONE, [np.nan], "float64", [np.nan]),
        (JOBS_OR_NONE, [None, "cook"], "category", [np.nan, 1]),
        (FLAGS, [1, 0], "int64", [1, 0]),
        (FLAGS, [True, False], object, [1, 0]),
        (FLAGS, [True], "boolean", [1]),
        (FLAGS, [True, False], pd.CategoricalDtype([True, False]), [1, 0]),
        (SIZES, [1.0, 2.0], "float64", [1, 0]),
        (SIZES, [1], pd.CategoricalDtype([0, 1]), [1]),
    ],
)
def test_legal_values_of_another_dtype_are_read(column, values, dtype, codes):
    np.testing.assert_array_equal(column.read(cells_of(values, dtype)), codes)


@pytest.mark.parametrize(
    ("column", "values", "dtype", "row", "said"),
    [
        (AGES, ["25"], None, "r0", "'25' is a string, but training cells were numbers"),
        (AGES, ["25"], "category", "r0", "is a string"),
        (AGES, [True], bool, "r0", "True is a bool, but training cells were numbers"),
        (AGES, [25, True], object, "r1", "True is a bool, but training"),
        (SIZES, [True], bool, "r0", "True is a bool, but training cells were numbers"),
        (JOBS_OR_NONE, [None, 25], "Int64", "r1", "25 is a number, .* were strings"),
        (JOBS, [True], None, "r0", "True is a bool, but training cells were strings"),
        (JOBS, [1], "category", "r0", "1 is a number"),
        (SIZES, ["1"], "category", "r0", "'1' is a string"),
        (JOBS, ["cook", "baker"], None, "r1", "'baker' is not a level .* 'clerk', 'co"),
        (JOBS, ["baker"], "category", "r0", "'baker' is not a level"),
        (SIZES, [2, 3], None, "r1", "3 is not a level known from training"),
        (FLAGS, [0, 2], None, "r1", "2 is not a level .* False, True"),
        (AGES, [25, None], "Int64", "r1", "the cell is missing, but no training"),
        (JOBS, ["cook", None], None, "r1", "the cell is missing"),
        (JOBS, [np.nan], "float64", "r0", "the cell is missing"),
        (RATES, [1.5, np.nan], None, "r1", "the cell is missing"),
        (RATES, [1.5, np.inf], None, "r1", "inf is not finite"),
        (AGES, [25, 2.5], None, "r1", "2.5 is not a whole number"),
        (AGES, [25, 1e300], None, "r1", r"beyond the range .* \(integer, dtype int64"),
        (AGES, pd.to_datetime(["2020-01-01"]), None, None, "dates and durations"),
    ],
)
def test_illegal_cells_are_refused_by_name(column, values, dtype, row, said):
    where = "" if row is None else f", row '{row}'"
    with pytest.raises(ValueError, match=f"Column 'col'{where}: .*{said}"):
        column.read(cells_of(values, dtype))


@pytest.mark.parametrize(
    ("dtype", "fits", "too_large"),
    [("int8", 127, 128), ("UInt8", 255, -1), ("float32", 1e38, 1e39)],
)
def test_numbers_must_fit_the_training_dtype(dtype, fits, too_large):
    column = column_of([1, 2.5] if dtype == "float32" else [1, 2], dtype)
    assert column.read(cells_of([fits], "float64"))[0] == fits
    with pytest.raises(ValueError, match=f"row 'r0': .* is beyond .* dtype {dtype}"):
        column.read(cells_of([too_large], "float64"))


def test_a_category_without_a_training_row_is_legal_but_known_as_unseen():
    column = column_of(["a", "c"], dtype=pd.CategoricalDtype(["a", "b", "c"]))
    assert column.levels == ("a", "b", "c")
    assert column.seen == (True, False, True)
    np.testing.assert_array_equal(column.read(cells_of(["b"], "category")), [1])
    assert column.holds(np.array([0.0, 1.0, 2.0])).tolist() == [True, False, True]


def test_a_boolean_value_without_a_training_row_is_legal_but_known_as_unseen():
    column = column_of([False, False])
    assert column.levels == (False, True)
    assert column.seen == (True, False)
    np.testing.assert_array_equal(column.read(cells_of([True])), [1])


def test_an_unknown_level_is_refused_with_advice():
    with pytest.raises(ValueError, match="'cock' is not a level .* lists it"):
        JOBS.read(cells_of(["cook", "cock"]))


def test_long_lists_of_levels_are_cut_in_messages():
    column = column_of([f"level {i:02}" for i in range(30)])
    with pytest.raises(ValueError, match="'level 09' and 20 more"):
        column.read(cells_of(["other"]))


def test_build_rounds_where_the_dtype_holds_whole_numbers_only():
    built = AGES.build(np.array([24.6, 25.4]))
    assert built.dtype == np.int64
    assert built.tolist() == [25, 25]
    assert AGES_OR_NONE.build(np.array([24.6])).tolist() == [24.6]


@pytest.mark.parametrize("column", [AGES, JOBS, FLAGS, RATES])
def test_build_gives_no_missing_cell_where_training_had_none(column):
    with pytest.raises(ValueError, match="Column 'col' cannot have missing cells"):
        column.build(np.array([np.nan]))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_objects_keep_the_training_form_of_a_missing_cell(missing):
    for values in (["a", missing], [1, missing], [1.5, missing], [True, missing]):
        cells = Cells("col", np.array(values, dtype=object), np.arange(2))
        column = infer_column(cells)
        built = column.build(column.read(cells))
        assert built[0] == values[0]
        assert type(built[0]) is type(values[0])
        assert built[1] is missing


def test_build_owns_its_memory():
    codes = np.array([0.5, 1.0])
    RATES.build(codes)[0] = 7.0
    assert codes[0] == 0.5
    JOBS.build(np.array([0.0]))[0] = "cook"
    assert JOBS.build(np.array([0.0])).tolist() == ["clerk"]


@pytest.mark.parametrize(
    ("column", "code", "value"),
    [
        (AGES, 24.6, 25),
        (RATES, 0.5, 0.5),
        (JOBS, 1.0, "cook"),
        (FLAGS, 1.0, True),
        (SIZES, 0.0, 2),
        (JOBS_OR_NONE, np.nan, None),
        (AGES_OR_NONE, np.nan, None),
        (AGES_OR_NONE, 2.5, 2.5),
    ],
)
def test_value_of_is_a_python_value(column, code, value):
    found = column.value_of(np.float64(code))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (AGES, np.int8(7), 7.0),
        (AGES, 2.5, 2.5),
        (JOBS, np.str_("cook"), 1.0),
        (FLAGS, np.True_, 1.0),
        (SIZES, np.int64(1), 1.0),
    ],
)
def test_code_of_takes_python_and_numpy_values(column, value, code):
    found = column.code_of(value)
    assert found == code
    assert type(found) is float


@pytest.mark.parametrize("value", ["baker", 1, None, np.nan, ["cook"]])
def test_code_of_names_unknown_levels(value):
    with pytest.raises(ValueError, match="'col' has no level .* are 'clerk', 'cook'"):
        JOBS.code_of(value)


@pytest.mark.parametrize("value", ["7", None, True, np.nan, np.inf, [7]])
def test_code_of_names_what_is_no_number(value):
    with pytest.raises(ValueError, match="'col' is integer, and .* not a finite"):
        AGES.code_of(value)


@pytest.mark.parametrize("column", [AGES_OR_NONE, JOBS_OR_NONE, SIZES])
def test_columns_survive_pickling_and_compare_equal(column):
    copy = pickle.loads(pickle.dumps(column))
    assert copy == column
    codes = np.array([0.0, 1.0])
    assert list(copy.build(codes)) == list(column.build(codes))


def test_order_and_number_flags():
    assert AGES.is_numeric and AGES.is_ordered
    assert not JOBS.is_numeric and not JOBS.is_ordered
    assert not FLAGS.is_numeric and FLAGS.is_ordered
    assert not SIZES.is_numeric and SIZES.is_ordered


@pytest.mark.parametrize(
    ("dtype", "storage", "is_double"),
    [
        ("float64", "float64", True),
        ("float32", "float32", False),
        ("Float32", "float32", False),
        ("Float64", "float64", True),
        ("int8", "int8", True),
        ("Int16", "int16", True),
        (object, "object", True),
        ("category", None, True),
    ],
)
def test_precision_follows_from_what_stores_the_cells(dtype, storage, is_double):
    column = column_of([1, 2, 3], dtype=dtype)
    assert column.storage_dtype == (None if storage is None else np.dtype(storage))
    assert column.is_double_precision == is_double
