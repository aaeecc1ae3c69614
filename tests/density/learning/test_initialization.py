import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.circuit._leaves import Leaves
from skpar.density.learning import _initialization
from skpar.density.learning._chow_liu import (
    discretize,
    indicators,
    maximum_spanning_tree,
    mutual_information,
)
from skpar.density.learning._initialization import (
    first_counts,
    guess_states,
    kernel_responsibilities,
    pseudo_counts,
)

from .._circuits import CONFIG


def guess(bins, n_states=4):
    rng = np.random.RandomState(0)
    return guess_states(bins, np.ones(len(bins)), n_states, 30, rng)


@pytest.fixture
def begun(encode, mixed_table):
    data = encode(mixed_table(300))
    bins = discretize(data.encoder, data.rows.numpy(), CONFIG.max_bins)
    tree = maximum_spanning_tree(mutual_information(bins))
    leaves = Leaves(data.encoder, data.rows.numpy(), CONFIG)
    weight = np.ones(300)
    states = guess(bins)
    counts = first_counts(tree, leaves, data.rows, weight, states, 4, CONFIG)
    return data, tree, leaves, states, counts


def test_states_split_every_column_evenly(begun):
    _, _, _, states, _ = begun
    for column in states.T:
        assert_allclose(np.bincount(column), np.full(4, 75), atol=1)


def test_states_of_two_bins_overlap_in_one_state_at_most(begun):
    data, _, _, states, _ = begun
    bins = discretize(data.encoder, data.rows.numpy(), CONFIG.max_bins)
    for codes, column in zip(bins.T, states.T, strict=True):
        edges = pd.Series(column).groupby(codes).agg(["min", "max"])
        edges = edges.sort_values(["min", "max"]).to_numpy()
        assert (edges[1:, 0] >= edges[:-1, 1]).all()


def test_states_carry_the_dependence_between_columns(begun):
    _, tree, _, states, _ = begun
    column = tree.order[1]
    information = mutual_information(states[:, [tree.parent[column], column]])
    assert information[0, 1] > 0.2


class Flagging(np.ndarray):
    """An array whose products are right, and flagged as invalid."""

    def __matmul__(self, other):
        assert np.isnan(np.array(np.inf) - np.array(np.inf))
        return np.asarray(self) @ other


def test_a_flag_that_a_library_left_is_no_warning(monkeypatch):
    bins = np.random.RandomState(0).randint(5, size=(42, 1))
    usual = guess(bins)

    def flagged(bins):
        cells, starts = indicators(bins)
        return cells.view(Flagging), starts

    monkeypatch.setattr(_initialization, "indicators", flagged)
    with pytest.warns(RuntimeWarning, match="invalid value"):
        flagged(bins)[0] @ np.ones(5, dtype=np.float32)
    assert_array_equal(guess(bins), usual)


def test_more_states_than_rows_are_possible():
    bins = np.array([[0], [1]])
    assert sorted(guess(bins, 16)[:, 0]) == [4, 12]


def test_counts_add_up_to_the_rows(begun):
    data, tree, leaves, _, counts = begun
    assert counts.prior.sum() == 300
    inner = tree.order[1:]
    assert_array_equal(counts.transition.sum(dim=(1, 2))[inner], np.full(4, 300.0))
    present = (~np.isnan(data.codes)).sum(axis=0)
    assert_allclose(counts.weights.sum(dim=(1, 2)), present[leaves.numeric])
    totals = [counts.levels[:, a:b].sum() for a, b in leaves.tables.values()]
    assert_allclose(totals, present[list(leaves.tables)])


def test_responsibilities_are_probabilities_of_present_cells(begun):
    data, _, leaves, _, _ = begun
    weight = torch.ones(300).double()
    shares = kernel_responsibilities(leaves, 0, data.rows, weight, CONFIG)
    assert (shares >= 0).all()
    assert_allclose(shares.sum(dim=0), (~np.isnan(data.codes[:, 0])).astype(float))


def test_pseudo_counts_are_the_marginals_and_leave_no_zero(begun):
    _, _, leaves, _, counts = begun
    pseudo = pseudo_counts(leaves, counts, CONFIG)
    used = torch.tensor(leaves.kernels.used)[:, None, :].expand_as(pseudo.weights)
    assert (pseudo.weights[used] > 0).all()
    assert (pseudo.weights[~used] == 0).all()
    assert (pseudo.levels > 0).all()
    assert (pseudo.transition > 0).all()
    assert_allclose(pseudo.levels[:, :3].sum(dim=1), np.full(4, CONFIG.smoothing))
    share = counts.levels[:, :3].sum(dim=0) / counts.levels[:, :3].sum()
    mixed = pseudo.levels[0, :3] / CONFIG.smoothing
    assert_allclose(mixed, 0.9 * share + 0.1 / 3)
