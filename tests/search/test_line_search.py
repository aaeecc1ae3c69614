"""Line search: numbers move back as far as the row stays an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.actionability import Actionability, People
from skpar.objective import Effort
from skpar.search._line_search import LineSearch
from skpar.table import TableSchema, same_cells

from .._configs import SEARCH

TABLE = pd.DataFrame(
    {
        "income": np.linspace(0.0, 1000.0, 201) ** 1.5,
        "rooms": np.arange(201) % 7,
        "job": np.resize(list("abc"), 201),
    }
)
SCHEMA = TableSchema.infer(TABLE)
CODES = SCHEMA.encode(TABLE)


class EffortAlone:
    """An objective of effort, for `LineSearch`."""

    def __init__(self, unit="percentile", bonus=None):
        self.effort = Effort(SCHEMA, CODES, unit)
        self.acting = np.ones(3, dtype=bool)
        self.scale = 0.1
        self.effort_weight = 1.0
        self.bonus = bonus

    def rounded(self, values):
        return np.round(values, 9)

    def change_cost(self, effort, changed):
        return effort

    def upper_bound(self, own, rows):
        value = -self.effort.per_feature(own, rows).sum(axis=1)
        return value if self.bonus is None else value + self.bonus(rows)


def drive(own, answers, accepts, objective, rules=None, n_steps=200):
    """Run the line search to its end; return the last answers and the rows tried."""
    people = People.unlimited(own)
    able = Actionability(SCHEMA, rules)
    answers = answers.copy()
    line = LineSearch(people, answers, able, objective, SEARCH)
    tried = []
    for _ in range(n_steps):
        value = objective.upper_bound(own, answers)
        step = line.step(answers, value)
        if not len(step.who):
            return answers, tried
        assert (step.objective > value[step.who]).all()
        assert able.is_feasible(people[step.who], step.rows).all()
        tried += list(step.rows)
        moved = accepts(step.rows)
        answers[step.who[moved]] = step.rows[moved]
        line.learn(step, moved)
    raise AssertionError("the line search does not end")


@given(
    st.sampled_from(["percentile", "log_percentile", "mad", "range"]),
    st.floats(100.0, 30_000.0),
    st.booleans(),
)
def test_a_number_moves_to_the_border(unit, border, is_rising):
    own, answer = (0.0, 31_000.0) if is_rising else (31_000.0, 0.0)
    objective = EffortAlone(unit)

    def accepts(rows):
        return rows[:, 0] >= border if is_rising else rows[:, 0] <= border

    rows = np.array([[own, 2.0, 0.0]]), np.array([[answer, 2.0, 0.0]])
    moved, _ = drive(*rows, accepts, objective)
    assert accepts(moved).all()
    nearest = rows[0].copy()
    nearest[0, 0] = border
    excess = objective.effort.per_feature(moved, nearest)[0, 0]
    # Each failed step halves the bracket.
    whole = objective.effort.per_feature(*rows)[0, 0]
    least = max(SEARCH.min_gain * objective.scale, whole / 2.0**SEARCH.max_failed_steps)
    assert excess <= 2.0 * least


def test_the_number_with_the_most_effort_moves_first():
    own, answers = np.array([[0.0, 0.0, 0.0]]), np.array([[30_000.0, 1.0, 0.0]])
    line = LineSearch(
        People.unlimited(own), answers, Actionability(SCHEMA), EffortAlone(), SEARCH
    )
    step = line.step(answers, np.array([-np.inf]))
    assert step.column.tolist() == [0]
    assert not same_cells(step.rows, answers)[0, 0]


@pytest.mark.parametrize(
    "own, answer",
    [
        ([0.0, 2.0, 0.0], [0.0, 2.0, 1.0]),  # levels have no middle
        ([np.nan, 2.0, 0.0], [5_000.0, 2.0, 0.0]),  # nor has a filled cell
        ([0.0, 2.0, 0.0], [0.0, 3.0, 0.0]),  # nor have neighboring whole numbers
    ],
)
def test_what_has_no_middle_stays(own, answer):
    rows = np.array([own]), np.array([answer])
    moved, tried = drive(*rows, lambda rows: np.ones(len(rows), bool), EffortAlone())
    np.testing.assert_array_equal(moved, rows[1])
    assert not tried


def test_whole_numbers_stay_whole():
    rows = np.array([[0.0, 0.0, 0.0]]), np.array([[0.0, 6.0, 0.0]])
    moved, tried = drive(*rows, lambda rows: rows[:, 1] >= 4.0, EffortAlone())
    assert moved[0, 1] == 4.0
    assert all(row[1] == round(row[1]) for row in tried)


def test_a_number_stays_if_the_objective_does_not_rise_in_the_middle():
    objective = EffortAlone(bonus=lambda rows: 9.0 * (rows[:, 0] > 29_000.0))
    rows = np.array([[0.0, 2.0, 0.0]]), np.array([[30_000.0, 2.0, 0.0]])
    moved, tried = drive(*rows, lambda rows: np.ones(len(rows), bool), objective)
    np.testing.assert_array_equal(moved, rows[1])
    assert not tried


def test_a_number_is_left_after_too_many_failed_steps():
    rows = np.array([[0.0, 2.0, 0.0]]), np.array([[31_000.0, 2.0, 0.0]])
    _, tried = drive(*rows, lambda rows: np.zeros(len(rows), bool), EffortAlone())
    assert 1 <= len(tried) <= SEARCH.max_failed_steps


def test_people_do_not_depend_on_each_other():
    rng = np.random.default_rng(0)
    own, answers = (CODES[rng.integers(0, 201, 20)] for _ in range(2))

    def accepts(rows):
        return rows[:, 0] + 3000.0 * rows[:, 1] >= 9_000.0

    together, _ = drive(own, answers, accepts, EffortAlone())
    for i in range(20):
        alone, _ = drive(own[[i]], answers[[i]], accepts, EffortAlone())
        np.testing.assert_array_equal(alone[0], together[i])
