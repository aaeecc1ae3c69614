"""Training: it learns, it repeats, and every term of the objective reaches it."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from skpar.actionability import People
from skpar.classifier._calibration import PlattScale
from skpar.generator._beam_search import BeamSearch, ScoredCandidates
from skpar.generator._move_scores import Candidates, ScoringModel
from skpar.generator._proposer import Proposer
from skpar.objective._objective import Weights
from skpar.training import _distillation
from skpar.training import _generator_training as _training
from skpar.training._distillation import SurrogateDistiller
from skpar.training._generator_training import GeneratorTrainer, ReplayBuffer, _doubt

from .._configs import TRAINING
from .._people import Workshop, is_accepted, random_candidates


@pytest.fixture(scope="module", autouse=True)
def longer_lessons():
    """Teach the stand-in better than other tests need it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_distillation, "_EPOCHS_AT_FIRST", 20)
        patch.setattr(_distillation, "_EPOCHS", 8)
        yield


class Lesson:
    """One training, with what it was made of."""

    def __init__(self, shop, weights=None, epochs=12, seed=0, decide=is_accepted):
        self.shop = shop
        objective = shop.objective_with(weights or Weights())
        rng = np.random.RandomState(seed)
        distiller = SurrogateDistiller(
            shop.schema, shop.codes, decide, lambda codes: None, TRAINING, rng
        )

        def survey():
            return ScoringModel(
                shop.encoder, shop.action_builder, objective, distiller.surrogate()
            )

        self.lines: list[str] = []
        self.trainer = trainer = GeneratorTrainer(survey, distiller, rng)
        self.training = trainer.fit(
            shop.codes, shop.denied_codes, epochs, self.lines.append
        )
        self.distiller = distiller
        self.scoring_model = survey()

    def propose(self):
        """One pass of the network."""
        proposer = Proposer(
            self.scoring_model,
            self.training.network,
            np.zeros((0, 1, 1)),
            BeamSearch(1, 1, (1.0,)),
            self.distiller.calibration,
        )
        return proposer.generate(self.shop.denied_codes)

    def grade(self):
        """Share of one pass that is accepted, and the mean objective of all of it."""
        rows = self.propose()
        value = self.scoring_model.objective.evaluate(self.shop.denied_codes, rows)
        return is_accepted(rows).mean(), value.mean()


def everybody(rows):
    return np.ones(len(rows), dtype=bool)


@pytest.fixture(scope="module")
def shop():
    return Workshop({"age": "increasing", "owner": "immutable"}, n=300)


@pytest.fixture(scope="module")
def trained(shop):
    return Lesson(shop)


@pytest.fixture(scope="module")
def untrained(shop):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_training, "_LEARNING_RATE", 0.0)
        return Lesson(shop, epochs=1)


def test_the_loss_falls_and_progress_is_told(trained):
    curve, lines = trained.training.loss_curve, trained.lines
    assert 3 <= len(curve) <= 12
    assert np.isfinite(curve).all()
    assert curve[-1] < curve[0] - 0.5
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert [line.split(":")[0] for line in epochs] == [
        f"epoch {k}" for k in range(1, len(curve) + 1)
    ]
    assert f"loss {curve[0]:.4f}" in epochs[0]
    rounds = [line for line in lines if line.startswith("round ")]
    assert len(rounds) + len(epochs) == len(lines)
    assert lines[0].startswith("round 1: ") and "% answered" in lines[0]


def test_most_first_proposals_are_accepted_after_training(shop, trained):
    proposals = trained.propose()
    assert is_accepted(proposals).mean() > 0.7
    assert shop.actionability.is_feasible(
        People.unlimited(shop.denied_codes), proposals
    ).all()


def test_training_helps(trained, untrained):
    assert trained.grade()[1] > untrained.grade()[1] + 0.3


def test_the_stand_in_learns_the_classifier_where_answers_are(trained):
    assert 0.7 < trained.distiller.fidelity <= 1.0


