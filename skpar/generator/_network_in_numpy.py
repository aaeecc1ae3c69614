"""The generator network in plain numpy, without the fixed costs of torch."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, softmax
from torch import nn

from ._network import GeneratorNetwork, NetworkInputs


def score_actions(network: GeneratorNetwork, inputs: NetworkInputs) -> np.ndarray:
    """Score actions as `GeneratorNetwork.forward` does.

    Parameters
    ----------
    network : GeneratorNetwork
    inputs : NetworkInputs

    Returns
    -------
    scores : ndarray of shape (n_people, n_actions, n_features), dtype float64
        Equal to those of `forward` up to rounding errors.
    """
    person, neighbors, objective_gain, margin_gain, margin, is_open = (
        part.numpy() for part in inputs
    )
    n = len(person)
    own, others = _standard(network, person), _standard(network, neighbors)
    strongest = margin_gain.argmax(axis=1)[:, None]  # (n, 1, d)
    gains_of_one = [
        np.take_along_axis(gain, strongest, axis=1)[:, 0]
        for gain in (margin_gain, objective_gain)
    ]
    facts = np.concatenate([own, margin[:, None], *gains_of_one], axis=1)
    embedded = _perceptron(network.person, facts)  # (n, narrow)
    differences = np.concatenate([others, others - own[:, None]], axis=2)
    found = _perceptron(network.neighbor, differences)  # (n, k, narrow)
    similarity = found @ embedded[..., None] / math.sqrt(network.narrow)
    context = (softmax(similarity, axis=1) * found).sum(axis=1)  # (n, narrow)
    both = np.concatenate([embedded, context], axis=1)
    state = _silu(_perceptron(network.state, both))
    query = _linear(network.query, state).reshape(n, -1, network.key_width)
    copy = _linear(network.key, found) @ query.transpose(0, 2, 1)  # (n, k, d)
    copy /= math.sqrt(network.key_width)
    write = _linear(network.write, state).reshape(n, network.n_grid, -1)
    trade = 1.0 + _linear(network.trade, state).reshape(n, 2, 1, -1)
    keep = _linear(network.keep, state)[:, None]
    scores = np.concatenate([keep, write, copy], axis=1)
    scores += trade[:, 0] * objective_gain
    scores += trade[:, 1] * margin_gain  # (n, c, d)
    scores[~is_open] = -np.inf
    return scores


def _standard(network: GeneratorNetwork, cells: np.ndarray) -> np.ndarray:
    """Standardize rows (..., width)."""
    standardizer = network.standardizer
    bound = standardizer.bound
    standard = cells - standardizer.centre.numpy()
    standard /= standardizer.spread.numpy() * bound
    scaled: np.ndarray = bound * np.tanh(standard)
    return scaled


def _linear(layer: nn.Linear, rows: np.ndarray) -> np.ndarray:
    """Apply a linear layer to rows (..., n_in)."""
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    result: np.ndarray = rows @ weight.T + bias
    return result


def _perceptron(layers: nn.Sequential, rows: np.ndarray) -> np.ndarray:
    """Apply linear layers with SiLU between them to rows (..., n_in)."""
    first, *later = (layer for layer in layers if isinstance(layer, nn.Linear))
    rows = _linear(first, rows)
    for layer in later:
        rows = _linear(layer, _silu(rows))
    return rows


def _silu(values: np.ndarray) -> np.ndarray:
    """Sigmoid linear units."""
    result: np.ndarray = values * expit(values)
    return result
