"""Outlier scores among accepted people."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import LocalOutlierFactor

from skpar.objective._feature_space import FeatureSpace
from skpar.objective._outliers import (
    LargestOutlierFactor,
    OutlierScorer,
    evenly_spaced,
    fit_outlier_factor,
)
from skpar.table import TableSchema

from .._clerks import decide, make_clerks
from .._configs import SEARCH
from .._people import is_accepted, make_people


@pytest.fixture(scope="module")
def people():
    table = make_people(400)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    return schema, codes, is_accepted(codes)


def make_scorer(schema, codes, accepted, config=SEARCH, seed=0):
    rng = np.random.RandomState(seed)
    return OutlierScorer(schema, codes, accepted, config, rng)


def test_the_factor_is_the_largest_of_those_of_scikit_learn(people):
    schema, codes, accepted = people
    space = FeatureSpace(schema, codes)
    typical = np.unique(space.points(codes[accepted]), axis=0)
    factors = [
        -LocalOutlierFactor(n_neighbors=size, novelty=True)
        .fit(typical)
        .score_samples(space.points(codes))
        for size in (15, 20, 30, 40)
    ]
    largest = np.max(factors, axis=0)
    assert all((factor == largest).mean() > 0.01 for factor in factors)
    score = make_scorer(*people).score(codes)
    np.testing.assert_allclose(score, ((largest - 1.15) / 0.4).clip(0, 1), atol=1e-5)
    assert (score == 0.0).any() and (score == 1.0).any()
    assert ((score > 0.0) & (score < 1.0)).any()


@given(n=st.integers(2, 30), size=st.integers(1, 40), seed=st.integers(0, 9))
def test_each_factor_is_that_of_scikit_learn(n, size, seed):
    points = np.random.RandomState(seed).randn(n, 2)
    new = np.random.RandomState(seed + 1).randn(7, 2) * 2.0
    lof = LocalOutlierFactor(n_neighbors=min(size, n - 1), novelty=True).fit(points)
    factor = LargestOutlierFactor(points, (size,)).score(new)
    np.testing.assert_allclose(factor, -lof.score_samples(new))


@pytest.mark.parametrize("most_one_hot", [2, 64])
def test_a_pickle_scores_the_same_and_is_small(people, monkeypatch, most_one_hot):
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", most_one_hot)
    schema, codes, _ = people
    scorer = make_scorer(*people)
    factor = scorer._factor
    stored = pickle.dumps(factor)
    expected = scorer.score(codes)
    scorer._factor = pickle.loads(stored)
    assert scorer.score(codes).tobytes() == expected.tobytes()
    if most_one_hot > 2:
        assert len(stored) < factor._points.nbytes / 2 + 2 * 8 * len(codes) * 4


def test_columns_of_many_levels_are_compared(monkeypatch, people):
    schema, codes, accepted = people
    config = replace(SEARCH, max_outlier_rows=10_000)
    expected = make_scorer(schema, codes, accepted, config).score(codes)
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", 2)
    scorer = make_scorer(schema, codes, accepted, config)
    assert scorer._space.many_levels
    np.testing.assert_allclose(scorer.score(codes), expected, atol=1e-5)
    alone = [scorer.score(codes[[row]])[0] for row in range(0, 400, 23)]
    np.testing.assert_array_equal(alone, scorer.score(codes)[::23])


@pytest.mark.parametrize("most_apart", [1.0, 1e9, 1e200, 1e308])
def test_few_points_have_the_neighbors_that_an_index_finds(most_apart):
    rng = np.random.RandomState(0)
    known, new = rng.randn(200, 6), rng.randn(8, 6)
    new[0, :2] = most_apart
    factor = LargestOutlierFactor(known, sizes=(5, 9), jitter=1e-7)
    distance, near = factor._nearest(new)
    for one, found, apart in zip(new, near, distance, strict=True):
        with np.errstate(over="ignore"):
            exact = np.sqrt(np.square(factor._points - one).sum(axis=1))
        np.testing.assert_allclose(apart, np.sort(exact)[:9], rtol=1e-12)
        np.testing.assert_allclose(exact[found], apart, rtol=1e-12)
        alone = factor._nearest(one[None])
        np.testing.assert_array_equal(alone[0][0], apart)
        np.testing.assert_array_equal(alone[1][0], found)


def test_far_away_is_outlying_and_the_middle_is_not():
    rng = np.random.RandomState(0)
    table = pd.DataFrame(rng.randn(200, 2), columns=["a", "b"])
    schema = TableSchema.infer(table)
    accepted = np.ones(200, dtype=bool)
    scorer = make_scorer(schema, schema.encode(table), accepted)
    rows = np.array([[0.0, 0.0], [9.0, 0.0], [5.0, -9.0]])
    assert scorer.score(rows).tolist() == [0.0, 1.0, 1.0]


def test_units_do_not_matter(people):
    _, codes, accepted = people
    table = make_people(400)
    table["income"] *= 1000.0
    schema = TableSchema.infer(table)
    scaled = make_scorer(schema, schema.encode(table), accepted).score(
        schema.encode(table)
    )
    np.testing.assert_array_equal(scaled, make_scorer(*people).score(codes))


def test_a_row_is_judged_the_same_in_any_batch(people):
    _, codes, _ = people
    scorer = make_scorer(*people)
    alone = [scorer.score(row[None])[0] for row in codes[:100]]
    np.testing.assert_array_equal(alone, scorer.score(codes)[:100])
    assert scorer.score(codes[:0]).shape == (0,)


def test_where_many_are_equally_far_the_batch_does_not_matter():
    """Of few levels and whole numbers nearly all neighbours are tied."""
    table = make_clerks()
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    scorer = make_scorer(schema, codes, decide(table))
    together = scorer.score(codes)
    assert (together > 0.0).sum() > 50
    np.testing.assert_array_equal(
        [scorer.score(row[None])[0] for row in codes], together
    )
    np.testing.assert_array_equal(scorer.score(codes[::-3]), together[::-3])


def test_copies_count_once(people):
    schema, codes, accepted = people
    doubled = np.repeat(codes, 2, axis=0)
    scorer = make_scorer(schema, doubled, np.repeat(accepted, 2))
    np.testing.assert_array_equal(
        scorer.score(codes), make_scorer(*people).score(codes)
    )


@pytest.mark.parametrize("n_accepted", [0, 1, 2, 5])
def test_few_accepted_people_are_enough(people, n_accepted):
    schema, codes, _ = people
    accepted = np.arange(len(codes)) < n_accepted
    score = make_scorer(schema, codes, accepted).score(codes)
    assert score.shape == (len(codes),) and score.dtype == np.float64
    assert not score[:n_accepted].any()
    if n_accepted < 2:
        assert not score.any()


def test_no_more_people_are_kept_than_needed(people):
    schema, codes, accepted = people
    few = replace(SEARCH, max_outlier_rows=50)
    score = make_scorer(*people, few).score(codes)
    np.testing.assert_array_equal(make_scorer(*people, few).score(codes), score)
    assert (make_scorer(*people, few, seed=1).score(codes) != score).any()
    assert (make_scorer(*people).score(codes) != score).any()


@pytest.mark.parametrize(("n", "most"), [(0, 3), (3, 3), (4, 3), (7, 3), (9, 1)])
def test_evenly_spaced_rows_are_no_more_than_wanted(n, most):
    some = evenly_spaced(np.arange(float(n))[:, None], most)[:, 0]
    assert len(some) <= most
    assert (len(some) == n) == (n <= most)
    assert len(some) > 0 or n == 0
    assert len(np.unique(np.diff(some))) <= 1


def test_rows_are_drawn_from_evenly_spaced_ones(people):
    schema, codes, accepted = people
    few = replace(SEARCH, max_drawn_from=int(accepted.sum()) - 1)
    score = make_scorer(*people, few).score(codes)
    thinned = np.zeros(len(codes), dtype=bool)
    thinned[np.flatnonzero(accepted)[::2]] = True
    expected = make_scorer(schema, codes, thinned).score(codes)
    np.testing.assert_array_equal(score, expected)


def test_the_factor_of_scikit_learn_takes_as_many_neighbors_as_there_are():
    points = np.arange(6.0)[:, None]
    assert fit_outlier_factor(points).n_neighbors_ == 5
