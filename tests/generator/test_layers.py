"""Layers draw from their own generator and pickle as numpy."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from skpar.generator._layers import Standardizer, linear, perceptron
from skpar.generator._network import GeneratorNetwork


def make_network(seed: int = 0) -> GeneratorNetwork:
    generator = torch.Generator().manual_seed(seed)
    return GeneratorNetwork(
        np.arange(5.0),
        np.ones(5),
        3,
        4,
        hidden=8,
        narrow=4,
        key=2,
        cell_bound=5.0,
        input_bound=8.0,
        generator=generator,
    )


def test_weights_come_from_the_generator_alone():
    torch_state = torch.get_rng_state()
    first = linear(3, 4, torch.Generator().manual_seed(1))
    torch_again = linear(3, 4, torch.Generator().manual_seed(1))
    assert torch.equal(first.weight, torch_again.weight)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert first.weight.dtype == torch.float64
    assert not torch.equal(
        first.weight, linear(3, 4, torch.Generator().manual_seed(2)).weight
    )


def test_perceptron_ends_in_a_linear_layer():
    layers = perceptron([2, 8, 1], torch.Generator().manual_seed(0))
    for layer, kind in zip(layers, (nn.Linear, nn.SiLU, nn.Linear), strict=True):
        assert isinstance(layer, kind)


def test_standardizer_centres_scales_and_squashes():
    layer = Standardizer(np.array([10.0, 3.0]), np.array([2.0, 0.0]), 5.0)
    rows = torch.tensor([[10.0, 3.0], [12.0, 4.0], [1e300, 3.0]], dtype=torch.float64)
    out = layer(rows).numpy()
    np.testing.assert_allclose(out[0], 0)
    np.testing.assert_allclose(out[1], 1, rtol=0.02)
    np.testing.assert_allclose(out[2], [5, 0])


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_networks_copy_and_pickle_as_numpy(copied):
    network = make_network()
    network.trade.bias.data += 1
    again = copied(network)
    for key, value in network.state_dict().items():
        assert torch.equal(value, again.state_dict()[key])
    state = network.__getstate__()
    assert all(isinstance(array, np.ndarray) for array in state["weights"].values())
