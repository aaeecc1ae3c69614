"""Contributions are Shapley values: known for sums, equal to brute force elsewhere."""

from itertools import permutations

import numpy as np
import pytest

from skpar.search.reasons._shapley import affordable, shapley_contributions


def brute_force(score, own, others, group):
    """Mean rise of the score over all orders of all groups, and over the others."""
    n_groups = group.max() + 1
    total = np.zeros(n_groups)
    orders = list(permutations(range(n_groups)))
    for other in others:
        for order in orders:
            row = other.copy()
            for g in order:
                before = score(row[None])[0]
                row[group == g] = own[group == g]
                total[g] += score(row[None])[0] - before
    return total / len(orders) / len(others)


def with_interactions(X):
    X = np.nan_to_num(X, nan=-2.0)
    return X[:, 0] * X[:, 1] * X[:, 2] + np.maximum(X[:, 3], X[:, 4]) - X[:, 0] ** 2


class Counted:
    """A score that counts calls and rows."""

    def __init__(self, score):
        self.score, self.rows = score, []

    def __call__(self, X):
        self.rows.append(len(X))
        return self.score(X)


def draw(n, k, d, seed=0):
    """People and others that agree in some cells; some cells are missing."""
    rng = np.random.RandomState(seed)
    own, others = rng.randn(n, d), rng.randn(n, k, d)
    others = np.where(rng.rand(n, k, d) < 0.3, own[:, None], others)
    others[rng.rand(n, k, d) < 0.1] = np.nan
    own[rng.rand(n, d) < 0.1] = np.nan
    return own, others


@pytest.mark.parametrize("group", [[0, 1, 2, 3, 4], [0, 1, 0, 2, 2], [0] * 5])
def test_small_cases_equal_brute_force(group):
    group = np.array(group)
    own, others = draw(6, 3, 5)
    got = shapley_contributions(with_interactions, own, others, group, 200, seed=1)
    for row, some, values in zip(own, others, got, strict=True):
        expected = brute_force(with_interactions, row, some, group)
        np.testing.assert_allclose(values, expected, atol=1e-8)


def test_sums_and_pairs_are_exact_with_one_pair_of_orders():
    rng = np.random.RandomState(3)
    d = 6
    slopes, pairs = rng.randn(d), np.triu(rng.randn(d, d), 1)
    own, others = rng.randn(4, d), rng.randn(4, 2, d)

    def pairwise(X):
        return X @ slopes + ((X @ pairs) * X).sum(axis=1)

    few = 2 * 2 * (d - 1)
    group = np.arange(d)
    got = shapley_contributions(lambda X: X @ slopes, own, others, group, few, seed=0)
    np.testing.assert_allclose(got, slopes * (own - others.mean(axis=1)), atol=1e-8)
    got = shapley_contributions(pairwise, own, others, group, few, seed=0)
    for row, some, values in zip(own, others, got, strict=True):
        expected = brute_force(pairwise, row, some, group)
        np.testing.assert_allclose(values, expected, atol=1e-8)


def test_samples_come_near_brute_force_with_more_rows():
    rng = np.random.RandomState(5)
    own, others = rng.randn(8, 6), rng.randn(8, 2, 6)
    group = np.arange(6)
    exact = shapley_contributions(with_interactions, own, others, group, 10**4, seed=0)
    errors = []
    for n_rows in (20, 100):
        got = shapley_contributions(with_interactions, own, others, group, n_rows, 0)
        errors.append(np.abs(got - exact).mean())
        sums = with_interactions(own)
        sums -= with_interactions(others.reshape(-1, 6)).reshape(8, 2).mean(axis=1)
        np.testing.assert_allclose(got.sum(axis=1), sums, atol=1e-7)
    assert 0 < errors[1] < errors[0]


@pytest.mark.parametrize("max_rows", [1, 60, 200, 1000])
def test_rows_are_bounded_and_people_do_not_matter_to_each_other(max_rows):
    d, k = 9, 5
    own, others = draw(40, k, d, seed=2)
    group = np.array([0, 1, 2, 3, 4, 5, 5, 6, 7])
    some = [
        affordable(row, near, group, max_rows)
        for row, near in zip(own, others, strict=True)
    ]
    assert min(map(len, some)) >= 1
    assert max(map(len, some)) <= k
    if max_rows >= 60:
        assert max(map(len, some)) == k
    score = Counted(with_interactions)
    together = shapley_contributions(score, own, some, group, max_rows, seed=0)
    assert len(score.rows) == 2, "32 people share a call"
    for i in range(0, 40, 3):
        alone = Counted(with_interactions)
        got = shapley_contributions(
            alone, own[[i]], some[i : i + 1], group, max_rows, seed=0
        )
        np.testing.assert_array_equal(got[0], together[i])
        allowed = max(max_rows, 2 * (group.max() + 1 - 1))
        assert alone.rows[0] <= allowed + 1 + len(some[i])


def test_equal_groups_contribute_nothing_and_get_no_rows():
    own = np.array([[1.0, np.nan, 3.0]])
    others = [np.array([[5.0, np.nan, 3.0]])]
    score = Counted(lambda X: np.nan_to_num(X) @ [1.0, 7.0, 9.0])
    got = shapley_contributions(score, own, others, np.arange(3), 100, seed=0)
    np.testing.assert_array_equal(got, [[-4.0, 0.0, 0.0]])
    assert score.rows == [2]
    same = shapley_contributions(score, own, [own], np.arange(3), 100, seed=0)
    np.testing.assert_array_equal(same, [[0.0, 0.0, 0.0]])


def test_the_seed_decides_about_samples():
    own, others = draw(3, 2, 9, seed=4)
    group = np.arange(9)

    def score(X):
        return np.nan_to_num(X).clip(-1, 1).prod(axis=1) + with_interactions(X)

    one, same, other = (
        shapley_contributions(score, own, others, group, 40, seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
