"""Rare training rows are found again, whatever their cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.objective._rare_rows import RareRows

CELL = st.sampled_from([0.0, -0.0, 1.0, 2.5, np.nan, 256.0, 1e300])
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)


def key(row):
    return tuple("missing" if np.isnan(cell) else cell for cell in row)


@given(TABLE, TABLE, st.integers(1, 4))
def test_rare_rows_are_those_that_occur_less_often(train, rows, at_least):
    rare = RareRows(np.array(train), at_least)
    known = [key(row) for row in train]
    want = [0 < known.count(key(row)) < at_least for row in rows]
    assert rare(np.array(rows)).tolist() == want
    assert rare(np.array([rows, rows])).tolist() == [want, want]


def test_five_people_are_a_crowd():
    codes = np.repeat([[1.0], [2.0]], [4, 5], axis=0)
    assert RareRows(codes)(np.array([[1.0], [2.0], [3.0]])).tolist() == [1, 0, 0]


@pytest.mark.parametrize("shape", [(0, 1), (2, 0, 1)])
def test_no_rows_are_no_trouble(shape):
    assert RareRows(np.ones((3, 1)))(np.zeros(shape)).shape == shape[:-1]
