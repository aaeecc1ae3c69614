"""Gower distance, features changed and effort."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import TableSchema
from skpar.metrics import effort, gower_distance, n_changed

from .._loans import Accepts
from ._answers_of_people import answers_of_people

EVERYBODY = Accepts(lambda table: np.ones(len(table)))
EVERYBODY.classes_ = np.array([0, 1])
TRAIN = pd.DataFrame(
    {
        "age": [20, 30, 30, 60],
        "income": [100.0, 200.0, np.nan, 300.0],
        "job": ["clerk", "cook", "cook", "smith"],
    }
)
OLD = pd.DataFrame({"age": [20, 30], "income": [np.nan, 100.0], "job": ["cook"] * 2})
NEW = pd.DataFrame(
    {"age": [30, 30], "income": [100.0, 200.0], "job": ["clerk", "cook"]}
)


@pytest.mark.parametrize(
    ("metric", "more", "expected"),
    [
        (gower_distance, {}, [(0.25 + 1 + 1) / 3, 0.5 / 3]),
        (n_changed, {}, [3, 1]),
        # One person of four is 20, two are 30: T(20) = 1/8, T(30) = 1/2.
        (effort, {"reference": TRAIN}, [3 / 8 + 1 + 1, 1 / 3]),
        # The median of |age - 30| over 10, 0, 0, 30 is 5; that of incomes is 100.
        (effort, {"reference": TRAIN, "unit": "mad"}, [2 + 1 + 1, 1]),
        # From 7/8 of the people above to 1/2, and from 5/6 to 1/2.
        (
            effort,
            {"reference": TRAIN, "unit": "log_percentile"},
            [np.log(7 / 4) + 1 + 1, np.log(5 / 3)],
        ),
        # Ages range from 20 to 60, incomes from 100 to 300.
        (effort, {"reference": TRAIN, "unit": "range"}, [0.25 + 1 + 1, 0.5]),
    ],
)
def test_a_case_by_hand(metric, more, expected):
    found = metric(OLD, NEW, [True, True], EVERYBODY, TRAIN, **more, average=None)
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("unit", ["median", "price"])
def test_a_unit_that_needs_more_than_the_table_is_refused(unit):
    with pytest.raises(ValueError, match=f"unit must be one of .*'{unit}'"):
        effort(OLD, NEW, [True, True], EVERYBODY, TRAIN, TRAIN, unit=unit)


def test_gower_agrees_with_a_plain_loop():
    case = answers_of_people()
    old, new = case.factuals, case.counterfactuals
    numbers = case.population[["age", "income", "savings"]]
    total = np.zeros(len(old))
    for row in range(len(old)):
        for name in old:
            a, b = old[name].iloc[row], new[name].iloc[row]
            if pd.isna(a) or pd.isna(b):
                total[row] += pd.isna(a) != pd.isna(b)
            elif name in numbers:
                total[row] += abs(a - b) / np.ptp(numbers[name].dropna())
            elif name == "school":
                levels = old[name].cat.categories
                total[row] += abs(levels.get_loc(a) - levels.get_loc(b)) / 3
            else:
                total[row] += a != b
    everybody = np.ones(len(old), dtype=bool)
    found = gower_distance(old, new, everybody, EVERYBODY, case.schema, average=None)
    np.testing.assert_allclose(found, total / 6)


def test_an_unchanged_row_has_no_distance_and_no_effort():
    schema = TableSchema.infer(TRAIN)
    tables = (TRAIN, TRAIN, np.ones(4, dtype=bool), EVERYBODY, schema)
    assert gower_distance(*tables) == 0.0
    assert n_changed(*tables) == 0.0
    assert effort(*tables, TRAIN) == 0.0


def test_another_library_may_write_other_dtypes():
    new = NEW.astype({"age": float, "job": object})
    found = n_changed(OLD, new, [True, True], EVERYBODY, TRAIN)
    assert found == 2.0
