"""Every change of a recourse is needed: no part of the changes alone is accepted.

All parts are tried by a plain loop over tables, with the classifier's own `predict`.
"""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skpar import Derived, If, MaxChanged, NotAbove, Rises
from skpar.datasets import make_loans
from skpar.metrics import necessity

from ._loans import RULES, Accepts, mixed_pipeline, quick, split_loans, unchanged

SLOW = ("linear", "forest")
# With these weights, many answers change several features.
SEVERAL = {
    "actionability": RULES,
    "weight_plausibility": 2.5,
    "weight_sparsity": 0.5,
    "max_iter": 2,
}
MODELS = {
    "linear": LogisticRegression(max_iter=1000),
    "forest": RandomForestClassifier(20, random_state=0),
    "boosting": HistGradientBoostingClassifier(max_iter=20, random_state=0),
}
LINKS = [NotAbove("savings", "loan_amount"), If(Rises("education"), Rises("savings"))]
MONTHLY = Derived(
    "monthly_cost", ["loan_amount", "loan_months"], lambda table: monthly(table)
)


def monthly(table):
    return table["loan_amount"] / table["loan_months"]


@pytest.fixture(scope="module")
def loans():
    loans = split_loans(200)
    loans.everybody, loans.asking = loans.asking, loans.asking[:110]
    return loans


@pytest.fixture(
    scope="module",
    params=["boosting", *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)],
)
def fitted(request, loans):
    clf = mixed_pipeline(MODELS[request.param]).fit(*make_loans(200, random_state=9))
    return clf, quick(**SEVERAL).fit(loans.X, loans.y, clf)


@pytest.fixture(scope="module")
def report(fitted, loans):
    return fitted[1].recourse(loans.asking[:80], n_options=3)


def parts_of(own, new, computed=()):
    """List all rows that make some, but not all, of the changes of a row."""
    names = [
        name
        for name, same in zip(own, unchanged(own, new)[0], strict=True)
        if not same and name not in computed
    ]
    rows = []
    for size in range(1, len(names)):
        for chosen in combinations(names, size):
            row = own.copy()
            row[list(chosen)] = new[list(chosen)]
            rows.append(row)
    return pd.concat(rows) if rows else own[:0]


def accepted_parts(X, X_cf, accepts, computed=(), prepare=None):
    """Count the accepted parts of each answer; `prepare` keeps and completes parts."""
    counts = []
    for place in range(len(X)):
        parts = parts_of(X.iloc[[place]], X_cf.iloc[[place]], computed)
        if prepare is not None and len(parts):
            parts = prepare(X.iloc[[place]], parts)
        counts.append(int(np.sum(accepts(parts))) if len(parts) else 0)
    return np.array(counts)


def favorable(clf):
    return lambda rows: clf.predict(rows) == 1


def test_no_part_of_a_recourse_or_of_an_option_is_accepted(fitted, loans, report):
    clf, _ = fitted
    people = loans.asking[:80]
    assert (report.n_changed[report.answered] > 1).sum() > 5
    for option, share in zip(report.options, (0.95, 0.8, 0.6), strict=True):
        found = option.answered
        assert found[option.denied].mean() > share
        np.testing.assert_array_equal(option.needed, found)
        X, X_cf = people[found], option.counterfactuals[found]
        assert favorable(clf)(X_cf).all()
        assert not accepted_parts(X, X_cf, favorable(clf)).any()


def test_no_part_of_a_transformed_row_is_accepted(fitted, loans):
    clf, par = fitted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        X_cf = par.transform(loans.asking)
    assert favorable(clf)(X_cf).mean() > 0.95
    assert not accepted_parts(loans.asking, X_cf, favorable(clf)).any()
    report = par.recourse(loans.asking)
    pd.testing.assert_frame_equal(X_cf, report.counterfactuals)
    np.testing.assert_array_equal(report.needed, report.answered)


def test_otherwise_changes_that_only_raise_the_objective_are_made(fitted, loans):
    clf, _ = fitted
    par = quick(**SEVERAL, only_needed=False).fit(loans.X, loans.y, clf)
    report = par.recourse(loans.asking)
    assert not report.needed.any()
    found = report.answered
    assert found[report.denied].mean() > 0.95
    assert favorable(clf)(report.counterfactuals[found]).all()
    gains = []
    for place in np.flatnonzero(found):
        own, new = loans.asking.iloc[[place]], report.counterfactuals.iloc[[place]]
        parts = parts_of(own, new)
        parts = parts[favorable(clf)(parts)] if len(parts) else parts
        if len(parts):
            codes = par.schema_.encode(parts)
            before = np.repeat(report.codes_before[[place]], len(parts), axis=0)
            value = par._parts.objective.evaluate(before, codes)
            gains.append(report.objective[place] - value.max())
    assert len(gains) > 0.05 * found.sum()
    assert np.median(gains) > 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        X_cf = par.transform(loans.asking)
    pd.testing.assert_frame_equal(X_cf, report.counterfactuals)


