"""Training: it learns, it repeats, and every term of the objective reaches it."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from skpar._objective import Objective, Weights
from skpar._proposals import Proposer
from skpar._training import GeneratorTrainer

from ._people import Workshop, is_accepted


def train(shop, weights=None, epochs=12, seed=0, accepts=is_accepted):
    objective = Objective(shop.plausibility, shop.effort, weights or Weights())
    rng = np.random.RandomState(seed)
    trainer = GeneratorTrainer(shop.encoder, shop.maker, objective, accepts, rng)
    lines: list[str] = []
    return trainer.fit(shop.codes, shop.denied_codes, epochs, lines.append), lines


def everybody(rows):
    return np.ones(len(rows), dtype=bool)


def propose(shop, network):
    proposer = Proposer(shop.encoder, shop.maker, network, np.zeros((0, 1, 1)))
    return proposer(shop.denied_codes)[:, 0]


@pytest.fixture(scope="module")
def shop():
    return Workshop({"age": "increasing", "owner": "immutable"}, n=400)


@pytest.fixture(scope="module")
def trained(shop):
    return train(shop)


def test_the_loss_falls_and_one_line_is_reported_per_epoch(trained):
    training, lines = trained
    assert training.loss_curve[-1] < training.loss_curve[0] - 1.0
    assert len(lines) == len(training.loss_curve)
    assert np.isfinite(training.loss_curve).all()


def test_most_first_proposals_are_accepted_after_training(shop, trained):
    proposals = propose(shop, trained[0].network)
    assert is_accepted(proposals).mean() > 0.75
    assert shop.actionability.allows(shop.denied_codes, proposals).all()


def test_the_stand_in_learns_the_classifier_on_proposals(trained):
    assert 0.85 < trained[0].fidelity <= 1.0


def test_the_same_seed_gives_the_same_network(shop):
    states = [
        train(shop, epochs=2, seed=seed)[0].network.state_dict() for seed in (1, 1, 2)
    ]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert any(not torch.equal(states[0][key], states[2][key]) for key in states[0])


@pytest.mark.parametrize(
    ("term", "without"),
    [
        ("effort", Weights(0.0, 0.0, 0.0, 0.0)),
        ("sparsity", Weights(0.0, 0.0, 0.0, 0.0)),
        ("plausibility", Weights(0.0, 0.0, 1.0, 0.0)),
        ("denied", Weights(0.0, 0.0, 1.0, 0.0)),
    ],
)
def test_each_term_is_learned(shop, term, without):
    # Where the densities are to be followed, the classifier must not help.
    accepts = is_accepted if without.effort == 0 else everybody
    means = []
    for weights in (replace(without, **{term: 20.0}), without):
        proposals = propose(shop, train(shop, weights, accepts=accepts)[0].network)
        alone = Weights(**{name: float(name == term) for name in asdict(without)})
        objective = Objective(shop.plausibility, shop.effort, alone)
        means.append(objective(shop.denied_codes, proposals).mean())
    assert means[0] > means[1] + 0.02
