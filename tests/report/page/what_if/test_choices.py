"""The values that one person may try."""

import numpy as np
import pandas as pd
import pytest

from skpar import Range
from skpar.actionability import Actionability, Limits, People
from skpar.report.page.what_if._choices import (
    feasible_values,
    free_rows,
    plain_cell,
    read_choices,
    rounded,
)
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "age": [20, 30, 40, 50],
        "rent": [1.5, np.nan, 2.25, 9.125],
        "job": ["cook", "judge", "cook", "clerk"],
        "member": [True, False, True, True],
    }
)
SCHEMA = TableSchema.infer(TABLE)
CODES = SCHEMA.encode(TABLE)
RULES = {"age": Range(20, 44, step=4), "member": "increasing"}


def test_own_values_are_among_the_choices():
    choices = read_choices(SCHEMA, CODES[1], {0: [20], 1: (5.0, 8.0), 2: ["cook"]}, 9)
    age, rent, job = choices
    assert age.codes.tolist() == [20.0, 30.0]
    assert (rent.low, rent.high, rent.may_be_missing) == (5.0, 8.0, True)
    assert job.plain(SCHEMA.columns[2]) == {"feature": 2, "values": ["cook", "judge"]}
    (wider,) = read_choices(SCHEMA, CODES[3], {1: (5.0, 8.0)}, 9)
    assert (wider.low, wider.high, wider.may_be_missing) == (5.0, 9.125, False)


def test_one_value_is_no_choice_and_many_numbers_are_a_range():
    assert read_choices(SCHEMA, CODES[0], {2: ["cook"]}, 9) == []
    (age,) = read_choices(SCHEMA, CODES[0], {0: [20, 24, 28]}, 2)
    assert (age.low, age.high, age.is_whole, len(age.codes)) == (20.0, 28.0, True, 0)


def test_draws_are_choices():
    rng = np.random.default_rng(0)
    job, rent = read_choices(SCHEMA, CODES[0], {1: (2.0, 3.0), 2: ["judge"]}, 9)[::-1]
    assert set(job.drawn(50, rng)) == set(job.codes)
    assert ((rent.drawn(50, rng) >= 1.5) & (rent.drawn(50, rng) <= 3.0)).all()
    (any_rent,) = read_choices(SCHEMA, CODES[0], {1: (-np.inf, np.inf)}, 9)
    assert np.isnan(any_rent.drawn(3, rng)).all()


def test_feasible_values_are_those_of_rules_and_limits():
    able = Actionability(SCHEMA, RULES)
    shape = (1, 4)
    limits = Limits.none(shape).with_frozen(np.array([[False, False, True, False]]))
    person = People(CODES[:1], limits)
    feasible = feasible_values(able, person, 9)
    assert feasible[0] == [20, 24, 28, 32, 36, 40, 44]
    assert feasible[1] == (1.5, 9.125)
    assert 2 not in feasible  # frozen
    assert 3 not in feasible  # already on
    short = feasible_values(able, person, 3)
    assert short[0] == (20.0, 44.0)
    for j, values in feasible.items():
        for value in values:
            row = CODES[:1].copy()
            row[0, j] = SCHEMA.code_of(j, value)
            assert able.is_feasible(person, row)[0]


def test_values_that_follow_have_no_ends(par, people):
    feasible = feasible_values(par._actionability, people[[0]], 9)
    names = par.schema_.names
    assert feasible[names.index("total")] == (-np.inf, np.inf)
    assert names.index("place") not in feasible


def test_rows_hold_all_listed_codes():
    choices = read_choices(SCHEMA, CODES[0], {0: [21, 22], 2: ["judge", "clerk"]}, 9)
    rows = free_rows(CODES[0], choices)
    assert rows[:, 0].tolist() == [20.0, 21.0, 22.0]
    assert set(rows[:, 2]) == {0.0, 1.0, 2.0}
    assert (rows[:, 1] == 1.5).all()


def test_cells_are_plain():
    job, member, rent = SCHEMA.columns[2], SCHEMA.columns[3], SCHEMA.columns[1]
    assert plain_cell(job, 1.0) == "cook"
    assert plain_cell(member, 1.0) is True
    assert plain_cell(rent, np.nan) is None
    assert plain_cell(rent, 2.25) == 2.25
    assert type(plain_cell(SCHEMA.columns[0], 20.0)) is int


def test_whole_numbers_that_javascript_lacks_are_refused():
    table = pd.DataFrame({"id": pd.Categorical([2**53 + 1, 2**53 + 3])})
    schema = TableSchema.infer(table)
    with pytest.raises(ValueError, match="'id' has the level 9007199254740993"):
        plain_cell(schema.columns[0], 0.0)


def test_arrays_are_rounded():
    values = np.array([[1.23456, 0.0], [1e-20, -98765.4]])
    assert rounded(values, 3) == [[1.23, 0.0], [1e-20, -98800.0]]
