"""The loss of the generator: its terms are right for the drawn rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.classifier._surrogate import PlattScale
from skpar.generator._candidates import Candidates
from skpar.training._losses import (
    draw_rows,
    loss_of,
    values_of_draws,
    violation,
)
from skpar.training._replay_buffer import ReplayBuffer

from .._configs import TRAINING
from .._people import FittedCase, random_candidates

CALIBRATION = PlattScale(2.0, 0.3)
SAFE = TRAINING.safe_log_odds


@pytest.fixture(scope="module")
def case():
    return FittedCase({"age": "increasing", "owner": "immutable"}, n=200)


@pytest.fixture(scope="module")
def scorer(case):
    """Scorer with a surrogate for which first-order margins are exact."""
    plain = case.surrogate(is_plain=True)
    return case.scorer(case.denied_codes[:8], surrogate=plain)


@pytest.fixture(scope="module")
def buffer(scorer):
    buffer = ReplayBuffer(scorer, TRAINING.input_bound)
    candidates = random_candidates(scorer, 40)
    buffer.add(candidates, scorer.evaluate(candidates)[0])
    return buffer


def test_values_of_moves_are_those_of_the_rows_that_they_lead_to(scorer):
    rows = np.array([1, 5, 5])
    is_open = scorer.is_open[rows]
    score = np.random.RandomState(0).rand(*is_open.shape)
    draws = Candidates(rows, np.where(is_open, score, -1.0).argmax(axis=1).T)

    def both(candidates):
        objective, margin = scorer.evaluate(candidates)
        return np.array([objective, violation(CALIBRATION, margin, SAFE)])

    before, moves = both(draws), scorer.moves(draws)
    values = values_of_draws(scorer, draws, moves, CALIBRATION, SAFE)
    changes = np.zeros((2, 3, scorer.n_actions, scorer.n_features))
    changes[:, :, moves.action, moves.feature] = [value.change for value in values]
    assert_allclose([value.here for value in values], before)
    for row, action, j in np.ndindex(changes.shape[1:]):
        change = changes[:, row, action, j]
        if not is_open[row, action, j]:
            assert not change.any()
            continue
        moved = draws.moved(np.array([row]), np.array([j]), np.array([action]))
        assert_allclose(change, both(moved)[:, 0] - before[:, row], atol=1e-7)


def test_the_violation_falls_with_the_chance_of_acceptance():
    margin = np.array([-2.0, -1.0, 0.0, 1.0, 50.0])
    off = violation(CALIBRATION, margin, 2.0)
    assert (np.diff(off) < 0).all()
    assert off[-1] == pytest.approx(0.0, abs=1e-9)
    chance = CALIBRATION.probability(margin[:4])
    expected = np.exp(2.0) * (1 - chance) / chance
    assert_allclose(np.expm1(off[:4]), expected)


def network_of(case):
    """Draw a network in the precision of the training."""
    return case.network(torch.Generator().manual_seed(0)).float()


def draw(network, buffer, rows):
    generator = torch.Generator().manual_seed(1)
    return draw_rows(network, buffer, rows, CALIBRATION, SAFE, generator)


def loss(case, buffer, rows, **weights):
    config = dataclasses.replace(TRAINING, **weights)
    network = network_of(case)
    return loss_of(network, buffer, draw(network, buffer, rows), config)


def test_imitation_is_the_negative_log_probability_of_the_targets(case, buffer):
    rows = torch.arange(len(buffer))
    imitation = loss(case, buffer, rows, imitation_weight=1.0, par_weight=0.0)
    network = network_of(case)
    probabilities = network(buffer.inputs).softmax(dim=1)
    chosen = probabilities.gather(1, buffer.target[:, None])[:, 0]
    assert_allclose(imitation.fixed.item(), -chosen.log().sum(dim=1).mean().item())
    assert imitation.violation.item() == 0.0


def test_expected_values_are_means_over_draws(case, scorer, buffer):
    """The mean loss over many draws agrees with their mean objective and violation."""
    rows = torch.arange(len(buffer)).repeat(400)
    par = loss(case, buffer, rows, imitation_weight=0.0, par_weight=1.0)
    network = network_of(case).requires_grad_(False)
    shares = network(buffer.inputs).softmax(dim=1)
    draws = torch.multinomial(
        shares.transpose(1, 2).reshape(-1, scorer.n_actions),
        400,
        replacement=True,
        generator=torch.Generator().manual_seed(2),
    ).reshape(len(buffer), scorer.n_features, 400)
    chosen = draws.permute(1, 0, 2).reshape(scorer.n_features, -1).numpy()
    who = np.repeat(np.arange(len(buffer)), 400)
    objective, margin = scorer.evaluate(Candidates(who, chosen))
    off = violation(CALIBRATION, margin, SAFE)
    deviation = np.sqrt(len(who))
    assert abs(par.fixed.item() + objective.mean()) < 5 * objective.std() / deviation
    assert abs(par.violation.item() - off.mean()) < 5 * off.std() / deviation
    assert_allclose(par.at(3.0).item(), par.fixed.item() + 3 * par.violation.item())


def test_the_loss_has_a_gradient_for_every_weight(case, buffer):
    network = network_of(case)
    draws = draw(network, buffer, torch.arange(len(buffer)))
    loss = loss_of(network, buffer, draws, TRAINING)
    loss.at(2.0).backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name


def test_the_loss_of_all_draws_is_the_mean_of_their_batches(case, buffer):
    network = network_of(case)
    draws = draw(network, buffer, torch.arange(len(buffer)))
    whole = loss_of(network, buffer, draws, TRAINING).at(2.0).item()
    batches = list(draws.batches(3))
    assert [len(batch.rows) for batch in batches] == [3, 3, 2]
    parts = [loss_of(network, buffer, one, TRAINING).at(2.0).item() for one in batches]
    assert_allclose(np.average(parts, weights=[3, 3, 2]), whole, rtol=1e-5)
