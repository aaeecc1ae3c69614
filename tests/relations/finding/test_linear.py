"""Sums, means, differences and other units are found."""

import numpy as np
import pytest

from ..._relations import check_exact, find, independent, table_with

N = 400


def amounts(n, k, seed=0, decimals=2):
    return np.round(np.random.default_rng(seed).lognormal(6, 1, (n, k)), decimals)


@pytest.mark.parametrize("place", [0, 8, 16])
def test_a_total_is_found_wherever_it_stands(place):
    table = independent(N, 16, 5)
    parts = amounts(N, 2)
    table["a"], table["b"] = parts.T
    table.insert(place, "total", np.round(parts.sum(axis=1), 2))
    found = find(table)
    assert found.texts == {"total = a + b"}
    check_exact(found)


@pytest.mark.parametrize("decimals", [0, 2, None])
def test_means_are_found_rounded_or_not(decimals):
    parts = amounts(N, 6, decimals=0)
    mean = parts.mean(axis=1)
    columns = {f"m{k}": parts[:, k] for k in range(6)}
    columns["mean"] = mean if decimals is None else np.round(mean, decimals)
    found = find(table_with(columns))
    assert found.texts == {"mean = (m0 + m1 + m2 + m3 + m4 + m5) / 6"}
    check_exact(found)


def test_a_mean_that_is_rounded_up_is_found():
    parts = amounts(N, 2, decimals=0)
    columns = {"a": parts[:, 0], "b": parts[:, 1]}
    columns["mean"] = np.floor(parts.mean(axis=1) + 0.5)
    found = find(table_with(columns))
    assert found.texts == {"mean = (a + b) / 2"}
    check_exact(found)


def test_two_means_of_the_same_months_use_no_determined_column():
    parts = amounts(N, 6)
    columns = {"half": parts.mean(axis=1), "quarter": parts[:, :3].mean(axis=1)}
    columns |= {f"m{k}": parts[:, k] for k in range(6)}
    found = find(table_with(columns))
    assert found.texts == {
        "quarter = (m0 + m1 + m2) / 3",
        "half = (m0 + m1 + m2 + m3 + m4 + m5) / 6",
    }
    check_exact(found)


def test_other_units_are_found_with_the_first_column_as_source():
    celsius = amounts(N, 1)[:, 0]
    columns = {"c": celsius, "f": 1.8 * celsius + 32, "x": 0.453592 * celsius}
    found = find(table_with(columns))
    assert found.texts == {"f = 1.8 * c + 32", "x = 0.453592 * c"}
    check_exact(found)


def test_standardised_tables_keep_their_sums():
    parts = amounts(N, 2)
    table = table_with({"a": parts[:, 0], "b": parts[:, 1], "total": parts.sum(axis=1)})
    numbers = table.select_dtypes("number")
    table[numbers.columns] = (numbers - numbers.mean()) / numbers.std()
    found = find(table)
    (one,) = found.determined
    names = found.features.names
    assert {names[one.column], *(names[j] for j in one.sources)} == {"a", "b", "total"}
    check_exact(found)


def test_flags_are_counted():
    flags = np.random.default_rng(0).random((N, 4)) < 0.3
    columns = {f"flag{k}": flags[:, k] for k in range(4)}
    found = find(table_with(columns | {"n": flags.sum(axis=1)}))
    assert found.texts == {"n = flag0 + flag1 + flag2 + flag3"}
    check_exact(found)


def test_a_part_that_is_nearly_always_zero_is_found():
    n = 6000
    parts = amounts(n, 2)
    parts[:, 1] *= np.arange(n) % 100 == 5
    columns = {"a": parts[:, 0], "b": parts[:, 1], "total": parts.sum(axis=1)}
    assert find(table_with(columns, n)).texts == {"total = a + b"}


def test_missing_parts_make_the_total_unknown():
    parts = amounts(N, 3)
    rng = np.random.default_rng(1)
    parts[rng.random((N, 3)) < 0.1] = np.nan
    columns = {f"m{k}": parts[:, k] for k in range(3)}
    found = find(table_with(columns | {"total": parts.sum(axis=1)}))
    assert found.texts == {"total = m0 + m1 + m2"}
    check_exact(found)


def test_a_total_that_is_missing_where_its_parts_are_not_is_none():
    parts = amounts(N, 2)
    total = parts.sum(axis=1)
    total[3] = np.nan
    columns = {"a": parts[:, 0], "b": parts[:, 1], "total": total}
    assert find(table_with(columns)).texts == {"b = -a + total"}


def test_one_row_that_contradicts_removes_a_total():
    parts = amounts(N, 2)
    total = parts.sum(axis=1)
    total[7] += 50
    columns = {"a": parts[:, 0], "b": parts[:, 1], "total": total}
    assert not find(table_with(columns)).determined


def test_strong_correlation_is_no_relation():
    rng = np.random.default_rng(0)
    parts = rng.normal(size=(N, 2))
    total = parts.sum(axis=1) + rng.normal(0, 1e-3, N)
    columns = {"a": parts[:, 0], "b": parts[:, 1], "total": total}
    assert not find(table_with(columns)).determined


def test_more_columns_than_rows_prove_nothing():
    rng = np.random.default_rng(0)
    table = independent(60, 8, 0)
    for k in range(60):
        table[f"x{k}"] = rng.normal(size=60)
    assert not find(table).determined


def test_columns_that_the_user_derives_take_no_part():
    parts = amounts(N, 2)
    columns = {"a": parts[:, 0], "b": parts[:, 1], "total": parts.sum(axis=1)}
    table = table_with(columns)
    taken = [table.columns.get_loc("total")]
    assert find(table).determined
    assert not find(table, taken).determined
