"""The report says what the codes say."""

from __future__ import annotations

import csv
import dataclasses
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skpar import Wording

from .. import _reports
from .._reports import few

NAN = np.nan


@pytest.fixture
def table():
    sizes = pd.CategoricalDtype(["S", "M", "L"], ordered=True)
    return pd.DataFrame(
        {
            "age": [30, 40, 50, 60],
            "income": [1234.5, NAN, 0.125, 2e6],
            "size": pd.Categorical(["S", "M", "L", "S"], dtype=sizes),
            "job": ["cook", "clerk", "cook", "smith"],
            "owner": [False, True, False, False],
        },
        index=["ann", "bob", "cy", "di"],
    )


def make_report(X, rows, status=None):
    """Report of new rows, given as a table; the measures are row numbers."""
    n = len(X)
    status = status or ["found"] * n
    found = np.array(status) == "found"
    numbers = np.where(found, np.arange(float(n)), NAN)
    return dataclasses.replace(
        _reports.make_report(X, rows, status),
        reason=np.where(np.array(status) == "not found", "too far", "").astype(object),
        effort=numbers,
        gower_distance=numbers / 10,
        n_changed=numbers,
        objective=-numbers,
        log_density=numbers - 5,
        percentile=numbers / 4,
        optimal=found & (np.arange(n) % 2 == 0),
        needed=found & (np.arange(n) % 3 == 0),
        training_row=found & (np.arange(n) % 2 == 1),
    )


def changed(X, row, **cells):
    """Write cells of one row."""
    rows = X.copy()
    for name, value in cells.items():
        rows.loc[row, name] = value
    return rows


@pytest.mark.parametrize(
    ("row", "cells", "words"),
    [
        ("ann", {"age": 31}, "raise age from 30 to 31"),
        ("di", {"age": 30}, "lower age from 60 to 30"),
        ("ann", {"income": 2e6}, "raise income from 1,234.5 to 2,000,000"),
        ("di", {"income": 1999999.5}, "lower income from 2,000,000 to 1,999,999.5"),
        ("cy", {"income": 0.1250001}, "raise income from 0.125 to 0.1250001"),
        ("cy", {"income": 1 / 3}, "raise income from 0.125 to 0.3333333333333333"),
        ("bob", {"income": 7.0}, "show that income is 7 (missing now)"),
        ("ann", {"size": "L"}, "raise size from S to L"),
        ("bob", {"size": "S"}, "lower size from M to S"),
        ("ann", {"job": "smith"}, "change job from cook to smith"),
        ("ann", {"owner": True}, "change owner from no to yes"),
        (
            "cy",
            {"owner": True, "age": 45},
            "lower age from 50 to 45; change owner from no to yes",
        ),
    ],
)
def test_changes_in_words(table, row, cells, words):
    report = make_report(table, changed(table, row, **cells))
    expected = dict.fromkeys(table.index, "")
    expected[row] = words
    assert report.actions() == list(expected.values())


def test_rows_without_a_recourse_say_why(table):
    status = ["accepted", "not found", "accepted", "found"]
    report = make_report(table, changed(table, "di", age=50), status)
    assert report.actions() == [
        "already accepted",
        "not found: too far",
        "already accepted",
        "lower age from 60 to 50",
    ]
    np.testing.assert_array_equal(report.denied, [False, True, False, True])
    np.testing.assert_array_equal(report.answered, [False, False, False, True])
    assert len(report) == 4
    assert set(report.changes()["row"]) == {"di"}


def test_changes_keep_the_types_of_values(table):
    rows = changed(changed(table, "ann", age=50), "bob", income=2.5)
    found = make_report(table, rows).changes()
    assert found.columns.tolist() == ["row", "feature", "from", "to", "role"]
    assert found.to_numpy().tolist() == [
        ["ann", "age", 30, 50, "needed"],
        ["bob", "income", None, 2.5, "needed"],
    ]
    assert [type(value) for value in found["to"]] == [int, float]
    numbers = make_report(table, changed(table, "ann", age=50)).changes()
    assert type(numbers["from"][0]) is type(numbers["to"][0]) is int


