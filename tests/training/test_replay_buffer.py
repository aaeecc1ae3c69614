"""The replay buffer: the best accepted row of every factual."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skpar.generator._candidates import Candidates
from skpar.generator._move_scores import MoveScorer
from skpar.generator._network import NetworkInputs
from skpar.training._replay_buffer import ReplayBuffer

from .._configs import TRAINING
from .._people import FittedCase, random_candidates

N_PEOPLE = 8


@pytest.fixture(scope="module")
def case():
    return FittedCase({"age": "increasing", "owner": "immutable"}, n=200)


@pytest.fixture
def buffer(case):
    return ReplayBuffer(case.scorer(case.denied_codes[:N_PEOPLE]), TRAINING.input_bound)


def test_at_first_nobody_has_an_answer(buffer):
    assert len(buffer) == N_PEOPLE
    assert not buffer.answered.any() and buffer.mean() == 0.0
    assert not buffer.has_target.any()


def test_the_best_accepted_rows_are_kept(buffer):
    scorer = buffer.scorer
    candidates = random_candidates(scorer, 100)
    objective, _ = scorer.evaluate(candidates)
    accepted = np.random.RandomState(0).rand(100) < 0.5
    buffer.add(candidates[:0], objective[:0])
    assert not buffer.answered.any()
    for part in (np.arange(50), np.arange(50, 100)):
        rows = part[accepted[part]]
        buffer.add(candidates[rows], objective[rows])
    for person in range(N_PEOPLE):
        mine = np.flatnonzero((candidates.who == person) & accepted)
        best = mine[objective[mine].argmax()]
        assert buffer.objective[person] == objective[best]
        there = Candidates(np.array([person]), buffer.target.numpy()[[person]].T)
        assert scorer.evaluate(there)[0][0] == pytest.approx(objective[best])
    assert buffer.has_target.all()
    assert buffer.mean() == pytest.approx(buffer.objective.mean())


def test_another_surrogate_changes_inputs_and_keeps_answers(case, buffer):
    candidates = random_candidates(buffer.scorer, 20)
    buffer.add(candidates, np.arange(20.0))
    before, target = buffer.inputs, buffer.target.clone()
    buffer.refresh(case.scoring_model(case.surrogate(is_plain=True)))
    assert torch.equal(buffer.target, target)
    assert torch.equal(buffer.inputs.objective_gain, before.objective_gain)
    assert not torch.allclose(buffer.inputs.margin_gain, before.margin_gain)


def test_scores_after_a_refresh_are_those_of_a_new_scorer(case, buffer):
    model = case.scoring_model(case.surrogate(is_plain=True))
    buffer.refresh(model)
    old = buffer.scorer
    new = MoveScorer(model, old.codes, old.actions, old.neighbors)
    candidates = random_candidates(old, 20)
    for one, other in zip(
        old.evaluate(candidates), new.evaluate(candidates), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    inputs = NetworkInputs.of(new, TRAINING.input_bound).float()
    for part, known in zip(buffer.inputs, inputs, strict=True):
        assert torch.equal(part, known)
