"""Feasible numbers: steps, directions, ends, to the last bit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import (
    Range,
)
from skpar.actionability import Actionability, People
from skpar.table import TableSchema

from ..._rule_cases import mixed_schema, move


@pytest.fixture(scope="module")
def people():
    return mixed_schema()


@pytest.mark.parametrize("tenths", range(1, 100))
def test_grids_hold_the_numbers_that_people_write(people, tenths):
    value = tenths / 10
    asked = value + 0.03
    assert move(people, {"rate": Range(0, 10, step=0.1)}, 10.0, asked) == value
    assert move(people, {"rate": Range(step=0.1, relative=True)}, 0.1, asked) == value
    assert move(people, {"rate": Range(high=value)}, 0.0, 10.0) == value
    least = Range(high=tenths / 10, relative=True)
    assert move(people, {"rate": least}, 0.1, 10.0) == min((tenths + 1) / 10, 10.0)


def test_ends_of_a_grid_belong_to_it(people):
    rule = {"rate": Range(0.3, 0.9, step=0.3)}
    got = [move(people, rule, 5.0, asked) for asked in (0.0, 0.5, 0.8, 2.0)]
    assert got == [0.3, 0.6, 0.9, 0.9]


@given(
    st.floats(0, 10), st.floats(0, 10), st.sampled_from(["increasing", "decreasing"])
)
def test_directions_hold_to_the_last_bit(people, own, asked, word):
    got = move(people, {"rate": word}, own, asked)
    right_way = asked >= own if word == "increasing" else asked <= own
    assert got == (asked if right_way else own)


@given(st.floats(0, 10), st.sampled_from([1e-300, 1e-17, 1e-15]))
def test_the_smallest_changes_go_the_right_way(people, own, change):
    up = move(people, {"rate": Range(low=change, relative=True)}, own, -5.0)
    down = move(people, {"rate": Range(high=-change, relative=True)}, own, 15.0)
    assert down <= own <= up


@given(
    st.floats(-1e20, 1e20), st.floats(-20, 20), st.sampled_from([0.1, 0.25, 1 / 3, 2.0])
)
def test_steps_from_any_own_value_can_be_counted(people, own, asked, step):
    rule = {"rate": Range(step=step, relative=True)}
    got = move(people, rule, own, asked)
    assert move(people, rule, own, got) == got
    if got != own:
        assert 0 <= got <= 10
        steps = (got - own) / step
        assert steps == pytest.approx(round(steps), abs=0.02)
    elif 0 <= own <= 10:
        assert abs(np.clip(asked, 0, 10) - own) <= step * (1 + 1e-9)


def test_numbers_stay_in_the_range_seen_in_training(people):
    assert move(people, {"age": Range(0, 200)}, 30.0, 150.0) == 90.0
    assert move(people, {"age": Range(0, 200, relative=True)}, 30.0, 150.0) == 90.0
    assert move(people, {"age": []}, 30.0, 41.4) == 41.0


def test_zero_has_no_sign():
    schema = TableSchema.infer(pd.DataFrame({"whole": [-3, 3], "real": [-2.5, 3.5]}))
    able = Actionability(schema, {"real": Range(step=0.5)})
    got = able.project(
        People.unlimited(np.array([[3.0, 3.5]])), np.array([[-0.4, -0.1]])
    )
    assert (got == 0).all() and not np.signbit(got).any()


def test_a_step_that_is_lost_in_the_own_value_keeps_it(people):
    rule = {"rate": Range(step=0.1, relative=True)}
    assert move(people, rule, 1e18, 3.0) == 1e18
    assert move(people, rule, 1e9, 3.04) == 3.0


def test_coarse_columns_get_numbers_that_they_can_hold():
    table = pd.DataFrame({"rate": np.array([0.1, 0.3, 7.7], dtype=np.float32)})
    schema = TableSchema.infer(table)
    factual = schema.encode(table)
    proposal = np.linspace(-1, 9, 300).reshape(3, 100, 1)
    for rule in ([], Range(0.2, 7, step=0.1), Range(high=0.3), "increasing"):
        able = Actionability(schema, {"rate": rule})
        candidate = able.project(People.unlimited(factual), proposal)
        as_held = candidate.astype(np.float32).astype(np.float64)
        np.testing.assert_array_equal(as_held, candidate)
        assert able.is_feasible(People.unlimited(factual), as_held).all()
    able = Actionability(schema, {"rate": Range(0, 0.5, step=0.1)})
    got = able.project(People.unlimited(factual[:1]), np.full((1, 1), 0.31))
    assert got.astype(np.float32) == np.float32(0.3)