@pytest.mark.parametrize(
    ("as_table", "labels"),
    [
        (lambda X: X, ["ann", "bob", "cy", "di"]),
        (lambda X: X.set_axis([7, 7, 8, 9]), [7, 7, 8, 9]),
        (lambda X: X[["age", "income"]].to_numpy(), [0, 1, 2, 3]),
    ],
)
def test_rows_go_by_the_labels_of_the_table(table, as_table, labels):
    X = as_table(table)
    rows = X.copy()
    if isinstance(X, pd.DataFrame):
        rows["age"] = [31, 41, 51, 59]
    else:
        rows[:, 0] = [31, 41, 51, 59]
    report = make_report(X, rows)
    assert report.changes()["row"].tolist() == labels
    assert report.to_frame().index.tolist() == labels
    feature = "age" if isinstance(X, pd.DataFrame) else "x0"
    assert set(report.changes()["feature"]) == {feature}


def test_no_change_is_an_empty_list_of_changes(table):
    report = make_report(table, table, ["accepted"] * 4)
    assert report.changes().shape == (0, 5)


def test_the_summary_holds_every_measure(table):
    status = ["accepted", "not found", "found", "found"]
    frame = make_report(table, changed(table, "di", age=50), status).to_frame()
    assert frame["status"].tolist() == status
    assert frame["n_changed"].dtype == "Int64"
    assert frame["n_changed"].isna().tolist() == [True, True, False, False]
    expected = {
        "status": "found",
        "n_changed": 3,
        "effort": 3.0,
        "gower_distance": pytest.approx(0.3),
        "objective": -3.0,
        "log_density": -2.0,
        "percentile": 0.75,
        "n_queries": 3,
        "optimal": False,
        "needed": True,
        "training_row": True,
        "reason": "",
    }
    assert frame.columns.tolist() == list(expected)
    assert frame.loc["di"].to_dict() == expected
    assert frame.loc["bob", "reason"] == "too far"
    flags = ["optimal", "needed", "training_row"]
    assert frame[flags].to_numpy().tolist() == [
        [False, False, False],
        [False, False, False],
        [True, False, False],
        [False, True, True],
    ]
    figures = frame.drop(columns=["status", "reason", "n_queries", *flags])
    assert figures[:2].isna().all(axis=None)


def with_roles(report, accompanying=(), unchecked=(), needed=False, derived=()):
    """Report in which features of the first person have other roles."""
    flags = np.zeros((2, *report.codes_before.shape), dtype=bool)
    flags[0, 0, list(accompanying)] = True
    flags[1, 0, list(unchecked)] = True
    return dataclasses.replace(
        report,
        needed=np.full(len(report), needed),
        accompanying=flags[0],
        unchecked=flags[1],
        context=dataclasses.replace(report.context, derived=derived),
    )


BESIDE = "(accompanies: the classifier also accepts if only this change is left out)"
BUDGET = "(the query budget was spent)"


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"needed": True}, "raise age from 30 to 31; raise size from S to L"),
        ({}, "raise age from 30 to 31; raise size from S to L"),
        (
            {"accompanying": [0]},
            f"raise age from 30 to 31 {BESIDE}; raise size from S to L",
        ),
        (
            {"unchecked": [2]},
            "raise age from 30 to 31; raise size from S to L; not every part of these "
            f"changes was checked {BUDGET}, so fewer may be enough",
        ),
        (
            {"accompanying": [0], "unchecked": [2]},
            f"raise age from 30 to 31 {BESIDE}; raise size from S to L; not every part "
            f"of these changes was checked {BUDGET}, so fewer may be enough",
        ),
        (
            {"accompanying": [0], "derived": (2,)},
            f"raise age from 30 to 31 {BESIDE}; size then becomes L instead of S",
        ),
    ],
)
def test_sentences_say_what_accompanies_and_what_is_unknown(table, roles, said):
    report = make_report(table, changed(table, "ann", age=31, size="L"))
    report = with_roles(report, **roles)
    assert report.actions()[0] == said
    known = {0: "needed", 2: "needed"}
    known |= dict.fromkeys(roles.get("unchecked", ()), "unknown")
    known |= dict.fromkeys(roles.get("accompanying", ()), "accompanies")
    known |= dict.fromkeys(roles.get("derived", ()), "follows")
    changes = report.changes()
    assert changes["role"].tolist() == [known[0], known[2]]
    assert report[:1].changes().equals(changes)
    assert report[[1, 0]].actions()[1] == said


