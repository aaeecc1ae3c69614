"""Tables of one option, and of all options."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from skpar.report._tables import escape_formula, replaced_file

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


def test_a_file_is_replaced_when_it_is_complete(tmp_path):
    path = tmp_path / "report.csv"
    for text in ("first", "second"):
        with replaced_file(path) as written:
            assert written.name == path.name
            written.write_text(text)
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(RuntimeError), replaced_file(str(path)) as written:
        written.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with replaced_file(path) as written:
        written.write_text("new")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_a_file_stays_a_link(tmp_path):
    path, link = tmp_path / "report.csv", tmp_path / "link.csv"
    path.write_text("old")
    link.symlink_to(path)
    with replaced_file(link) as written:
        written.write_text("new")
    assert link.is_symlink()
    assert path.read_text() == "new"


def test_options_that_nobody_has_are_left_out(table):
    one = make_report(table, changed(table, "di", age=50), ["found"] * 4)
    none = make_report(table, table, ["not found"] * 4)
    report = dataclasses.replace(one, further=(none,) * 400)
    assert report.to_frame(option=None)["option"].tolist() == [0] * 4
    assert len({id(part) for part in report[:2].further}) == 1
    assert np.isnan(report.diversity).all()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_formulas_are_neutralised(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "a=1", " =1", 3, -3.5, None, True])
def test_the_rest_is_left_alone(value):
    assert escape_formula(value) is value
