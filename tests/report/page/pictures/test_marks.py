"""Marks of scales are round numbers, or all values that there are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.report.page.pictures._marks import marked_codes, round_numbers
from skpar.table import TableSchema


@given(
    st.floats(-1e6, 1e6),
    st.floats(-5, 7).map(lambda power: 10.0**power),
    st.booleans(),
)
def test_round_numbers_are_few_round_and_inside(low, width, is_whole):
    high = low + width
    numbers = round_numbers(low, high, is_whole)
    slack = 1e-6 * width
    assert (numbers >= low - slack).all() and (numbers <= high + slack).all()
    assert len(numbers) <= 5
    assert len(numbers) >= (1 if not is_whole or width >= 10 else 0)
    if is_whole:
        assert (numbers == np.round(numbers)).all()
    if len(numbers) > 1:
        step = np.diff(numbers)[0]
        digit = step / 10 ** np.floor(np.log10(step * (1 + 1e-6)))
        assert np.abs(digit - np.array([1, 2, 5])).min() < 1e-4


@pytest.mark.parametrize(
    ("values", "is_each_drawn", "marks", "are_all"),
    [
        ([0, 1, 1], True, [0, 1], True),
        ([False, True, True], False, [0, 1], True),
        (["a", "b", "c"], False, [0, 1, 2], True),
        ([1, 2, 4], True, [1, 2, 3, 4], True),
        ([0, 7, 12], True, [0, 5, 10], False),
        ([0, 400, 1200], False, [0, 500, 1000], False),
        ([0.0, 0.3, 0.5], False, [0, 0.2, 0.4], False),
    ],
)
def test_few_values_are_all_marked_and_many_at_round_numbers(
    values, is_each_drawn, marks, are_all
):
    (column,) = TableSchema.infer(pd.DataFrame({"a": values})).columns
    edge = 0.5 if is_each_drawn else 0.01
    low, high = float(min(column.low, column.high)), float(column.high)
    found, all_there = marked_codes(column, low - edge, high + edge, is_each_drawn)
    assert all_there is are_all
    assert found == pytest.approx(marks)
