"""Training of the generator, on the objective and on answers found by search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .._config import SearchConfig, TrainingConfig
from .._progress import Task
from ..actionability import People
from ..generator import (
    BeamSearch,
    Candidates,
    GeneratorNetwork,
    MoveScorer,
    ScoredCandidates,
    ScoringModel,
    best_of_each,
    first_of_equals,
    gumbel,
)
from ._adam import NetworkOptimizer, one_cycle
from ._early_stopping import EarlyStopping
from ._losses import ScoredDraws, draw_rows, loss_of
from ._replay_buffer import ReplayBuffer
from .surrogate import SurrogateDistiller


@dataclass(frozen=True)
class TrainedGenerator:
    """The result of training.

    Parameters
    ----------
    network : GeneratorNetwork
        The generator, with the weights of its best epoch.
    loss_curve : list of float
        Mean training loss of every epoch.
    """

    network: GeneratorNetwork
    loss_curve: list[float]


class GeneratorTrainer:
    r"""Train a generator to propose recourse.

    Parameters
    ----------
    make_scoring_model : callable
        Makes a `ScoringModel` with the current surrogate.
    distiller : SurrogateDistiller
        Queries the classifier, and trains the surrogate on the results.
    search_config : SearchConfig
    training_config : TrainingConfig
    rng : numpy.random.RandomState
        Source of all randomness.

    Notes
    -----
    Each round has five steps:

    1. A beam search starts from the factuals. From the second round on, it also starts
       from draws of the generator.
    2. The classifier is queried with the best candidates.
    3. The surrogate learns from the results.
    4. The best accepted row of every factual becomes the answer to imitate.
    5. The generator learns by the gradient of the loss

    .. math::
        -a \sum_j \log \pi_j(\text{answer}_j \mid x)
        \;-\; \sum_j \sum_c \pi_j(c \mid x)\, Q(x, x'_{j \to c}) , \quad
        Q = J - \lambda\,\mathrm{softplus}(s - z) .

    Here a is the weight of imitation, and :math:`\pi_j` is the network's distribution
    over the actions of feature j. :math:`x'` is one draw from the network (shortly
    before: the rows of several steps are drawn and scored together), and
    :math:`x'_{j \to c}` is the same draw with action c in feature j. J is the objective
    (accepted likelihood up, denied likelihood down, effort, sparsity). z are the
    log-odds of acceptance at the surrogate's margin, and s are safe log-odds.

    The multiplier :math:`\lambda` is updated by dual ascent, so that the share
    :math:`v` of the network's most probable rows stays valid. After every epoch, the
    classifier is queried with the most probable rows of some factuals that have an
    answer. Then :math:`\lambda` is multiplied by
    :math:`\exp(\eta\,(v - \text{share}))`, where :math:`\eta` is the rate.
    `TrainingConfig` has the values.

    J is exact for every single change, because the circuits have exact conditionals.
    The surrogate's margin, and so z, is a first-order approximation. Q is treated as a
    constant. Apart from the approximation, the gradient of the second sum is the
    gradient of the expected Q, without bias: in expectation over the other features,
    each term is the expected Q as a function of one :math:`\pi_j`.

    Actionability is the only hard constraint: infeasible actions are masked. The
    penalty for outliers is not part of Q. It is used to choose the answers to imitate.
    """

    def __init__(
        self,
        make_scoring_model: Callable[[], ScoringModel],
        distiller: SurrogateDistiller,
        search_config: SearchConfig,
        training_config: TrainingConfig,
        rng: np.random.RandomState,
    ) -> None:
        self.make_scoring_model = make_scoring_model
        self.distiller = distiller
        self.safe_margin = search_config.safe_margin
        self.config = training_config
        self.rng = rng
        self.generator = torch.Generator().manual_seed(int(rng.randint(2**31)))
        self.multiplier = training_config.first_multiplier

    def fit(
        self, codes: np.ndarray, factuals: np.ndarray, max_iter: int, task: Task
    ) -> TrainedGenerator:
        """Train the generator.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Training rows, accepted and denied.
        factuals : ndarray of shape (n_factuals, n_features), dtype float64
            Denied rows to train on.
        max_iter : int
            Largest number of epochs.
        task : Task
            Has a step ``"generator"``, and gets lines of progress.

        Returns
        -------
        trained : TrainedGenerator
        """
        # Every round has an epoch.
        n_rounds = min(self.config.training_rounds, max_iter)
        steps = {
            "search": n_rounds,
            "surrogate epoch": n_rounds * self.config.surrogate_epochs,
            "epoch": max_iter,
        }
        with task.step("generator", steps) as generator:
            return self._fit(codes, factuals, generator)

    def _fit(
        self, codes: np.ndarray, factuals: np.ndarray, task: Task
    ) -> TrainedGenerator:
        """Train the generator, in rounds of search and of learning."""
        factuals = factuals[self.rng.permutation(len(factuals))]
        scoring_model = self.make_scoring_model()
        scorer = MoveScorer.of(scoring_model, People.unlimited(factuals))
        buffer = ReplayBuffer(scorer, self.config.input_bound)
        network = self._first_network(codes, scoring_model)
        # Single precision is enough to learn, and faster.
        network.float()
        curve: list[float] = []
        best, n_rounds = -np.inf, task.steps["search"]
        for round_ in range(n_rounds):
            chosen = [] if round_ == 0 else self._draws(network, buffer)
            self._search(buffer, chosen, task)
            task.report(
                f"round {round_ + 1}: {buffer.answered.mean():.0%} answered, objective "
                f"{buffer.mean():.3f}, surrogate fidelity {self.distiller.fidelity:.1%}"
            )
            buffer.refresh(self.make_scoring_model())
            n_epochs = -(-task.steps["epoch"] * (round_ + 1) // n_rounds) - len(curve)
            self._learn(network, buffer, n_epochs, curve, task)
            is_done = buffer.mean() < best + self.config.min_improvement
            if is_done or task.is_stopped:
                break
            best = buffer.mean()
        return TrainedGenerator(network.double().requires_grad_(False), curve)

    def _search(
        self, buffer: ReplayBuffer, chosen: list[np.ndarray], task: Task
    ) -> None:
        """Search, query the best candidates, and keep the best answers."""
        scorer = buffer.scorer
        scale = scorer.objective.scale
        with task.step("search"):
            found = self._find(scorer, chosen)
            found = self._to_query(found, scale * self.config.no_answer_loss)
        rows = scorer.codes_at(found.candidates)
        accepted = np.flatnonzero(self.distiller.query(rows, task))
        penalty = scorer.objective.outlier_penalty(rows[accepted])
        objective = found.objective[accepted] - penalty
        objective -= scale * np.maximum(0.0, found.undone[accepted])
        buffer.add(found.candidates[accepted], objective)

    def _find(self, scorer: MoveScorer, chosen: list[np.ndarray]) -> ScoredCandidates:
        """Find candidates by beam search, each of them once."""
        config = self.config
        settings = config.later_training_beam if chosen else config.first_training_beam
        scales = np.full(scorer.n_people, scorer.objective.scale)
        beam = BeamSearch(settings, self.safe_margin, scales)
        found = beam.search(scorer, scorer.starts(chosen), scorer.first_copy)
        return found[first_of_equals(found.who, scorer.cells(found.candidates))]

    def _to_query(
        self, found: ScoredCandidates, no_answer_loss: float
    ) -> ScoredCandidates:
        """Select each factual's best candidates, and some others near the boundary."""
        who, calibration = found.who, self.distiller.calibration
        chance = calibration.probability(found.margin)
        base = np.full(who.max() + 1, np.inf)
        np.minimum.at(base, who, found.objective)
        gain = chance * (found.objective - base[who] + no_answer_loss)
        is_near = np.abs(found.margin) < self.config.boundary_margin
        near = np.where(is_near, self.rng.rand(len(who)), -1.0)
        others = best_of_each(who, near, self.config.n_others_queried)
        best = best_of_each(who, gain, self.config.n_best_queried)
        return found[np.union1d(best, others[near[others] >= 0])]

    def _first_network(
        self, codes: np.ndarray, scoring_model: ScoringModel
    ) -> GeneratorNetwork:
        """Draw the first weights of the generator."""
        config = self.config
        some = slice(None, None, -(-len(codes) // config.max_density_rows))
        cells = scoring_model.encoder.encode_quantities(codes[some]).numpy()
        return GeneratorNetwork(
            cells.mean(axis=0),
            cells.std(axis=0),
            codes.shape[1],
            len(scoring_model.action_builder.grid),
            hidden=config.generator_hidden,
            narrow=config.generator_narrow,
            key=config.generator_key,
            cell_bound=config.cell_bound,
            input_bound=config.input_bound,
            generator=self.generator,
        )

    def _draws(
        self, network: GeneratorNetwork, buffer: ReplayBuffer
    ) -> list[np.ndarray]:
        """Return the generator's most probable rows, and some draws."""
        with torch.no_grad():
            scores = network(buffer.inputs)
            noise = [
                gumbel(tuple(scores.shape), self.generator)
                for _ in range(self.config.training_draws)
            ]
        return [scores.argmax(dim=1).numpy()] + [
            (scores + draw).argmax(dim=1).numpy() for draw in noise
        ]

    def _learn(
        self,
        network: GeneratorNetwork,
        buffer: ReplayBuffer,
        n_epochs: int,
        curve: list[float],
        task: Task,
    ) -> None:
        """Train for some epochs, with early stopping."""
        config = self.config
        order = torch.arange(len(buffer), device="cpu")
        n_held = int(np.ceil(config.validation_share * len(buffer)))
        held, learned = order[:n_held], order[n_held:]
        if not len(learned):
            learned = held
        optimizer = NetworkOptimizer(network, config.max_gradient_norm)
        stopping = EarlyStopping(network, config.min_improvement, config.patience)
        for epoch in range(n_epochs):
            rate = config.generator_learning_rate * one_cycle(epoch / n_epochs, 0.0)
            with task.step("epoch"):
                curve.append(self._epoch(network, buffer, optimizer, rate, learned))
                valid = self._update_multiplier(network, buffer)
                with torch.no_grad():
                    draws = self._draw_rows(network, buffer, held)
                    held_out = loss_of(network, buffer, draws, config)
            task.report(
                f"epoch {len(curve)}: loss {curve[-1]:.4f}, held out "
                f"{float(held_out.at(self.multiplier)):.4f}, {valid:.1%} of the most "
                "probable rows accepted"
            )
            stopping.update(held_out, self.multiplier)
            if stopping.is_over or task.is_stopped:
                break
        stopping.restore_best()

    def _update_multiplier(
        self, network: GeneratorNetwork, buffer: ReplayBuffer
    ) -> float:
        """Take a step of dual ascent; return the share of valid rows."""
        config = self.config
        answered = np.flatnonzero(buffer.answered)
        some = self.rng.permutation(answered)[: config.n_validity_checks]
        if not len(some):
            return 0.0
        with torch.no_grad():
            scores = network(buffer.inputs[torch.from_numpy(some)])
        likeliest = Candidates(some, scores.argmax(dim=1).numpy().T)
        accepted = self.distiller.accepts(buffer.scorer.codes_at(likeliest))
        valid = float(accepted.mean())
        step = config.multiplier_rate * (config.valid_share - valid)
        self.multiplier *= float(np.exp(step))
        return valid

    def _epoch(
        self,
        network: GeneratorNetwork,
        buffer: ReplayBuffer,
        optimizer: NetworkOptimizer,
        rate: float,
        rows: torch.Tensor,
    ) -> float:
        """Pass over the factuals once; return the mean loss."""
        config, total = self.config, 0.0
        order = rows[torch.randperm(len(rows), generator=self.generator, device="cpu")]
        for chunk in order.split(config.generator_chunk):
            draws = self._draw_rows(network, buffer, chunk)
            for batch in draws.batches(config.generator_batch):
                loss = loss_of(network, buffer, batch, config).at(self.multiplier)
                optimizer.step(loss, rate)
                total += loss.item() * len(batch.rows)
        return total / len(rows)

    def _draw_rows(
        self, network: GeneratorNetwork, buffer: ReplayBuffer, rows: torch.Tensor
    ) -> ScoredDraws:
        """Draw a row for each of some factuals."""
        return draw_rows(
            network,
            buffer,
            rows,
            self.distiller.calibration,
            self.config.safe_log_odds,
            self.generator,
        )
