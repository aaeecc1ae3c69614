"""Proofs of infeasibility agree with enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar import Range
from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier.linear._linear import LinearScore, extract_linear_score
from skpar.search import _infeasibility
from skpar.search._infeasibility import linear_bound
from skpar.table import TableSchema
from skpar.table._codes import n_changed, same_cells

from .._rule_cases import cases, few_changes_of, limits_for, links_for, needed_rows


def make_prover(accepts, linear=None, most=2000, acting=None):
    config = SearchConfig(max_enumerated_rows=most)
    return _infeasibility.InfeasibilityProver(accepts, linear, config, acting)


@st.composite
def scores(draw, schema):
    """A sum over columns."""
    part = st.integers(-3, 3).map(float)
    tables = [
        None if c.is_numeric else np.array([draw(part) for _ in c.levels])
        for c in schema.columns
    ]
    slopes = [draw(part) if c.is_numeric else 0.0 for c in schema.columns]
    missing = [draw(part) for _ in schema.columns]
    # A half keeps whole scores away from 0.
    intercept = draw(st.integers(-15, 3)) + 0.5
    return LinearScore(intercept, np.array(slopes), np.array(missing), tuple(tables))


def rows_of(schema, own):
    """Every row of columns of whole numbers and levels."""
    values = []
    for j, column in enumerate(schema.columns):
        codes = np.arange(column.low, column.high + 1)
        values.append(list(codes) if own[j] in codes else [own[j], *codes])
    return np.array(list(itertools.product(*values)))


@settings(max_examples=80)
@given(data=st.data())
def test_statuses_agree_with_enumeration(data):
    schema, rules, factual, _ = data.draw(cases("iobn", most=3))
    links = data.draw(links_for(schema, rules, most=2))
    limits = data.draw(limits_for(schema, factual))
    able = Actionability(schema, rules, links)
    score = data.draw(scores(schema))

    def accepts(codes):
        return score.decision_function(codes) > 0

    denied = ~accepts(factual)
    people = People(factual, limits)[denied]
    by_rows = make_prover(accepts, most=10**5).prove(able, people, few_changes_of)
    by_bound = make_prover(accepts, score, most=0).prove(able, people, few_changes_of)
    bound, margin, _ = linear_bound(score, able, people)
    assert (by_rows.impossible ^ by_rows.possible).all()
    for i, person in enumerate(people.codes):
        rows = rows_of(schema, person)
        within = rows[able.is_feasible(people[[i]], rows[None])[0]]
        accepted = accepts(within)
        assert by_rows.impossible[i] == (not accepted.any())
        assert not (by_bound.impossible[i] and accepted.any())
        assert not (by_bound.possible[i] and not accepted.any())
        tallest = score.decision_function(within).max()
        assert bound[i] >= tallest - margin[i]
        if not links:
            assert bound[i] == pytest.approx(tallest)
            assert by_bound.impossible[i] != by_bound.possible[i]
        for proofs in (by_rows, by_bound):
            if proofs.possible[i]:
                witness = proofs.witness[[i]]
                assert accepts(witness)[0]
                assert able.is_feasible(people[[i]], witness)[0]


@settings(max_examples=40)
@given(data=st.data())
def test_the_witness_of_an_exhaustive_search_is_optimal(data):
    schema, rules, factual, _ = data.draw(cases("iobn", most=3))
    links = data.draw(links_for(schema, rules, most=2))
    able = Actionability(schema, rules, links)
    score = data.draw(scores(schema))
    values = data.draw(scores(schema))

    def accepts(codes):
        return score.decision_function(codes) > 0

    def evaluate_codes(own, rows):
        value = values.contributions(rows).sum(axis=1) - n_changed(own, rows)
        return np.where(rows[:, 0] % 2 == 1, -np.inf, value)

    def evaluate(owners, rows):
        return evaluate_codes(owners.codes, rows)

    people = factual[~accepts(factual)]
    unlimited = People.unlimited(people)
    only_needed = data.draw(st.booleans())
    acting = np.isin(range(factual.shape[1]), able.derived, invert=True)
    prover = make_prover(accepts, None, 10**5, acting if only_needed else None)
    proofs = prover.prove(able, unlimited, evaluate)
    np.testing.assert_array_equal(proofs.is_optimal, proofs.possible)
    by_bound = make_prover(accepts, score, most=0).prove(able, unlimited, evaluate)
    assert not by_bound.is_optimal.any()
    for i, person in enumerate(people):
        rows = rows_of(schema, person)
        within = rows[able.is_feasible(People.unlimited(person[None]), rows[None])[0]]
        within = within[accepts(within)]
        assert proofs.impossible[i] == (not len(within))
        own = np.broadcast_to(person, within.shape)
        if only_needed:
            legal = within[evaluate_codes(own, within) > -np.inf]
            within = needed_rows(person, legal, able.derived)
            assert (len(within) > 0) == (len(legal) > 0)
        own = np.broadcast_to(person, within.shape)
        best = evaluate_codes(own, within).max(initial=-np.inf)
        assert proofs.possible[i] == (best > -np.inf)
        for one in (proofs, by_bound):
            value = evaluate_codes(people[[i]], one.witness[[i]])[0]
            assert not one.possible[i] or value > -np.inf
        if proofs.possible[i]:
            assert evaluate_codes(people[[i]], proofs.witness[[i]])[0] == best
            assert same_cells(within, proofs.witness[i]).all(axis=1).any()


@pytest.fixture(scope="module")
def loans():
    table = pd.DataFrame({"income": [0.0, 9.5], "debt": [0.0, 9.5], "age": [20, 60]})
    return TableSchema.infer(table)


def test_dense_columns_are_bounded_but_not_listed(loans):
    line = LinearScore(-13.5, np.array([1.0, -1.0, 0.1]), np.zeros(3), (None,) * 3)

    def accepts(codes):
        return line.decision_function(codes) > 0

    people = np.array([[5.0, 3.0, 30.0], [5.0, 3.0, 59.0]])
    free = Actionability(loans)
    fixed = Actionability(loans, {"age": Range(0, 5, relative=True)})
    assert make_prover(accepts).prove(
        fixed, People.unlimited(people), few_changes_of
    ).impossible.tolist() == [
        False,
        False,
    ]
    proofs = make_prover(accepts, line).prove(
        fixed, People.unlimited(people), few_changes_of
    )
    assert proofs.impossible.tolist() == [True, False]
    assert proofs.possible.tolist() == [False, True]
    assert (
        make_prover(accepts, line)
        .prove(free, People.unlimited(people), few_changes_of)
        .possible.all()
    )


def test_a_sum_that_contradicts_the_classifier_is_not_trusted(loans):
    wrong = LinearScore(-9e9, np.zeros(3), np.zeros(3), (None,) * 3)
    lucky = LinearScore(9e9, np.zeros(3), np.zeros(3), (None,) * 3)
    people = np.array([[5.0, 3.0, 30.0]])
    still = Actionability(loans, dict.fromkeys(["income", "debt", "age"], "immutable"))

    def nobody(codes):
        return np.zeros(len(codes), dtype=bool)

    assert (
        make_prover(nobody, wrong, most=0)
        .prove(still, People.unlimited(people), few_changes_of)
        .impossible[0]
    )
    assert (
        not make_prover(nobody, lucky, most=0)
        .prove(still, People.unlimited(people), few_changes_of)
        .impossible[0]
    )
    assert (
        make_prover(nobody)
        .prove(still, People.unlimited(people), few_changes_of)
        .impossible[0]
    )


def test_a_real_classifier_is_bounded(loans):
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {
            "income": rng.rand(300) * 9.5,
            "debt": rng.rand(300) * 9.5,
            "age": rng.randint(20, 60, 300),
        }
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression())
    classifier.fit(table, table["income"] > table["debt"] + 4)
    schema = TableSchema.infer(table)
    score = extract_linear_score(classifier, schema, np.array([True]))

    def accepts(codes):
        return classifier.predict(schema.decode(codes))

    codes = schema.encode(table)
    people = codes[~accepts(codes)]
    able = Actionability(schema, {"debt": "immutable"})
    proofs = make_prover(accepts, score).prove(
        able, People.unlimited(people), few_changes_of
    )
    assert proofs.impossible.any() and proofs.possible.any()
    assert (proofs.impossible ^ proofs.possible).all()
    most = people.copy()
    most[:, 0] = table["income"].max()
    for age in (20, 59):
        most[:, 2] = age
        assert not accepts(most[proofs.impossible]).any()
