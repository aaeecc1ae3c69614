"""The objective that training and search maximise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._config import SearchConfig
from ..table import n_changed
from ._effort import Effort
from ._outliers import OutlierScorer
from ._plausibility import Plausibility


@dataclass(frozen=True)
class Weights:
    """Weights of the five terms of the objective."""

    plausibility: float = 2.5
    denied: float = 0.3
    effort: float = 1.0
    sparsity: float = 0.5
    outlier: float = 2.0


class Objective:
    r"""Plausibility of a candidate, less what it costs the factual to become it.

    Parameters
    ----------
    plausibility : Plausibility
        The two densities and their calibration.
    effort : Effort
        Effort of changes.
    weights : Weights
        Weights of the terms.
    outlier_scorer : OutlierScorer
        Scores rows from 0 to 1, an outlier.
    config : SearchConfig
        Gives `low_density_penalty`.
    min_log_density : float, default=-inf
        Log-density, in nats, below which a row cannot be an answer.

    Notes
    -----
    For a factual :math:`x` and a candidate :math:`x'`,

    .. math::
        w_p\, l_1(x') - w_d\, l_0(x') - w_e\, c(x, x') - w_s\, \|x \ne x'\|_0
        - w_o\, o(x') ,

    with :math:`l_1, l_0` as in `Plausibility`, :math:`c` the effort summed over
    features, then the number of features that differ, and :math:`o` the outlier score.
    Acceptance and feasibility are not terms: both are required. The outlier penalty is
    never negative and takes the longest to compute, so search ranks rows by the upper
    bound without it, and computes it where it can decide. Rows below the smallest
    log-density lose `low_density_penalty` for every unit of :math:`l_1` that they lack,
    which leads search away from them; no answer has this term.
    """

    def __init__(
        self,
        plausibility: Plausibility,
        effort: Effort,
        weights: Weights,
        outlier_scorer: OutlierScorer,
        config: SearchConfig,
        min_log_density: float = -np.inf,
    ) -> None:
        self.plausibility = plausibility
        self.effort = effort
        self.weights = weights
        self.outlier_scorer = outlier_scorer
        self.config = config
        self.min_log_density = min_log_density

    def evaluate(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Objective of candidates.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of denied people.
        candidate : ndarray of shape (n_samples, n_features), dtype float64
            Codes of a candidate for each.

        Returns
        -------
        value : ndarray of shape (n_samples,), dtype float64
        """
        return self.upper_bound(factual, candidate) - self.outlier_penalty(candidate)

    def outlier_penalty(self, candidate: np.ndarray) -> np.ndarray:
        """Weighted outlier score.

        Parameters
        ----------
        candidate : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        penalty : ndarray of shape (n_samples,), dtype float64
            Not negative.
        """
        if not self.weights.outlier:
            return np.zeros(len(candidate))
        penalty: np.ndarray = self.weights.outlier * self.outlier_scorer.score(
            candidate
        )
        return penalty

    def upper_bound(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Objective without the outlier penalty; parameters as in `evaluate`."""
        log_accepted, log_denied = self.plausibility.log_densities(candidate)
        effort = self.effort.per_feature(factual, candidate).sum(axis=-1)
        cost = self.change_cost(effort, n_changed(factual, candidate))
        return self.combine(log_accepted, log_denied, cost)

    def change_cost(self, effort: np.ndarray, changed: np.ndarray) -> np.ndarray:
        """Weighted sum of effort and changed features.

        Parameters
        ----------
        effort : ndarray, dtype float64
        changed : ndarray of the shape of effort, dtype int64 or bool
            Number of changed features.

        Returns
        -------
        cost : ndarray of the shape of effort, dtype float64
        """
        cost: np.ndarray = (
            self.weights.effort * effort + self.weights.sparsity * changed
        )
        return cost

    def marginal_score(self, feature: int, values: np.ndarray) -> np.ndarray:
        """Weighted marginal log-densities of single cells, without the rest of the row.

        Parameters
        ----------
        feature : int
        values : ndarray of shape (n_values,), dtype float64
            Codes of that feature.

        Returns
        -------
        score : ndarray of shape (n_values,), dtype float64
            In nats, neither bounded nor scaled.
        """
        accepted, denied = self.plausibility.marginals(feature, values)
        weights = self.weights
        score: np.ndarray = weights.plausibility * accepted - weights.denied * denied
        return score

    def combine(
        self, log_accepted: np.ndarray, log_denied: np.ndarray, cost: np.ndarray
    ) -> np.ndarray:
        """Combine densities and cost into the objective without the outlier penalty.

        Parameters
        ----------
        log_accepted, log_denied : ndarray, dtype float64
            Log-density under each class, in nats.
        cost : ndarray of the same shape, dtype float64
            As `change_cost` gives it.

        Returns
        -------
        value : ndarray of the same shape, dtype float64
        """
        accepted, denied = self.plausibility.terms(log_accepted, log_denied)
        value = self.weights.plausibility * accepted - self.weights.denied * denied
        if self.min_log_density > -np.inf:
            missing = np.maximum(0.0, self.min_log_density - log_accepted)
            penalty = self.config.low_density_penalty * missing
            value = value - penalty / self.plausibility.scale
        return value - cost
