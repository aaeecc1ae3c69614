"""Derived columns follow their sources."""

import numpy as np
import pandas as pd
import pytest

from skpar import (
    Derived,
    Range,
)
from skpar.actionability import Actionability, People
from skpar.table import TableSchema


@pytest.fixture(scope="module")
def people():
    table = pd.DataFrame(
        {"a": [0, 4], "b": [0, 10], "c": [0, 7], "job": ["cook", "clerk"]}
    )
    return TableSchema.infer(table)


def half(table):
    return table["a"] / 2


def twice(table):
    return 2 * table["c"]


def test_derived_columns_follow_each_other(people):
    links = [Derived("b", ["c"], twice), Derived("c", ["a"], half)]
    able = Actionability(people, {"b": Range(0, 3)}, links)
    own = np.array([[0.0, 9.0, 7.0, 0.0]])
    asked = np.array([[[2.0, 0, 0, 0], [4.0, 0, 0, 1], [0, 1.0, 1.0, 1]]])
    got = able.project(People.unlimited(own), asked)[0]
    np.testing.assert_array_equal(
        got, [[2.0, 2.0, 1.0, 0.0], [0.0, 9.0, 7.0, 1.0], [0.0, 9.0, 7.0, 1.0]]
    )
    assert able.can_change(People.unlimited(own)).tolist() == [
        [True, False, False, True]
    ]


def test_arrays_give_arrays_to_derived_columns():
    schema = TableSchema.infer(np.array([[0.5, 1.0], [9.5, 20.0]]))
    able = Actionability(schema, None, [Derived(1, [0], lambda X: 2 * X[:, 0])])
    got = able.project(
        People.unlimited(np.array([[1.0, 7.0]])), np.array([[3.25, 7.0]])
    )
    np.testing.assert_array_equal(got, [[3.25, 6.0]])  # 6.5, rounded to even


@pytest.mark.parametrize("infinity", [np.inf, -np.inf])
def test_an_infinite_training_row_is_named(people, infinity):
    def share(table):
        return np.where(table["a"] == 2, infinity, 1.0)

    able = Actionability(people, None, [Derived("b", ["a"], share)])
    codes = np.array([[1.0, 0, 0, 0], [2.0, 0, 0, 0], [2.0, 0, 0, 0]])
    with pytest.raises(ValueError, match=f"links, Derived.*{infinity} for row 'v'"):
        able.link_set.check_rows(codes, pd.Index(["u", "v", "w"]))
    able.link_set.check_rows(codes[:1], range(1))


def share(table):
    return table["a"] / 7


def test_computed_values_need_no_step():
    table = pd.DataFrame({"a": np.arange(40.0), "part": np.arange(40) / 4})
    schema = TableSchema.infer(table)
    assert [column.step for column in schema.columns] == [1.0, 0.25]
    links = [Derived("part", ["a"], share)]
    people = People.unlimited(np.array([[7.0, 1.0]]))
    able = Actionability(schema, None, links)
    got = able.project(people, np.array([[8.2, 1.0]]))
    np.testing.assert_array_equal(got, [[8.0, 8 / 7]])
    assert able.is_feasible(people, got).all()
    # A rule that the user wrote holds for computed values too.
    able = Actionability(schema, {"part": Range(step=0.25)}, links)
    np.testing.assert_array_equal(able.project(people, got), people.codes)
    assert able.is_feasible(people, np.array([[14.0, 2.0]])).all()
