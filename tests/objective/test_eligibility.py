"""Rows that may be answers: likely enough, and no rare training row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.objective._effort import Effort
from skpar.objective._eligibility import Eligibility, RareRows
from skpar.table import TableSchema

from .._people import FittedCase

CELL = st.sampled_from([0.0, -0.0, 1.0, 2.5, np.nan, 256.0, 1e300])
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)


def key(row):
    return tuple("missing" if np.isnan(cell) else cell for cell in row)


@given(TABLE, TABLE, st.integers(1, 4))
def test_rare_rows_occur_less_often_than_the_minimum(train, rows, min_count):
    rare_rows = RareRows(np.array(train), min_count)
    known = [key(row) for row in train]
    want = [0 < known.count(key(row)) < min_count for row in rows]
    assert rare_rows.contains(np.array(rows)).tolist() == want
    assert rare_rows.contains(np.array([rows, rows])).tolist() == [want, want]


@pytest.mark.parametrize("shape", [(0, 1), (2, 0, 1)])
def test_a_table_without_rows_has_no_rare_ones(shape):
    rare_rows = RareRows(np.ones((3, 1)), 5)
    assert rare_rows.contains(np.zeros(shape)).shape == shape[:-1]


@pytest.fixture(scope="module")
def shop():
    return FittedCase(n=120)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
@pytest.mark.parametrize("with_rare_rows", [True, False])
def test_only_unlikely_and_rare_rows_are_not_eligible(shop, share, with_rare_rows):
    rare_rows = RareRows(shop.codes[:40], 2) if with_rare_rows else None
    least = shop.plausibility.quantile(share)
    eligibility = Eligibility(shop.plausibility, least, rare_rows)
    expected = shop.plausibility.log_densities(shop.codes)[0] >= least
    if with_rare_rows:
        expected &= ~rare_rows.contains(shop.codes)
    np.testing.assert_array_equal(eligibility.is_eligible(shop.codes), expected)
    assert eligibility.is_active == (share > 0 or with_rare_rows)
    assert eligibility.is_active == (not expected.all())
    assert expected.any()


def test_no_rows_are_no_trouble(shop):
    eligibility = Eligibility(shop.plausibility, 0.0, RareRows(shop.codes, 5))
    assert eligibility.is_eligible(shop.codes[:0]).shape == (0,)


def test_the_excess_is_what_is_above_the_largest_effort():
    table = pd.DataFrame({"a": [0.0, 1.0, 2.0, 4.0]})
    schema = TableSchema.infer(table)
    effort = Effort(schema, schema.encode(table), "range")
    eligibility = Eligibility(None, -np.inf, None, effort)
    own, rows = np.zeros((4, 1)), np.array([[1.0], [2.0], [4.0], [4.0]])
    most = np.array([0.25, 0.25, 0.25, np.inf])
    excess = eligibility.excess(own, rows, most)
    np.testing.assert_allclose(excess * effort.typical, [0.0, 0.25, 0.75, 0.0])
    assert excess[0] == excess[3] == 0.0
    # Efforts are sums with rounding errors, which do not count.
    assert not eligibility.excess(own[:1], rows[:1], most[:1] - 1e-13).any()
    assert not eligibility.excess(own, rows, None).any()
