"""Whatever PARRecourse answers keeps rules, links, limits, schema and validity.

Tables, rules, links, limits and classifiers are drawn at random, and everything is
fitted: what is promised does not depend on what was learned.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skpar.actionability import People
from skpar.actionability._limits import Limits
from skpar.table import TableSchema, same_cells

from ._loans import Accepts, mixed_pipeline, quick
from ._rule_cases import (
    JOBS,
    SCHOOLS,
    differs,
    is_accepted,
    keeps_link,
    limits_for,
    links_for,
    listed,
    needed_rows,
    rules_for,
    within_limits,
)

N = 60
N_ASKING = 20


@st.composite
def tables(draw):
    """A table of one to four columns of any kind, and which of them have an order."""
    rng = np.random.RandomState(draw(st.integers(0, 10**6)))
    data, ordinal = {}, {}
    kinds = draw(st.lists(st.sampled_from("ciobn"), min_size=1, max_size=4))
    for j, kind in enumerate(kinds):
        name = f"{kind}{j}"
        if kind == "c":
            column = pd.Series(np.round(rng.randn(N), draw(st.integers(1, 6))))
        elif kind == "i":
            column = pd.Series(rng.randint(-4, 5, N), dtype="Int64")
        elif kind == "b":
            column = pd.Series(rng.rand(N) < 0.5, dtype="boolean")
        else:
            levels = SCHOOLS if kind == "o" else JOBS
            column = pd.Series(rng.choice(levels, N), dtype=object)
            if kind == "o":
                ordinal[name] = levels
        missing = draw(st.booleans()) and kind != "c"
        data[name] = column.mask(rng.rand(N) < 0.15) if missing else column
    return pd.DataFrame(data), ordinal


@st.composite
def classifiers(draw, table, schema):
    """A linear classifier or a tree, fitted on noisy labels, or a thin slice."""
    codes = schema.encode(table)
    kind = draw(st.sampled_from(["linear", "tree", "slice"]))
    rng = np.random.RandomState(draw(st.integers(0, 10**6)))
    if kind == "slice":
        j = draw(st.integers(0, codes.shape[1] - 1))
        value = rng.choice(codes[~np.isnan(codes[:, j]), j])
        width = draw(st.sampled_from([0.0, 0.3]))

        def in_slice(rows):
            return np.abs(schema.encode(rows)[:, j] - value) <= width

        return Accepts(in_slice)
    merit = np.nan_to_num(codes) @ rng.randn(codes.shape[1]) + 0.3 * rng.randn(N)
    labels = (merit > np.quantile(merit, draw(st.sampled_from([0.5, 0.85])))).astype(
        int
    )
    model = (
        LogisticRegression()
        if kind == "linear"
        else DecisionTreeClassifier(max_depth=4, random_state=0)
    )
    return mixed_pipeline(model).fit(as_plain(table), labels)


def as_plain(table):
    """Turn nullable columns into what scikit-learn's imputers take."""
    return table.astype(
        {name: "float64" for name in table if name[0] in "ib"}
        | {name: "object" for name in table if name[0] in "on"}
    ).fillna({name: "none" for name in table if name[0] in "on"})


class Plain:
    """A classifier behind `as_plain`."""

    def __init__(self, clf):
        self.clf, self.classes_ = clf, clf.classes_

    def predict(self, X):
        return self.clf.predict(as_plain(X))

    def predict_proba(self, X):
        return self.clf.predict_proba(as_plain(X))


def draw_case(data):
    """Everything that a fit needs, and the people who ask."""
    table, ordinal = data.draw(tables())
    schema = TableSchema.infer(table, ordinal_features=ordinal)
    rules = {}
    for column in schema.columns:
        rule = data.draw(rules_for(column))
        if is_accepted(schema, {column.name: rule}):
            rules[column.name] = rule
    links = data.draw(links_for(schema, rules))
    clf = data.draw(classifiers(table, schema))
    clf = clf if isinstance(clf, Accepts) else Plain(clf)
    yes = clf.predict(table) == 1
    assume(yes.any() and not yes.all())
    asking = table[~yes][:N_ASKING]
    limits = data.draw(limits_for(schema, schema.encode(asking)[:5]))
    return table, ordinal, schema, rules, links, clf, asking, limits