def test_changes_are_needed_for_the_least_probability(fitted, loans):
    """A part may be accepted, but it is not probable enough."""
    clf, _ = fitted
    par = quick(**SEVERAL, min_probability=0.7)
    report = par.fit(loans.X, loans.y, clf).recourse(loans.asking)

    def is_probable(rows):
        return favorable(clf)(rows) & (clf.predict_proba(rows)[:, 1] >= 0.7)

    found = report.needed
    assert found[report.denied].mean() > 0.8
    is_over = report.n_queries >= par.max_queries
    assert (found | is_over)[report.answered].all()
    X, X_cf = loans.asking[found], report.counterfactuals[found]
    assert is_probable(X_cf).all()
    assert not accepted_parts(X, X_cf, is_probable).any()
    assert accepted_parts(X, X_cf, favorable(clf)).any()


def with_costs(table):
    return table.assign(monthly_cost=monthly(table))


@pytest.mark.parametrize("n_options", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_parts_have_derived_columns_and_keep_links(loans, n_options):
    X, asking = with_costs(loans.X), with_costs(loans.asking)
    train, labels = make_loans(200, random_state=9)
    clf = mixed_pipeline(MODELS["boosting"]).fit(with_costs(train), labels)
    weights = {"weight_plausibility": 2.5, "weight_sparsity": 0.5, "max_iter": 2}
    links = [*LINKS, MONTHLY, MaxChanged(5)]
    par = quick(links=links, random_state=1, **weights).fit(X, loans.y, clf)
    report = par.recourse(asking, n_options=n_options)
    assert (report.n_changed[report.answered] > 1).any()
    n_broken = []

    def prepare(own, parts):
        parts = with_costs(parts)
        kept = moved_rows_keep_links(own, parts)
        # A derived column keeps its rules too: it stays in the range of the table.
        lowest, highest = X["monthly_cost"].min(), X["monthly_cost"].max()
        kept &= parts["monthly_cost"].between(lowest, highest)
        n_broken.append((~kept).sum())
        return parts[kept]

    for option in report.options:
        found = option.answered
        assert found[option.denied].mean() > 0.8
        np.testing.assert_array_equal(option.needed, found)
        before, after = asking[found], option.counterfactuals[found]
        counts = accepted_parts(
            before, after, favorable(clf), ["monthly_cost"], prepare
        )
        assert not counts.any()
    assert sum(n_broken) > 0


def moved_rows_keep_links(own, rows):
    """Read `LINKS` by their definitions; the own row may break the first one."""
    start = own.iloc[0]
    savings, amount = rows["savings"], rows["loan_amount"]
    is_moved = (savings != start["savings"]) | (amount != start["loan_amount"])
    learns = rows["education"].cat.codes > own["education"].cat.codes.iloc[0]
    return ~(is_moved & (savings > amount)) & ~(learns & ~(savings > start["savings"]))


def test_the_cheapest_columns_are_left_alone_if_others_decide():
    """A classifier that reads two columns gets changes of these two alone."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 10, (150, 5)), columns=list("abcde"))
    X["c"] += 2 * (X["a"] + X["b"])  # plausible rows change it along

    def accepts(rows):
        return (rows["a"] >= 6) & (rows["b"] >= 6)

    par = quick(weight_sparsity=0, weight_effort=0.01)
    report = par.fit(X, clf=Accepts(accepts)).recourse(X, n_options=2)
    assert report.answered[report.denied].all()
    moved = (report.counterfactuals != X)[report.answered]
    own = X[report.answered]
    np.testing.assert_array_equal(moved["a"], own["a"] < 6)
    np.testing.assert_array_equal(moved["b"], own["b"] < 6)
    assert not moved[["c", "d", "e"]].any(axis=None)


def without_change(own, new, name):
    """Undo the change of one column."""
    row = new.copy()
    row[name] = own[name]
    return row


def check_roles(X, report, accepts):
    """Undo each change of each answer alone; return the number of changes by role."""
    moved = report.codes_before != report.codes_after
    moved &= ~np.isnan(report.codes_before) | ~np.isnan(report.codes_after)
    assert not (report.accompanying & report.unchecked).any()
    assert not ((report.accompanying | report.unchecked) & ~moved).any()
    assert not (report.accompanying | report.unchecked)[~report.answered].any()
    rows, expected = [], []
    for place, j in np.argwhere(moved):
        own, new = X.iloc[[place]], report.counterfactuals.iloc[[place]]
        rows.append(without_change(own, new, X.columns[j]))
        expected.append(report.accompanying[place, j])
    known = ~report.unchecked[moved]
    accepted = np.asarray(accepts(pd.concat(rows)), dtype=bool)
    np.testing.assert_array_equal(accepted[known], np.array(expected)[known])
    roles = report.changes()["role"].value_counts()
    assert roles.get("accompanies", 0) == report.accompanying.sum()
    assert roles.get("unknown", 0) == report.unchecked.sum()
    return roles


@pytest.mark.parametrize("max_queries", [200, 10])
def test_each_change_has_the_role_that_its_undoing_shows(fitted, loans, max_queries):
    clf, _ = fitted
    par = quick(**SEVERAL, only_needed=False, max_queries=max_queries)
    report = par.fit(loans.X, loans.y, clf).recourse(loans.everybody, n_options=2)
    for option in report.options:
        roles = check_roles(loans.everybody, option, favorable(clf))
        assert roles["needed"] > 0 and roles["accompanies"] > 0
        assert ("unknown" in roles) == (max_queries == 10)
    assert report.unchecked.any(axis=1)[report.n_queries < max_queries].sum() == 0
    known = (loans.everybody, report.counterfactuals, report.answered, clf, par.schema_)
    needed = necessity(*known, actionability=RULES, average=None)
    np.testing.assert_array_equal(needed[report.accompanying.any(axis=1)], 0.0)
    said = pd.Series(report.actions()).str
    has_role = report.accompanying.any(axis=1)
    np.testing.assert_array_equal(said.contains("accompanies:"), has_role)
    unknown = report.unchecked.any(axis=1)
    np.testing.assert_array_equal(said.contains("budget was spent"), unknown)
    page = report.to_html()
    assert "accompanies:" in page
    assert ("query budget was spent" in page) == (max_queries == 10)


def test_by_default_no_change_accompanies_the_others(report):
    for option in report.options:
        assert not option.accompanying.any() and not option.unchecked.any()
        assert (option.changes()["role"] == "needed").all()
        for text in option.actions():
            assert "accompanies" not in text and "checked" not in text


def test_if_the_budget_is_spent_it_is_said_that_parts_were_not_checked(loans):
    clf = mixed_pipeline(MODELS["linear"]).fit(*make_loans(200, random_state=9))
    par = quick(**SEVERAL, max_queries=6).fit(loans.X, loans.y, clf)
    report = par.recourse(loans.asking)
    check_roles(loans.asking, report, favorable(clf))
    unknown = report.answered & ~report.needed
    assert 0 < unknown.sum() < report.answered.sum()
    assert (report.n_queries <= 6).all()
    said = pd.Series(report.actions()).str.contains("not every part of these changes")
    np.testing.assert_array_equal(said, unknown)
    assert not report.unchecked[report.needed].any()


def test_columns_that_the_classifier_does_not_read_accompany():
    """Of a classifier of two columns; a third one is computed from both."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 10, (300, 4)), columns=list("abcd"))
    X["c"] += 2 * (X["a"] + X["b"])  # plausible rows change it along
    X["sum"] = X["a"] + X["b"]

    def accepts(rows):
        return np.asarray((rows["a"] >= 6) & (rows["b"] >= 6))

    total = Derived("sum", ["a", "b"], lambda table: table["a"] + table["b"])
    par = quick(
        only_needed=False, links=[total], weight_effort=0.01, weight_sparsity=0
    ).fit(X, clf=Accepts(accepts))
    report = par.recourse(X)
    assert report.answered[report.denied].all()
    changes = report.changes()
    own, new = X.loc[changes["row"]], report.counterfactuals.loc[changes["row"]]
    for name, undone in (("a", "b"), ("b", "a")):
        is_it = changes["feature"] == name
        # Without this change, only the other column has its new value.
        was_enough = (own[name] >= 6).to_numpy() & (new[undone] >= 6).to_numpy()
        expected = np.where(was_enough[is_it], "accompanies", "needed")
        np.testing.assert_array_equal(changes["role"][is_it], expected)
    roles = changes.set_index("feature")["role"]
    assert set(roles["c"]) | set(roles["d"]) == {"accompanies"}
    assert set(roles["sum"]) == {"follows"}
    assert not report.accompanying[:, 4].any()


def test_unreadable_rows_and_selections_keep_the_roles(loans):
    clf = mixed_pipeline(MODELS["boosting"]).fit(*make_loans(200, random_state=9))
    par = quick(**SEVERAL, only_needed=False).fit(loans.X, loans.y, clf)
    report = par.recourse(loans.asking)
    broken = loans.asking.copy()
    broken["job"] = broken["job"].astype(object)
    broken.iloc[0, broken.columns.get_loc("job")] = "king"
    other = par.recourse(broken)
    assert other.unreadable.tolist() == [True] + [False] * (len(broken) - 1)
    assert report.accompanying[1:].any()
    for name in ("accompanying", "unchecked"):
        flags = getattr(other, name)
        assert flags.shape == report.codes_before.shape
        assert not flags[0].any()
        np.testing.assert_array_equal(flags[1:], getattr(report, name)[1:])
        np.testing.assert_array_equal(getattr(report[1:], name), flags[1:])
