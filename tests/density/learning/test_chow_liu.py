import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.learning._chow_liu import (
    discretize,
    indicators,
    maximum_spanning_tree,
    mutual_information,
)


def spanning_trees(n_columns):
    """All spanning trees, as tuples of edges."""
    edges = list(itertools.combinations(range(n_columns), 2))
    for tree in itertools.combinations(edges, n_columns - 1):
        reached = {0}
        for _ in range(n_columns):
            reached |= {v for edge in tree if reached & set(edge) for v in edge}
        if len(reached) == n_columns:
            yield tree


@pytest.mark.parametrize("seed", range(5))
def test_tree_has_the_largest_weight_of_all_spanning_trees(seed):
    weights = np.random.RandomState(seed).normal(size=(5, 5))
    weights = weights + weights.T
    tree = maximum_spanning_tree(weights)
    best = max(sum(weights[e] for e in edges) for edges in spanning_trees(5))
    total = sum(weights[tree.parent[column], column] for column in tree.order[1:])
    assert_allclose(total, best)


@pytest.mark.parametrize("n_columns", [1, 2, 9])
def test_parents_come_before_their_children(n_columns):
    weights = np.random.RandomState(0).uniform(size=(n_columns, n_columns))
    tree = maximum_spanning_tree(weights + weights.T)
    place = np.argsort(tree.order)
    assert_array_equal(np.sort(tree.order), np.arange(n_columns))
    assert tree.parent[tree.order[0]] == -1
    for column in tree.order[1:]:
        assert place[tree.parent[column]] < place[column]


def test_mutual_information_is_that_of_the_empirical_distribution():
    joint = np.array([[30, 10], [5, 55]])
    bins = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], joint.ravel(), axis=0)
    share = joint / 100
    product = share.sum(1, keepdims=True) * share.sum(0)
    expected = (share * np.log(share / product)).sum() - 1 / 200
    information = mutual_information(bins)
    assert_allclose(information, [[0, expected], [expected, 0]], rtol=1e-6)


def test_mutual_information_of_independent_columns_is_unbiased():
    rng = np.random.RandomState(0)
    values = [
        mutual_information(rng.randint(0, 8, size=(500, 2)))[0, 1] for _ in range(200)
    ]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(200)


def test_chain_is_recovered():
    rng = np.random.RandomState(0)
    columns = [rng.randint(0, 3, 2000)]
    for _ in range(4):
        keep = rng.uniform(size=2000) < 0.7
        columns.append(np.where(keep, columns[-1], rng.randint(0, 3, 2000)))
    tree = maximum_spanning_tree(mutual_information(np.stack(columns, axis=1)))
    edges = {frozenset((tree.parent[c], c)) for c in tree.order[1:].tolist()}
    assert edges == {frozenset((c, c + 1)) for c in range(4)}


def test_bins_are_few_consecutive_and_separate_spikes_and_missing_cells(encode):
    rng = np.random.RandomState(0)
    values = np.where(rng.uniform(size=500) < 0.6, 7.0, rng.normal(size=500))
    values[:20] = np.nan
    city = [f"city{k}" for k in rng.randint(0, 40, 500)]
    data = encode(pd.DataFrame({"value": values, "city": city}))
    bins = discretize(data.encoder, data.rows.numpy(), 16)
    for column in bins.T:
        assert_array_equal(np.unique(column), np.arange(column.max() + 1))
        assert column.max() < 16
    spike, missing = values == 7.0, np.isnan(values)
    assert len(np.unique(bins[spike, 0])) == 1
    assert len(np.unique(bins[missing, 0])) == 1
    assert not np.isin(bins[~missing, 0], bins[missing, 0]).any()
    present = np.flatnonzero(~missing)[np.argsort(values[~missing])]
    assert (np.diff(bins[present, 0]) >= 0).all()


def test_indicators_have_one_cell_per_column_and_bin():
    bins = np.array([[0, 2], [1, 0], [0, 1]])
    cells, starts = indicators(bins)
    assert_array_equal(starts, [0, 2])
    assert_array_equal(cells, [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0]])
