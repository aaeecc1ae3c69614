"""Fit every part in the order in which data flows through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from .._config import SearchConfig, TrainingConfig
from ..actionability import Actionability
from ..classifier import BlackBox, take_apart
from ..density._api import Circuit, fit_circuit, one_thread
from ..generator import ActionSetBuilder, BeamSearch, Proposer, ScoringModel, gumbel
from ..objective import (
    AcceptedNeighbors,
    Effort,
    Eligibility,
    Objective,
    Outliers,
    Plausibility,
    RareRows,
    Weights,
)
from ..search import FittedParts, InfeasibilityProver, RecourseSearch
from ..table import TableEncoder, TableSchema
from ._distillation import SurrogateDistiller
from ._generator_training import GeneratorTrainer

_EXPLORER = BeamSearch(width=6, depth=3, prices=(1.2,), shortlist=5, at_least=2)


@dataclass(frozen=True)
class FitSettings:
    """Parameters of the estimator that the parts need."""

    weights: Weights
    n_neighbors: int
    n_proposals: int
    max_iter: int
    max_queries: int
    min_percentile: float = 0.0
    allow_training_rows: bool = True
    density: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FitResult:
    """What came out of fitting.

    Parameters
    ----------
    parts : FittedParts
        The fitted parts.
    loss_curve : list of float
        Mean training loss of the generator in every epoch.
    fidelity : float
        Share of the rows last asked about on which surrogate and classifier agreed.
    """

    parts: FittedParts
    loss_curve: list[float]
    fidelity: float


class PartsFitter:
    """Fit the parts on the rows of accepted and denied people.

    Parameters
    ----------
    schema : TableSchema
    actionability : Actionability
    effort : Effort
    black_box : BlackBox
    settings : FitSettings
    search_config : SearchConfig
    training_config : TrainingConfig
    rng : numpy.random.RandomState
        Source of all randomness.
    report : callable
        Takes lines of progress.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        effort: Effort,
        black_box: BlackBox,
        settings: FitSettings,
        search_config: SearchConfig,
        training_config: TrainingConfig,
        rng: np.random.RandomState,
        report: Callable[[str], None],
    ) -> None:
        self.schema = schema
        self.actionability = actionability
        self.effort = effort
        self.black_box = black_box
        self.settings = settings
        self.search_config = search_config
        self.training_config = training_config
        self.rng = rng
        self.report = report

    def fit(self, codes: np.ndarray, accepted: np.ndarray) -> FitResult:
        """Fit all parts.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
        accepted : ndarray of shape (n_samples,), dtype bool
            Whom the classifier accepts.

        Returns
        -------
        fit : FitResult
        """
        # Tensors made in the caller's inference mode could never be learned from.
        with torch.inference_mode(False), torch.enable_grad():
            return self._fit(codes, accepted)

    def _fit(self, codes: np.ndarray, accepted: np.ndarray) -> FitResult:
        """Fit all parts, with gradients at hand."""
        encoder = TableEncoder(self.schema, codes)
        plausibility = self._fit_plausibility(encoder, codes, accepted)
        least = plausibility.quantile(self.settings.min_percentile)
        outliers = Outliers(self.schema, codes, accepted, self.rng)
        objective = Objective(
            plausibility, self.effort, self.settings.weights, outliers, least
        )
        neighborhood = AcceptedNeighbors(
            self.schema, self.effort, codes[accepted], self.rng
        )
        maker = ActionSetBuilder(
            self.schema,
            self.actionability,
            self.effort,
            neighborhood,
            self.settings.n_neighbors,
            objective.appeal,
        )
        factuals = self._factuals(encoder, plausibility.denied, codes[~accepted])
        proposer, loss_curve, fidelity = self._train(codes, factuals, maker, objective)
        rare, box = RareRows(codes), self.black_box
        kept = None if self.settings.allow_training_rows else rare
        eligibility = Eligibility(plausibility, objective.least, kept)
        config = self.search_config
        search = RecourseSearch(
            proposer,
            self.actionability,
            objective,
            box.suffices,
            self.settings.max_queries,
            config,
            eligibility.is_eligible,
        )
        assert box.favorable is not None
        linear = take_apart(box.classifier, self.schema, box.favorable)
        prover = InfeasibilityProver(box.suffices, linear, config)
        parts = FittedParts(objective, proposer, search, prover, eligibility, rare)
        return FitResult(parts, loss_curve, fidelity)

    def _train(
        self,
        codes: np.ndarray,
        factuals: np.ndarray,
        maker: ActionSetBuilder,
        objective: Objective,
    ) -> tuple[Proposer, list[float], float]:
        """Train stand-in and generator; tell the losses and how true the former is."""
        self.report(f"generator: {len(factuals)} factuals")
        encoder, box = objective.plausibility.encoder, self.black_box
        with one_thread():
            distiller = SurrogateDistiller(
                self.schema,
                codes,
                box.suffices,
                box.score,
                self.training_config,
                self.rng,
            )

            def survey() -> ScoringModel:
                return ScoringModel(encoder, maker, objective, distiller.stand_in())

            trainer = GeneratorTrainer(survey, distiller, self.rng)
            training = trainer.fit(codes, factuals, self.settings.max_iter, self.report)
        shape = (self.settings.n_proposals - 1, maker.n_choices, encoder.n_features)
        noise = gumbel(shape, self._generator()).numpy()
        proposer = Proposer(
            survey(), training.network, noise, _EXPLORER, distiller.belief
        )
        return proposer, training.loss_curve, distiller.fidelity

    def _generator(self) -> torch.Generator:
        """Make a torch generator, seeded by the one source."""
        return torch.Generator().manual_seed(int(self.rng.randint(2**31)))

    def _fit_plausibility(
        self, encoder: TableEncoder, codes: np.ndarray, accepted: np.ndarray
    ) -> Plausibility:
        """Fit both densities; keep a fifth of the accepted rows for calibration.

        Where there are fewer than 20 accepted rows, all serve both purposes.
        """
        rows = codes[accepted][self.rng.permutation(int(accepted.sum()))]
        n_held = int(np.ceil(self.training_config.held_out_share * len(rows)))
        held, learned = rows[:n_held], rows[n_held:]
        if len(rows) < self.training_config.min_rows_to_split:
            held, learned = rows, rows
        self.report(f"densities: {len(learned)} accepted, {(~accepted).sum()} denied")
        with one_thread():
            densities = [
                fit_circuit(
                    encoder,
                    encoder.encode(part),
                    random_state=self.rng,
                    **self.settings.density,
                )
                for part in (learned, codes[~accepted])
            ]
        return Plausibility(encoder, densities[0], densities[1], held)

    def _factuals(
        self, encoder: TableEncoder, density: Circuit, denied: np.ndarray
    ) -> np.ndarray:
        """Add people drawn from the denied density where real ones are few."""
        config = self.training_config
        if len(denied) >= config.enough_factuals:
            return denied[self.rng.permutation(len(denied))[: config.max_factuals]]
        factuals = max(config.min_factuals, (1 + config.drawn_per_denied) * len(denied))
        wanted = min(config.enough_factuals, factuals) - len(denied)
        drawn = encoder.decode(density.sample(2 * wanted, self._generator()))
        drawn = self._legal(drawn)
        drawn = drawn[~self.black_box.accepted(drawn)]
        return np.vstack([denied, drawn[:wanted]])

    def _legal(self, drawn: np.ndarray) -> np.ndarray:
        """Clip numbers to the range seen in training; drop levels not seen there."""
        legal = np.ones(len(drawn), dtype=bool)
        for j, column in enumerate(self.schema.columns):
            if column.seen is None:
                drawn[:, j] = drawn[:, j].clip(column.low, column.high)
            else:
                legal &= np.array(column.seen)[drawn[:, j].astype(np.int64)]
        return drawn[legal]
