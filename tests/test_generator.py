"""The copy network: shapes, masks, and what its answers depend on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skpar._generator import CopyNetwork

from ._people import Workshop


@pytest.fixture(scope="module")
def case():
    shop = Workshop({"age": "increasing", "owner": "immutable"})
    choices, neighbors = shop.maker(shop.denied_codes[:40])
    n, k, d = neighbors.shape
    cells = shop.encoder.encode(shop.codes).numpy()
    network = CopyNetwork(
        cells.mean(axis=0), cells.std(axis=0), d, len(shop.maker.grid), shop.generator
    )
    inputs = [
        shop.encoder.encode(shop.denied_codes[:40]),
        shop.encoder.encode(neighbors.reshape(-1, d)).view(n, k, -1),
        torch.from_numpy(choices.effort),
        torch.from_numpy(choices.open),
    ]
    return network, inputs


def test_scores_are_finite_exactly_where_open(case):
    network, inputs = case
    scores = network(*inputs)
    assert scores.shape == inputs[3].shape
    assert torch.equal(scores.isfinite(), inputs[3])
    assert (scores[:, 1:, 5] == -torch.inf).all()


def test_scores_depend_on_the_person_and_on_the_neighbors(case):
    network, inputs = case
    scores = network(*inputs)
    for i in (0, 1):
        moved = list(inputs)
        moved[i] = inputs[i].flip(0)
        assert not torch.allclose(scores[:, 0], network(*moved)[:, 0])


def test_swapping_two_neighbors_swaps_their_copies_and_nothing_else(case):
    network, (person, neighbors, effort, is_open) = case
    order = [1, 0, 2, 3]
    choice_order = [0, 2, 1, 3, 4, *range(5, effort.shape[1])]
    swapped = network(
        person, neighbors[:, order], effort[:, choice_order], is_open[:, choice_order]
    )
    scores = network(person, neighbors, effort, is_open)
    np.testing.assert_allclose(
        swapped.detach().numpy(), scores[:, choice_order].detach().numpy(), rtol=1e-9
    )


def test_every_weight_gets_a_gradient(case):
    network, inputs = case
    scores = network(*inputs)
    scores[scores.isfinite()].logsumexp(dim=0).backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name
    network.zero_grad()
