"""Rows that cannot be read spare the others, and tables without rows are answered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from skpar import metrics

from ._loans import Accepts, quick, split_loans

# What nobody had in training, by column.
SPOILED = {
    "job": ["king", None, 7, b"office", ["office"]],
    "age": ["old", np.nan, np.inf, 40.5, 2**60, 10**400, True, {"a": 1}],
    "savings": [-np.inf, 1j, pd.Timestamp("2020-01-01")],
    "has_guarantor": ["yes", 0.5, np.nan],
}
CELLS = [(name, value) for name, values in SPOILED.items() for value in values]


@pytest.fixture(scope="module")
def loans():
    return split_loans(90)


class Watched:
    """Remembers all rows that it predicts."""

    def __init__(self, clf):
        self.clf, self.classes_, self.seen = clf, clf.classes_, []

    def predict(self, X):
        self.seen.append(X.copy())
        return self.clf.predict(X)


@pytest.fixture(scope="module")
def par(loans):
    return quick(max_iter=1).fit(loans.X, None, Watched(loans.clf))


def spoil(X, cells):
    """Write (row, column, value) into columns of objects."""
    X = X.copy()
    for _, name, _ in cells:
        X[name] = X[name].astype(object)
    for row, name, value in cells:
        X[name].array[row] = value
    return X


def same_tables(one, other):
    """Compare cell by cell; NaN equals NaN, and dtypes do not matter."""
    pd.testing.assert_frame_equal(one.astype(object), other.astype(object))


def assert_same_answers(one, other):
    """Compare status, reason, measures and counterfactuals of two reports."""
    pd.testing.assert_frame_equal(one.to_frame(None), other.to_frame(None))
    for a, b in zip(one.options, other.options, strict=True):
        same_tables(a.counterfactuals, b.counterfactuals)
        same_tables(a.factuals, b.factuals)


@pytest.mark.parametrize("seed", range(3))
def test_other_people_get_the_answers_that_they_get_alone(par, loans, seed):
    rng = np.random.RandomState(seed)
    sound = loans.asking[:40]
    rows = rng.choice(40, 12, replace=False)
    cells = [(row, *CELLS[k]) for row in rows for k in rng.choice(len(CELLS), 2)]
    X = spoil(sound, cells)
    n_options = 1 + seed % 2
    report = par.recourse(X, n_options=n_options)
    assert np.flatnonzero(report.unreadable).tolist() == sorted(set(rows.tolist()))
    kept = ~report.unreadable
    assert_same_answers(report[kept], par.recourse(sound[kept], n_options=n_options))
    assert report.answered.any()


@pytest.mark.parametrize(("name", "value"), CELLS)
def test_an_unreadable_row_is_neither_denied_nor_accepted(par, loans, name, value):
    X = spoil(loans.asking[:4], [(2, name, value)])
    par.estimator_.seen.clear()
    report = par.recourse(X, n_options=2)
    label = X.index[2]
    assert not any(label in seen.index for seen in par.estimator_.seen)
    for one in report.options:
        assert one.status[2] == "unreadable"
        assert f"column '{name}': " in one.reason[2]
        assert not one.denied[2] and not one.answered[2] and one.unreadable[2]
        assert one.to_frame().loc[label, "n_changed":"percentile"].isna().all()
        assert not one.optimal[2] and one.n_queries[2] == 0
        same_tables(one.counterfactuals[2:3], X[2:3])
    same_tables(report.factuals, X)
    assert "1 unreadable" in repr(report)
    with pytest.raises(ValueError, match=f"Column '{name}', row '{label}': "):
        par.transform(X)


def test_the_reason_names_every_cell_of_the_row(par, loans):
    X = spoil(loans.asking[:2], [(1, "job", "king"), (1, "age", "old")])
    reason = par.recourse(X).reason[1]
    assert "column 'age': 'old' is a string, but training cells were" in reason
    assert "column 'job': 'king' is not a level known from training" in reason


def test_transform_names_ten_cells_and_counts_the_others(par, loans, monkeypatch):
    X = spoil(loans.asking[:14], [(row, "job", f"king {row}") for row in range(13)])
    monkeypatch.delattr("skpar.search._search.RecourseSearch.find")
    with pytest.raises(ValueError, match="13 cells cannot be read") as caught:
        par.transform(X)
    message = str(caught.value)
    assert [f"'king {row}'" in message for row in range(13)] == [True] * 10 + [
        False
    ] * 3
    assert message.endswith("And 3 more.")


def test_limits_of_an_unreadable_row_do_not_matter(par, loans):
    X = spoil(loans.asking[:6], [(1, "job", "king")])
    upper = pd.DataFrame({"savings": 1e4}, index=X.index, dtype=object)
    frozen = pd.DataFrame({"age": True}, index=X.index, dtype=object)
    upper.iloc[1], frozen.iloc[1] = "none", "maybe"
    report = par.recourse(X, upper=upper, frozen=frozen)
    kept = ~report.unreadable
    sound = loans.asking[:6][kept]
    alone = par.recourse(
        sound, upper=upper[kept].astype(float), frozen=frozen[kept].astype(bool)
    )
    assert_same_answers(report[kept], alone)
    upper.iloc[2] = "none"
    with pytest.raises(ValueError, match=f"upper: .*row '{X.index[2]}': 'none'"):
        par.recourse(X, upper=upper)


def test_metrics_leave_unreadable_rows_out_and_scores_refuse_them(par, loans):
    X = spoil(loans.asking[:20], [(3, "job", "king"), (5, "age", "old")])
    report = par.recourse(X)
    kept = ~report.unreadable
    pd.testing.assert_frame_equal(
        metrics.evaluate(report, clf=loans.clf),
        metrics.evaluate(report[kept], clf=loans.clf),
    )
    rows = f"row '{X.index[3]}', '{X.index[5]}'"
    for score in (par.score, lambda X: metrics.recourse_scorers(par, X)):
        with pytest.raises(ValueError, match=f"2 rows cannot be read.*{rows}"):
            score(X)
    with pytest.raises(ValueError, match=f"2 rows cannot be read.*{rows}"):
        metrics.recourse_scorers["coverage"](par, X)


def test_views_count_unreadable_rows_apart(par, loans):
    X = spoil(loans.asking[:20], [(3, "job", "king"), (5, "job", "<b>")])
    report = par.recourse(X)
    groups = report.by_group("job")
    assert groups["n"].sum() == 20
    assert groups["n_unreadable"].sum() == groups.loc["(unreadable)", "n"] == 2
    assert groups["n_denied"].sum() == report.denied.sum()
    assert "n_unreadable" not in par.recourse(loans.asking[:20]).by_group("job")
    page = report.to_html()
    assert "Of 2, the row cannot be read" in page
    assert f"<b>{X.index[3]}</b>: column &#39;job&#39;: &#39;king&#39;" in page
    assert "'<b>'" not in page
    assert "There is no decision" in report[[3]].to_html()
    assert report.actions()[3].startswith("unreadable: column 'job': 'king'")
    assert "unreadable" in report.to_csv()


def test_numbers_are_grouped_as_ever_beside_an_unreadable_cell(par, loans):
    X = spoil(loans.asking[:40], [(3, "age", "old")])
    groups = par.recourse(X).by_group("age")
    assert len(groups) == 5
    assert groups.loc["(unreadable)", "n_unreadable"] == 1


def test_everybody_may_be_unreadable(par, loans):
    X = spoil(loans.asking[:2], [(0, "job", "king"), (1, "job", "queen")])
    par.estimator_.seen.clear()
    report = par.recourse(X, n_options=2)
    assert report.status.tolist() == ["unreadable"] * 2
    same_tables(report.counterfactuals, X)
    assert par.estimator_.seen == []


@pytest.mark.parametrize("side", ["people", "proposals", "both"])
def test_unreadable_proposals_are_not_judged(par, loans, side):
    people = loans.asking[:6]
    sound = loans.asking[6:12].set_axis(people.index)
    X, proposals, lost = people, sound, []
    if side != "proposals":
        X, lost = spoil(people, [(1, "job", "king")]), [1]
    if side != "people":
        proposals, lost = spoil(sound, [(4, "age", "old")]), [*lost, 4]
    table = par.assess(X, proposals)
    whole = par.assess(people, sound)
    kept = np.setdiff1d(np.arange(6), lost)
    pd.testing.assert_frame_equal(
        table.iloc[kept].astype(whole.dtypes), whole.iloc[kept]
    )
    assert table.index.equals(people.index)
    for row in lost:
        assert not table.iloc[row][["recourse", "accepted", "feasible"]].any()
        assert table.iloc[row]["n_changed":"percentile"].isna().all()
        text = table["broken"].iloc[row]
        whose = {1: "the own row", 4: "the proposal"}[row]
        assert text.startswith(f"{whose} cannot be read: column")


@pytest.fixture(scope="module")
def numbers():
    X = np.random.RandomState(0).randint(0, 9, (90, 3)).astype(float)
    clf = LogisticRegression().fit(X, X.sum(axis=1) > 12)
    return X, quick(max_iter=1).fit(X, None, clf)


@pytest.mark.parametrize("value", [np.nan, np.inf, "old", {"a": 1}, 2.0**53])
def test_arrays_are_read_row_by_row(numbers, value):
    X, par = numbers
    ask = X[:12].astype(float if isinstance(value, float) else object)
    ask[7, 1] = value
    report = par.recourse(ask)
    assert report.status[7] == "unreadable"
    assert "column 'x1'" in report.reason[7]
    assert isinstance(report.counterfactuals, np.ndarray)
    kept = np.arange(12) != 7
    alone = par.recourse(X[:12][kept])
    np.testing.assert_array_equal(report.status[kept], alone.status)
    np.testing.assert_array_equal(
        report.counterfactuals[kept].astype(float), alone.counterfactuals
    )
    assert str(report.counterfactuals[7, 1]) == str(value)


def test_whole_numbers_that_cannot_be_read_stay_beside_new_fractions():
    X = np.random.RandomState(0).rand(90, 2) * 9
    par = quick(max_iter=1).fit(X, None, Accepts(lambda X: X[:, 0] > 4))
    ask = np.array([[1, 2], [2**60 + 1, 3], [2, 5]])
    report = par.recourse(ask)
    assert report.status[1] == "unreadable"
    assert report.answered.sum() == 2
    assert report.counterfactuals[1].tolist() == [2**60 + 1, 3]


def test_narrow_dtypes_keep_their_unreadable_cells():
    X = pd.DataFrame({"size": np.random.RandomState(0).randint(0, 2000, 90)})
    par = quick(max_iter=1, categorical_features=[]).fit(
        X.assign(kind=np.arange(90) % 2), None, Accepts(lambda X: X["size"] > 900)
    )
    ask = pd.DataFrame({"size": pd.array([1, None, 3], "Int8"), "kind": [0, 1, 0]})
    report = par.recourse(ask)
    assert report.unreadable.tolist() == [False, True, False]
    assert report.counterfactuals["size"].isna().tolist() == [False, True, False]
    assert (report.counterfactuals["size"][[0, 2]] > 900).all()


class Counted(Accepts):
    n_calls = 0

    def predict(self, X):
        self.n_calls += 1
        return super().predict(X)


@pytest.mark.parametrize("as_array", [False, True])
def test_no_rows_have_no_answers(loans, as_array):
    columns = ["age", "savings", "loan_amount"]
    X = loans.X[columns].to_numpy() if as_array else loans.X[columns]
    limit = loans.X["savings"].median()
    clf = Counted(lambda X: np.asarray(X)[:, 1] > limit)
    par = quick(max_iter=1).fit(X, None, clf)
    clf.n_calls = 0
    none = X[:0]
    report = par.recourse(none, n_options=2)
    assert len(report) == len(report.to_frame()) == len(report.changes()) == 0
    assert report.actions() == []
    assert len(par.assess(none, none)) == 0
    for table in (par.transform(none), report.counterfactuals):
        assert type(table) is type(X)
        assert table.shape == (0, 3)
        if not as_array:
            pd.testing.assert_frame_equal(table, none)
    assert clf.n_calls == 0
    assert "no rows" in repr(report)
    assert report.to_csv() and report.to_html()
