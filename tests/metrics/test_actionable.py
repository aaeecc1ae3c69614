"""The share of answers that keep the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skpar import Range
from skpar.metrics import actionability

from ._answers_of_people import RULES, answers_of_people

TRAIN = pd.DataFrame({"age": [20, 60], "hours": [0, 80], "job": ["clerk", "cook"]})
RULE = {"age": "increasing", "hours": Range(10, 60, step=5), "job": "immutable"}


def test_a_case_by_hand():
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


def test_values_beyond_training_are_out_of_reach():
    old = pd.DataFrame({"age": [30], "hours": [40], "job": ["cook"]})
    assert actionability(old, old.assign(age=61), [True], TRAIN, {}) == (0.0, 1)


def test_it_agrees_with_a_plain_check():
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
