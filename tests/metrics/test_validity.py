"""Coverage, validity, success and actionability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import Range
from skpar.metrics import actionability, coverage, success, validity

from .._loans import Accepts
from ._answers_of_people import RULES, answers_of_people

POSITIVE = Accepts(lambda table: np.ravel(table) > 0)
ROWS = st.lists(
    st.tuples(st.sampled_from([-1, 1]), st.booleans(), st.integers(1, 5)),
    min_size=1,
    max_size=8,
)
TRAIN = pd.DataFrame({"age": [20, 60], "hours": [0, 80], "job": ["clerk", "cook"]})
RULE = {"age": "increasing", "hours": Range(10, 60, step=5), "job": "immutable"}


def test_a_case_by_hand():
    new = np.array([[1], [-1], [1], [1], [-1]])
    answered = np.array([True, True, True, False, False])
    tables = (np.zeros((5, 1)), new, answered)
    assert coverage(*tables) == (0.6, 5)
    assert validity(*tables, POSITIVE, favorable_label=1) == (pytest.approx(2 / 3), 3)
    assert success(*tables, POSITIVE, favorable_label=1) == (0.4, 5)
    np.testing.assert_array_equal(
        validity(*tables, POSITIVE, favorable_label=1, average=None),
        [1, 0, 1, np.nan, np.nan],
    )


@given(ROWS)
def test_success_is_coverage_times_validity(rows):
    new, answered, weight = map(np.array, zip(*rows, strict=True))
    tables = (np.zeros((len(new), 1)), new[:, None], answered)
    options = {"favorable_label": 1, "sample_weight": weight}
    product = (
        coverage(*tables, sample_weight=weight).value
        * validity(*tables, POSITIVE, **options).value
    )
    found = success(*tables, POSITIVE, **options).value
    assert found == pytest.approx(product if answered.any() else 0.0)


def test_predict_decides_and_not_probability():
    class Undecided:
        classes_ = np.array([0, 1])

        def predict(self, table):
            return np.ones(len(table), dtype=int)

        def predict_proba(self, table):
            return np.tile([0.9, 0.1], (len(table), 1))

    assert validity([[0]], [[0]], [True], Undecided()) == (1.0, 1)


def test_actionability_by_hand():
    old = pd.DataFrame({"age": [30] * 5, "hours": [72] * 5, "job": ["cook"] * 5})
    new = old.assign(
        age=[31, 29, 30, 30, 30],
        hours=[72, 72, 40, 42, 72],
        job=["cook", "cook", "cook", "cook", "clerk"],
    )
    everybody = np.ones(5, dtype=bool)
    kept = actionability(old, new, everybody, TRAIN, RULE, average=None)
    np.testing.assert_array_equal(kept, [1, 0, 1, 0, 0])
    assert actionability(old, new, everybody, TRAIN, None) == (1.0, 5)


def test_values_beyond_training_are_not_feasible():
    old = pd.DataFrame({"age": [30], "hours": [40], "job": ["cook"]})
    assert actionability(old, old.assign(age=61), [True], TRAIN, {}) == (0.0, 1)


def test_actionability_agrees_with_a_plain_check():
    case = answers_of_people()
    old, new = case.factuals, case.counterfactuals
    given = (old, new, case.answered, case.schema)
    kept = actionability(*given, RULES, average=None)
    emptied = (new.isna() & ~old.isna()).any(axis=1)
    expected = (
        (new["age"] >= old["age"])
        & (new["school"].cat.codes >= old["school"].cat.codes)
        & (new["job"] == old["job"])
        & ~emptied
    )
    assert 0.1 < expected[case.answered].mean() < 0.9
    np.testing.assert_array_equal(kept[case.answered], expected[case.answered])
