"""FeatureSchema: groups of columns as features of a table."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from skpar.relations import ColumnGroup, FeatureSchema, group_columns
from skpar.table import TableSchema


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "age": [20, 30, 40],
            "job_cook": [True, False, False],
            "sex_f": [0.0, 1.0, 1.0],
            "job_clerk": [False, True, False],
            "town": ["x", "y", "x"],
            "sex_m": [1.0, 0.0, 0.0],
        }
    )


def features_of(table):
    schema = TableSchema.infer(table)
    groups = [
        ColumnGroup.of_columns(schema, [1, 3], at_most=True),
        ColumnGroup.of_columns(schema, [2, 5]),
    ]
    return group_columns(schema, groups, schema.encode(table))


def test_without_groups_the_schema_stays(table):
    schema = TableSchema.infer(table)
    assert group_columns(schema, [], schema.encode(table)) is schema


def test_a_group_stands_at_its_first_column(table):
    features = features_of(table)
    assert features.names == ("age", "job", "sex", "town")
    assert features.members == ((0,), (1, 3), (2, 5), (4,))
    assert sorted(features.groups) == [1, 2]


def test_codes_are_compressed(table):
    codes = features_of(table).encode(table)
    np.testing.assert_array_equal(codes[:, 1], [0, 1, 2])
    np.testing.assert_array_equal(codes[:, 2], [1, 0, 0])


@pytest.mark.parametrize("as_array", [False, True])
def test_all_patterns_come_back(table, as_array):
    rows = pd.concat([table.iloc[:1]] * 16, ignore_index=True)
    names = ["job_cook", "job_clerk", "sex_f", "sex_m"]
    patterns = np.array(list(product([0, 1], repeat=4)))
    for k, name in enumerate(names):
        rows[name] = patterns[:, k].astype(table[name].dtype)
    features = features_of(table)
    if as_array:
        rows["town"], table["town"] = 0.0, [0.0, 1.0, 0.0]
        features = features_of(table.to_numpy(dtype=float))
        rows = rows.to_numpy(dtype=float)
    codes = features.encode(rows)
    decoded = features.decode(codes)
    assert (np.asarray(decoded) == np.asarray(rows)).all()
    broken = features.is_broken(codes)
    n_on = features.expand(codes)
    np.testing.assert_array_equal(broken[:, 1], n_on[:, 1] + n_on[:, 3] > 1)
    np.testing.assert_array_equal(broken[:, 2], n_on[:, 2] + n_on[:, 5] != 1)
    assert not broken[:, [0, 3]].any()


def test_levels_that_no_training_row_has_are_unseen(table):
    features = features_of(table[:2])
    assert features.columns[1].seen == (True, True, False)


def test_the_message_names_the_column_of_a_cell_that_is_neither(table):
    features = features_of(table)
    wrong = table.assign(sex_m=[1.0, 0.5, 0.0])
    reading = features.read(wrong)
    np.testing.assert_array_equal(reading.unreadable, [False, True, False])
    (reason,) = [text for text in reading.reasons() if text]
    assert "column 'sex_m': 0.5 must be 0 or 1" in reason
    assert "group 'sex'" in reason
    assert features.readable_rows(wrong, reading).equals(wrong.iloc[[0, 2]])


def test_a_cell_that_the_table_cannot_read_is_named_once(table):
    wrong = table.assign(age=[20, 30, "?"], sex_m=[1.0, 0.0, 0.5])
    reading = features_of(table).read(wrong)
    assert [name for _, _, name, _ in reading.problems] == ["age"]


def test_too_many_columns_are_on():
    names = [f"x_{k}" for k in range(60)]
    table = pd.DataFrame(np.eye(60, dtype=int), columns=names)
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, range(60))
    features = group_columns(schema, [group], schema.encode(table))
    table.iloc[0] = 1
    assert "too many columns of the group 'x'" in features.read(table).reasons()[0]


def test_write_changes_only_the_cells_of_the_group(table):
    features = features_of(table)
    old = features.encode(table)
    new = old.copy()
    new[0, 1] = 1.0
    written = features.write(table, old, new)
    expected = table.assign(
        job_cook=[False, False, False], job_clerk=[True, True, False]
    )
    pd.testing.assert_frame_equal(written, expected)


def test_write_keeps_a_broken_group_that_does_not_change(table):
    features = features_of(table)
    broken = table.assign(job_clerk=True, age=[20, 30, 41])
    old = features.encode(broken)
    new = old.copy()
    new[:, 0] += 1
    pd.testing.assert_frame_equal(
        features.write(broken, old, new), broken.assign(age=broken["age"] + 1)
    )


def test_positions_of_groups_members_and_columns(table):
    features = features_of(table)
    keys = ["age", "job", "job_cook", "job_clerk", "sex_m", "sex", "town"]
    assert [features.position(key) for key in keys] == [0, 1, 1, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="jop"):
        features.position("jop")


def test_another_container_can_be_read(table):
    features = features_of(table)
    numbers = table.assign(town=[0.0, 1.0, 0.0]).to_numpy(dtype=float)
    other = features.with_table(TableSchema.infer(numbers))
    assert isinstance(other, FeatureSchema)
    np.testing.assert_array_equal(
        other.encode(numbers)[:, :3], features.encode(table)[:, :3]
    )


def test_features_have_different_names():
    names = ["k_a", "k_b", "k_c", "k_d", "m_a", "m_b", "m"]
    table = pd.DataFrame([[True, False] * 3 + [1], [False, True] * 3 + [2]])
    table = table.set_axis(names, axis=1)
    schema = TableSchema.infer(table)
    groups = [ColumnGroup.of_columns(schema, pair) for pair in ([0, 1], [2, 3], [4, 5])]
    features = group_columns(schema, groups)
    assert features.names == ("k_a / k_b", "k_c / k_d", "m_a / m_b", "m")
