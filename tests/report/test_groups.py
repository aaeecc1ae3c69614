"""Groups add up to everybody, and their figures are those of their people."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from skpar import Wording
from skpar.report._groups import changes_by_group, group_names
from skpar.report._sentences import Writer
from skpar.report.page.pictures._population_view import feature_summaries
from skpar.table import TableSchema

from .._reports import few, make_report


def test_each_group_is_counted_on_its_own():
    table = few().by_group("job")
    assert table.index.tolist() == ["clerk", "cook", "smith"]
    assert table.index.name == "job"
    assert table["n"].tolist() == [1, 2, 1]
    assert table["n_denied"].tolist() == [1, 2, 0]
    assert table["n_answered"].tolist() == [1, 1, 0]
    np.testing.assert_array_equal(table["coverage"], [1.0, 0.5, np.nan])
    np.testing.assert_array_equal(table["effort"], [1.0, 1.5, np.nan])
    np.testing.assert_array_equal(table["n_changed"], [2.0, 3.0, np.nan])
    assert table.loc["cook", "coverage_low"] < 0.5 < table.loc["cook", "coverage_high"]
    assert table["effort_low"].isna().all()
    assert table.shape == (3, 15)


@pytest.mark.parametrize(
    "by",
    [
        ["x", "y", "x", "y"],
        np.array(["x", "y", "x", "y"]),
        pd.Series(["x", "y", "x", "y"], index=[9, 8, 7, 6], name="who"),
        pd.Categorical(["x", "y", "x", "y"], ["z", "x", "y"]),
    ],
)
def test_groups_need_not_be_in_the_table(by):
    table = few().by_group(by)
    assert table.index.tolist() == ["x", "y"]
    assert table["n_denied"].tolist() == [2, 1]


def test_missing_cells_are_a_group():
    table = few().by_group(["x", None, "x", None])
    assert table.index.tolist() == ["x", "(missing)"]
    assert table["n"].tolist() == [2, 2]


def test_numbers_with_many_values_are_cut_at_quartiles():
    X = pd.DataFrame({"age": np.arange(40), "b": np.arange(40) % 3})
    report = make_report(X, X.assign(b=(X["b"] + 1) % 3), ["found"] * 40)
    table = report.by_group("age")
    assert table["n"].tolist() == [10] * 4
    names = ["up to 9.75", "9.75 to 19.5", "19.5 to 29.25", "above 29.25"]
    assert table.index.tolist() == names
    assert report.by_group("b")["n"].tolist() == [14, 13, 13]


def spiky(low, high):
    return pd.Series([0.0] * low + list(range(1, 11)) + [99.0] * high)


@pytest.mark.parametrize(
    ("numbers", "groups"),
    [
        (spiky(30, 0), {"up to 0": 30, "above 0.25": 10}),
        (spiky(90, 0), {"up to 0": 90, "above 0": 10}),
        (spiky(0, 90), {"up to 99": 100}),
        (1e9 + spiky(0, 0) / 4, None),
        (spiky(0, 1).astype("Int64").where(lambda n: n != 5), None),
    ],
)
def test_every_number_is_in_a_group(numbers, groups):
    X = pd.DataFrame({"a": np.arange(len(numbers)) % 2})
    table = make_report(X, 1 - X, ["found"] * len(X)).by_group(numbers)
    assert table["n"].sum() == len(X)
    assert table.index.is_unique
    if groups:
        assert table["n"].to_dict() == groups


def test_arrays_have_groups_by_position():
    report = few()
    X = report.factuals[["age", "income"]].to_numpy()
    rows = X + [[1, 0]]
    made = make_report(X, rows, ["found"] * 4)
    assert made.by_group(0)["n"].sum() == 4


def test_shares_of_changes_by_group():
    report = few()
    found = feature_summaries(report, Writer(report.schema))
    shares = changes_by_group(report, "owner", found)
    assert shares.index.tolist() == [summary.name for summary in found]
    assert shares.loc["age"].tolist() == [1.0, 1.0]
    assert shares.loc["job"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("by", "message"),
    [("jbo", "Unknown column 'jbo'.*job"), (["x"], "groups are 1, .* has 4 rows")],
)
def test_wrong_groups_are_refused(by, message):
    with pytest.raises(ValueError, match=message):
        few().by_group(by)


def test_options_are_counted():
    report = few()
    second = dataclasses.replace(report, status=np.array(["found"] + ["not found"] * 3))
    table = dataclasses.replace(report, further=(second,)).by_group("job")
    np.testing.assert_array_equal(table["n_options"], [1.0, 1.0, np.nan])
    assert table.loc["cook", "n_options_low"] < 1 < table.loc["cook", "n_options_high"]
    assert table.shape == (3, 18)


def test_names_of_groups_are_words_of_their_column():
    report = few()
    wording = Wording(labels={"job": {"cook": "works in a kitchen"}})
    writer = Writer(report.schema, wording)
    jobs = report.by_group("job").index
    assert group_names(jobs, writer) == ["clerk", "works in a kitchen", "smith"]
    owners = report.by_group("owner").index
    assert group_names(owners, writer) == ["no", "yes"]
    incomes = report.by_group("income").index
    assert group_names(incomes, writer)[-1] == "(missing)"
    assert group_names(pd.Index(["cook", "b"]), writer) == ["cook", "b"]
    ranges = pd.Index(["up to 30", "above 30"], name="age")
    assert group_names(ranges, writer) == ["up to 30", "above 30"]


@pytest.mark.parametrize("feature", ["job", "no feature"])
def test_a_group_of_an_empty_level_is_in_quotes(feature):
    writer = Writer(TableSchema.infer(pd.DataFrame({"job": ["", "manual"]})))
    groups = pd.Index(["", "manual"], name=feature)
    assert group_names(groups, writer) == ['""', "manual"]
