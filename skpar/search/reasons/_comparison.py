"""Comparison of denied people with accepted people near them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logit

from ..._config import SearchConfig
from ...classifier import BlackBox
from ...table import same_cells
from ._shapley import affordable, shapley_contributions


@dataclass(frozen=True)
class NeighborComparison:
    """Compares denied people with accepted people near them.

    Parameters
    ----------
    nearest : callable
        Takes codes (n, n_features) and k; returns the nearest accepted people, of shape
        (n, k, n_features).
    families : ndarray of shape (n_features,), dtype int64
        Number of the family of each feature. The features of one family are computed
        from one another, so they are exchanged together.
    config : SearchConfig
        Number of neighbors, and of rows to predict.
    min_probability_share : float
        Probabilities are clipped here before they are converted to log-odds.
    seed : int
        Seed of sampled orders.
    """

    nearest: Callable[[np.ndarray, int], np.ndarray]
    families: np.ndarray
    config: SearchConfig
    min_probability_share: float
    seed: int

    @classmethod
    def of_estimator(cls, par: Any) -> NeighborComparison:
        """Make the comparison of a fitted `PARRecourse`."""
        parts, training = par._parts, par.training_config
        return cls(
            parts.proposer.nearest_accepted,
            par._actionability.families,
            par.search_config,
            training.min_probability_share,
            par._reason_seed,
        )

    def compare(
        self, black_box: BlackBox, codes: np.ndarray
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Compute what each family of features contributes to the score of people.

        Parameters
        ----------
        black_box : BlackBox
            The classifier. It denies the people.
        codes : ndarray of shape (n_people, n_features), dtype float64
            The people.

        Returns
        -------
        contributions : ndarray of shape (n_people, n_families), dtype float64
            A row sums to the score of the person minus the mean score of the neighbors.
            The sum is negative, unless the classifier also denies the neighbors.
        neighbors : list of ndarray of shape (k, n_features), dtype float64
            The accepted neighbors of each person, the nearest first.
        """
        neighbors = self._neighbors(black_box, codes)
        score = self._score(black_box)
        contributions = self._contributions(score, codes, neighbors)
        # The score of a denied person may be no lower, such as with several labels.
        high = np.flatnonzero(contributions.sum(axis=1) >= 0.0)
        if len(high):
            some = [neighbors[k] for k in high]
            by_label = self._contributions(
                lambda rows: _is_accepted(black_box, rows), codes[high], some
            )
            contributions[high] = by_label
        return contributions, neighbors

    def _contributions(
        self,
        score: Callable[[np.ndarray], np.ndarray],
        codes: np.ndarray,
        neighbors: list[np.ndarray],
    ) -> np.ndarray:
        """Compute contributions (n_people, n_families) to one score."""
        max_rows = self.config.max_reason_rows
        return shapley_contributions(
            score, codes, neighbors, self.families, max_rows, self.seed
        )

    def _neighbors(self, black_box: BlackBox, codes: np.ndarray) -> list[np.ndarray]:
        """Find accepted people near each person, who get the wanted label."""
        config, max_rows = self.config, self.config.max_reason_rows
        k = config.n_reason_neighbors
        near = self.nearest(codes, config.n_reason_candidates)
        # The nearest one is repeated if there are too few.
        is_taken = np.asarray(~same_cells(near, near[:, :1]).all(axis=2))
        is_taken[:, :1] = True
        if black_box.has_target:
            rows = near.reshape(-1, codes.shape[1])
            wanted = is_taken & black_box.accepted(rows).reshape(is_taken.shape)
            is_taken = np.where(wanted.any(axis=1, keepdims=True), wanted, is_taken)
        return [
            affordable(own, some[taken][:k], self.families, max_rows)
            for own, some, taken in zip(codes, near, is_taken, strict=True)
        ]

    def _score(self, black_box: BlackBox) -> Callable[[np.ndarray], np.ndarray]:
        """Choose the score of rows: linear, log-odds, decision function, or labels."""
        linear = black_box.linear_score()
        if linear is not None:
            return linear.decision_function
        lowest = self.min_probability_share

        def score(rows: np.ndarray) -> np.ndarray:
            values = black_box.score(rows)
            if values is None:
                return _is_accepted(black_box, rows)
            if black_box.score_method != "predict_proba":
                return values
            log_odds: np.ndarray = logit(values.clip(lowest, 1.0 - lowest))
            return log_odds

        return score


def _is_accepted(black_box: BlackBox, rows: np.ndarray) -> np.ndarray:
    """Score rows by 1 if the classifier accepts them, else 0."""
    return black_box.accepted(rows).astype(np.float64)
