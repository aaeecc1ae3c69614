"""The training factuals, with the network's inputs and their best answers."""

from __future__ import annotations

import numpy as np
import torch

from ..generator import (
    Candidates,
    MoveScorer,
    NetworkInputs,
    ScoringModel,
    best_of_each,
)


class ReplayBuffer:
    """Keep the best accepted row of every factual; the network imitates these rows.

    Parameters
    ----------
    scorer : MoveScorer
        Scores the moves of the factuals.
    input_bound : float
        Bound of the network's inputs.

    Attributes
    ----------
    objective : ndarray of shape (n_factuals,), dtype float64
        Objective of the best answer so far; -inf if there is none.
    chosen : ndarray of shape (n_factuals, n_features), dtype int64
        Actions that lead to this answer.
    """

    def __init__(self, scorer: MoveScorer, input_bound: float) -> None:
        n = scorer.n_people
        self.scorer = scorer
        self.input_bound = input_bound
        self.objective = np.full(n, -np.inf)
        self.chosen = np.zeros((n, scorer.n_features), dtype=np.int64)
        self._inputs: NetworkInputs | None = None

    def __len__(self) -> int:
        """Count the factuals."""
        return len(self.objective)

    @property
    def inputs(self) -> NetworkInputs:
        """Inputs of the network, in float32; made when they are first needed."""
        if self._inputs is None:
            self._inputs = NetworkInputs.of(self.scorer, self.input_bound).float()
        return self._inputs

    @property
    def answered(self) -> np.ndarray:
        """Factuals with an answer, shape (n_factuals,), dtype bool."""
        return self.objective > -np.inf

    @property
    def target(self) -> torch.Tensor:
        """Actions to imitate, shape (n_factuals, n_features)."""
        return torch.from_numpy(self.chosen)

    @property
    def has_target(self) -> torch.Tensor:
        """Factuals with an answer, as float32 numbers of shape (n_factuals,)."""
        return torch.from_numpy(self.answered.astype(np.float32))

    def mean(self) -> float:
        """Compute the mean objective of the answers; 0 if there are none."""
        answered = self.answered
        return float(self.objective[answered].mean()) if answered.any() else 0.0

    def add(self, candidates: Candidates, objective: np.ndarray) -> None:
        """Keep each factual's best accepted row.

        Parameters
        ----------
        candidates : Candidates
            Accepted rows.
        objective : ndarray of shape (n_candidates,), dtype float64
            Their objective.
        """
        who = candidates.who
        better = np.flatnonzero(objective > self.objective[who])
        better = better[best_of_each(who[better], objective[better], 1)]
        self.objective[who[better]] = objective[better]
        self.chosen[who[better]] = candidates.chosen[:, better].T

    def refresh(self, scoring_model: ScoringModel) -> None:
        """Score and make inputs by a model that differs in its surrogate only."""
        self.scorer = self.scorer.with_model(scoring_model)
        self._inputs = None
