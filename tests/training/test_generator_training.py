"""Training: it learns, it repeats, and every term of the objective reaches it."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from skpar._progress import Task
from skpar.actionability import People
from skpar.generator._proposer import Proposer
from skpar.generator._scoring_model import ScoringModel
from skpar.objective._objective import Weights
from skpar.training._generator_training import GeneratorTrainer
from skpar.training.surrogate._distillation import SurrogateDistiller

from .._configs import SEARCH, TRAINING
from .._people import WEIGHTS, FittedCase, is_accepted

# These tests train the surrogate better than other tests.
CONFIG = replace(TRAINING, first_surrogate_epochs=20, surrogate_epochs=8)


class Run:
    """One run of training, with its parts."""

    def __init__(
        self, case, weights=None, epochs=12, seed=0, accepts=is_accepted, **constants
    ):
        self.case = case
        self.config = replace(CONFIG, **constants)
        self.objective = case.objective_with(weights or WEIGHTS)
        rng = np.random.RandomState(seed)
        self.distiller = SurrogateDistiller(
            case.schema, case.codes, accepts, lambda codes: None, self.config, rng
        )
        self.lines: list[str] = []
        trainer = GeneratorTrainer(
            self.scoring_model, self.distiller, SEARCH, self.config, rng
        )
        self.training = trainer.fit(
            case.codes, case.denied_codes, epochs, Task(show=self.lines.append)
        )
        self.multiplier = trainer.multiplier

    def scoring_model(self):
        """Make a scoring model with the current surrogate."""
        case, surrogate = self.case, self.distiller.snapshot()
        return ScoringModel(
            case.encoder, case.action_builder, self.objective, surrogate
        )

    def generate(self):
        """Answer by one pass of the network."""
        proposer = Proposer(
            self.scoring_model(),
            self.training.network,
            np.zeros((0, 1, 1)),
            self.distiller.calibration,
            SEARCH,
        )
        return proposer.generate(People.unlimited(self.case.denied_codes))

    def grade(self):
        """Share of accepted rows and mean objective of one pass."""
        rows = self.generate()
        value = self.objective.evaluate(self.case.denied_codes, rows)
        return is_accepted(rows).mean(), value.mean()


def everybody(rows):
    return np.ones(len(rows), dtype=bool)


def half(rows):
    """Accept half of all rows, in a way that cannot be learned."""
    return np.nan_to_num(rows * 1000.0).sum(axis=1) % 7 < 3.5


def nobody(rows):
    return np.zeros(len(rows), dtype=bool)


@pytest.fixture(scope="module")
def case():
    return FittedCase({"age": "increasing", "owner": "immutable"}, n=300)


@pytest.fixture(scope="module")
def trained(case):
    return Run(case)


@pytest.fixture(scope="module")
def untrained(case):
    return Run(case, epochs=1, generator_learning_rate=0.0)


def test_the_loss_falls_and_progress_is_reported(trained):
    curve, lines = trained.training.loss_curve, trained.lines
    assert 3 <= len(curve) <= 12
    assert np.isfinite(curve).all()
    assert curve[-1] < curve[0] - 0.5
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert len(epochs) == len(curve)
    assert lines[0] == "generator: search 1 of at most 2"
    n_epochs = 2 * CONFIG.surrogate_epochs
    assert lines[1] == f"generator: surrogate epoch 1 of at most {n_epochs}"
    rounds = [line for line in lines if line.startswith("round ")]
    steps = [line for line in lines if line.startswith("generator: ")]
    assert len(steps) + len(rounds) + len(epochs) == len(lines)
    assert len(rounds) == sum(": search " in line for line in steps)
    assert len(epochs) == sum(": epoch " in line for line in steps)


@pytest.mark.parametrize(("epochs", "n_rounds"), [(1, 1), (2, 2), (5, 2)])
def test_there_are_no_more_rounds_than_epochs(case, epochs, n_rounds):
    lines = Run(case, epochs=epochs, min_improvement=-np.inf).lines
    searches = [line for line in lines if ": search " in line]
    # A number is worth its place if there are several.
    assert searches == [
        f"generator: search {number} of at most {n_rounds}"
        for number in range(1, n_rounds + 1)
        if n_rounds > 1
    ]
    assert sum(line.startswith("round ") for line in lines) == n_rounds


def test_most_rows_of_one_pass_are_accepted_after_training(case, trained):
    rows = trained.generate()
    assert is_accepted(rows).mean() > 0.7
    people = People.unlimited(case.denied_codes)
    assert case.actionability.is_feasible(people, rows).all()


def test_training_raises_the_objective(trained, untrained):
    assert trained.grade()[1] > untrained.grade()[1] + 0.3


def test_the_surrogate_learns_the_classifier_near_answers(trained):
    assert 0.7 < trained.distiller.fidelity <= 1.0


@pytest.mark.parametrize(
    ("weight", "least"), [("imitation_weight", 0.9), ("par_weight", 0.3)]
)
def test_each_signal_alone_improves_the_network(case, untrained, weight, least):
    """Only the PAR loss knows whether a row is accepted."""
    share, value = Run(case, **{weight: 0.0}).grade()
    assert share > least
    assert value > untrained.grade()[1] + 0.3


def test_the_same_seed_gives_the_same_network(case):
    runs = [Run(case, epochs=2, seed=seed) for seed in (1, 1, 2)]
    states = [run.training.network.state_dict() for run in runs]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert any(not torch.equal(states[0][key], states[2][key]) for key in states[0])
    assert runs[0].training.loss_curve == runs[1].training.loss_curve


@pytest.mark.parametrize("epochs", [1, 2])
def test_there_are_no_more_epochs_than_allowed(case, epochs):
    run = Run(case, epochs=epochs)
    assert 1 <= len(run.training.loss_curve) <= epochs


def test_one_factual_is_enough(case, trained):
    trainer = GeneratorTrainer(
        trained.scoring_model,
        trained.distiller,
        SEARCH,
        CONFIG,
        np.random.RandomState(0),
    )
    training = trainer.fit(case.codes, case.denied_codes[:1], 2, Task())
    assert np.isfinite(training.loss_curve).all()


def test_training_works_if_all_rows_are_denied(case):
    run = Run(case, epochs=2, accepts=nobody)
    assert np.isfinite(run.training.loss_curve).all()
    people = People.unlimited(case.denied_codes)
    assert case.actionability.is_feasible(people, run.generate()).all()


@pytest.mark.parametrize(
    ("term", "without"),
    [
        ("effort", Weights(0.0, 0.0, 0.0, 0.0, 0.0)),
        ("sparsity", Weights(0.0, 0.0, 0.0, 0.0, 0.0)),
        ("plausibility", Weights(0.0, 0.0, 1.0, 0.0, 0.0)),
        ("denied", Weights(0.0, 0.0, 1.0, 0.0, 0.0)),
    ],
)
def test_each_term_is_learned(case, term, without):
    # For the densities, the classifier accepts all rows and gives no signal.
    accepts = is_accepted if without.effort == 0 else everybody
    means = []
    for weights in (replace(without, **{term: 5.0}), without):
        rows = Run(case, weights, epochs=8, accepts=accepts).generate()
        alone = Weights(**{name: float(name == term) for name in asdict(without)})
        objective = case.objective_with(alone)
        means.append(objective.evaluate(case.denied_codes, rows).mean())
    assert means[0] > means[1] + 0.02


@pytest.mark.parametrize(("accepts", "rises"), [(everybody, False), (half, True)])
def test_the_multiplier_rises_while_too_few_rows_are_valid(case, accepts, rises):
    run = Run(case, epochs=1, accepts=accepts)
    assert (run.multiplier > CONFIG.first_multiplier) == rises
    assert (run.multiplier < CONFIG.first_multiplier) != rises


def test_people_without_an_answer_do_not_change_the_multiplier(case):
    run = Run(case, epochs=2, accepts=nobody)
    assert run.multiplier == CONFIG.first_multiplier


def test_outliers_are_imitated_less_if_they_are_penalized(case):
    shares = []
    for weight in (0.0, 1e6):
        weights = replace(WEIGHTS, outlier=weight)
        run = Run(case, weights, epochs=4, par_weight=0.0, training_rounds=1)
        shares.append((case.outlier_scorer.score(run.generate()) > 0.2).mean())
    assert shares[1] < shares[0]
