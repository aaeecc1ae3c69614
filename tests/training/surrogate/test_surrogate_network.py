"""The surrogate as a network: its formula, its gradient, and that it learns."""

import dataclasses

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from skpar._progress import Task
from skpar.classifier import SparseWeights, SplineBasis
from skpar.training.surrogate._surrogate_network import SurrogateNetwork

from ..._configs import TRAINING
from ..._people import FittedCase


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=400)


@pytest.fixture(scope="module")
def basis(case):
    return SplineBasis(case.schema, case.codes, TRAINING.spline_knots)


def network_of(width, seed=0):
    """Draw a network, biases included."""
    rng = np.random.RandomState(seed)
    network = SurrogateNetwork(width, 64, 32, rng)
    for name in ("embed.bias", "middle.bias", "last.bias"):
        network.arrays[name][:] = rng.randn(*network.arrays[name].shape)
    return network


def random_rows(width, n_rows=20):
    rng = np.random.RandomState(1)
    index = rng.randint(width, size=(n_rows, 3)).astype(np.int32)
    return SparseWeights(index, rng.rand(n_rows, 3).astype(np.float32))


def formula(rows, parts):
    """The formula of the notes, in torch."""
    e = rows @ parts["embed.weight"] + parts["embed.bias"]
    inner = e[:, :64].relu() @ parts["middle.weight"] + parts["middle.bias"]
    return e[:, 64] + inner.relu() @ parts["last.weight"] + parts["last.bias"]


def test_the_network_computes_the_formula_in_its_notes():
    network, rows = network_of(7), random_rows(7)
    parts = {k: torch.from_numpy(v).double() for k, v in network.arrays.items()}
    dense = torch.from_numpy(rows.matrix(7).toarray()).double()
    margin = network.margin(rows)
    assert margin.dtype == np.float64
    assert_allclose(margin, formula(dense, parts), atol=1e-5)


def test_its_gradient_is_that_of_the_weighted_smooth_l1_loss():
    network, rows = network_of(7), random_rows(7)
    target = network.margin(rows) + np.random.RandomState(2).randn(20)
    parts = {
        name: torch.from_numpy(value).double().requires_grad_()
        for name, value in network.arrays.items()
    }
    dense, wanted = torch.from_numpy(rows.matrix(7).toarray()), torch.from_numpy(target)
    off = nn.functional.smooth_l1_loss(
        formula(dense.double(), parts), wanted, reduction="none", beta=0.3
    )
    (off / (1.0 + wanted.abs())).mean().backward()
    above = network._backward(rows, target.astype(np.float32), 0.3)
    slopes = network._slopes | {"embed.weight": rows.matrix(7).T @ above}
    for name, part in parts.items():
        assert part.grad.abs().max() > 1e-3, name
        assert_allclose(slopes[name], part.grad, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_rare_cells_are_learned_and_cells_that_no_row_has_stay(share):
    """A step changes all entries, or those of the batch; both learn the same."""
    config = dataclasses.replace(
        TRAINING, max_dense_embedding=5, rare_cells_share=share, surrogate_batch=20
    )
    rows, network = random_rows(500, 300), network_of(500)
    unseen = np.setdiff1d(np.arange(500), rows.place)
    assert len(unseen) > 50
    before = network.arrays["embed.weight"].copy()
    target = np.where(rows.place[:, 0] < 250, 2.0, -2.0)
    off = np.abs(network.margin(rows) - target).mean()
    network.distill(rows, target, 40, config, Task())
    assert np.abs(network.margin(rows) - target).mean() < 0.2 * off
    after = network.arrays["embed.weight"]
    assert_array_equal(after[unseen], before[unseen])
    assert (after[np.unique(rows.place)] != before[np.unique(rows.place)]).any(1).all()


@pytest.mark.parametrize(
    ("constants", "is_rare"),
    [
        ({"max_dense_embedding": 499}, True),
        ({"max_dense_embedding": 500}, False),
        ({"max_dense_embedding": 499, "surrogate_batch": 300}, False),
    ],
)
def test_cells_are_rare_if_they_are_many_and_a_batch_has_few(constants, is_rare):
    config = dataclasses.replace(TRAINING, **{"surrogate_batch": 20} | constants)
    rows = random_rows(500, 300)
    assert network_of(500)._has_rare_cells(rows, config) == is_rare


def test_first_weights_are_drawn_by_the_rng_alone():
    one, other = network_of(7), network_of(7)
    assert_array_equal(one.arrays["embed.weight"], other.arrays["embed.weight"])
    assert (one.arrays["last.weight"] != network_of(7, 1).arrays["last.weight"]).all()


def test_it_learns_margins_and_repeats(case, basis):
    rows, margin = basis.expand_rows(case.codes), np.where(case.accepted, 2.0, -2.0)

    def learn():
        network = SurrogateNetwork(basis.width, 64, 32, np.random.RandomState(0))
        off = []
        for epochs in (0, 60):
            network.distill(rows, margin, epochs, TRAINING, Task())
            off.append(network.margin(rows) - margin)
        return off

    before, after = learn()
    assert np.abs(after).mean() < 0.3 * np.abs(before).mean()
    assert (np.abs(after) < 2.0).mean() > 0.95  # on the right side
    assert_array_equal(after, learn()[1])


def test_the_frozen_surrogate_is_the_network_as_it_was(case, basis):
    network = SurrogateNetwork(basis.width, 64, 32, np.random.RandomState(0))
    frozen, rows = network.frozen(basis), basis.expand_rows(case.codes)
    before = frozen.decision_function(case.codes)
    assert_allclose(before, network.margin(rows), atol=1e-5)
    margin = np.where(case.accepted, 2.0, -2.0)
    network.distill(rows, margin, 3, TRAINING, Task())
    assert_array_equal(frozen.decision_function(case.codes), before)
    assert (network.frozen(basis).decision_function(case.codes) != before).any()