def as_frames(schema, asking, limits):
    """Write limits as a user does, for the first people; the others have none."""
    if not len(limits.restricted_columns):
        return {}
    low, high = limits.low, limits.high
    frozen = np.zeros((len(asking), len(schema.columns)), dtype=bool)
    frozen[: len(low)] = limits.frozen
    given = {"frozen": pd.DataFrame(frozen, asking.index, list(asking))}
    for name, codes in (("lower", low), ("upper", high)):
        columns = {}
        for j, column in enumerate(schema.columns):
            if column.is_numeric:
                values = np.full(len(asking), np.nan)
                known = np.isfinite(codes[:, j])
                values[: len(codes)] = np.where(known, codes[:, j], np.nan)
                columns[column.name] = values
        if columns:
            given[name] = pd.DataFrame(columns, asking.index)
    return given


def only_numbers(schema, limits, n):
    """The limits that `as_frames` writes, for everybody."""
    low = np.full((n, len(schema.columns)), -np.inf)
    high, frozen = np.full(low.shape, np.inf), np.zeros(low.shape, dtype=bool)
    numeric = [column.is_numeric for column in schema.columns]
    m = len(limits.low)
    low[:m] = np.where(numeric, limits.low, -np.inf)
    high[:m] = np.where(numeric, limits.high, np.inf)
    frozen[:m] = limits.frozen
    return Limits(low, high, frozen)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sixty_fitted_cases_keep_everything(data):
    table, ordinal, schema, rules, links, clf, asking, limits = draw_case(data)
    par = quick(
        actionability=rules,
        links=links,
        ordinal_features=ordinal,
        max_iter=1,
        max_queries=data.draw(st.sampled_from([5, 200])),
        only_needed=data.draw(st.booleans()),
    ).fit(table, clf=clf)
    report = par.recourse(asking, n_options=2, **as_frames(schema, asking, limits))
    limits = only_numbers(schema, limits, len(asking))
    for option in report.options:
        now = clf.predict(option.counterfactuals) == 1
        np.testing.assert_array_equal(now, option.answered)
        pd.testing.assert_series_equal(option.counterfactuals.dtypes, asking.dtypes)
        before, after = map(schema.encode, (asking, option.counterfactuals))
        able = par._actionability
        assert able.is_feasible(People(before, limits), after).all()
        for i, own in enumerate(before):
            row = after[i]
            for j, column in enumerate(schema.columns):
                if differs(own[j], row[j]):
                    assert column.low <= row[j] <= column.high
                    assert column.kind == "continuous" or row[j] % 1 == 0
            assert within_limits(limits, i, own, row)
            for link in links:
                assert keeps_link(link, own, row, schema, rules, slack=1e-9)
            within = listed(schema, rules, links, own)
            if within is not None:
                kept = [within_limits(limits, i, own, other) for other in within]
                check_by_list(par, option, i, within[np.array(kept)], clf)
    check_first(report, schema, rules, links, limits, clf)
    for pair in permutations(report.options, 2):
        check_not_dominated(par, *pair)


def check_not_dominated(par, one, other):
    """No option is worth as much as another and asks no more in any feature."""
    both = one.answered & other.answered
    effort = par._parts.objective.effort.per_feature
    asks, asked = (effort(o.codes_before, o.codes_after)[both] for o in (one, other))
    as_good = one.objective[both].round(9) >= other.objective[both].round(9)
    assert not (as_good & (asks <= asked + 1e-9).all(axis=1)).any()


def check_by_list(par, option, i, within, clf):
    """Compare an answer with all rows within reach."""
    if option.answered[i]:
        row = option.codes_after[i]
        same = (within == row) | (np.isnan(within) & np.isnan(row))
        assert same.all(axis=1).any()
    yes = within[clf.predict(par.schema_.decode(within)) == 1]
    if par.only_needed:
        own = option.codes_before[i]
        yes = needed_rows(own, yes, par._actionability.derived)
    assert par.only_needed or not option.needed[i]
    if option.needed[i]:
        assert same_cells(yes, option.codes_after[i]).all(axis=1).any()
    if option.optimal[i]:
        own = np.repeat(option.codes_before[[i]], len(yes), axis=0)
        best = par._parts.objective.evaluate(own, yes).max()
        assert option.objective[i] == pytest.approx(best, abs=1e-8)


def check_first(report, schema, rules, links, limits, clf):
    """Nothing is missed and nothing called impossible, where reaches are short."""
    for i, own in enumerate(report.codes_before):
        within = listed(schema, rules, links, own)
        if within is not None:
            kept = [within_limits(limits, i, own, other) for other in within]
            within = within[np.array(kept)]
            is_possible = (clf.predict(schema.decode(within)) == 1).any()
            assert report.answered[i] == is_possible
            assert (report.status[i] == "impossible") == (not is_possible)
