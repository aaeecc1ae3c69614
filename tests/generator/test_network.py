"""The copy network: shapes, masks, and what its answers depend on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.generator._move_scores import Candidates, MoveScorer
from skpar.generator._network import GeneratorNetwork, NetworkInputs, gumbel

from .._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop({"age": "increasing", "owner": "immutable"}, n=200)


@pytest.fixture(scope="module")
def scorer(shop):
    return shop.scoring_model()(shop.denied_codes[:40])


@pytest.fixture(scope="module")
def inputs(scorer):
    return NetworkInputs.of(scorer)


@pytest.fixture(scope="module")
def network(shop):
    cells = shop.encoder.encode(shop.codes).numpy()
    return GeneratorNetwork(
        cells.mean(axis=0), cells.std(axis=0), 6, len(shop.action_builder.grid), shop.generator
    )


def test_gumbel_noise_makes_argmax_a_draw():
    generator = torch.Generator().manual_seed(0)
    shares = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
    noise = gumbel((20_000, 3), generator)
    drawn = (shares.log() + noise).argmax(dim=1).bincount() / 20_000
    assert_allclose(drawn.numpy(), shares.numpy(), atol=0.015)
    assert noise.isfinite().all()


def test_it_is_told_what_each_choice_alone_adds(shop, scorer, inputs):
    assert_array_equal(inputs.person, shop.encoder.encode(scorer.codes))
    neighbors = shop.encoder.encode(scorer.neighbors.reshape(-1, 6))
    assert_array_equal(inputs.neighbors.reshape(len(neighbors), -1), neighbors)
    assert_array_equal(inputs.open, scorer.actions.open)
    value, margin = scorer.evaluate(scorer.own())
    for person, choice, j in ((0, 3, 0), (7, 9, 2), (20, scorer.n_written, 1)):
        chosen = np.zeros((6, 1), dtype=np.int64)
        chosen[j] = choice
        there = Candidates(np.array([person]), chosen)
        gain = scorer.evaluate(there)[0][0] - value[person]
        if not inputs.open[person, choice, j]:
            gain = 0.0
        # Told in squashed form, nearly as it is where it is small.
        told_gain = inputs.gain[person, choice, j]
        assert_allclose(told_gain, 8 * np.tanh(gain / 8), atol=1e-7)
    assert (inputs.gain[~inputs.open] == 0).all() and (inputs.push[~inputs.open] == 0).all()
    assert (inputs.gain[:, 0] == 0).all()
    for part in (inputs.gain, inputs.push, inputs.margin):
        assert part.isfinite().all() and (part.abs() <= 8).all()
    assert_allclose(inputs.margin, 8 * np.tanh(margin / 8))


def test_situations_are_picked_by_person(scorer, inputs):
    rows = np.array([3, 17])
    alone = NetworkInputs.of(
        MoveScorer(
            scorer.scoring_model,
            scorer.codes[rows],
            scorer.actions[rows],
            scorer.neighbors[rows],
        )
    )
    for part, other in zip(inputs[torch.from_numpy(rows)], alone, strict=True):
        assert part.dtype == other.dtype
        assert_allclose(part, other, atol=1e-8)


def test_scores_are_finite_exactly_where_open(network, inputs):
    scores = network(inputs)
    assert scores.shape == inputs.open.shape
    assert torch.equal(scores.isfinite(), inputs.open)
    assert (scores[:, 1:, 5] == -torch.inf).all()


@pytest.mark.parametrize("part", ["person", "neighbors", "margin", "gain", "push"])
def test_scores_depend_on_all_that_it_is_told(network, inputs, part):
    moved = inputs._replace(**{part: getattr(inputs, part).flip(0)})
    assert not torch.allclose(network(inputs)[:, 0], network(moved)[:, 0])


def test_a_person_is_scored_alone(network, inputs):
    scores = network(inputs)
    for person in (0, 11):
        alone = network(inputs[torch.tensor([person])])
        assert_allclose(
            alone.detach()[0], scores[person].detach(), rtol=1e-9, atol=1e-9
        )


def test_swapping_two_neighbors_swaps_their_copies_and_nothing_else(network, inputs):
    n_actions = inputs.open.shape[1]
    order = [1, 0, 2, 3]
    actions = [*range(n_actions - 4), *(n_actions - 4 + k for k in order)]
    swapped = inputs._replace(
        neighbors=inputs.neighbors[:, order],
        gain=inputs.gain[:, actions],
        push=inputs.push[:, actions],
        open=inputs.open[:, actions],
    )
    assert_allclose(
        network(swapped).detach(), network(inputs)[:, actions].detach(), rtol=1e-9
    )


def test_what_a_choice_adds_speaks_for_it(network, inputs):
    """An untrained network already prefers what is worth more."""
    person, choice, j = map(int, inputs.open[:, 1:].nonzero()[5])
    better = inputs._replace(gain=inputs.gain.clone())
    better.gain[person, choice + 1, j] += 1.0
    rise = network(better) - network(inputs)
    rise = rise.detach()[person, choice + 1, j]
    assert rise > 0.2


def test_every_weight_gets_a_gradient(network, inputs):
    scores = network(inputs)
    scores[scores.isfinite()].square().sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name
    network.zero_grad()


def test_weights_are_few_and_come_from_the_generator(shop):
    cells = shop.encoder.encode(shop.codes).numpy()

    def make(seed):
        generator = torch.Generator().manual_seed(seed)
        return GeneratorNetwork(cells.mean(axis=0), cells.std(axis=0), 6, 31, generator)

    one, again, other = make(0), make(0), make(1)
    for name, value in one.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert not torch.equal(one.keep.weight, other.keep.weight)
    assert sum(p.numel() for p in one.parameters()) < 300_000
