import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.table import TableSchema
from skpar.table.frames import NewCells, rewrite_frame

from ..._frames import DTYPES, KINDS, as_polars, cells_of, frames, people

PEOPLE = people(30)
SCHEMA = TableSchema.infer(frames(PEOPLE)["pandas"])
CODES = SCHEMA.encode(frames(PEOPLE)["pandas"])


def dtypes_of(frame):
    return frame.dtypes if isinstance(frame, pl.DataFrame) else frame.schema.types


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(seed=st.integers(0, 2**16))
def test_only_changed_cells_change_and_no_dtype(kind, seed):
    rng = np.random.default_rng(seed)
    new = np.where(rng.random(CODES.shape) < 0.2, CODES[rng.permutation(30)], CODES)
    frame = frames(PEOPLE)[kind]
    written = SCHEMA.write(frame, CODES, new)
    assert dtypes_of(written) == dtypes_of(frame)
    np.testing.assert_array_equal(SCHEMA.encode(written), new)
    same = (CODES == new) | (np.isnan(CODES) & np.isnan(new))
    before, after = cells_of(frame), cells_of(written)
    for j, name in enumerate(before):
        for row in np.flatnonzero(same[:, j]):
            assert after[name][row] == before[name][row]
    assert cells_of(frame) == cells_of(frames(PEOPLE)[kind])  # the input stays


@pytest.mark.parametrize("kind", KINDS)
def test_null_stays_null_and_nan_stays_nan(kind):
    frame = pl.DataFrame({"x": [1.5, None, float("nan"), 2.5]})
    frame = frame if kind == "polars" else frame.to_arrow()
    schema = TableSchema.infer(frame)
    codes = schema.encode(frame)
    new = codes.copy()
    new[0] = 2.5
    assert cells_of(schema.write(frame, codes, new)) == {"x": [2.5, None, "NaN", 2.5]}
    assert cells_of(schema.write(frame, codes, codes)) == cells_of(frame)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("dtype", "cells", "value", "expected"),
    [
        (pl.Int8(), [1, None], 300, pl.Int64()),
        (pl.Int64(), [1, None], 2.5, pl.Float64()),
        (pl.Float32(), [1.0, None], 0.1, pl.Float64()),
        (pl.Float32(), [1.0, None], 0.5, pl.Float32()),
        (pl.Enum(["a", "b"]), ["a", None], "c", pl.String()),
        (pl.Categorical(), ["a", None], "c", pl.Categorical()),
    ],
)
def test_a_dtype_that_does_not_hold_a_value_gives_way(
    kind, dtype, cells, value, expected
):
    frame = pl.DataFrame({"x": cells + cells}, schema={"x": dtype})
    frame = frame if kind == "polars" else frame.to_arrow()
    new = rewrite_frame(frame, {0: NewCells(np.array([2]), [value])}, {})
    assert cells_of(new) == {"x": [*cells, value, None]}
    if kind == "polars":
        assert new.schema["x"] == expected


def test_the_dtype_of_training_comes_before_wider_ones():
    schema = TableSchema.infer(as_polars(PEOPLE))
    people_of_few_grades = as_polars(PEOPLE).with_columns(
        grade=pl.lit("low", dtype=pl.Enum(["low"]))
    )
    codes = schema.encode(people_of_few_grades)
    new = codes.copy()
    new[3, 6] = 2.0
    written = schema.write(people_of_few_grades, codes, new)
    assert written.schema["grade"] == DTYPES["grade"]
    assert written["grade"].to_list() == ["low"] * 3 + ["high"] + ["low"] * 26


def test_a_value_that_no_dtype_holds_is_an_error_that_names_the_column():
    frame = pa.table({"x": [[1], [2]]})
    with pytest.raises(ValueError, match="Column 'x'.*'cook'"):
        rewrite_frame(frame, {0: NewCells(np.array([0]), ["cook"])}, {})
