"""Fitting of all parts, in the order of the data flow."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import torch

from .._config import SearchConfig, TrainingConfig
from .._progress import Task
from ..actionability import Actionability, Demand
from ..classifier import AcceptanceModel, BlackBox
from ..density import HiddenChowLiuTree
from ..density._api import RelationFactor, check_density, fit_density, one_thread
from ..generator import ActionSetBuilder, Proposer, ScoringModel, gumbel
from ..objective import (
    AcceptedNeighbors,
    Effort,
    Eligibility,
    Objective,
    OutlierScorer,
    Plausibility,
    RareRows,
    Weights,
)
from ..relations import determined_of
from ..search import FittedParts, InfeasibilityProver, RandomRows, RecourseSearch
from ..table import TableEncoder, TableSchema
from ._factuals import choose_factuals
from ._generator_training import GeneratorTrainer
from .surrogate import SurrogateDistiller, first_rows


@dataclass(frozen=True)
class FitSettings:
    """Parameters of the estimator that the parts need; its docstring explains them."""

    weights: Weights
    n_neighbors: int
    n_proposals: int
    max_iter: int
    max_queries: int
    effort: str = "percentile"
    min_percentile: float = 0.0
    only_needed: bool = True
    round_numbers: bool = True
    allow_training_rows: bool = False
    density: HiddenChowLiuTree = field(default_factory=HiddenChowLiuTree)

    @classmethod
    def of_estimator(cls, estimator: Any) -> FitSettings:
        """Read the parameters of an estimator, such as PARRecourse.

        Parameters
        ----------
        estimator : estimator
            Has the weights as parameters ``weight_plausibility`` and so on.

        Returns
        -------
        settings : FitSettings

        Raises
        ------
        ValueError
            If the density cannot be used.
        """
        names = (f"weight_{term.name}" for term in fields(Weights))
        weights = [getattr(estimator, name) for name in names]
        read = {"weights", "density"}
        others = [one.name for one in fields(cls) if one.name not in read]
        return cls(
            weights=Weights(*weights),
            density=check_density(estimator.density),
            **{name: getattr(estimator, name) for name in others},
        )


@dataclass(frozen=True)
class FitResult:
    """The result of fitting.

    Parameters
    ----------
    parts : FittedParts
        The parts that find recourse.
    loss_curve : list of float
        Mean training loss of the generator in every epoch.
    fidelity : float
        Share of the last queried rows on which surrogate and classifier agreed.
    accepted_density : HiddenChowLiuTree
        Density of accepted people.
    denied_density : HiddenChowLiuTree
        Density of denied people.
    """

    parts: FittedParts
    loss_curve: list[float]
    fidelity: float
    accepted_density: HiddenChowLiuTree
    denied_density: HiddenChowLiuTree


@dataclass(frozen=True)
class _TrainedProposer:
    """A proposer, with the loss curve and the fidelity of `FitResult`."""

    proposer: Proposer
    loss_curve: list[float]
    fidelity: float


class RecourseFitter:
    """Fit all parts that find recourse, on accepted and denied rows.

    Parameters
    ----------
    schema : TableSchema
    actionability : Actionability
    black_box : BlackBox
    settings : FitSettings
    search_config : SearchConfig
    training_config : TrainingConfig
    rng : numpy.random.RandomState
        Source of all randomness.
    task : Task
        The whole fit; it has a step for each stage.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        black_box: BlackBox,
        settings: FitSettings,
        search_config: SearchConfig,
        training_config: TrainingConfig,
        rng: np.random.RandomState,
        task: Task,
    ) -> None:
        self.schema = schema
        self.actionability = actionability
        self.black_box = black_box
        self.settings = settings
        self.search_config = search_config
        self.training_config = training_config
        self.rng = rng
        self.task = task

    @classmethod
    def of_estimator(
        cls, par: Any, rng: np.random.RandomState, task: Task
    ) -> RecourseFitter:
        """Make a fitter of the parameters of a `PARRecourse`.

        Parameters
        ----------
        par : PARRecourse
            Schema, rules and classifier are read already.
        rng : numpy.random.RandomState
            Source of all randomness.
        task : Task
            The whole fit.

        Returns
        -------
        fitter : RecourseFitter
        """
        return cls(
            par.schema_,
            par._actionability,
            par._black_box,
            FitSettings.of_estimator(par),
            par.search_config,
            par.training_config,
            rng,
            task,
        )

    def fit(self, codes: np.ndarray, accepted: np.ndarray) -> FitResult:
        """Fit all parts.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
        accepted : ndarray of shape (n_samples,), dtype bool
            Whether the classifier accepts each row.

        Returns
        -------
        fit : FitResult
        """
        # Tensors made in inference mode cannot be trained, and the caller may use it.
        with torch.inference_mode(False), torch.enable_grad():
            return self._fit(codes, accepted)

    def _fit(self, codes: np.ndarray, accepted: np.ndarray) -> FitResult:
        """Fit all parts, with gradients available."""
        self.task.report(f"scales of the columns: {len(codes)} rows")
        encoder = TableEncoder(self.schema, codes)
        held, learned = self._split(codes[accepted])
        densities = self._fit_densities(encoder, learned, codes[~accepted])
        factor = RelationFactor(
            self.schema, determined_of(self.schema), learned, self.training_config
        )
        circuits = densities[0].circuit_, densities[1].circuit_
        with self.task.step("objective"):
            self.task.report(f"plausibility: {len(held)} held-out rows")
            plausibility = Plausibility(encoder, *circuits, held, factor)
            objective = self._objective(plausibility, codes, accepted)
        return self._fit_search(objective, densities, codes, accepted)

    def fit_again(
        self,
        objective: Objective,
        densities: list[HiddenChowLiuTree],
        codes: np.ndarray,
        accepted: np.ndarray,
    ) -> FitResult:
        """Fit what depends on the classifier; keep the objective and its densities.

        Parameters
        ----------
        objective : Objective
            Of an earlier fit.
        densities : list of HiddenChowLiuTree
            Densities of accepted and denied people of an earlier fit.
        codes : ndarray of shape (n_samples, n_features), dtype float64
        accepted : ndarray of shape (n_samples,), dtype bool
            Whether the new classifier accepts each row.

        Returns
        -------
        fit : FitResult
        """
        with torch.inference_mode(False), torch.enable_grad():
            return self._fit_search(objective, densities, codes, accepted)

    def _fit_search(
        self,
        objective: Objective,
        densities: list[HiddenChowLiuTree],
        codes: np.ndarray,
        accepted: np.ndarray,
    ) -> FitResult:
        """Fit surrogate and generator, and make the search."""
        plausibility = objective.plausibility
        factor, encoder = plausibility.factor, plausibility.encoder
        assert factor is not None
        builder = self._action_builder(objective, codes[accepted])
        factuals = choose_factuals(
            codes[~accepted],
            plausibility.denied,
            encoder,
            self.black_box.accepted,
            self.training_config,
            self.rng,
            factor.complete,
        )
        self.task.report(f"surrogate and generator: {len(factuals)} factuals")
        trained = self._train(encoder, builder, objective, codes, factuals)
        labels = self._separate_labels()
        with self.task.step("search", {"label": len(labels)}) as task:
            models = self._models_of_labels(codes, labels, task)
            parts = self._assemble(trained.proposer, objective, codes, models)
        return FitResult(parts, trained.loss_curve, trained.fidelity, *densities)

    def _split(self, accepted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split accepted rows into held-out rows and rows that fit the density.

        If there are few accepted rows, all of them are used for both.
        """
        config = self.training_config
        rows = accepted[self.rng.permutation(len(accepted))]
        if len(rows) < config.min_rows_to_split:
            return rows, rows
        n_held = int(np.ceil(config.held_out_share * len(rows)))
        n_held = min(n_held, config.max_held_out)
        return rows[:n_held], rows[n_held:]

    def _fit_densities(
        self, encoder: TableEncoder, accepted: np.ndarray, denied: np.ndarray
    ) -> list[HiddenChowLiuTree]:
        """Fit the densities of accepted and of denied rows."""
        self.task.report(f"densities: {len(accepted)} accepted, {len(denied)} denied")
        named = {"accepted": accepted, "denied": denied}
        with one_thread():
            return [
                self._fit_density(encoder, rows, f"density of {name} rows")
                for name, rows in named.items()
            ]

    def _fit_density(
        self, encoder: TableEncoder, rows: np.ndarray, part: str
    ) -> HiddenChowLiuTree:
        """Fit a density, with a step for each pass over the rows."""
        self.task.report(f"{part}: tree and kernels")
        density = self.settings.density
        with self.task.step(part, {"pass": density.max_iter}) as task:
            return fit_density(
                density,
                encoder,
                rows,
                self.training_config,
                self.rng,
                determined_of(self.schema),
                task,
            )

    def _objective(
        self, plausibility: Plausibility, codes: np.ndarray, accepted: np.ndarray
    ) -> Objective:
        """Make the objective from its terms."""
        config = self.search_config
        self.task.report(f"effort: {len(codes)} rows")
        effort = Effort(
            self.schema,
            codes,
            self.settings.effort,
            self.actionability.weights,
            config.max_effort_knots,
            self.actionability.prices,
        )
        self.task.report(f"outliers: {len(codes)} rows")
        outliers = OutlierScorer(self.schema, codes, accepted, config, self.rng)
        return Objective(
            plausibility,
            effort,
            self.settings.weights,
            outliers,
            config,
            plausibility.quantile(self.settings.min_percentile),
            self.actionability.derived,
        )

    def _action_builder(
        self, objective: Objective, accepted: np.ndarray
    ) -> ActionSetBuilder:
        """Make the builder of people's actions."""
        self.task.report(f"neighbors: {len(accepted)} accepted rows")
        neighborhood = AcceptedNeighbors(
            self.schema, objective.effort, accepted, self.search_config, self.rng
        )
        return ActionSetBuilder(
            self.schema,
            self.actionability,
            objective.effort,
            neighborhood,
            self.settings.n_neighbors,
            objective.marginal_score,
            self.search_config,
        )

    def _train(
        self,
        encoder: TableEncoder,
        builder: ActionSetBuilder,
        objective: Objective,
        codes: np.ndarray,
        factuals: np.ndarray,
    ) -> _TrainedProposer:
        """Train surrogate and generator together."""
        with one_thread():
            distiller = self._distiller(codes, self.black_box, self.task)

            def make_scoring_model() -> ScoringModel:
                return ScoringModel(
                    encoder,
                    builder,
                    objective,
                    distiller.snapshot(),
                    self.settings.only_needed,
                )

            trainer = GeneratorTrainer(
                make_scoring_model,
                distiller,
                self.search_config,
                self.training_config,
                self.rng,
            )
            trained = trainer.fit(codes, factuals, self.settings.max_iter, self.task)
        noise = self._draw_noise(builder.n_actions)
        proposer = Proposer(
            make_scoring_model(),
            trained.network,
            noise,
            distiller.calibration,
            self.search_config,
            distiller.model().scale,
        )
        return _TrainedProposer(proposer, trained.loss_curve, distiller.fidelity)

    def _distiller(
        self, codes: np.ndarray, box: BlackBox, task: Task
    ) -> SurrogateDistiller:
        """Make the distiller of a classifier with its demands."""
        accepts, scores, refits = box.is_sure, box.score, box.refits
        config, rng = self.training_config, self.rng
        return SurrogateDistiller(
            self.schema, codes, accepts, scores, config, rng, refits, task
        )

    def _separate_labels(self) -> list[Any]:
        """List the favorable labels, if there are several."""
        favorable = self.black_box.favorable
        labels = [] if favorable is None else favorable.tolist()
        return labels if len(labels) > 1 else []

    def _models_of_labels(
        self, codes: np.ndarray, labels: list[Any], task: Task
    ) -> tuple[AcceptanceModel, ...]:
        """Train a surrogate for each label."""
        models = []
        with one_thread():
            for position, label in enumerate(labels):
                task.report(f"surrogate of the label {label!r}")
                with task.step("label"):
                    demanded = self.black_box.of_demand(Demand(position))
                    distiller = self._distiller(codes, demanded, Task())
                    distiller.query(first_rows(codes, self.training_config, self.rng))
                    models.append(distiller.model())
        return tuple(models)

    def _draw_noise(self, n_actions: int) -> np.ndarray:
        """Draw noise for all proposals except the most probable, once for everybody."""
        generator = torch.Generator().manual_seed(int(self.rng.randint(2**31)))
        n_draws = self.settings.n_proposals - 1
        shape = (n_draws, n_actions, self.schema.n_features)
        return gumbel(shape, generator).numpy()

    def _assemble(
        self,
        proposer: Proposer,
        objective: Objective,
        codes: np.ndarray,
        models: tuple[AcceptanceModel, ...],
    ) -> FittedParts:
        """Make the parts that find recourse."""
        box, config = self.black_box, self.search_config
        self.task.report(f"rare rows: {len(codes)} rows")
        rare_rows = RareRows(codes, config.common_row_count)
        eligibility = Eligibility(
            objective.plausibility,
            objective.min_log_density,
            None if self.settings.allow_training_rows else rare_rows,
            objective.effort,
        )
        random_rows = RandomRows(
            proposer,
            self.actionability,
            objective,
            config.random_stage,
            int(self.rng.randint(2**31)),
        )
        search = RecourseSearch(
            proposer,
            self.actionability,
            objective,
            box.meets_demands,
            self.settings.max_queries,
            config,
            eligibility,
            self.settings.only_needed,
            self.settings.round_numbers,
            random_rows,
            box.score,
        )
        fixed = proposer, search, self._prover(objective), eligibility, rare_rows
        return FittedParts(objective, *fixed, models)

    def _prover(self, objective: Objective) -> InfeasibilityProver:
        """Make the prover; a small query budget limits its queries, too."""
        box, config = self.black_box, self.search_config
        most = config.enumerated_rows_per_query * self.settings.max_queries
        most = min(most, config.max_enumerated_rows)
        return InfeasibilityProver(
            box.meets_demands,
            box.linear_score(),
            replace(config, max_enumerated_rows=most),
            objective.acting if self.settings.only_needed else None,
        )
