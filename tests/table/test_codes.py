"""Comparing, numbering, hashing and rounding codes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.table._codes import (
    TOLERANCE,
    are_among,
    in_tolerances,
    n_changed,
    numbered,
    pack,
    quantile_grids,
    round_decimals,
    round_to_tolerance,
    row_keys,
    same_cells,
    unpack,
    without_loss,
)

CELL = st.sampled_from([0.0, -0.0, 1.0, 2.5, np.nan, 256.0, 1e300])
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)


def comparable(row):
    return tuple("missing" if np.isnan(cell) else cell for cell in row)


def test_n_changed_counts_cells():
    row = np.array([1.0, np.nan, 0.0])
    rows = np.array([[1.0, np.nan, 0.0], [2.0, 3.0, -0.0], [np.nan, np.nan, 1.0]])
    np.testing.assert_array_equal(n_changed(row, rows), [0, 2, 2])
    assert n_changed(row, rows).dtype == np.int64


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_values_are_among_others_exactly_where_isin_says_so(values, others):
    given = np.array(values, dtype=np.int64), np.array(others, dtype=np.int64)
    np.testing.assert_array_equal(are_among(*given), np.isin(*given))


def test_many_values_and_values_of_another_type_are_looked_up_alike():
    many, some = np.arange(2000), np.array([3, 1999])
    np.testing.assert_array_equal(are_among(many, some), np.isin(many, some))
    assert are_among(np.array(["a", "b"]), np.array(["b"], dtype=object)).tolist() == [
        False,
        True,
    ]


@given(TABLE)
def test_numbers_of_cells_are_equal_where_cells_are(rows):
    codes = np.array(rows)
    different, place = numbered(codes)
    assert same_cells(different[place], codes).all()
    assert len(np.unique(place)) == len(different)


@given(TABLE, st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_keys_are_equal_exactly_where_rows_and_owners_are(rows, owners):
    codes, owner = np.array(rows), np.array(owners[: len(rows)])
    expected = [comparable(row) for row in rows]
    keys = row_keys(codes)
    assert len(set(keys.tolist())) == len(set(expected))
    owned = row_keys(codes, owner=owner)
    assert len(set(owned.tolist())) == len(set(zip(expected, owner, strict=True)))


@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_small_whole_numbers_do_not_collide(dtype):
    """Owners, cells and their order count, though few of their bits differ."""
    owner, one, two = (cells.ravel() for cells in np.indices((50, 50, 50)))
    rows = np.column_stack([one, two]).astype(dtype)
    assert len(np.unique(row_keys(rows, owner=owner))) == len(rows)
    assert len(np.unique(row_keys(rows))) == 50 * 50


def test_a_key_depends_on_its_row_alone():
    codes = np.random.RandomState(0).randn(40, 5)
    keys = row_keys(codes)
    np.testing.assert_array_equal(row_keys(codes[::-3]), keys[::-3])
    np.testing.assert_array_equal(row_keys(np.asfortranarray(codes)), keys)
    assert row_keys(codes[:0]).shape == (0,)


def test_any_bit_of_a_cell_changes_about_half_of_a_key():
    bits = np.concatenate([[0], 1 << np.arange(63)])
    keys = row_keys(bits[:, None]).view(np.uint64)
    flipped = (keys[1:] ^ keys[0]).tolist()
    n_flipped = np.array([key.bit_count() for key in flipped])
    assert 12 <= n_flipped.min() and n_flipped.max() <= 52
    assert n_flipped.mean() == pytest.approx(32, abs=3)


def test_rounding_hides_rounding_errors():
    values = np.random.RandomState(0).randn(1000) * 10
    shaken = values * (1 + 1e-15)
    for rounding in (in_tolerances, round_to_tolerance, round_decimals):
        assert (rounding(values) == rounding(shaken)).mean() > 0.99
        assert (rounding(values) != rounding(values + 2 * TOLERANCE)).all()
    np.testing.assert_allclose(round_to_tolerance(values), values, atol=TOLERANCE)
    np.testing.assert_allclose(round_decimals(values), values, atol=TOLERANCE)
    counts = in_tolerances(values)
    np.testing.assert_array_equal(counts, np.rint(counts))


def test_rounding_in_place():
    values = np.array([0.1, -np.inf, 1 / 3])
    expected = round_to_tolerance(values)
    assert round_to_tolerance(values, out=values) is values
    np.testing.assert_array_equal(values, expected)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_quantile_grids_are_values_of_the_column(cells):
    present = np.array(cells, dtype=np.float64)
    of_cells, of_values = quantile_grids(present, [0.0, 0.5, 1.0])
    assert np.isin(of_cells, present).all() and np.isin(of_values, present).all()
    for grid in (of_cells, of_values):
        assert grid[0] == present.min() and grid[2] == present.max()
    assert (present <= of_cells[1]).mean() >= 0.5
    assert (present < of_cells[1]).mean() <= 0.5


def test_a_frequent_value_leaves_the_other_quantiles_to_the_rest():
    present = np.concatenate([np.zeros(90), np.arange(1.0, 11.0)])
    of_cells, of_values = quantile_grids(present, np.linspace(0.1, 0.9, 9))
    assert not of_cells.any()
    assert len(np.unique(of_values)) == 9


@given(
    st.lists(st.sampled_from([0.0, -0.0, 1.5, np.nan, np.inf]), max_size=40),
    st.integers(0, 400),
)
def test_packed_cells_come_back_bit_by_bit(few, n_others):
    cells = np.concatenate([few, np.random.RandomState(0).randn(n_others)])
    packed = pack(cells)
    assert unpack(packed).tobytes() == cells.tobytes()
    assert sum(0 if part is None else part.nbytes for part in packed) <= cells.nbytes


def test_few_values_are_packed_in_a_byte_each():
    values, place = pack(np.tile(np.arange(200.0), 50))
    assert len(values) == 200 and place.dtype == np.uint8
    values, place = pack(np.tile(np.arange(300.0), 50))
    assert len(values) == 300 and place.dtype == np.uint16
    assert pack(np.arange(300.0))[1] is None


@given(st.lists(st.sampled_from([0.0, -0.0, 0.5, 0.1, np.nan, np.inf, 1e300, 1e-300])))
def test_numbers_are_stored_in_single_precision_only_without_loss(numbers):
    values = np.array(numbers, dtype=np.float64)
    stored = without_loss(values)
    assert stored.astype(np.float64).tobytes() == values.tobytes()
    is_single = not {0.1, 1e300, 1e-300} & set(numbers)
    assert stored.dtype == (np.float32 if is_single else np.float64)


def test_other_dtypes_stay():
    assert without_loss(np.arange(3)).dtype == np.int64
