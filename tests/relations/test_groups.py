"""Groups of columns: codes of all patterns, and names."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.relations import ColumnGroup, GroupColumn
from skpar.relations._groups import names_taken
from skpar.table import TableSchema


def patterns(n):
    return np.array(list(product([0.0, 1.0], repeat=n)))


def group_of(n, at_most, off=0.0, on=1.0):
    return ColumnGroup(tuple(range(n)), (off,) * n, (on,) * n, at_most)


@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_every_pattern_has_its_own_code(n, at_most):
    group, cells = group_of(n, at_most), patterns(n)
    codes = group.compress(cells)
    np.testing.assert_array_equal(np.sort(codes), np.arange(2.0**n))
    np.testing.assert_array_equal(group.expand(codes), cells)


@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_broken_patterns_are_those_that_the_group_does_not_allow(n, at_most):
    group, cells = group_of(n, at_most), patterns(n)
    n_on = cells.sum(axis=1)
    broken = (n_on > 1) | ((n_on == 0) & (not at_most))
    np.testing.assert_array_equal(group.is_broken(group.compress(cells)), broken)


def test_levels_are_the_positions_of_columns():
    cells = np.vstack([np.eye(3), np.zeros((1, 3))])
    np.testing.assert_array_equal(group_of(3, True).compress(cells), [0, 1, 2, 3])


@given(st.lists(st.booleans(), min_size=2, max_size=12), st.booleans())
def test_codes_come_back(is_on, at_most):
    cells = np.array(is_on, dtype=float) * 3 - 1
    group = group_of(len(is_on), at_most, off=-1.0, on=2.0)
    np.testing.assert_array_equal(group.expand(group.compress(cells)), cells)


@pytest.mark.parametrize("cell", [np.nan, 0.5, 2.0])
def test_a_cell_that_is_neither_on_nor_off_has_no_code(cell):
    assert np.isnan(group_of(3, False).compress(np.array([1.0, 0.0, cell])))


def test_a_pattern_beyond_the_precision_of_a_float_has_no_code():
    group = group_of(60, False)
    assert np.isnan(group.compress(np.ones(60)))
    assert not np.isnan(group.compress(np.eye(60)[0] + np.eye(60)[59]))


def test_of_columns_takes_the_larger_value_as_on():
    table = pd.DataFrame({"a": [-0.5, 2.0], "b": [True, False]})
    group = ColumnGroup.of_columns(TableSchema.infer(table), [1, 0])
    assert (group.members, group.off, group.on) == ((0, 1), (-0.5, 0.0), (2.0, 1.0))


def column_of(names, at_most=False, **others):
    table = pd.DataFrame({name: [0, 1] for name in names} | others)
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, range(len(names)), at_most)
    taken = names_taken(schema, [group])
    return GroupColumn.of_group(schema, group, (True,) * group.n_levels, taken)


@pytest.mark.parametrize(
    ("names", "name", "levels"),
    [
        (["job_cook", "job_clerk"], "job", ("cook", "clerk")),
        (["job=a b", "job=a c"], "job=a", ("b", "c")),
        (["male", "female"], "male / female", ("male", "female")),
        (["job_", "job_x"], "job_ / job_x", ("job_", "job_x")),
    ],
)
def test_a_group_is_named_by_the_common_beginning(names, name, levels):
    column = column_of(names)
    assert (column.name, column.levels) == (name, levels)


def test_a_name_that_is_taken_is_not_used():
    column = column_of(["job_a", "job_b"], job=[0.5, 1.5])
    assert column.name == "job_a / job_b"


def test_values_name_the_columns_that_are_on():
    column = column_of(["job_a", "job_b", "job_c"], at_most=True)
    values = [column.value_of(code) for code in (1.0, 3.0, 4.0, np.nan)]
    assert values == ["b", "none of these", "a + b", None]
