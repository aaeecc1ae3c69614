"""Feasible numbers: steps, directions, ends, to the last bit."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skpar import (
    Range,
)
from skpar.actionability import Actionability, Bounds, People
from skpar.actionability._limits import Limits
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


STEPS = ["0.001", "0.01", "0.05", "0.1", "0.25", "2.5", "5", "500"]
RULES = st.sampled_from(["", "up", "down", "range", "relative"])


def move_one(schema, rules, name, own, asked):
    """Project one cell of a schema; the other cells are 0."""
    j = schema.names.index(name)
    factual, proposal = np.zeros((2, 1, schema.n_features))
    factual[0, j], proposal[0, j] = own, asked
    people = People.unlimited(factual)
    return Actionability(schema, rules).project(people, proposal)[0, j]


def move_it(schema, rules, own, asked):
    return move_one(schema, rules, "it", own, asked)


def column_of_step(step, dtype=np.float64, n=40):
    """A schema with one column of multiples of a step."""
    counts = np.r_[-20 : n - 20, 7]
    values = [float(int(count) * Fraction(step)) for count in counts]
    return TableSchema.infer(pd.DataFrame({"it": np.array(values, dtype=dtype)}))


@given(
    st.sampled_from(STEPS),
    st.sampled_from([np.float64, np.float32]),
    st.tuples(st.integers(-25, 25), st.integers(-25, 25)).map(sorted),
    st.floats(-30, 30) | st.integers(-30, 30),
    st.lists(st.floats(-30, 30), min_size=1),
    RULES,
)
def test_changes_lead_to_the_learned_step(step, dtype, ends, own, asked, name):
    schema, unit = column_of_step(step, dtype), float(step)
    assert schema.columns[0].step == unit
    low, high = (float(end * Fraction(step)) for end in ends)
    own = float(dtype(own * unit))
    rules = {"up": "increasing", "down": "decreasing", "range": Range(low, high)}
    rules["relative"] = Range(low, high, relative=True)
    assume(name != "relative" or (low, high) != (0, 0))
    assume(name != "range" or (low <= 19 * unit and high >= -20 * unit))
    able = Actionability(schema, {"it": rules[name]} if name else None)
    limits = Limits(*np.array([[[low]], [[high]]]), np.zeros((1, 1), dtype=bool))
    codes = np.array([[own]])
    for people in (People.unlimited(codes), People(codes, limits)):
        proposal = np.array(asked).reshape(1, -1, 1) * unit
        got = able.project(people, proposal)
        assert able.is_feasible(people, got).all()
        changed = got[got != own]
        written = [
            Fraction(f"{value:.{6 if dtype == np.float32 else 15}g}")
            for value in changed
        ]
        assert all((value / Fraction(step)).denominator == 1 for value in written)
        slack = 0 if dtype == np.float64 else 1e-6 * unit
        assert (changed >= -20 * unit - slack).all()
        assert (changed <= 19 * unit + slack).all()
        if people.limits is limits or name == "range":
            assert ((changed >= low - slack) & (changed <= high + slack)).all()
        if name in ("up", "down"):
            assert ((changed > own) == (name == "up")).all()
        listed = able.rules[0].alternatives(own, people.limits[0].of_column(0), 99)
        assert set(changed) <= set(listed)
        count = able.rules[0].count_alternatives(
            people.codes[:, 0], people.limits.of_column(0)
        )
        assert count == len(listed)


def test_the_users_step_replaces_the_learned_step():
    schema = column_of_step("0.1")
    assert move_it(schema, {"it": []}, 0.3, 0.93) == 0.9
    assert move_it(schema, {"it": Range(-0.05, step=0.25)}, 0.3, 0.93) == 0.95
    assert move_it(schema, {"it": Range(step=0.25, relative=True)}, 0.3, 0.93) == 1.05
    assert move_it(schema, {"it": Range(0.15, 0.5, relative=True)}, 0.3, 0.4) == 0.5


def test_who_is_off_the_step_stays_or_moves_onto_it():
    schema = column_of_step("0.1")
    asked = [0.333, 0.34, 0.38, 0.4]
    got = [move_it(schema, {"it": []}, 0.333, value) for value in asked]
    assert got == [0.333, 0.333, 0.4, 0.4]


def test_a_rounding_error_is_no_change():
    schema, own = column_of_step("0.1"), 0.1 + 0.2
    assert move_it(schema, {"it": []}, own, 0.3) == own
    assert move_it(schema, {"it": []}, own, 0.36) == 0.4
    (rule,) = Actionability(schema).rules
    listed = rule.alternatives(own, Bounds(0.1, 0.5), 10)
    assert listed.tolist() == [0.1, 0.2, 0.4, 0.5]
    assert rule.count_alternatives(np.array([own]), Bounds(0.1, 0.5)) == 4


def test_values_seen_are_the_only_ones_of_a_column_of_few():
    table = pd.DataFrame({"it": [0, 1, 666] * 10, "part": [0.25, 0.5, 1.5] * 10})
    schema = TableSchema.infer(table)
    for asked, got in ((5.0, 1.0), (500.0, 666.0), (333.0, 1.0)):
        assert move_one(schema, {}, "it", 1.0, asked) == got
    assert move_one(schema, {}, "part", 0.25, 0.9) == 0.5
    assert move_one(schema, {"it": Range(high=600)}, "it", 0.0, 500.0) == 1.0
    assert move_one(schema, {"it": Range(step=5)}, "it", 0.0, 501.0) == 500.0
    assert move_one(schema, {}, "it", 7.0, 5.0) == 7.0
