"""Compared levels give the neighbors of one-hot blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import NearestNeighbors

from skpar.objective._level_neighbors import (
    MixedNeighbors,
    MixedPoints,
    level_distances,
)


def blocks(levels, n_levels):
    """One-hot blocks side by side; a level of -1 has a block of 0."""
    return (levels[:, :, None] == np.arange(n_levels)).reshape(len(levels), -1) * 1.0


@given(st.integers(0, 2**16), st.integers(0, 3), st.integers(1, 5))
def test_distances_are_those_of_the_blocks(seed, n_columns, n_levels):
    rng = np.random.RandomState(seed)
    one, other = (rng.randint(-1, n_levels, (n, n_columns)) for n in (4, 6))
    apart = blocks(one, n_levels)[:, None] - blocks(other, n_levels)
    assert_array_equal(level_distances(one, other), (apart**2).sum(axis=2))


def make_points(n, seed, n_levels=3):
    rng = np.random.RandomState(seed)
    return MixedPoints(rng.normal(size=(n, 2)), rng.randint(-1, n_levels, (n, 2)))


def expected(known, queries, k):
    """Neighbors by scikit-learn, with one coordinate per level."""
    rows, others = (
        None
        if points is None
        else np.hstack([points.coordinates, blocks(points.levels, 3)])
        for points in (known, queries)
    )
    return NearestNeighbors(n_neighbors=k).fit(rows).kneighbors(others)


@pytest.mark.parametrize("is_own", [True, False])
def test_neighbors_are_those_of_scikit_learn(is_own):
    known = make_points(300, seed=0)
    queries = None if is_own else make_points(520, seed=1)
    distance, index = MixedNeighbors(known, 7).kneighbors(queries)
    near, place = expected(known, queries, 7)
    assert_allclose(distance, near, atol=1e-6)
    assert (index == place).mean() > 0.999


def test_a_row_has_the_same_neighbors_alone_and_among_others():
    known = MixedPoints(np.zeros((200, 1)), np.arange(200)[:, None])
    queries = MixedPoints(np.zeros((400, 1)), np.arange(400)[:, None])
    neighbors = MixedNeighbors(known, 5)
    _, together = neighbors.kneighbors(queries)
    for row in range(0, 400, 37):
        _, alone = neighbors.kneighbors(queries[row : row + 1])
        assert_array_equal(alone[0], together[row])


def test_points_can_be_selected_and_moved():
    points = make_points(5, seed=0)
    assert len(points[1:3]) == 2
    moved = points + np.ones((5, 2))
    assert_array_equal(moved.coordinates, points.coordinates + 1.0)
    assert_array_equal(moved.levels, points.levels)
