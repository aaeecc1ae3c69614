"""A small table of people with every kind of column, for tests of inner modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import torch

from skpar._config import TrainingConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import SplineBasis, Surrogate
from skpar.density._api import fit_circuit
from skpar.generator._action_sets import ActionSetBuilder
from skpar.generator._candidates import Candidates
from skpar.generator._layers import linear
from skpar.generator._move_scores import MoveScorer
from skpar.generator._network import GeneratorNetwork
from skpar.generator._scoring_model import ScoringModel
from skpar.objective._effort import Effort
from skpar.objective._neighbors import AcceptedNeighbors
from skpar.objective._objective import Objective, Weights
from skpar.objective._outliers import OutlierScorer
from skpar.objective._plausibility import Plausibility
from skpar.table import TableSchema
from skpar.table._encoder import TableEncoder

from ._configs import SEARCH, TRAINING

# With these weights, answers often change several features.
WEIGHTS = Weights(2.5, 0.3, 1.0, 0.5, 2.0)


def make_people(n: int, seed: int = 0) -> pd.DataFrame:
    """Draw people: numbers, levels with and without order, missing cells."""
    rng = np.random.RandomState(seed)
    wealth = rng.randn(n)
    buffer = np.digitize(wealth + rng.randn(n), [-1, 0, 1])
    income = np.round(np.exp(wealth / 2 + 7), 2)
    savings = np.where(rng.rand(n) < 0.4, 0.0, np.round(np.exp(wealth + 5), 2))
    return pd.DataFrame(
        {
            "age": rng.randint(18, 80, n),
            "income": np.where(rng.rand(n) < 0.1, np.nan, income),
            "savings": savings,
            "school": pd.Categorical.from_codes(
                buffer, ["none", "basic", "high", "college"], ordered=True
            ),
            "job": rng.choice(["cook", "clerk", "smith"], n),
            "owner": rng.rand(n) < 0.3 + 0.1 * (wealth > 0),
        }
    )


def is_accepted(codes: np.ndarray) -> np.ndarray:
    """Decide on codes of `make_people`: enough savings, income or school."""
    income = np.nan_to_num(codes[:, 1], nan=500.0)
    return np.asarray(codes[:, 2] / 200 + income / 1000 + codes[:, 3] / 2 > 2.5)


class FittedCase:
    """Every inner part, fitted on one small table."""

    def __init__(
        self,
        rules: Any = None,
        n: int = 300,
        n_states: int = 4,
        config: TrainingConfig = TRAINING,
    ) -> None:
        self.table = make_people(n)
        self.schema = TableSchema.infer(self.table)
        self.codes = self.schema.encode(self.table)
        self.accepted = is_accepted(self.codes)
        self.denied_codes = self.codes[~self.accepted]
        self.encoder = TableEncoder(self.schema, self.codes)
        self.effort = Effort(self.schema, self.codes)
        self.actionability = Actionability(self.schema, rules)
        rng = np.random.RandomState(0)
        accepted = self.codes[self.accepted]
        held, learned = accepted[::5], accepted[1::5]
        circuits = [
            fit_circuit(
                self.encoder,
                self.encoder.encode(rows),
                config=config,
                n_states=n_states,
                random_state=rng,
            ).circuit
            for rows in (learned, self.denied_codes)
        ]
        self.plausibility = Plausibility(self.encoder, *circuits, held)
        self.outlier_scorer = OutlierScorer(
            self.schema, self.codes, self.accepted, SEARCH, rng
        )
        self.objective = self.objective_with(WEIGHTS)
        self.neighborhood = AcceptedNeighbors(
            self.schema, self.effort, accepted, SEARCH, rng
        )
        self.action_builder = ActionSetBuilder(
            self.schema,
            self.actionability,
            self.effort,
            self.neighborhood,
            4,
            self.objective.marginal_score,
            SEARCH,
        )
        self.generator = torch.Generator().manual_seed(0)

    def objective_with(
        self, weights: Weights, min_log_density: float = -np.inf
    ) -> Objective:
        """Make an objective with other weights."""
        return Objective(
            self.plausibility,
            self.effort,
            weights,
            self.outlier_scorer,
            SEARCH,
            min_log_density,
        )

    def surrogate(self, is_plain: bool = False) -> Surrogate:
        """Make a surrogate with random weights; a plain one is a sum over cells."""
        basis = SplineBasis(self.schema, self.codes, TRAINING.spline_knots)
        generator = torch.Generator().manual_seed(1)
        embed = linear(basis.width, 65, generator)
        middle, last = linear(64, 32, generator), linear(32, 1, generator)
        with torch.no_grad():
            embed.bias.normal_(generator=generator)
            middle.bias.normal_(generator=generator)
            if is_plain:
                last.weight.zero_()
        arrays = {
            "embed.weight": embed.weight.T,
            "embed.bias": embed.bias,
            "middle.weight": middle.weight.T,
            "middle.bias": middle.bias,
            "last.weight": last.weight[0],
            "last.bias": last.bias,
        }
        return Surrogate(
            basis, {name: part.detach().numpy().copy() for name, part in arrays.items()}
        )

    def scoring_model(
        self, surrogate: Surrogate | None = None, only_needed: bool = True
    ) -> ScoringModel:
        """Make a scoring model, by default with a surrogate of random weights."""
        return ScoringModel(
            self.encoder,
            self.action_builder,
            self.objective,
            surrogate or self.surrogate(),
            only_needed,
        )

    def scorer(
        self,
        codes: np.ndarray,
        others: np.ndarray | None = None,
        surrogate: Surrogate | None = None,
    ) -> MoveScorer:
        """Score the moves of people without limits."""
        people = People.unlimited(codes)
        return MoveScorer.of(self.scoring_model(surrogate), people, others)

    def network(self, generator: torch.Generator | None = None) -> GeneratorNetwork:
        """Draw a generator network, by default from the generator of these parts."""
        cells = self.encoder.encode(self.codes).numpy()
        return GeneratorNetwork(
            cells.mean(axis=0),
            cells.std(axis=0),
            self.codes.shape[1],
            len(self.action_builder.grid),
            hidden=TRAINING.generator_hidden,
            narrow=TRAINING.generator_narrow,
            key=TRAINING.generator_key,
            cell_bound=TRAINING.cell_bound,
            input_bound=TRAINING.input_bound,
            generator=generator or self.generator,
        )


def random_candidates(
    scorer: MoveScorer, n: int, seed: int = 0, p_own: float = 0.5
) -> Candidates:
    """Draw rows of open actions, each feature kept with a given probability."""
    rng = np.random.RandomState(seed)
    who = rng.randint(scorer.n_people, size=n)
    is_open = scorer.actions.open[who]
    draws = np.where(is_open, rng.rand(*is_open.shape), -1.0)
    chosen = np.where(rng.rand(n, scorer.n_features) < p_own, 0, draws.argmax(1))
    return Candidates(who, chosen.T)
