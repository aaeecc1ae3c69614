"""Codes come back from tensors bit by bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.table import TableSchema
from skpar.table._encoder import MOST_ONE_HOT, TableEncoder

from .._people import FittedCase, make_people


def test_layout_and_exact_round_trip():
    table = make_people(200)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    tensor = encoder.encode(codes)
    assert tensor.dtype == torch.float64
    assert tensor.shape == (200, 3 + 4 + 3 + 2 + 1) == (200, encoder.width)
    np.testing.assert_array_equal(encoder.decode(tensor), codes)
    assert encoder.missing.tolist() == [-1, encoder.width - 1, -1, -1, -1, -1]
    assert encoder.numeric.tolist() == [0, 1, 2]


def test_a_column_of_many_levels_has_one_cell_for_the_number_of_the_level():
    towns = [f"town{k:02d}" for k in range(MOST_ONE_HOT + 1)]
    table = pd.DataFrame({"town": [*towns, None, None], "few": [*towns[:-1], *"abc"]})
    table["few"] = table["few"].where(np.arange(len(table)) < 4, "other")
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    assert encoder.numbered.tolist() == [0]
    assert encoder.width == 1 + len(schema.columns[1].levels) + 1
    tensor = encoder.encode(codes)
    expected = np.where(np.isnan(codes[:, 0]), -1.0, codes[:, 0])
    np.testing.assert_array_equal(tensor[:, 0], expected)
    np.testing.assert_array_equal(encoder.decode(tensor), codes)
    strange = codes.copy()
    strange[:, 0] = 2.0**52
    assert (encoder.encode(strange)[:, 0] == -1).all()
    quantities = encoder.encode_quantities(codes)
    assert (quantities[:, 0] == 0).all()
    assert torch.equal(quantities[:, 1:], tensor[:, 1:])
    narrower = TableEncoder(TableSchema.infer(table[1:]), codes[1:])
    assert not len(narrower.numbered)


def test_cells_of_one_column_are_those_of_whole_rows():
    shop = FittedCase(n=100)
    whole = shop.encoder.encode(shop.codes)
    for j, block in enumerate(shop.encoder.slices):
        cells = shop.encoder.encode_column(j, shop.codes[:, j])
        assert torch.equal(cells.block, whole[:, block])
        indicator = shop.encoder.missing[j]
        assert (cells.absent is None) == (indicator < 0)
        if cells.absent is not None:
            assert torch.equal(cells.absent, whole[:, indicator])


@settings(max_examples=60)
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False, width=64),
        min_size=2,
        max_size=30,
        unique=True,
    )
)
def test_any_float_comes_back_unless_it_under_or_overflows(values):
    schema = TableSchema.infer(pd.DataFrame({"x": values}))
    codes = schema.encode(pd.DataFrame({"x": values}))
    encoder = TableEncoder(schema, codes)
    back = encoder.decode(encoder.encode(codes))
    z = codes / encoder.scale
    ordinary = (np.abs(z) > 1e-300) & (np.abs(codes) > 1e-300) | (codes == 0)
    np.testing.assert_array_equal(back[ordinary], codes[ordinary])
    assert np.isfinite(encoder.encode(codes).numpy()).all()


def test_scale_is_a_power_of_two_near_the_spread():
    rng = np.random.RandomState(0)
    for unit in (1e-6, 1.0, 1e6):
        codes = unit * rng.randn(500, 1)
        schema = TableSchema.infer(pd.DataFrame(codes, columns=["x"]))
        scale = TableEncoder(schema, codes).scale[0]
        assert np.log2(scale) == np.rint(np.log2(scale))
        assert 0.7 <= codes.std() / scale <= 1.5


def test_a_missing_cell_is_its_indicator_and_nothing_else():
    shop = FittedCase(n=100)
    row = shop.codes[:1].copy()
    row[0, 1] = np.nan
    tensor = shop.encoder.encode(row)[0]
    assert tensor[shop.encoder.slices[1]].item() == 0.0
    assert tensor[-1].item() == 1.0


def test_relaxed_rows_decode_to_the_likeliest_level_and_whole_numbers():
    shop = FittedCase(n=100)
    tensor = shop.encoder.encode(shop.codes[:1])
    tensor[0, shop.encoder.slices[3]] = torch.tensor([0.1, 0.2, 0.6, 0.1]).double()
    tensor[0, 0] += 0.001
    decoded = shop.encoder.decode(tensor)
    assert decoded[0, 3] == 2
    assert decoded[0, 0] == shop.codes[0, 0]


@pytest.mark.parametrize("scale_of_units", [1.0, 1024.0])
def test_log_units_turn_a_density_per_cell_into_one_per_own_unit(scale_of_units):
    shop = FittedCase(n=100)
    units = shop.encoder.log_units(shop.codes)
    present = ~np.isnan(shop.codes)
    expected = (present * np.log(shop.encoder.scale)).sum(axis=1)
    np.testing.assert_allclose(units, expected)
    assert shop.encoder.scale[3] == 1.0


def test_a_code_that_is_no_level_has_an_empty_block():
    table = make_people(50)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    expected = encoder.encode(codes)
    column = next(j for j, one in enumerate(schema.columns) if one.levels is not None)
    block = encoder.slices[column]
    for code in (block.stop - block.start, 2.0**52):
        strange = codes.copy()
        strange[7, column] = code
        tensor = encoder.encode(strange)
        assert (tensor[7, block] == 0).all()
        tensor[7, block] = expected[7, block]
        assert torch.equal(tensor, expected)
        assert encoder.decode(encoder.encode(strange))[7, column] == 0


def test_log_units_can_leave_columns_out():
    table = make_people(50)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    present = ~np.isnan(codes)
    expected = np.where(present, np.log(encoder.scale), 0.0)
    np.testing.assert_allclose(encoder.log_units(codes), expected.sum(axis=1))
    expected[:, [0, 2]] = 0.0
    np.testing.assert_allclose(encoder.log_units(codes, (0, 2)), expected.sum(axis=1))