@pytest.mark.parametrize(
    ("roles", "is_said"),
    [({}, True), ({"needed": True}, False), ({"accompanying": [0]}, False)],
)
def test_of_three_changes_parts_of_one_may_be_unchecked(table, roles, is_said):
    """All single changes are needed, but two of them together may not be."""
    report = make_report(table, changed(table, "ann", age=31, size="L", job="smith"))
    text = with_roles(report, **roles).actions()[0]
    note = "; not every part of these changes was checked, so fewer may be enough"
    assert text.endswith(note) == is_said
    assert ("checked" in text) == is_said


def test_a_report_cannot_be_overwritten(table):
    report = make_report(table, table)
    with pytest.raises(AttributeError):
        report.status = None


def test_the_change_that_helps_most_comes_first(table):
    rows = changed(table, "ann", age=31, size="L", job="smith")
    report = make_report(table, rows)
    helps = np.zeros(report.codes_before.shape)
    helps[0, [0, 2, 3]] = [0.1, -0.5, 2.0]
    ordered = dataclasses.replace(report, contributions=helps)
    words = "change job from cook to smith; raise age from 30 to 31; raise size from S"
    assert ordered.actions()[0].startswith(words)
    assert ordered.changes()["feature"].tolist() == ["job", "age", "size"]
    said = ordered.actions(Wording(names={"age": "years"}, units={"age": "a"}))
    assert "raise years from 30 to 31 a" in said[0]


def test_what_is_proved_is_said(table):
    status = ["impossible", "accepted", "not found", "found"]
    report = make_report(table, changed(table, "di", age=50), status)
    report.reason[0] = "no feasible row is accepted"
    assert report.actions()[0] == "impossible: no feasible row is accepted"
    assert report.denied.tolist() == [True, False, True, True]
    assert report.answered.tolist() == [False, False, False, True]


def test_text_is_safe_in_a_spreadsheet(table, tmp_path):
    X = table.set_axis(["=1+1", "bob", "-cy", "@di"])
    status = ["not found", "accepted", "found", "found"]
    report = make_report(X, changed(X, "@di", age=50), status)
    report.reason[0] = "+too far"
    text = report.to_csv()
    report.to_csv(tmp_path / "report.csv", wording=Wording(units={"age": "years"}))
    written = (tmp_path / "report.csv").read_text()
    assert "lower age from 60 to 50 years" in written
    back = pd.read_csv(io.StringIO(text), index_col=0)
    assert back.index.tolist() == ["'=1+1", "bob", "'-cy", "'@di"]
    assert back["reason"].iloc[0] == "'+too far"
    assert back["actions"].iloc[3] == "lower age from 60 to 50"
    assert back["objective"].iloc[3] == -3.0


NASTY = st.text(st.sampled_from('=+-@\t\r\n",;a\ud800 '), min_size=1, max_size=4)


def is_formula(cell):
    """Whether a spreadsheet reads a cell of text as a formula."""
    try:
        float(cell)
    except ValueError:
        return cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    return False


@given(st.lists(NASTY, min_size=12, max_size=12, unique=True), st.booleans())
def test_every_text_is_quoted_and_no_formula(tmp_path_factory, texts, two_levels):
    column, *texts = texts
    # pandas 3.0 takes some broken characters for one another.
    assume(pd.Series(texts[:2], dtype=object).nunique() == 2)
    X = pd.DataFrame({0: pd.Series(texts[:2] * 2, dtype=object), 1: [1, 2, 3, 4]})
    # With pyarrow, pandas holds half a surrogate pair among objects only.
    X.columns = pd.Index([column, "b"], dtype=object)
    labels = pd.Index(texts[2:6], name=texts[6], dtype=object)
    X.index = labels
    if two_levels:
        X.index = pd.MultiIndex.from_arrays([labels, range(4)], names=texts[7:9])
    swapped = pd.Series(texts[1::-1] * 2, index=X.index, dtype=object)
    rows = X.copy()
    rows.isetitem(0, swapped)
    report = make_report(X, rows, ["found", "not found", "found", "found"])
    report.reason[1] = texts[9]
    path = tmp_path_factory.mktemp("report") / "report.csv"
    for changes, n_rows in ((False, 5), (True, 4)):
        report.to_csv(path, changes=changes)
        with path.open(newline="", encoding="utf-8") as file:
            cells = list(csv.reader(file))
        assert len(cells) == n_rows
        assert not [cell for row in cells for cell in row if is_formula(cell)]
        assert len({len(row) for row in cells}) == 1
        outside = "".join(path.read_bytes().decode().split('"')[::2])
        assert "\r" not in outside.replace("\r\n", "\n")
        text = report.to_csv(changes=changes)
        assert text.encode("utf-8", "backslashreplace") == path.read_bytes()
    report.to_html(path)


