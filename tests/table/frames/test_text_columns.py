"""Columns of text: cells taken from one array are those of each column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar.table.frames import TextColumns


def columns(dtypes=("string", "string")):
    """A column of two levels, and one of three that may be missing."""
    two, three = ["no", "yes"], ["a", "b", "c"]
    return TextColumns(
        {
            1: (two, pd.array(two, dtype=dtypes[0])),
            2: (three, pd.array([*three, pd.NA], dtype=dtypes[1])),
        }
    )


def test_cells_are_the_levels_of_their_own_column():
    codes = np.array([[9.0, 1.0, np.nan], [9.0, 0.0, 2.0], [9.0, 1.0, 0.0]])
    taken = columns().take(codes)
    assert taken[1].tolist() == ["yes", "no", "yes"]
    assert taken[2].tolist() == [pd.NA, "c", "a"]
    assert all(
        cells.dtype == pd.array(["a"], dtype="string").dtype for cells in taken.values()
    )


def test_a_missing_cell_where_none_may_be_missing_is_left_to_the_column():
    assert columns().take(np.array([[9.0, np.nan, 0.0]])) == {}


def test_a_column_of_another_dtype_is_left_out():
    pytest.importorskip("pyarrow")
    mixed = columns(dtypes=("string[pyarrow]", "string[python]"))
    assert list(mixed.take(np.array([[9.0, 0.0, 0.0]]))) == [1]


def test_without_columns_of_text_there_are_no_cells():
    assert TextColumns({}).take(np.array([[1.0]])) == {}
    assert (
        TextColumns({0: (["a"], pd.array(["a"]))}).take(np.empty((0, 1)))[0].tolist()
        == []
    )
