"""Columns that follow another one value by value are found."""

import numpy as np
import pandas as pd
import pytest

from skpar.relations.finding._lookups import lookup_evidence

from ..._relations import check_exact, find, independent, table_with

N = 400
LEVELS = np.array(list("abcdefgh"))


@pytest.fixture
def level():
    return np.random.default_rng(0).integers(8, size=N)


def texts_of(columns, n=N):
    found = find(table_with(columns, n))
    check_exact(found)
    return found.texts


def test_the_column_with_levels_is_the_source_of_its_number(level):
    columns = {"years": level + 9, "school": LEVELS[level]}
    assert texts_of(columns) == {"years follows from school"}


def test_of_two_columns_with_levels_the_first_is_the_source(level):
    columns = {"code": LEVELS[level], "school": np.char.upper(LEVELS[level])}
    assert texts_of(columns) == {"school follows from code"}


def test_chains_lead_to_the_column_that_is_not_determined(level):
    columns = {"half": level // 4, "pair": LEVELS[level // 2], "school": LEVELS[level]}
    assert texts_of(columns) == {"half follows from school", "pair follows from school"}


def test_all_values_of_training_are_known(level):
    found = find(table_with({"school": LEVELS[level], "pair": level // 2}))
    (lookup,) = found.determined
    codes = found.feature_codes
    assert lookup.known == tuple(range(8))
    np.testing.assert_array_equal(lookup.compute(codes), codes[:, lookup.column])


def test_a_group_of_columns_is_a_source(level):
    dummies = pd.get_dummies(pd.Series(LEVELS[level], name="school"), prefix="school")
    table = pd.concat([table_with({"years": level + 9}), dummies], axis=1)
    assert find(table).texts == {"years follows from school"}


def test_missing_sources_are_unknown(level):
    school = pd.Series(LEVELS[level]).mask(level == 3)
    years = (level + 9.0) ** 2
    assert texts_of({"school": school, "years": years}) == {"years follows from school"}


def test_a_missing_child_of_a_present_source_is_no_relation(level):
    years = (level + 9.0) ** 2
    years[5] = np.nan
    table = table_with({"school": LEVELS[level], "years": years})
    assert find(table).texts == {"school follows from years"}


def test_one_row_that_contradicts_removes_a_relation(level):
    pair = level // 2
    pair[17] = (pair[17] + 1) % 4
    assert not texts_of({"school": LEVELS[level], "pair": pair})


def test_names_of_people_determine_nothing(level):
    names = np.array([f"P{i:04d}" for i in range(N)])
    names[:150] = names[:75].repeat(2)
    assert not texts_of({"name": names, "flag": level == 1})


def test_copies_of_rows_are_no_evidence():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": np.arange(60) % 30, "y": rng.normal(size=60)})
    table["z"] = (table["x"] % 2 == 0).astype(float)
    assert not find(pd.concat([table] * 50)).determined


def test_a_rare_flag_is_determined_only_if_it_could_have_contradicted():
    flag = np.zeros(N, dtype=int)
    flag[:2] = 1
    level = np.where(flag, "rare", "usual")
    level[50:] = np.where(np.arange(N - 50) % 2, "other", "usual")
    assert not texts_of({"level": level, "flag": flag})


@pytest.mark.parametrize("name", ["income", "score"])
def test_bands_of_a_number_are_found(name):
    rng = np.random.default_rng(0)
    income = rng.permutation(np.linspace(0, 1000, N) ** 1.5)
    band = np.digitize(income, [2000.0, 9000.0, 20_000.0])
    found = find(table_with({name: income, "band": np.array(list("dbca"))[band]}))
    assert found.texts == {f"band follows from {name}"}
    (lookup,) = found.determined
    codes = found.feature_codes
    np.testing.assert_array_equal(lookup.compute(codes), codes[:, lookup.column])
    codes[:, lookup.sources[0]] += 1e-3
    computed = lookup.compute(codes)
    known = ~np.isnan(computed)
    assert known.mean() > 0.95
    np.testing.assert_array_equal(computed[known], codes[known, lookup.column])


def test_a_row_in_the_wrong_band_removes_them():
    income = np.random.default_rng(0).permutation(np.linspace(0, 1000, N))
    band = np.digitize(income, [200.0, 700.0])
    band[np.argmax(income)] = 0
    assert not texts_of({"income": income, "band": band})


@pytest.mark.parametrize("seed", range(6))
def test_evidence_is_a_bound_of_the_probability(seed):
    """Among random orders, relations are no more frequent than claimed."""
    rng = np.random.default_rng(seed)
    source = rng.integers(rng.integers(2, 5), size=8)
    values = (source > 0).astype(int)
    if len(set(values)) < 2:
        return
    n_kept = 0
    for _ in range(2000):
        shuffled = rng.permutation(values)
        most = [set(shuffled[source == one]) for one in set(source)]
        n_kept += all(len(one) == 1 for one in most)
    evidence = lookup_evidence(source, values)
    assert n_kept / 2000 <= np.exp(-evidence) * 1.2 + 0.002


@pytest.mark.parametrize("seed", range(3))
def test_independent_columns_follow_nothing(seed):
    table = independent(500, 24, seed)
    assert not find(table).determined
    assert not find(table.sample(500, replace=True, random_state=seed)).determined
