import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.table import TableSchema

LIMIT = 2**53 - 1
TEXT = st.text(st.characters(codec="utf-8"), max_size=3)
WHOLE = st.integers(-LIMIT, LIMIT)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FLOATS32 = st.floats(allow_nan=False, allow_infinity=False, width=32)


def integers(dtype):
    limits = np.iinfo(dtype)
    return st.integers(max(limits.min, -LIMIT), min(limits.max, LIMIT))


PRESENT_ONLY = {dtype: integers(dtype) for dtype in ("int8", "int64", "uint16")}
PRESENT_ONLY |= {"uint64": integers("uint64"), "bool": st.booleans()}
WITH_MISSING = {
    "float64": FLOATS,
    "float32": FLOATS32,
    "Float64": FLOATS,
    "Float32": FLOATS32,
    "Int64": WHOLE,
    "UInt8": integers("uint8"),
    "boolean": st.booleans(),
    "str": TEXT,
    "string[python]": TEXT,
}
OBJECTS = (TEXT, st.booleans(), WHOLE, FLOATS)
CATEGORIES = (TEXT, WHOLE, FLOATS.map(abs), st.booleans())


@st.composite
def cells(draw, values, missing, size):
    """Draw a list of cells with at least one value in it."""
    cell = values if missing is None else st.one_of(values, st.sampled_from(missing))
    drawn = draw(st.lists(cell, min_size=size, max_size=size))
    drawn[draw(st.integers(0, size - 1))] = draw(values)
    return drawn


@st.composite
def series(draw, size, mixed_missing=False):
    """Draw a column of any dtype that a schema takes."""
    family = draw(st.sampled_from(["present", "missing", "object", "category"]))
    if family == "present":
        dtype = draw(st.sampled_from(sorted(PRESENT_ONLY)))
        return pd.Series(draw(cells(PRESENT_ONLY[dtype], None, size)), dtype=dtype)
    if family == "missing":
        dtype = draw(st.sampled_from(sorted(WITH_MISSING)))
        drawn = draw(cells(WITH_MISSING[dtype], [None], size))
        return pd.Series(drawn, dtype=dtype)
    if family == "object":
        forms = [None, np.nan, pd.NA]
        missing = forms if mixed_missing else [draw(st.sampled_from(forms))]
        drawn = draw(cells(draw(st.sampled_from(OBJECTS)), missing, size))
        return pd.Series(drawn, dtype=object)
    values = draw(st.sampled_from(CATEGORIES))
    levels = draw(st.lists(values, min_size=1, max_size=4, unique=True))
    dtype = pd.CategoricalDtype(levels, ordered=draw(st.booleans()))
    return pd.Series(draw(cells(st.sampled_from(levels), [None], size)), dtype=dtype)


@st.composite
def frames(draw, mixed_missing=False):
    """Draw a frame of one to three columns and one to six rows."""
    size = draw(st.integers(1, 6))
    n_columns = draw(st.integers(1, 3))
    columns = [draw(series(size, mixed_missing)) for _ in range(n_columns)]
    frame = pd.concat(columns, axis=1, keys=list("abc")[:n_columns])
    frame.index = pd.Index([f"row {i}" for i in range(size)][::-1])
    return frame


