"""Groups are found in one-hot tables, and not among independent columns."""

import numpy as np
import pandas as pd
import pytest

from ..._relations import find, independent


def coded(n, seed=0, drop_first=False, dtype="int"):
    """A one-hot encoded table with two groups, and the names of their columns."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "job": rng.choice(list("abcdefg"), n),
            "town": rng.choice(list("xyz"), n, p=[0.5, 0.3, 0.2]),
        }
    )
    kind = bool if dtype == "bool" else int
    dummies = pd.get_dummies(table, drop_first=drop_first, dtype=kind)
    if dtype == "standardised":
        dummies = (dummies - dummies.mean()) / dummies.std()
    groups = {
        (frozenset(name for name in dummies if name.startswith(start)), drop_first)
        for start in ("job", "town")
    }
    return pd.concat([independent(n, 16, seed), dummies], axis=1), groups


@pytest.mark.parametrize("dtype", ["bool", "int", "standardised"])
@pytest.mark.parametrize("drop_first", [False, True])
def test_one_hot_columns_are_groups(dtype, drop_first):
    table, groups = coded(500, drop_first=drop_first, dtype=dtype)
    assert find(table).group_names == groups
    assert not find(table).texts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("drop_first", [False, True])
def test_names_are_not_needed(seed, drop_first):
    table, groups = coded(2000, seed, drop_first)
    names = dict(zip(table, [f"x{j}" for j in range(table.shape[1])], strict=True))
    renamed = {(frozenset(names[n] for n in group), most) for group, most in groups}
    shuffled = table.rename(columns=names).sample(frac=1, axis=1, random_state=seed)
    assert find(shuffled).group_names == renamed


@pytest.mark.parametrize("drop_first", [False, True])
def test_the_order_of_columns_does_not_matter(drop_first):
    table, groups = coded(500, drop_first=drop_first)
    for seed in range(3):
        shuffled = table.sample(frac=1, axis=1, random_state=seed)
        assert find(shuffled).group_names == groups


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_independent_columns_are_no_group(n, seed):
    table = independent(n, 40, seed)
    assert not find(table).groups
    assert not find(table.sample(n, replace=True, random_state=seed)).groups


@pytest.mark.parametrize("names", ["ab", ["flag_a", "flag_b"]])
def test_two_rare_flags_that_never_met_are_no_group(names):
    table = independent(500, 8, 0)
    for k, name in enumerate(names):
        table[name] = 0
        table.loc[k * 10 : k * 10 + 4, name] = 1
    assert not find(table).groups


def test_copies_of_rows_are_no_evidence():
    table = independent(30, 3, 0)
    table["a"] = np.arange(30) % 10 == 0
    table["b"] = np.arange(30) % 10 == 1
    assert not find(pd.concat([table] * 100)).groups


@pytest.mark.parametrize("drop_first", [False, True])
def test_one_row_with_two_columns_on_removes_a_group(drop_first):
    table, groups = coded(500, drop_first=drop_first)
    row = int(np.argmax(table["job_b"] == 1))
    table.loc[row, "job_c"] = 1
    left = find(table).group_names
    assert {g for g in groups if "job_b" not in g[0]} <= left
    assert not any({"job_b", "job_c"} <= group for group, _ in left)


def test_a_missing_level_turns_a_group_into_at_most_one():
    table, _ = coded(500)
    table.loc[7, [name for name in table if name.startswith("job")]] = 0
    assert {most for group, most in find(table).group_names if "job_b" in group} == {
        True
    }


def test_a_missing_cell_removes_a_column():
    table, groups = coded(500, dtype="int")
    table["job_b"] = table["job_b"].astype(float)
    table.loc[3, "job_b"] = np.nan
    found = find(table).group_names
    assert not any("job_b" in group for group, _ in found)
    assert groups & found


def test_equal_columns_are_no_members_but_follow():
    table, groups = coded(500)
    table["again"] = table["job_b"]
    found = find(table)
    assert found.group_names == groups
    assert found.texts == {"again follows from job"}


def test_complementary_columns_are_a_group():
    table = independent(300, 8, 0)
    table["male"] = np.random.default_rng(1).random(300) < 0.1
    table["female"] = ~table["male"]
    assert find(table).group_names == {(frozenset({"male", "female"}), False)}


def test_the_finest_split_is_the_group():
    table, groups = coded(500)
    table.insert(0, "not job a", 1 - table["job_a"])
    found = find(table)
    assert found.group_names == groups
    assert found.texts == {"not job a follows from job"}


def test_groups_of_numbers_declared_as_categories():
    table, groups = coded(500)
    names = [name for group, _ in groups for name in group]
    assert find(table, categorical_features=names).group_names == groups


def test_strings_are_no_group():
    table = independent(300, 8, 0)
    table["male"] = np.where(np.arange(300) % 2, "yes", "no")
    table["female"] = np.where(np.arange(300) % 2, "no", "yes")
    assert not find(table).groups


def test_rare_levels_are_believed_among_groups_with_such_names():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"v{k}": rng.choice(list("abcde"), 800) for k in range(3)})
    table["rare"] = np.where(np.arange(800) < 9, "y", "x")
    table.loc[:4, "rare"] = "z"
    dummies = pd.get_dummies(table, drop_first=True)
    rows = pd.concat([independent(800, 8, 0), dummies], axis=1)
    assert (frozenset({"rare_y", "rare_z"}), True) in find(rows).group_names
    rows["other_a"], rows["other_b"] = rng.random((2, 800)) < 0.2
    assert not any("rare_y" in group for group, _ in find(rows).group_names)


def test_rare_levels_of_two_groups_may_be_on_in_the_same_row():
    table, groups = coded(500)
    rows = pd.concat([table, table[:1]], ignore_index=True)
    names = [name for group, _ in groups for name in group]
    rows.loc[500, names] = 0
    rows["job_rare"] = rows["town_rare"] = (rows.index == 500).astype(int)
    expected = {
        (group | {name}, False)
        for group, _ in groups
        for name in ("job_rare", "town_rare")
        if name[:3] == min(group)[:3]
    }
    assert find(rows).group_names == expected


def test_two_groups_are_too_few_to_believe_names():
    table, groups = coded(500)
    for k, name in enumerate(["flag_a", "flag_b"]):
        table[name] = (table.index // 5 == 10 + k).astype(int)
    assert find(table).group_names == groups