@pytest.mark.parametrize("off", ["_IMITATION", "_PAR_LOSS"])
def test_either_signal_teaches_alone(shop, untrained, monkeypatch, off):
    monkeypatch.setattr(_training, off, 0.0)
    lesson = Lesson(shop)
    share, value = lesson.grade()
    assert share > 0.5
    assert value > untrained.grade()[1] + 0.3


def test_the_same_seed_gives_the_same_network(shop):
    lessons = [Lesson(shop, epochs=2, seed=seed) for seed in (1, 1, 2)]
    states = [lesson.training.network.state_dict() for lesson in lessons]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert any(not torch.equal(states[0][key], states[2][key]) for key in states[0])
    assert lessons[0].training.loss_curve == lessons[1].training.loss_curve


@pytest.mark.parametrize("epochs", [1, 2])
def test_few_epochs_are_kept_to(shop, epochs):
    lesson = Lesson(shop, epochs=epochs)
    assert 1 <= len(lesson.training.loss_curve) <= epochs


def test_one_factual_is_enough(shop, trained):
    trainer = GeneratorTrainer(
        lambda: trained.scoring_model, trained.distiller, np.random.RandomState(0)
    )
    training = trainer.fit(shop.codes, shop.denied_codes[:1], 2, trained.lines.append)
    assert np.isfinite(training.loss_curve).all()


def test_a_classifier_that_denies_all_that_is_tried_stops_nothing(shop):
    lesson = Lesson(shop, epochs=2, decide=lambda rows: rows[:, 0] > 1e9)
    assert np.isfinite(lesson.training.loss_curve).all()
    allowed = shop.actionability.is_feasible(
        People.unlimited(shop.denied_codes), lesson.propose()
    )
    assert allowed.all()


@pytest.mark.parametrize(
    ("term", "without"),
    [
        ("effort", Weights(0.0, 0.0, 0.0, 0.0, 0.0)),
        ("sparsity", Weights(0.0, 0.0, 0.0, 0.0, 0.0)),
        ("plausibility", Weights(0.0, 0.0, 1.0, 0.0, 0.0)),
        ("denied", Weights(0.0, 0.0, 1.0, 0.0, 0.0)),
    ],
)
def test_each_term_is_learned(shop, term, without):
    # Where the densities are to be followed, the classifier must not help.
    decide = is_accepted if without.effort == 0 else everybody
    means = []
    for weights in (replace(without, **{term: 5.0}), without):
        proposals = Lesson(shop, weights, epochs=8, decide=decide).propose()
        alone = Weights(**{name: float(name == term) for name in asdict(without)})
        objective = shop.objective_with(alone)
        means.append(objective.evaluate(shop.denied_codes, proposals).mean())
    assert means[0] > means[1] + 0.02


def test_answers_to_imitate_are_the_best_accepted_rows(shop):
    scorer = shop.scoring_model()(shop.denied_codes[:8])
    buffer = ReplayBuffer(scorer)
    assert not buffer.answered.any() and buffer.mean() == 0.0
    candidates = random_candidates(scorer, 100)
    found = ScoredCandidates(candidates, *scorer.evaluate(candidates))
    accepted = np.random.RandomState(0).rand(100) < 0.5
    buffer.learn(candidates[:0], found.objective[:0])
    assert not buffer.answered.any()
    for part in (np.arange(50), np.arange(50, 100)):
        yes = part[accepted[part]]
        buffer.learn(candidates[yes], found.objective[yes])
    for person in range(8):
        mine = np.flatnonzero((candidates.who == person) & accepted)
        best = mine[found.objective[mine].argmax()]
        assert buffer.objective[person] == found.objective[best]
        there = Candidates(np.array([person]), buffer.chosen[[person]].T)
        assert scorer.evaluate(there)[0][0] == pytest.approx(found.objective[best])
    assert buffer.mean() == pytest.approx(buffer.objective.mean())


