"""The share of answers that keep rules, links and personal limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import If, MaxChanged, Range, Rises
from skpar.metrics import actionability, make_recourse_scorer, recourse_scorers

from .._loans import quick, split_loans
from ._answers_of_people import RULES, answers_of_people

TRAIN = pd.DataFrame({"age": [20, 60], "hours": [0, 80], "job": ["clerk", "cook"]})
RULE = {"age": "increasing", "hours": Range(10, 60, step=5), "job": "immutable"}


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
    assert actionability(old, new, everybody, TRAIN, None) == 1.0


def test_values_beyond_training_are_not_feasible():
    old = pd.DataFrame({"age": [30], "hours": [40], "job": ["cook"]})
    assert actionability(old, old.assign(age=61), [True], TRAIN, {}) == 0.0


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


def test_links_count():
    old = pd.DataFrame({"age": [30] * 3, "hours": [72] * 3, "job": ["cook"] * 3})
    new = old.assign(age=[31, 30, 31], hours=[40, 40, 72])
    everybody = np.ones(3, dtype=bool)
    given = (old, new, everybody, TRAIN, {})
    kept = actionability(*given, links=[MaxChanged(1)], average=None)
    np.testing.assert_array_equal(kept, [0, 1, 1])
    if_older = [If(Rises("age"), Rises("hours", by=1))]
    assert actionability(*given, links=if_older) == pytest.approx(1 / 3)


def test_limits_of_single_people_count():
    old = pd.DataFrame({"age": [30] * 3, "hours": [72] * 3, "job": ["cook"] * 3})
    new = old.assign(age=[31, 31, 31])
    answered = np.array([True, False, True])
    given = (old, new, answered, TRAIN, {})
    frozen = pd.DataFrame({"age": [True, True, False]})
    kept = actionability(*given, frozen=frozen, average=None)
    np.testing.assert_array_equal(kept, [0, np.nan, 1])
    upper = pd.DataFrame({"age": [40, 30, 30]})
    kept = actionability(*given, upper=upper, average=None)
    np.testing.assert_array_equal(kept, [1, np.nan, 0])
    with pytest.raises(ValueError, match="upper has 2 rows and X has 3"):
        actionability(*given, upper=upper[:2])


def test_the_scorer_knows_rules_and_links():
    loans = split_loans(150)
    rules, links = {"age": "immutable"}, [MaxChanged(2)]
    par = quick(actionability=rules, links=links).fit(loans.X, loans.y, loans.clf)
    count = make_recourse_scorer(
        lambda actionability, links: 10 * len(actionability) + len(links)
    )
    assert count(par, loans.asking) == 11
    assert recourse_scorers["actionability"](par, loans.asking) == 1