def bits(column):
    """Give a column in a form that compares equal only where every bit is."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        return column.to_numpy().view(f"i{column.dtype.itemsize}").tolist()
    return [(type(cell), str(cell)) for cell in column.tolist()]


@given(frames())
def test_frames_survive_the_round_trip(frame):
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    assert codes.dtype == np.float64
    decoded = schema.decode(codes, index=frame.index)
    pd.testing.assert_frame_equal(decoded, frame)
    for name in frame:
        if frame[name].dtype != object:
            assert bits(decoded[name]) == bits(frame[name])


@given(frames())
def test_codes_lie_within_the_columns_range(frame):
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    assert (np.isnan(codes) == frame.isna().to_numpy()).all()
    for j, column in enumerate(schema.columns):
        present = codes[~np.isnan(codes[:, j]), j]
        assert column.low <= present.min() and present.max() <= column.high
        assert column.may_be_missing == (len(present) < len(codes))
        if column.levels is not None:
            assert set(present) <= set(np.flatnonzero(column.seen))
            values = [column.levels[int(code)] for code in present]
            assert values == frame.iloc[:, j].dropna().tolist()


@given(frames())
def test_few_rows_are_read_like_many(frame):
    """Rows that are read cell by cell have the codes of those read by columns."""
    schema = TableSchema.infer(frame)
    many = pd.concat([frame] * 17, ignore_index=True).astype(frame.dtypes)
    codes = schema.encode(many)[: len(frame)]
    for k in range(len(frame)):
        np.testing.assert_array_equal(schema.encode(frame[k : k + 1]), codes[[k]])


FOREIGN = [b"a", 1j, (1, 2), pd.Timestamp("2020-01-01"), np.inf, 10**400]


@given(frames(), st.data())
def test_cells_that_cannot_be_read_spare_all_others(frame, data):
    """Codes of other cells stay, problems are named, and `write` keeps the cells."""
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    flags = st.lists(st.booleans(), min_size=codes.size, max_size=codes.size)
    bad = np.array(data.draw(flags)).reshape(codes.shape)
    spoiled = frame.copy()
    for row, j in np.argwhere(bad):
        cells = np.array(spoiled.iloc[:, j], dtype=object)
        cells[row] = data.draw(st.sampled_from(FOREIGN))
        spoiled.isetitem(j, pd.Series(cells, frame.index, dtype=object))
    reading = schema.read(spoiled)
    np.testing.assert_array_equal(reading.codes, np.where(bad, np.nan, codes))
    assert [
        (row, frame.columns.get_loc(name)) for row, _, name, _ in reading.problems
    ] == [(row, j) for row, j in np.argwhere(bad).tolist()]
    assert reading.unreadable.tolist() == bad.any(axis=1).tolist()
    assert [bool(reason) for reason in reading.reasons()] == bad.any(axis=1).tolist()
    kept = ~reading.unreadable
    np.testing.assert_array_equal(
        schema.encode(schema.readable_rows(spoiled, reading)), codes[kept]
    )
    new = np.where(kept[:, np.newaxis], codes[::-1], reading.codes)
    written = schema.write(spoiled, reading.codes, new)
    for j in range(codes.shape[1]):
        was, now = (table.iloc[:, j].tolist() for table in (spoiled, written))
        same = [a is b for a, b in zip(was, now, strict=True)]
        assert np.array(same)[bad[:, j]].all()
    if bad.any():
        with pytest.raises(ValueError, match=r"(Column '[abc]', row 'row \d': |cells)"):
            schema.encode(spoiled)


def test_ten_cells_are_named_and_the_others_counted():
    schema = TableSchema.infer(pd.DataFrame({"a": [1, 2], "b": ["p", "q"]}))
    table = pd.DataFrame(
        {"a": [0.5] * 6, "b": ["r"] * 6}, index=[f"r{k}" for k in range(6)]
    )
    reading = schema.read(table)
    assert reading.unreadable.all()
    with pytest.raises(ValueError, match="12 cells cannot be read") as caught:
        schema.encode(table)
    lines = str(caught.value).split("\n")
    assert lines[1].startswith("Column 'a', row 'r0': 0.5 is not a whole number")
    assert lines[2].startswith("Column 'b', row 'r0': 'r' is not a level known")
    assert len(lines) == 12
    assert lines[-1] == "And 2 more."
    assert reading.reasons()[3].startswith("column 'a': 0.5 is not a whole")
    assert "; column 'b': 'r' is not a level" in reading.reasons()[3]


@given(frames(mixed_missing=True), st.data())
def test_write_changes_the_cells_whose_codes_differ_and_no_bit_beside(frame, data):
    schema = TableSchema.infer(frame)
    old = schema.encode(frame)
    draws = st.lists(st.sampled_from(range(len(old))), min_size=len(old))
    order = data.draw(draws)[: len(old)]
    columns = np.arange(old.shape[1]) % 2 == data.draw(st.sampled_from([0, 1]))
    new = np.where(columns, old[order], old)
    before = frame.copy(deep=True)
    written = schema.write(frame, old, new)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(written.iloc[:0], frame.iloc[:0])
    assert written.index.equals(frame.index)
    np.testing.assert_array_equal(schema.encode(written), new)
    changed = (old != new) & ~(np.isnan(old) & np.isnan(new))
    fresh = schema.decode(new)
    for j in range(old.shape[1]):
        now, was, wanted = (bits(table.iloc[:, j]) for table in (written, frame, fresh))
        for row in range(len(old)):
            assert now[row] == (wanted if changed[row, j] else was)[row]


@pytest.mark.parametrize(
    "table",
    [
        np.array([[0.1, 2], [np.nan, 3]]),
        np.array([[0.1, 2], [np.nan, 3]], dtype=np.float32),
        np.array([[1, 2], [5, 3]], dtype=np.int16),
        np.array([[True, False], [False, False]]),
        np.array([["a", "bcd"], ["b", "c"]]),
        np.array([["a", 1], [None, 2], ["b", 2.5]], dtype=object),
        np.array([[True, 7], [False, None]], dtype=object),
    ],
)
def test_arrays_survive_the_round_trip(table):
    schema = TableSchema.infer(table)
    assert schema.names == ("x0", "x1")
    assert not schema.is_frame
    decoded = schema.decode(schema.encode(table))
    assert isinstance(decoded, np.ndarray)
    assert decoded.dtype == table.dtype
    np.testing.assert_array_equal(decoded, table)


@pytest.mark.parametrize(
    "labels",
    [
        pd.Index([3, 1]),
        pd.RangeIndex(2),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]),
        pd.Index(["a", 1], dtype=object),
    ],
)
def test_column_labels_come_back(labels):
    frame = pd.DataFrame([[1, 2], [3, 4]])
    frame.columns = labels
    schema = TableSchema.infer(frame)
    assert schema.names == tuple(labels.tolist())
    codes = schema.encode(frame)
    pd.testing.assert_frame_equal(schema.decode(codes), frame)
    new = codes + np.array([[1, 0], [0, 0]])
    assert schema.write(frame, codes, new).iloc[0, 0] == 2


def test_repeated_row_labels_do_no_harm():
    frame = pd.DataFrame({"a": [1, 2], "b": pd.Series(["p", None], dtype=object)})
    frame.index = ["r", "r"]
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    pd.testing.assert_frame_equal(schema.decode(codes, index=frame.index), frame)
    written = schema.write(frame, codes, codes[::-1])
    assert written["b"].tolist() == [None, "p"]
    assert written.index.equals(frame.index)


def test_decoded_tables_are_new():
    frame = pd.DataFrame({"a": [0.5, 1.5], "b": ["p", "q"]})
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    decoded = schema.decode(codes)
    decoded.iloc[0] = [9.0, "other"]
    assert codes[0].tolist() == [0.5, 0.0]
    pd.testing.assert_frame_equal(schema.decode(codes), frame)


def test_no_rows_are_converted_to_no_rows():
    frame = pd.DataFrame({"a": [1, 2], "b": ["p", "q"]})
    schema = TableSchema.infer(frame)
    pd.testing.assert_frame_equal(schema.decode(np.empty((0, 2))), frame.iloc[:0])
    assert schema.encode(frame.iloc[:0]).shape == (0, 2)
    none = np.empty((0, 2))
    written = schema.write(frame.iloc[:0], none, none)
    pd.testing.assert_frame_equal(written, frame.iloc[:0])


PEOPLE = pd.DataFrame(
    {"age": [31, 45], "job": ["cook", "clerk"], "rate": [0.5, 1.5]}, index=["u", "v"]
)


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        (PEOPLE.iloc[:0], ValueError, r"0 sample\(s\)"),
        (PEOPLE[[]], ValueError, r"0 feature\(s\) \(shape=\(2, 0\)\) while a minimum"),
        (PEOPLE["age"], ValueError, "two dimensions, got 1"),
        (np.zeros((2, 2, 2)), ValueError, "two dimensions, got 3"),
        (PEOPLE[["age", "job", "age"]], ValueError, r"\['age'\] appear twice"),
        (PEOPLE.assign(age=[1.0, np.inf]), ValueError, "'age', row 'v': inf"),
        (PEOPLE.assign(age=pd.NaT), ValueError, "'age': every cell is missing"),
        (PEOPLE.assign(age=[[1], [2]]), ValueError, "'age', row 'u': .* list"),
        (
            PEOPLE.assign(age=pd.Timestamp("2020-01-01")),
            ValueError,
            "'age': dates and durations",
        ),
        (PEOPLE.assign(job=["cook", 1]), ValueError, "'job', row 'v': 1 is a number"),
        (np.array([[1j]]), ValueError, "Column 'x0': Complex data not supported"),
    ],
)
def test_unusable_training_tables_are_refused(table, error, said):
    with pytest.raises(error, match=said):
        TableSchema.infer(table)


def test_sparse_tables_are_refused():
    class Sparse:
        toarray = None

    with pytest.raises(TypeError, match="toarray"):
        TableSchema.infer(Sparse())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (PEOPLE[["age", "job"]], r"missing \['rate'\]"),
        (PEOPLE.assign(zip=1), r"unexpected \['zip'\]"),
        (PEOPLE.rename(columns={"age": "Age"}), r"missing \['age'\], unexpected"),
        (PEOPLE[["age", "age", "job", "rate"]], "4 columns instead of 3"),
        (PEOPLE[["job", "age", "rate"]], "another order than in training"),
        (PEOPLE.assign(job=[1, 2]), "'job', row 'u': 1 is a number"),
        (PEOPLE.assign(age=["1", "2"]), "'age', row 'u': '1' is a string"),
        (PEOPLE.assign(job=["cook", "baker"]), "'job', row 'v': 'baker'"),
        (PEOPLE.assign(job=["cook", None]), "'job', row 'v': the cell is missing"),
        (PEOPLE.assign(rate=[np.inf, 1]), "'rate', row 'u': inf is not finite"),
        (PEOPLE.to_numpy()[:, :2], r"has 2 columns; training had 3: \['age'"),
    ],
)
def test_tables_unlike_training_are_refused(table, said):
    with pytest.raises(ValueError, match=said):
        TableSchema.infer(PEOPLE).encode(table)


def test_arrays_and_frames_stand_in_for_each_other():
    frame = PEOPLE[["age", "rate"]]
    array = frame.to_numpy()
    by_frame, by_array = TableSchema.infer(frame), TableSchema.infer(array)
    codes = by_frame.encode(array)
    np.testing.assert_array_equal(codes, by_array.encode(frame))
    new = codes + np.array([[1.0, 0.0], [0.0, 0.25]])
    np.testing.assert_array_equal(by_frame.write(array, codes, new), new)
    written = by_array.write(frame, codes, new)
    pd.testing.assert_frame_equal(written, frame.assign(age=[32, 45], rate=[0.5, 1.75]))


def test_numbers_may_be_named_as_categories():
    for table, keys in ((PEOPLE, ["age"]), (PEOPLE, [0]), (PEOPLE.to_numpy(), ["x0"])):
        schema = TableSchema.infer(table, categorical_features=keys)
        assert [column.kind for column in schema.columns] == [
            "nominal",
            "nominal",
            "continuous",
        ]
        assert schema.columns[0].levels == (31, 45)


def test_levels_may_be_put_in_order():
    schema = TableSchema.infer(PEOPLE, ordinal_features={"job": ["cook", "clerk"]})
    assert schema.columns[1].kind == "ordinal"
    assert schema.encode(PEOPLE)[:, 1].tolist() == [0, 1]
    pd.testing.assert_frame_equal(
        schema.decode(schema.encode(PEOPLE), PEOPLE.index), PEOPLE
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"categorical_features": "age"}, r"use \['age'\]"),
        ({"categorical_features": ["agee"]}, "'agee'; did you mean age"),
        ({"categorical_features": [3]}, "no column 3; columns are 0 to 2"),
        ({"ordinal_features": {"jib": ["cook"]}}, "'jib'; did you mean job"),
        ({"ordinal_features": {"job": "cook"}}, "not the string 'cook'"),
        ({"ordinal_features": {"job": ["cook"]}}, "row 'v': 'clerk' is not among"),
        (
            {
                "categorical_features": ["job"],
                "ordinal_features": {"job": ["cook", "clerk"]},
            },
            "Column 'job' is named twice",
        ),
        (
            {"ordinal_features": {"job": ["cook", "clerk"], 1: ["cook", "clerk"]}},
            "Column 'job' is named twice",
        ),
    ],
)
def test_unusable_choices_of_columns_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        TableSchema.infer(PEOPLE, **options)


def test_position_finds_names_and_for_arrays_numbers():
    frame = TableSchema.infer(PEOPLE)
    array = TableSchema.infer(np.array([[1.5, 2.5]]))
    numbered = TableSchema.infer(pd.DataFrame({7: [1], 0: [2]}))
    assert [frame.position(name) for name in PEOPLE] == [0, 1, 2]
    assert [array.position(key) for key in (0, np.int64(1), "x1")] == [0, 1, 1]
    assert [numbered.position(key) for key in (7, 0)] == [0, 1]


@pytest.mark.parametrize(
    ("table", "key", "said"),
    [
        (PEOPLE, "jobs", "Unknown column 'jobs'; did you mean job"),
        (PEOPLE, "zzz", "Unknown column 'zzz'; columns are"),
        (PEOPLE, 0, "Unknown column 0"),
        (np.ones((2, 2)), 2, "no column 2; columns are 0 to 1"),
        (np.ones((2, 2)), -1, "no column -1"),
        (np.ones((2, 2)), "x2", r"Unknown column 'x2'; columns are \['x0', 'x1'\]"),
        (np.ones((2, 2)), True, "Unknown column True"),
        (pd.DataFrame({7: [1], 0: [2]}), 1, "Unknown column 1"),
    ],
)
def test_position_names_the_unknown_column(table, key, said):
    with pytest.raises(ValueError, match=said):
        TableSchema.infer(table).position(key)


def test_codes_and_values_by_column():
    schema = TableSchema.infer(PEOPLE)
    assert schema.code_of(1, "cook") == 1.0
    assert schema.value_of(1, 1.0) == "cook"
    assert schema.value_of(0, 31.0) == 31
    with pytest.raises(ValueError, match="Column 'job' has no level 'baker'"):
        schema.code_of(1, "baker")


@pytest.mark.parametrize(
    ("columns", "dtype"),
    [
        ({"a": [1], "b": [True]}, np.int64),
        ({"a": np.float32([1.5]), "b": np.int8([1])}, np.float32),
        ({"a": pd.array([1], dtype="Int64"), "b": [1]}, np.float64),
        ({"a": [1], "b": ["p"]}, None),
        ({"a": [1], "b": pd.Categorical([1])}, None),
    ],
)
def test_numeric_dtype_holds_every_column_or_is_none(columns, dtype):
    assert TableSchema.infer(pd.DataFrame(columns)).numeric_dtype == dtype


def test_schemas_survive_pickling():
    schema = TableSchema.infer(PEOPLE)
    copy = pickle.loads(pickle.dumps(schema))
    assert copy == schema
    codes = schema.encode(PEOPLE)
    pd.testing.assert_frame_equal(copy.decode(codes), schema.decode(codes))
