"""Limits that follow from the largest effort of people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skpar import LevelPrices, Price, Range, Weight
from skpar.actionability import Actionability, People, with_affordable_cells
from skpar.objective import Effort
from skpar.table import TableSchema

RULES = {
    "age": "increasing",
    "savings": [Range(step=50), Weight(0.5)],
    "town": Weight(0.3),
}
PRICES = {
    "age": ["increasing", Price(30)],
    "savings": Price(0.01),
    "town": LevelPrices({("Bern", "Basel"): 5.0}, 400.0),
    "debt": Price(0.0),
}


@pytest.fixture(scope="module", params=["percentile", "log_percentile", "price"])
def case(request):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 80, 80),
            "savings": rng.lognormal(7, 1, 80).round(-1),
            "town": rng.choice(["Bern", "Basel", "Chur"], 80),
            "debt": np.where(rng.random(80) < 0.1, np.nan, rng.normal(size=80)),
        }
    )
    schema = TableSchema.infer(table)
    able = Actionability(schema, PRICES if request.param == "price" else RULES)
    codes = schema.encode(table)
    effort = Effort(schema, codes, request.param, able.weights, prices=able.prices)
    return able, effort, codes


def draw(case, most):
    """People with largest efforts, feasible rows, and the effort of each cell."""
    able, effort, codes = case
    rng = np.random.default_rng(1)
    own = codes[:30]
    people = People.unlimited(own)
    people = replace(people, limits=replace(people.limits, max_effort=most))
    rows = codes[rng.integers(len(codes), size=(30, 60))]
    share = rng.random((30, 60, 1))
    rows = np.where(rng.random(rows.shape) < 0.5, own[:, None], rows)
    near = own[:, None] + share * (rows - own[:, None])
    near[:, :, 2] = rows[:, :, 2]
    rows = able.project(people, near)
    return people, rows, effort.per_feature(own[:, None], rows)


@pytest.mark.parametrize("usual", [0.02, 0.3, 1.0])
def test_affordable_rows_stay_and_other_cells_go(case, usual):
    able, effort, _ = case
    most = np.full(30, usual * effort.typical)
    people, rows, cost = draw(case, most)
    narrow = with_affordable_cells(able, people, effort.per_feature)
    kept = able.keeps_rules(narrow, rows)
    is_affordable = cost <= most[:, None, None]
    assert kept[is_affordable].all()
    is_far = cost > 1.01 * most[:, None, None] + 1e-3 * effort.typical
    # Levels are frozen together, if none of them is affordable.
    is_far[:, :, 2] &= narrow.limits.frozen[:, [2]]
    assert is_far.any() and not kept[is_far].any()
    assert is_affordable.any(axis=(0, 1)).all()


def test_people_without_a_largest_effort_keep_their_limits(case):
    able, effort, codes = case
    people = People.unlimited(codes[:5])
    assert with_affordable_cells(able, people, effort.per_feature) is people
    most = np.array([np.inf, 0.1, np.inf, 0.0, np.inf]) * effort.typical
    some = replace(people, limits=replace(people.limits, max_effort=most))
    narrow = with_affordable_cells(able, some, effort.per_feature).limits
    free = most == np.inf
    for name in ("low", "high", "frozen"):
        same = getattr(narrow, name)[free], getattr(people.limits, name)[free]
        assert_array_equal(*same)
    assert (narrow.high[~free, 0] < np.inf).all()


def test_limits_of_the_user_stay(case):
    able, effort, codes = case
    low, high = np.full((5, 4), -np.inf), np.full((5, 4), np.inf)
    low[:, 1], high[:, 1] = codes[:5, 1] + 10, codes[:5, 1] + 20
    frozen = np.tile([True, False, False, False], (5, 1))
    people = People.unlimited(codes[:5])
    most = np.full(5, effort.typical)
    given = replace(people.limits, low=low, high=high, frozen=frozen, max_effort=most)
    narrow = with_affordable_cells(
        able, replace(people, limits=given), effort.per_feature
    )
    assert (narrow.limits.low >= low).all() and (narrow.limits.high <= high).all()
    assert narrow.limits.frozen[:, 0].all()
