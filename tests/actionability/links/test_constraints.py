"""One link alone: which rows break it, and the least move that repairs them."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar import (
    If,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Rises,
)
from skpar.actionability import Actionability, People
from skpar.table import TableSchema

from ..._rule_cases import keeps_link


@pytest.fixture(scope="module")
def people():
    table = pd.DataFrame(
        {"a": [0, 4], "b": [0, 10], "c": [0, 7], "job": ["cook", "clerk"]}
    )
    return TableSchema.infer(table)


def gower_sum(schema, x, y):
    """Distance in shares of the range."""
    width = [c.high - c.low if c.is_numeric else 1 for c in schema.columns]
    nominal = [not c.is_numeric for c in schema.columns]
    return np.where(nominal, x != y, np.abs(x - y) / width).sum(axis=-1)


@pytest.mark.slow
@settings(max_examples=80)
@given(data=st.data())
def test_one_link_is_kept_by_the_least_move(people, data):
    link = data.draw(
        st.sampled_from(
            [
                MaxChanged(1),
                MaxChanged(2),
                MaxChanged(1, of=["a", "job"]),
                NotAbove("a", "b"),
                Linear({"a": 1, "b": 1, "c": -1}, low=-2, high=3),
                If(Rises("a"), Rises("b", by=3)),
            ]
        )
    )
    rules = {"c": "increasing"}
    able = Actionability(people, rules, [link])
    grid = np.array(list(itertools.product(range(5), range(11), range(8), range(2))))
    grid = grid.astype(float)
    keeps = np.array([keeps_link(link, grid[0], row, people, rules) for row in grid])
    own = grid[data.draw(st.sampled_from(np.flatnonzero(keeps).tolist()))]
    asked = grid[data.draw(st.integers(0, len(grid) - 1))]
    if isinstance(link, If):
        # An alternative is to take the rise back; what is proposed comes first.
        asked[1] = max(asked[1], own[1])
        if asked[0] <= own[0] or own[1] > 7:
            return
    got = able.project(People.unlimited(own[None]), asked[None])[0]
    kept = [keeps_link(link, own, row, people, rules) for row in grid]
    reach = grid[kept & (grid[:, 2] >= own[2])]
    if isinstance(link, If):
        reach = reach[reach[:, 0] == asked[0]]
    best = gower_sum(people, reach, asked).min()
    assert gower_sum(people, got, asked) == pytest.approx(best)


def test_sums_stay_between_their_bounds(people):
    able = Actionability(people, None, [Linear({"b": 1, "c": -1}, low=-2, high=3)])
    own = np.array([[1.0, 5.0, 5.0, 0.0]])
    asked = own + np.array([[[0, 0, 2.0, 0], [0, -4, 0, 0], [0, 5, 1, 0]]])
    got = able.project(People.unlimited(own), asked)[0]
    np.testing.assert_array_equal(got[:, 1:3], [[5, 7], [3, 5], [9, 6]])
    sums = np.array([[[1.0, b, 5.0, 0.0] for b in range(11)]])
    want = [3 <= b <= 8 for b in range(11)]
    np.testing.assert_array_equal(
        able.is_feasible(People.unlimited(own), sums)[0], want
    )
    outside = np.array([[1.0, 1.0, 7.0, 0.0]])
    moved = outside + np.array([[[1.0, 0, 0, 0], [0.0, 1, 0, 0]]])
    np.testing.assert_array_equal(
        able.is_feasible(People.unlimited(outside), moved)[0], [True, False]
    )


@pytest.fixture(scope="module")
def schema():
    return TableSchema.infer(
        pd.DataFrame(
            {
                "age": [20, 30, 70],
                "income": [0.5, 10.25, 99.5],
                "debt": [1.5, 3.0, 200.0],
                "ratio": [3.0, 0.3, 2.0],
                "job": ["clerk", "cook", "nurse"],
                "owner": [True, False, True],
            }
        )
    )


def test_links_know_the_order_of_strings(schema):
    rules = {"job": Levels(["nurse", "clerk"], ordered=True)}
    able = Actionability(schema, rules, [If(Rises("job"), Rises("age", by=5))])
    clerk, cook, nurse = 0.0, 1.0, 2.0
    own = np.array([[30.0, 1.0, 2.0, 2.0, nurse, 0.0]])
    new = own.copy()
    new[0, 4] = clerk
    assert able.project(People.unlimited(own), new)[0, [0, 4]].tolist() == [35.0, clerk]
    own[0, 4] = cook  # has no place in the order, so nothing rises
    assert able.project(People.unlimited(own), new)[0, [0, 4]].tolist() == [30.0, clerk]


def test_links_move_columns_along_their_steps():
    cents = np.arange(40) / 100
    table = pd.DataFrame({"a": cents, "b": cents, "c": 500 * np.arange(1.0, 41.0)})
    schema = TableSchema.infer(table)
    assert [column.step for column in schema.columns] == [0.01, 0.01, 500.0]

    def moved(link, own, asked):
        able = Actionability(schema, None, [link])
        people = People.unlimited(np.array([own]))
        got = able.project(people, np.array([asked]))
        assert able.is_feasible(people, got).all()
        return got[0].tolist()

    own = [0.1, 0.2, 1000.0]
    # 0.3 - 0.07 is 0.22999999999999998, and 0.23 must be found all the same.
    total = Linear({"a": 1, "b": 1}, low=0.3, high=0.3)
    for cent in range(1, 30):
        a, b, _ = moved(total, own, [0.1, cent / 100, 1000.0])
        assert (a, b) == ((30 - cent) / 100, cent / 100)
    third = Linear({"a": 3, "b": -1}, high=0.1)
    assert moved(third, own, [0.1, 0.1, 1000.0]) == [0.06, 0.1, 1000.0]
    above = If(Rises("a"), Rises("c", by=700))
    assert moved(above, own, [0.2, 0.2, 1000.0]) == [0.2, 0.2, 2000.0]
    assert moved(NotAbove("a", "b"), own, [0.25, 0.2, 1000.0])[:2] == [0.2, 0.2]


def test_links_take_few_values_as_they_are():
    table = pd.DataFrame({"code": [0, 1, 666] * 10, "b": np.arange(30)})
    schema = TableSchema.infer(table)
    link = If(Rises("b"), Rises("code"))
    people = People.unlimited(np.array([[0.0, 5.0], [1.0, 5.0], [666.0, 5.0]]))
    asked = people.codes + [0.0, 1.0]
    got = Actionability(schema, None, [link]).project(people, asked)
    assert got.tolist() == [[1.0, 6.0], [666.0, 6.0], [666.0, 5.0]]
    link = Linear({"code": 1, "b": 1}, high=30)
    able = Actionability(schema, None, [link])
    got = able.project(people, np.array([[666.0, 5], [1.0, 29], [0.0, 20]]))
    assert got.tolist() == [[1.0, 5.0], [1.0, 29.0], [0.0, 20.0]]


@pytest.mark.parametrize("rules", [None, {"flag 2": "immutable"}])
def test_sums_take_booleans(rules):
    """All rows of three flags and a number, against the sum by hand."""
    table = pd.DataFrame(
        {"flag 0": [True, False], "flag 1": [False, True], "flag 2": [True, False]}
    ).assign(pay=[0, 3])
    weights = {"flag 0": 1, "flag 1": 1, "flag 2": 1, "pay": -1}
    able = Actionability(TableSchema.infer(table), rules, [Linear(weights, 0, 2)])
    grid = np.array(list(itertools.product(range(2), range(2), range(2), range(4))))
    grid = grid.astype(float)
    sums = grid @ [1, 1, 1, -1]
    for own in grid:
        people = People.unlimited(own[None])
        stays = (grid == own).all(axis=1)
        expected = stays | ((sums >= 0) & (sums <= 2))
        if rules:
            expected &= grid[:, 2] == own[2]
        feasible = able.is_feasible(people, grid[None])[0]
        np.testing.assert_array_equal(feasible, expected)
        projected = able.project(people, grid[None])
        assert able.is_feasible(people, projected).all()
        np.testing.assert_array_equal(projected[0][expected], grid[expected])


def test_sums_refuse_levels_without_numbers(people):
    with pytest.raises(ValueError, match="'job' is nominal, not numeric"):
        Actionability(people, None, [Linear({"a": 1, "job": 1}, high=3)])