def test_plain_texts_and_numbers_are_written_as_they_are(table):
    report = make_report(table, changed(table, "di", age=50))
    back = pd.read_csv(io.StringIO(report.to_csv(changes=True)))
    pd.testing.assert_frame_equal(
        back.astype(object), report.changes().astype(object), check_dtype=False
    )
    days = table.set_axis(pd.date_range("2020-01-01", periods=4))
    text = make_report(days, changed(days, days.index[3], age=50)).to_csv()
    assert text.splitlines()[4].startswith("2020-01-04,found,lower age from 60 to 50,")


def test_diversity_is_the_mean_distance_between_options(table):
    """By hand: one feature of five differs, or two, and by how much of its range."""
    rows = [
        changed(table, "ann", age=60, job="smith"),
        changed(table, "ann", age=45),
        changed(table, "ann", age=60),
    ]
    one, two, three = (make_report(table, row) for row in rows)
    report = dataclasses.replace(one, further=(two, three))
    distances = [(15 / 30 + 1) / 5, 1 / 5, (15 / 30) / 5]
    assert report.diversity[0] == pytest.approx(np.mean(distances))
    np.testing.assert_array_equal(report.diversity[1:], [0, 0, 0])
    # Nobody but "ann" has a third way, and "di" has no second one.
    two = make_report(table, rows[1], ["found", "found", "found", "not found"])
    three = make_report(table, rows[2], ["found", *["not found"] * 3])
    report = dataclasses.replace(one, further=(two, three))
    assert report.diversity[0] == pytest.approx(np.mean(distances))
    np.testing.assert_array_equal(report.diversity[1:], [0, 0, NAN])
    assert np.isnan(one.diversity).all()


def test_a_report_is_shown_in_a_line():
    report = few()
    second = dataclasses.replace(report, status=np.array(["not found"] * 4))
    shown = repr(dataclasses.replace(report, further=(second,)))
    assert shown == "<RecourseReport: 1 accepted, 2 found, 1 not found; 2 options>"
    assert repr(report) == "<RecourseReport: 1 accepted, 2 found, 1 not found>"


def test_some_people_have_a_report_of_their_own(table):
    status = ["accepted", "not found", "found", "found"]
    report = make_report(table, changed(table, "di", age=50), status)
    report = dataclasses.replace(report, further=(report,))
    frame = report.to_frame()
    for rows in ([2, 3], slice(2, None), report.answered, pd.Series(report.answered)):
        some = report[rows]
        pd.testing.assert_frame_equal(some.to_frame(), frame.iloc[[2, 3]])
        assert len(some.options) == 2
        assert len(some.options[1]) == 2
        assert some.actions() == report.actions()[2:]
        assert some.changes().equals(report.changes())
    one = report[-1]
    assert one.factuals.index.tolist() == ["di"]
    assert "lower age" in one.to_html()
    assert [len(person) for person in report] == [1, 1, 1, 1]
    assert len(report[[]]) == 0
    with pytest.raises(IndexError):
        report[4]
    with pytest.raises(IndexError):
        report[[True, False]]


@pytest.mark.parametrize("write", ["to_csv", "to_html"])
def test_a_page_that_cannot_be_written_leaves_the_old_one(table, tmp_path, write):
    path = tmp_path / "report"
    path.write_text("old")
    report = make_report(table, changed(table, "di", age=50), ["found"] * 4)
    with pytest.raises(ValueError, match="unknown"):
        getattr(report, write)(path, Wording(names={"unknown": "name"}))
    assert path.read_text() == "old"
    assert getattr(report, write)(path) is None
    assert path.read_text() != "old"
    assert list(tmp_path.iterdir()) == [path]
