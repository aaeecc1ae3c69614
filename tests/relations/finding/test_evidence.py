"""Evidence: counts of orders, simple numbers, different rows, samples."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.relations.finding._evidence import (
    TrainingRows,
    log_arrangements,
    log_choose,
    simple_number,
)
from skpar.table import TableSchema

from ..._relations import CONFIG


def data_of(cells):
    cells = np.asarray(cells, dtype=float)
    return TrainingRows(TableSchema.infer(cells), cells, CONFIG)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_orders_are_counted(cells):
    n_orders = len(set(permutations(cells)))
    counts = np.bincount(cells)
    assert math.exp(log_arrangements(counts)) == pytest.approx(n_orders)


def test_subsets_are_counted():
    counts = np.exp(log_choose(6, [0, 2, 6, 7]))
    np.testing.assert_allclose(counts, [1, 15, 1, 0])


@given(st.integers(-50, 50), st.integers(1, 1000), st.floats(-1e-7, 1e-7))
def test_simple_numbers_are_recognised(numerator, denominator, error):
    value = numerator / denominator
    assert simple_number(value + error, 2e-7, 1000) == pytest.approx(value, abs=3e-7)


def test_the_simplest_number_counts():
    assert simple_number(0.333, 0.01, 1000) == 1 / 3
    assert simple_number(0.333, 1e-9, 1000) == 0.333
    assert simple_number(math.pi, 1e-9, 1000) is None


def test_equal_rows_count_once():
    cells = np.array([[1, 2], [0, np.nan], [1, 2], [0, np.nan], [1, 3]])
    data = data_of(cells)
    np.testing.assert_array_equal(data.distinct, [0, 1, 4])
    assert data.log_orders[0] == pytest.approx(math.log(3))


def test_constant_columns_are_known():
    data = data_of([[1, 2, 0, 1], [1, np.nan, 1, np.nan], [1, 2, 0, 2]])
    np.testing.assert_array_equal(data.is_constant, [True, True, False, False])


def test_samples_hold_rare_values():
    cells = np.zeros((10_000, 2))
    cells[:, 1] = np.arange(10_000)
    cells[[17, 4711], 0] = 1
    keep = np.ones(10_000, dtype=bool)
    sample = data_of(cells).sample(keep, [0, 1])
    assert len(sample) <= CONFIG.max_rows + 2 * CONFIG.n_rare_rows
    assert {17, 4711} <= set(sample.tolist())
    keep[:9000] = False
    np.testing.assert_array_equal(
        data_of(cells).sample(keep, [0]), np.arange(9000, 10_000)
    )


def test_a_flag_that_is_on_in_one_row_is_not_evident():
    rng = np.random.default_rng(0)
    cells = np.column_stack([rng.normal(size=(500, 2)), np.zeros(500)])
    cells[3, 2] = 1
    data = data_of(cells)
    assert data.is_evident([0, 1], 1)
    assert not data.is_evident([0, 1, 2], 2)
