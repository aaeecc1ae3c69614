import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpar.density.learning._clusters import (
    count_clusters,
    find_clusters,
    guess_states_in_clusters,
)
from skpar.density.learning._initialization import guess_states

from .._circuits import CONFIG


@pytest.fixture
def bins():
    """Two kinds of rows, in 6 columns."""
    rng = np.random.RandomState(0)
    kind = np.repeat([0, 1], 200)
    table = rng.randint(3, size=(400, 6)) + 3 * kind[:, None]
    return table.astype(np.int64)


@pytest.mark.parametrize(
    ("n_states", "n_clusters"), [(1, 1), (8, 1), (16, 4), (17, 1), (24, 8), (32, 16)]
)
def test_clusters_divide_the_states(n_states, n_clusters):
    assert count_clusters(n_states, CONFIG) == n_clusters


def test_clusters_are_the_kinds_of_rows(bins):
    rng = np.random.RandomState(0)
    found = find_clusters(bins, np.ones(400), 2, CONFIG, rng)
    assert len(set(found[:200])) == len(set(found[200:])) == 1
    assert found[0] != found[-1]


def test_clusters_share_no_state(bins):
    weight = np.ones(400)
    cluster = find_clusters(bins, weight, 4, CONFIG, np.random.RandomState(0))
    states = guess_states_in_clusters(
        bins, weight, 16, CONFIG, np.random.RandomState(0)
    )
    assert_array_equal(states // 4, np.repeat(cluster[:, None], 6, axis=1))


def test_one_cluster_is_the_plain_guess(bins):
    weight, n_rounds = np.ones(400), CONFIG.n_power_iterations
    states = guess_states_in_clusters(bins, weight, 8, CONFIG, np.random.RandomState(0))
    plain = guess_states(bins, weight, 8, n_rounds, np.random.RandomState(0))
    assert_array_equal(states, plain)


def test_few_different_rows_are_no_obstacle():
    bins = np.repeat([[0, 1], [1, 0]], 30, axis=0)
    states = guess_states_in_clusters(
        bins, np.ones(60), 32, CONFIG, np.random.RandomState(0)
    )
    assert states.min() >= 0
    assert states.max() < 32