def test_values_of_choices_are_those_of_the_rows_they_lead_to(shop):
    """What the PAR loss weighs: the change of both terms by one choice of a draw."""
    scorer = shop.scoring_model(shop.surrogate(is_plain=True))(shop.denied_codes[:8])
    buffer, calibration = ReplayBuffer(scorer), PlattScale(2.0, 0.3)
    rows = np.array([1, 5, 5])
    is_open = scorer.actions.open[rows]
    appeal = np.random.RandomState(0).rand(*is_open.shape)
    candidates = Candidates(rows, np.where(is_open, appeal, -1.0).argmax(axis=1).T)

    def both(candidates):
        value, margin = scorer.evaluate(candidates)
        return np.array([value, _doubt(calibration, margin)])

    before, moves = both(candidates), scorer.moves(candidates)
    values = buffer.values(candidates, moves, calibration)
    changes = np.zeros((2, 3, scorer.n_actions, scorer.n_features))
    changes[:, :, moves.choice, moves.feature] = [value.change for value in values]
    np.testing.assert_allclose([value.here for value in values], before)
    for row in range(3):
        for j in range(scorer.n_features):
            for choice in range(scorer.n_actions):
                change = changes[:, row, choice, j]
                if not is_open[row, choice, j]:
                    assert not change.any()
                    continue
                to = candidates.moved(
                    np.array([row]), np.array([j]), np.array([choice])
                )
                expected = both(to)[:, 0] - before[:, row]
                np.testing.assert_allclose(change, expected, atol=1e-7)


def test_doubt_falls_with_the_chance_of_being_accepted():
    calibration = PlattScale(2.0, 0.3)
    margin = np.array([-2.0, -1.0, 0.0, 1.0, 50.0])
    doubt = _doubt(calibration, margin)
    assert (np.diff(doubt) < 0).all()
    assert doubt[-1] == pytest.approx(0.0, abs=1e-9)
    chance = calibration(margin[:4])
    expected = np.exp(2.0) * (1 - chance) / chance
    np.testing.assert_allclose(np.expm1(doubt[:4]), expected)


@pytest.mark.parametrize(("share", "rises"), [(0.5, True), (1.0, False)])
def test_the_price_of_doubt_follows_the_share_of_valid_answers(shop, share, rises):
    lesson = Lesson(shop, epochs=3)
    trainer, network = lesson.trainer, lesson.training.network
    buffer = ReplayBuffer(lesson.scoring_model(shop.denied_codes))
    buffer.objective[:] = 0.0
    asked = []

    def accepts(codes):
        asked.append(len(codes))
        return np.arange(len(codes)) < round(share * len(codes))

    trainer.distiller.accepts = accepts
    before = trainer.multiplier
    valid = trainer._adjust_price(network, buffer)
    assert asked == [len(buffer)]
    assert valid == pytest.approx(share, abs=0.01)
    assert (trainer.multiplier > before) == rises
    assert trainer.multiplier == pytest.approx(before * np.exp(2 * (0.97 - valid)))


def test_only_those_who_have_an_answer_move_the_price(shop, trained):
    trainer = GeneratorTrainer(
        lambda: trained.scoring_model, trained.distiller, np.random.RandomState(0)
    )
    buffer, before = (
        ReplayBuffer(trained.scoring_model(shop.denied_codes)),
        trainer.multiplier,
    )
    trainer._adjust_price(trained.training.network, buffer)
    assert trainer.multiplier == before


def test_outliers_are_imitated_only_where_they_are_worth_it(shop):
    """An outlier loses its weight before it becomes an answer to be imitated."""
    dear = Lesson(shop, Weights(outlier=1e6), epochs=3)
    scorer = dear.scoring_model(shop.denied_codes)
    buffer = ReplayBuffer(scorer)
    dear.trainer._search(buffer, [])
    rows = scorer.codes_at(Candidates(np.arange(len(buffer)), buffer.chosen.T))
    outlying = shop.outlier_scorer.score(rows) > 0.2
    assert (buffer.objective[outlying & buffer.answered] < -1e5).all()
    assert not outlying[buffer.answered].all()
