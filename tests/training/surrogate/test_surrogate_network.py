"""The surrogate as a network: its formula, and that it learns."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.classifier import SplineBasis
from skpar.training.surrogate._surrogate_network import SurrogateNetwork

from ..._configs import TRAINING
from ..._people import FittedCase


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=400)


@pytest.fixture(scope="module")
def basis(case):
    return SplineBasis(case.schema, case.codes, TRAINING.spline_knots)


def test_the_network_computes_the_formula_in_its_notes():
    surrogate = SurrogateNetwork(7, 64, 32, torch.Generator().manual_seed(0))
    parts = {k: v.numpy() for k, v in surrogate.state_dict().items()}
    rows = np.random.RandomState(0).rand(20, 7)
    e = rows @ parts["embed.weight"].T + parts["embed.bias"]
    inner = np.maximum(e[:, :64], 0) @ parts["middle.weight"].T + parts["middle.bias"]
    bent = np.maximum(inner, 0) @ parts["last.weight"][0] + parts["last.bias"]
    margin = surrogate(torch.from_numpy(rows)).detach()
    assert_allclose(margin, e[:, 64] + bent, atol=1e-12)


def test_it_learns_margins_and_repeats(case, basis):
    rows, margin = basis.expand_rows(case.codes), np.where(case.accepted, 2.0, -2.0)

    def learn():
        generator = torch.Generator().manual_seed(0)
        surrogate = SurrogateNetwork(rows.shape[1], 64, 32, generator)
        off = []
        for epochs in (0, 60):
            if epochs:
                surrogate.distill(rows, margin, epochs, TRAINING, generator)
            with torch.no_grad():
                off.append(surrogate(torch.from_numpy(rows)).numpy() - margin)
        return off

    before, after = learn()
    assert np.abs(after).mean() < 0.3 * np.abs(before).mean()
    assert (np.abs(after) < 2.0).mean() > 0.95  # on the right side
    assert_array_equal(after, learn()[1])


def test_the_surrogate_in_numpy_is_the_network_as_it_was(case, basis):
    network = SurrogateNetwork(basis.width, 64, 32, torch.Generator().manual_seed(0))
    frozen, rows = network.frozen(basis), basis.expand_rows(case.codes)
    before = frozen.decision_function(case.codes)
    with torch.no_grad():
        assert_allclose(before, network(torch.from_numpy(rows)), atol=1e-12)
    margin = np.where(case.accepted, 2.0, -2.0)
    generator = torch.Generator().manual_seed(0)
    network.distill(rows, margin, 3, TRAINING, generator)
    assert_array_equal(frozen.decision_function(case.codes), before)
    assert (network.frozen(basis).decision_function(case.codes) != before).any()
