"""All kinds of determined columns together: one per column, in order, no accidents."""

import numpy as np
import pytest

from ..._relations import check_exact, find, independent, table_with

N = 500


def mixed(seed=0):
    """Columns of which five are determined, and what determines them."""
    rng = np.random.default_rng(seed)
    level, price = rng.integers(6, size=N), rng.integers(50, 600, N) * 1000
    loan = rng.integers(20, 400, N) * 1000
    parts = np.round(rng.lognormal(6, 1, (N, 3)), 2)
    columns = {
        "level": np.array(list("abcdef"))[level],
        "number": level * 3 + 1,
        "price": price,
        "price again": price,
        "loan": loan,
        "ltv": loan / price,
        "p0": parts[:, 0],
        "p1": parts[:, 1],
        "p2": parts[:, 2],
        "total": np.round(parts.sum(axis=1), 2),
        "worst": parts.max(axis=1),
    }
    determined = {
        "number": {"level"},
        "price again": {"price"},
        "ltv": {"loan", "price"},
        "total": {"p0", "p1", "p2"},
        "worst": {"p0", "p1", "p2"},
    }
    return table_with(columns, N), determined


def sources_of(found):
    names = found.features.names
    return {
        names[one.column]: {names[j] for j in one.sources} for one in found.determined
    }


def test_all_kinds_are_found_and_reproduce_training_rows():
    table, determined = mixed()
    found = find(table)
    assert sources_of(found) == determined
    check_exact(found)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_columns_does_not_matter(seed):
    table, determined = mixed()
    table = table.sample(frac=1, axis=1, random_state=seed)
    if list(table).index("price again") < list(table).index("price"):
        table = table.rename(columns={"price": "price again", "price again": "price"})
    assert sources_of(find(table)) == determined


def test_every_column_is_determined_once_and_after_its_sources():
    table, _ = mixed()
    table["price class"] = (table["level"] < "d").astype(int)
    table["code"] = table["level"].map(dict(zip("abcdef", "qwerty", strict=True)))
    table["taxed"] = table["price class"] + table["p0"]
    done = set()
    determined = find(table).determined
    columns = [one.column for one in determined]
    assert len(columns) == len(set(columns)) >= 8
    for one in determined:
        assert not set(one.sources) & (set(columns) - done)
        done.add(one.column)


def test_taken_columns_are_never_determined():
    table, determined = mixed()
    places = {name: list(table).index(name) for name in determined}
    for name in determined:
        left = sources_of(find(table, taken=[places[name]]))
        assert left.keys() == determined.keys() - {name}


def test_equal_columns_follow_the_first():
    rng = np.random.default_rng(0)
    cells = rng.normal(size=N)
    cells[rng.random(N) < 0.1] = np.nan
    table = table_with({"a": cells, "b": cells, "c": cells}, N)
    assert find(table).texts == {"b = a", "c = a"}


def test_equal_flags_of_one_row_are_an_accident():
    flag = np.zeros(N, dtype=int)
    flag[3] = 1
    assert not find(table_with({"a": flag, "b": flag}, N)).determined


def test_constant_columns_take_no_part():
    table, determined = mixed()
    table["one"], table["yes"], table["zero"] = 1, "yes", 0.0
    assert sources_of(find(table)) == determined


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [200, 2000])
def test_independent_columns_determine_nothing(n, seed):
    table = independent(n, 40, seed)
    assert not find(table).determined
    assert not find(table.sample(n, replace=True, random_state=seed)).determined
