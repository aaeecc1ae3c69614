"""Columns that two others determine together are found."""

import numpy as np
import pytest

from skpar.relations import find_unknown
from skpar.table import TableSchema

from ..._relations import CONFIG, independent, table_with

N = 500
RATES = np.array([[5, 6], [7, 7], [8, 9], [8, 10], [9, 11]]) / 100


def rates(seed=0):
    rng = np.random.default_rng(seed)
    grade, term = rng.integers(5, size=N), rng.integers(2, size=N)
    return {"rate": RATES[grade, term], "grade": np.array(list("ABCDE"))[grade]} | {
        "term": 36 + 24 * term
    }


def unknown(table, known=()):
    schema = TableSchema.infer(table)
    found = find_unknown(schema, schema.encode(table), CONFIG, known)
    names = schema.names
    return [(names[y], {names[a], names[b]}) for y, (a, b) in found]


def test_a_pair_that_determines_is_found():
    assert unknown(table_with(rates(), N)) == [("rate", {"grade", "term"})]


def test_of_three_columns_that_follow_each_other_the_last_is_the_column():
    a, b = np.random.default_rng(0).random((2, N)) < 0.5
    assert unknown(table_with({"a": a, "b": b, "c": a ^ b}, N)) == [("c", {"a", "b"})]


def test_one_row_that_contradicts_removes_it():
    columns = rates()
    columns["rate"][3] += 0.01
    assert not unknown(table_with(columns, N))


def test_a_column_that_follows_one_alone_is_not_unknown():
    columns = rates()
    columns["rate"] = (columns["grade"] == "A").astype(int)
    assert not unknown(table_with(columns, N))


def test_known_columns_take_no_part():
    table = table_with(rates(), N)
    assert not unknown(table, known=[table.columns.get_loc("rate")])


def test_a_missing_child_of_present_sources_is_no_relation():
    columns = rates()
    columns["rate"][3] = np.nan
    assert not unknown(table_with(columns, N))


def test_missing_sources_are_left_out():
    table = table_with(rates(), N)
    table["term"] = table["term"].astype(float)
    table.loc[:40, "term"] = np.nan
    assert unknown(table) == [("rate", {"grade", "term"})]


def test_copies_of_rows_are_no_evidence():
    table = table_with(rates(), N)[:40]
    assert not unknown(table.loc[np.tile(table.index, 50)])


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_independent_columns_are_not_determined(n, seed):
    assert not unknown(independent(n, 32, seed))
