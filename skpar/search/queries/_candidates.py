"""Candidates: rows with which the classifier may be queried."""

from __future__ import annotations

import numpy as np
from scipy.special import logit
from sklearn import get_config

from ...table import row_keys

# Sizes of batches. Answers do not depend on them.
_MAX_BATCH = 2048
_BYTES_PER_CELL = 12_000
_FEW_NEIGHBORS = 32


class QueryCandidates:
    """Rows with which the classifier may be queried.

    Parameters
    ----------
    who : ndarray of shape (n_candidates,), dtype int64
        The person of each candidate.
    codes : ndarray of shape (n_candidates, n_features), dtype float64
        The rows.
    objective : ndarray of shape (n_candidates,), dtype float64
        Objective of each row, without the penalty for outliers.
    chance : ndarray of shape (n_candidates,), dtype float64
        Estimated probability that the classifier accepts the row.
    chance_undone : ndarray of shape (n_candidates,), dtype float64
        Estimated probability that the row is accepted after one change is undone.
    baseline : ndarray of shape (n_people,), dtype float64
        Objective that having no answer counts as, for each person.

    Attributes
    ----------
    log_odds, log_odds_undone : ndarray of shape (n_candidates,), dtype float64
        Log-odds of these probabilities.
    key : ndarray of shape (n_candidates,), dtype int64
        Equal for equal rows of the same person.
    is_skipped : ndarray of shape (n_candidates,), dtype bool
        Whether a row is a duplicate, was queried before, or cannot be an answer.
    is_queried : ndarray of shape (n_candidates,), dtype bool
        Whether the row was queried in this round.
    penalty : ndarray of shape (n_candidates,), dtype float64
        Penalty that was subtracted from the objective; NaN if it is not known.
    """

    def __init__(
        self,
        who: np.ndarray,
        codes: np.ndarray,
        objective: np.ndarray,
        chance: np.ndarray,
        chance_undone: np.ndarray,
        baseline: np.ndarray,
    ) -> None:
        self.who = who
        self.codes = codes
        self.objective = objective
        self.log_odds = logit(chance.clip(1e-9, 1.0 - 1e-9))
        self.log_odds_undone = logit(chance_undone.clip(1e-9, 1.0 - 1e-9))
        self.baseline = baseline
        self.key = row_keys(codes, owner=who)
        self.is_skipped = np.zeros(len(who), dtype=bool)
        self.is_queried = np.zeros(len(who), dtype=bool)
        self.penalty = np.full(len(who), np.nan)

    def subtract_penalty(self, places: np.ndarray, penalty: np.ndarray) -> None:
        """Subtract penalties, shape (n_places,), from the objective of candidates."""
        self.objective[places] -= penalty
        self.penalty[places] = penalty


def batch_size(n_features: int, n_neighbors: int = 0) -> int:
    """Compute the number of people per batch from sklearn's ``working_memory``."""
    room = get_config()["working_memory"] * 2**20
    needed = n_features * _BYTES_PER_CELL * max(1.0, n_neighbors / _FEW_NEIGHBORS)
    return int(np.clip(room // needed, 16, _MAX_BATCH))
