"""Findings hold for every table of a kind, and measurements are never identifiers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar._config import CheckConfig
from skpar.table._findings import Finding, find_in_columns, identifying_columns

SEEDS = st.integers(0, 2**31 - 1)
SIZES = st.integers(60, 800)


def found(name, cells, **config):
    """What is found in one column."""
    table = pd.DataFrame({name: cells})
    return [f.finding for f in find_in_columns(table, CheckConfig(**config))]


def income(rng, n):
    return np.rint(rng.lognormal(8, 0.5, n))


MEASUREMENTS = {
    "income": income,
    "price": lambda rng, n: np.rint(rng.lognormal(13, 0.6, n)),
    "round_amount": lambda rng, n: 500 * np.rint(rng.lognormal(3, 0.6, n)),
    "uniform": lambda rng, n: rng.integers(0, 5000, n),
    "wide": lambda rng, n: rng.integers(0, 10**7, n),
    "children": lambda rng, n: rng.poisson(1.0, n),
    "rare": lambda rng, n: rng.poisson(0.05, n) + np.arange(n) % 2,
    "grade": lambda rng, n: rng.integers(1, 6, n),
    "term": lambda rng, n: rng.choice([12, 24, 48, 60], n),
    "change": lambda rng, n: rng.integers(-9, 10, n),
    "temperature": lambda rng, n: np.rint(rng.normal(8, 3, n)),
    "percent": lambda rng, n: rng.integers(0, 101, n),
    "share": lambda rng, n: rng.uniform(size=n),
    "score": lambda rng, n: rng.normal(size=n),
    "hours": lambda rng, n: rng.choice([20, 35, 38, 40], n),
}


@pytest.mark.parametrize("name", MEASUREMENTS)
@given(seed=SEEDS, n=SIZES)
def test_measurements_are_no_finding(name, seed, n):
    cells = MEASUREMENTS[name](np.random.default_rng(seed), n)
    assert found(name, cells) == []
    assert found(name, cells.astype(float)) == []


LEVELS = {
    "job": ["clerk", "cook", "manager"],
    "band": ["under 20", "20 to 60", "over 60"],
    "grade": ["1", "2", "3"],
    "history": ["no credits taken or all credits paid back duly", "critical account"],
    "zip_code": [f"{number:05}" for number in range(1000, 1030)],
    "range": ["10-19", "20-29", "30-39"],
    "flag": [True, False],
    "size": [f"S{number}" for number in range(40)],
}


@pytest.mark.parametrize("name", LEVELS)
@given(seed=SEEDS, n=SIZES)
def test_levels_are_no_finding(name, seed, n):
    cells = np.random.default_rng(seed).choice(np.array(LEVELS[name], dtype=object), n)
    cells[: len(LEVELS[name])] = LEVELS[name]
    assert found(name, cells) == []
    assert found(name, pd.Categorical(cells)) == []


@given(seed=SEEDS, n=st.integers(20, 500), first=st.integers(-50, 10**9))
def test_numbers_without_repeats_identify_people(seed, n, first):
    rng = np.random.default_rng(seed)
    cells = first + rng.permutation(n)
    assert found("client", cells) == ["identifies people"]
    again = np.r_[cells, cells[: n // 25]]  # a few people occur twice
    assert found("client", again) == ["identifies people"]
    assert found("client", np.r_[cells, np.nan]) == ["identifies people"]


@given(seed=SEEDS, n=st.integers(20, 300))
def test_text_without_repeats_identifies_people(seed, n):
    rng = np.random.default_rng(seed)
    cells = [f"{number:x}z" for number in rng.permutation(10 * n)[:n]]
    assert found("client", cells) == ["identifies people"]
    assert identifying_columns(pd.DataFrame({"a": cells})) == ["a"]
    half = [*cells, *cells[: n // 2]]
    assert found("client", half) == []
    assert found("surname", half) == ["identifies people"]
    assert found("contact", [f"{cell}@a.org" for cell in half]) == ["identifies people"]


@given(seed=SEEDS, value=st.sampled_from([99, 999, 9999, 9998, 888, 777, -1, -9, -99]))
def test_sentinels_are_found_in_counts(seed, value):
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 12, 300)
    cells[rng.permutation(300)[:40]] = value
    assert found("missed", cells) == [f"{value} may stand for unknown"]
    assert found("missed", cells / 1.0) == [f"{value} may stand for unknown"]
    assert found("missed", cells, sentinel_count=41) == []


@given(seed=SEEDS)
def test_codes_beside_a_sentinel_are_two_findings(seed):
    rng = np.random.default_rng(seed)
    cells = rng.choice([1, 3, 4, 99], 400)
    names = ["99 may stand for unknown", "probably category codes"]
    assert found("employer", cells) == names


def test_columns_without_enough_cells_are_not_judged():
    cells = [f"person {row}" for row in range(19)]
    assert found("name", cells) == [] and found("client", range(19)) == []
    assert found("name", [*cells, "person 19"]) == ["identifies people"]


@pytest.mark.parametrize(
    "cells",
    [
        pd.to_datetime(["2020-01-31"] * 30),
        [1, "a"] * 15,
        [1.0, np.inf] * 15,
        [2**60] * 30,
        [(1, 2)] * 30,
    ],
    ids=["dates", "mixed", "infinite", "large", "objects"],
)
def test_cells_that_fit_refuses_are_a_finding(cells):
    assert found("a", cells) == ["cells that cannot be used"]


@pytest.mark.parametrize(
    "name",
    ["ownerId", "owner_id", "OWNER-ID", "id", "ssn", "account number", "IBAN of owner"],
)
def test_names_of_numbers_say_that_they_identify(name):
    cells = np.random.default_rng(0).integers(0, 10**7, 100)
    assert found(name, cells) == ["identifies people"]
    assert found("balance", cells) == []


def test_names_need_not_be_strings():
    table = pd.DataFrame(np.arange(60).reshape(30, 2) % 7, columns=[0, ("a", 1)])
    assert find_in_columns(table) == []
    assert find_in_columns(np.ones((30, 1))) == [
        Finding(
            "x0",
            "constant",
            "Every cell is 1.0, so the column says nothing about people.",
            "Drop the column, or check how the rows were selected.",
        )
    ]


def test_identifying_columns_are_also_texts_of_other_kinds():
    n = 50
    table = pd.DataFrame(
        {
            "amount": [f"{row * 1.37:.2f}" for row in range(n)],
            "day": pd.date_range("2020-01-01", periods=n).strftime("%Y-%m-%d"),
            "remark": [f"he paid the loan number {row}" for row in range(n)],
            "level": ["a", "b"] * (n // 2),
            "client": range(n),
            "income": income(np.random.default_rng(0), n),
            "empty": [np.nan] * (n - 1) + [1],
        }
    )
    assert identifying_columns(table) == ["amount", "day", "remark", "client"]
