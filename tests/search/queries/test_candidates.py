"""Candidates of queries: keys, log-odds and penalties."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import expit

from skpar.search.queries import QueryCandidates

NAN = np.nan


def make(who, rows, chance=0.5, undone=0.0):
    who, rows = np.asarray(who), np.asarray(rows, dtype=float)
    n = len(who)
    chance, undone = (np.broadcast_to(c, n).astype(float) for c in (chance, undone))
    return QueryCandidates(who, rows, np.zeros(n), chance, undone, np.zeros(3))


def test_keys_differ_between_people_and_between_rows():
    cells = [NAN, 0.0, 1.0, 2.0, 0.5, -1.0, 1e300]
    rows = np.array(list(itertools.product(cells, repeat=3)))
    who = np.repeat(np.arange(3), len(rows))
    candidates = make(who, np.vstack([rows] * 3))
    assert len(np.unique(candidates.key)) == len(who)
    again = make(who[::-1], np.vstack([rows] * 3)[::-1])
    np.testing.assert_array_equal(again.key[::-1], candidates.key)


def test_log_odds_are_finite_and_those_of_the_probabilities():
    chance = np.array([0.0, 0.25, 0.5, 0.9, 1.0])
    candidates = make(np.zeros(5, dtype=int), np.eye(5), chance, chance[::-1])
    for log_odds, expected in (
        (candidates.log_odds, chance),
        (candidates.log_odds_undone, chance[::-1]),
    ):
        assert np.isfinite(log_odds).all()
        np.testing.assert_allclose(expit(log_odds), expected, atol=2e-9)


def test_penalties_are_subtracted_where_they_are_known():
    candidates = make([0, 0, 1], np.eye(3))
    assert np.isnan(candidates.penalty).all()
    assert not candidates.is_skipped.any() and not candidates.is_queried.any()
    candidates.subtract_penalty(np.array([2, 0]), np.array([0.5, 0.0]))
    np.testing.assert_array_equal(candidates.penalty, [0.0, NAN, 0.5])
    np.testing.assert_array_equal(candidates.objective, [0.0, 0.0, -0.5])
