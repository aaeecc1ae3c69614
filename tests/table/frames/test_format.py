import json
import pickle
from dataclasses import asdict

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skpar.table import TableSchema
from skpar.table.frames import FrameFormat, kind_of, to_kind

from ..._frames import DTYPES, KINDS, cells_of, frames, people

FRAMES = frames(people(60))


@pytest.mark.parametrize("kind", KINDS)
def test_decoding_restores_dtypes_and_cells(kind):
    schema = TableSchema.infer(FRAMES[kind])
    assert schema.is_frame and schema.kind == kind
    back = schema.decode(schema.encode(FRAMES[kind]))
    assert kind_of(back) == kind
    assert cells_of(back) == cells_of(FRAMES[kind])
    if kind == "polars":
        assert dict(back.schema) == DTYPES
    else:
        assert back.schema.types == FRAMES[kind].schema.types
        assert schema.decode(np.empty((0, 8))).schema.types == back.schema.types


def test_small_indices_of_pyarrow_hold_as_many_levels_as_they_count():
    levels = [f"town {number}" for number in range(200)]
    small = pa.dictionary(pa.int8(), pa.large_string(), ordered=True)
    form = FrameFormat.of(pa.table({"town": pa.array(levels[:3]).cast(small)}))
    for n, expected in ((100, small), (200, pa.dictionary(pa.uint32(), pa.string()))):
        table = form.build([("town", np.array(levels[:n]), np.array([n - 1, n]))])
        assert table.to_pydict() == {"town": [levels[n - 1], None]}
        assert table.schema.types == [expected]


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_numbers_are_written_as_in_training(missing):
    frame = pl.DataFrame({"x": [1.5, missing, 2.5]}, strict=False)
    schema = TableSchema.infer(frame)
    assert cells_of(schema.decode(schema.encode(frame))) == cells_of(frame)


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_is_plain_data(kind):
    form = FrameFormat.of(FRAMES[kind])
    assert pickle.loads(pickle.dumps(form)) == form
    texts, categories, flags, types = zip(
        *(vars(c).values() for c in form.columns), strict=True
    )
    plain = {type(cell) for group in categories for cell in group or ()}
    assert {*map(type, texts), *plain} == {str} and {*map(type, flags)} == {bool}
    assert {*map(type, types)} == {str if kind == "pyarrow" else type(None)}
    # JSON makes lists of tuples.
    assert FrameFormat.of_plain(json.loads(json.dumps(asdict(form)))) == form


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", FRAMES)
def test_frames_change_their_library_and_no_cell(source, kind):
    converted = to_kind(FRAMES[source], kind)
    assert kind_of(converted) == kind
    schema = TableSchema.infer(FRAMES["pandas"])
    codes = schema.encode(FRAMES["pandas"])
    np.testing.assert_array_equal(schema.encode(converted), codes)
    assert cells_of(converted)["job"] == cells_of(FRAMES[kind])["job"]


def test_a_frame_of_the_same_library_and_an_array_stay():
    array = np.zeros((2, 2))
    assert to_kind(array, "polars") is array
    for kind, frame in FRAMES.items():
        assert to_kind(frame, kind) is frame


def test_conversion_to_pandas_reads_the_frame():
    pd.testing.assert_series_equal(
        to_kind(FRAMES["polars"], "pandas")["grade"], FRAMES["pandas"]["grade"]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_some_of_the_columns_are_described(kind):
    schema = TableSchema.infer(FRAMES[kind]).select([6, 0])
    table = schema.decode(np.array([[2.0, 31.0], [np.nan, 45.0]]))
    assert cells_of(table) == {"grade": ["high", None], "age": [31, 45]}


@pytest.mark.parametrize("kind", ["pandas", *KINDS])
@pytest.mark.parametrize("source", FRAMES)
def test_a_schema_decodes_in_every_library(source, kind):
    schema = TableSchema.infer(FRAMES[source])
    codes = schema.encode(FRAMES[source])
    table = schema.of_kind(kind).decode(codes)
    assert kind_of(table) == kind
    np.testing.assert_array_equal(schema.encode(table), codes)
    if kind == "pandas":
        assert table["children"].dtype == np.float64
