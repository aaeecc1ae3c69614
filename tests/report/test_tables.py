"""Tables of one option, and of all options."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from .._reports import make_report, people


@pytest.fixture
def table():
    return people()


def changed(X, row, **cells):
    """Write cells of one row."""
    rows = X.copy()
    for name, value in cells.items():
        rows.loc[row, name] = value
    return rows


@pytest.mark.parametrize("as_table", [lambda X: X, lambda X: X.to_numpy(object)])
def test_all_options_come_in_one_table(table, as_table):
    status = ["accepted", "found", "found", "found"]
    one = make_report(table, changed(table, "di", age=50), status)
    other = make_report(table, changed(table, "di", age=45, job="cook"), status)
    none = np.array(["accepted", "not found", "not found", "found"])
    other = dataclasses.replace(other, status=none)
    report = dataclasses.replace(one, further=(other,))
    report = dataclasses.replace(
        report,
        counterfactuals=as_table(one.counterfactuals),
        further=(
            dataclasses.replace(other, counterfactuals=as_table(other.counterfactuals)),
        ),
    )
    frame = report.to_frame(option=None)
    assert frame["option"].tolist() == [0, 0, 0, 0, 1]
    assert frame.index.tolist() == ["ann", "bob", "cy", "di", "di"]
    pd.testing.assert_frame_equal(report.to_frame(), report.to_frame(option=0))
    pd.testing.assert_frame_equal(report.to_frame(option=1), other.to_frame())
    changes = report.changes(option=None)
    last = changes[changes["option"] == 1]
    assert set(last["row"]) == {"di"}
    assert last["to"].tolist() == other.changes()["to"].tolist()
    actions = report.actions(option=None)
    assert actions["action"].tolist() == [*one.actions(), other.actions()[3]]
    assert report.actions(option=1) == other.actions()
    rows = report.counterfactual_frame()
    assert rows["option"].tolist() == [0, 0, 0, 0, 1]
    ages = rows.iloc[:, 1].tolist()
    assert ages == [*one.counterfactuals["age"], other.counterfactuals["age"]["di"]]
    with pytest.raises(IndexError, match="option is 2, but the report has 2"):
        report.to_frame(option=2)


def test_a_column_named_option_is_not_hidden(table):
    X = table.assign(option=1.0)
    report = make_report(X, X, ["found"] * 4)
    with pytest.raises(ValueError, match="column 'option' of its own"):
        report.counterfactual_frame()
