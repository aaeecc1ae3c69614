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


def lowered(new, old):
    """Each unit of `a` that goes away takes half a unit off the own `b`."""
    return old["b"] - 0.5 * (old["a"] - new["a"])


def test_effects_are_added_to_the_own_value(people):
    able = Actionability(people, None, [Derived("b", ["a"], lowered, uses_old=True)])
    own = np.array([[4.0, 9.0, 7.0, 0.0], [4.0, 3.0, 7.0, 0.0], [1.0, 0.0, 7.0, 0.0]])
    asked = own.copy()
    asked[:2, 0], asked[2, 3] = 0.0, 1.0
    got = able.project(People.unlimited(own), asked)
    # Two people with the same change keep the difference between them.
    np.testing.assert_array_equal(got[:, 1], [7.0, 1.0, 0.0])
    np.testing.assert_array_equal(got[:, [0, 2, 3]], asked[:, [0, 2, 3]])
    assert able.is_feasible(People.unlimited(own), got).all()
    assert not able.is_feasible(People.unlimited(own[[1]]), got[[0]]).any()
    # Several rows for each person.
    both = np.stack([asked, own], axis=1)
    got_both = able.project(People.unlimited(own), both)
    np.testing.assert_array_equal(got_both, np.stack([got, own], axis=1))


def test_an_effect_that_breaks_a_rule_is_not_feasible(people):
    links = [Derived("b", ["a"], lowered, uses_old=True)]
    able = Actionability(people, {"b": Range(low=2)}, links)
    own = np.array([[4.0, 3.0, 7.0, 0.0]])
    got = able.project(People.unlimited(own), np.array([[0.0, 3.0, 7.0, 0.0]]))
    np.testing.assert_array_equal(got, own)


def test_effects_follow_each_other(people):
    def more(new, old):
        return old["c"] + new["b"] - old["b"]

    links = [
        Derived("c", ["b"], more, uses_old=True),
        Derived("b", ["a"], lowered, uses_old=True),
    ]
    able = Actionability(people, None, links)
    own = np.array([[4.0, 9.0, 7.0, 0.0]])
    got = able.project(People.unlimited(own), np.array([[2.0, 0.0, 0.0, 0.0]]))
    np.testing.assert_array_equal(got, [[2.0, 8.0, 6.0, 0.0]])


def test_functions_get_the_columns_that_are_named(people):
    seen = []

    def listed(new, old):
        seen.append((list(new.columns), list(old.columns), old.dtypes.tolist()))
        return old["b"]

    able = Actionability(people, None, [Derived("b", ["job", "a"], listed, True)])
    own = np.array([[4.0, 9.0, 7.0, 1.0]])
    able.project(People.unlimited(own), np.array([[2.0, 0.0, 0.0, 0.0]]))
    assert {(tuple(new), tuple(old)) for new, old, _ in seen} == {
        (("job", "a"), ("job", "a", "b"))
    }
    assert seen[-1][2][1:] == [np.dtype("int64"), np.dtype("int64")]


def test_arrays_give_two_arrays():
    schema = TableSchema.infer(np.array([[0.5, 1.0], [9.5, 20.0]]))

    def added(new, old):
        return old[:, 1] + 2 * (new[:, 0] - old[:, 0])

    able = Actionability(schema, None, [Derived(1, [0], added, uses_old=True)])
    own, asked = np.array([[1.0, 7.0]]), np.array([[3.25, 7.0]])
    got = able.project(People.unlimited(own), asked)
    np.testing.assert_array_equal(got, [[3.25, 12.0]])  # 11.5, rounded to even


@pytest.mark.parametrize(
    ("cells", "is_kept"),
    [
        ([4.0, 8.0], True),
        ([4.0, 8.0 + 1e-12], True),
        ([4.0, 8.0 + 1e-6], False),
        ([4.0, np.nan], False),
        ([np.nan, 8.0], True),  # the function returns a missing value
        ([np.nan, np.nan], True),
    ],
)
def test_a_function_must_keep_rows_that_do_not_change(cells, is_kept):
    def doubled(new, old):
        return 2 * new["a"]

    table = pd.DataFrame({"a": [0.5, 9.25, None], "b": [1.0, 20.5, None]})
    link = Derived("b", ["a"], doubled, uses_old=True)
    able = Actionability(TableSchema.infer(table), None, [link])
    codes, labels = np.array([[1.0, 2.0], cells]), pd.Index(["u", "v"])
    if is_kept:
        able.link_set.check_rows(codes, labels)
        return
    with pytest.raises(ValueError, match="column 'b', but for row 'v' it returns 8.0"):
        able.link_set.check_rows(codes, labels)
    # Without the old table, training rows may deviate.
    plain = Derived("b", ["a"], lambda table: 2 * table["a"])
    able = Actionability(TableSchema.infer(table), None, [plain])
    able.link_set.check_rows(codes, labels)


def test_levels_that_do_not_change_are_kept(people):
    def same_job(new, old):
        return old["job"]

    def always_cook(new, old):
        return ["cook"] * len(new)

    codes = np.array([[1.0, 0, 0, 0], [2.0, 0, 0, 1]])
    link = Derived("job", ["a"], same_job, uses_old=True)
    Actionability(people, None, [link]).link_set.check_rows(codes, range(2))
    link = Derived("job", ["a"], always_cook, uses_old=True)
    able = Actionability(people, None, [link])
    with pytest.raises(ValueError, match="row . it returns '.*' instead of '"):
        able.link_set.check_rows(codes, range(2))
