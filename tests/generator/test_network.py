"""The generator network: shapes, masks, and what its scores depend on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.generator._action_sets import ActionSets
from skpar.generator._candidates import Candidates
from skpar.generator._move_scores import MoveScorer
from skpar.generator._network import NetworkInputs, gumbel, score_actions

from .._configs import TRAINING
from .._people import FittedCase

BOUND = TRAINING.input_bound


@pytest.fixture(scope="module")
def case():
    return FittedCase({"age": "increasing", "owner": "immutable"}, n=200)


@pytest.fixture(scope="module")
def scorer(case):
    return case.scorer(case.denied_codes[:40])


@pytest.fixture(scope="module")
def inputs(scorer):
    return NetworkInputs.of(scorer, BOUND)


@pytest.fixture(scope="module")
def network(case):
    return case.network()


def test_gumbel_noise_makes_argmax_a_draw():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
    noise = gumbel((20_000, 3), generator)
    drawn = (probabilities.log() + noise).argmax(dim=1).bincount() / 20_000
    assert_allclose(drawn.numpy(), probabilities.numpy(), atol=0.015)
    assert noise.isfinite().all()


def test_scores_in_numpy_are_those_of_torch(inputs, network):
    with torch.no_grad():
        expected = network(inputs).numpy()
        for rows in (torch.arange(len(expected)), torch.arange(1)):
            scores = score_actions(network, inputs[rows])
            assert_allclose(scores, expected[: len(rows)], atol=1e-10)


def test_inputs_are_people_neighbors_and_squashed_gains(case, scorer, inputs):
    assert_array_equal(inputs.person, case.encoder.encode(scorer.codes))
    neighbors = case.encoder.encode(scorer.neighbors.reshape(-1, 6))
    assert_array_equal(inputs.neighbors.reshape(len(neighbors), -1), neighbors)
    assert_array_equal(inputs.open, scorer.is_open)
    objective, margin = scorer.evaluate(scorer.factuals())
    for person, action, j in ((0, 3, 0), (7, 9, 2), (20, scorer.first_copy, 1)):
        chosen = np.zeros((6, 1), dtype=np.int64)
        chosen[j] = action
        there = Candidates(np.array([person]), chosen)
        gain = scorer.evaluate(there)[0][0] - objective[person]
        if not inputs.open[person, action, j]:
            gain = 0.0
        squashed = BOUND * np.tanh(gain / BOUND)
        assert_allclose(inputs.objective_gain[person, action, j], squashed, atol=1e-7)
    for gains in (inputs.objective_gain, inputs.margin_gain):
        assert (gains[~inputs.open] == 0).all()
        assert (gains[:, 0] == 0).all()
        assert gains.isfinite().all() and (gains.abs() <= BOUND).all()
    assert_allclose(inputs.margin, BOUND * np.tanh(margin / BOUND))


def test_inputs_can_be_indexed_by_person(scorer, inputs):
    rows = np.array([3, 17])
    actions = scorer.actions
    some = ActionSets(actions.values[rows], actions.open[rows], actions.effort[rows])
    alone = NetworkInputs.of(
        MoveScorer(
            scorer.scoring_model, scorer.codes[rows], some, scorer.neighbors[rows]
        ),
        BOUND,
    )
    for part, other in zip(inputs[torch.from_numpy(rows)], alone, strict=True):
        assert part.dtype == other.dtype
        assert_allclose(part, other, atol=1e-8)


def test_scores_are_finite_exactly_where_open(network, inputs):
    scores = network(inputs)
    assert scores.shape == inputs.open.shape
    assert torch.equal(scores.isfinite(), inputs.open)
    assert (scores[:, 1:, 5] == -torch.inf).all()


@pytest.mark.parametrize(
    "part", ["person", "neighbors", "margin", "objective_gain", "margin_gain"]
)
def test_scores_depend_on_every_input(network, inputs, part):
    moved = inputs._replace(**{part: getattr(inputs, part).flip(0)})
    assert not torch.allclose(network(inputs)[:, 0], network(moved)[:, 0])


def test_scores_do_not_depend_on_other_people(network, inputs):
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
        objective_gain=inputs.objective_gain[:, actions],
        margin_gain=inputs.margin_gain[:, actions],
        open=inputs.open[:, actions],
    )
    assert_allclose(
        network(swapped).detach(), network(inputs)[:, actions].detach(), rtol=1e-9
    )


def test_a_larger_gain_of_an_action_raises_its_score(network, inputs):
    """An untrained network already prefers actions of larger objective."""
    person, action, j = map(int, inputs.open[:, 1:].nonzero()[5])
    better = inputs._replace(objective_gain=inputs.objective_gain.clone())
    better.objective_gain[person, action + 1, j] += 1.0
    rise = network(better) - network(inputs)
    assert rise.detach()[person, action + 1, j] > 0.2


def test_every_weight_gets_a_gradient(network, inputs):
    scores = network(inputs)
    scores[scores.isfinite()].square().sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name
    network.zero_grad()


def test_weights_are_few_and_come_from_the_generator(case):
    one, again, other = (
        case.network(torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    )
    for name, value in one.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert not torch.equal(one.keep.weight, other.keep.weight)
    assert sum(p.numel() for p in one.parameters()) < 300_000
