"""Objective: the score that training and search maximize."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np

from .._config import SearchConfig
from ..table import n_changed, round_to_tolerance
from ._effort import Effort
from ._outliers import OutlierScorer
from ._plausibility import Plausibility


@dataclass(frozen=True)
class Weights:
    """Weights of the five terms of the objective.

    Parameters
    ----------
    plausibility : float
        Weight of the log-density among accepted people.
    denied : float
        Weight of the log-density among denied people, which is subtracted.
    effort : float
        Weight of the effort.
    sparsity : float
        Weight of the number of changed features.
    outlier : float
        Weight of the outlier score.
    """

    plausibility: float = 1.5
    denied: float = 0.3
    effort: float = 1.0
    sparsity: float = 1.0
    outlier: float = 2.0


class Objective:
    r"""Plausibility of a candidate, minus the cost of changing the factual into it.

    Parameters
    ----------
    plausibility : Plausibility
        The two densities and their calibration.
    effort : Effort
        Effort of changes.
    weights : Weights
        Weights of the terms.
    outlier_scorer : OutlierScorer
        Scores rows from 0 (no outlier) to 1 (outlier).
    config : SearchConfig
        Gives `low_density_penalty`.
    min_log_density : float, default=-inf
        Smallest log-density of an answer, in nats.
    derived : tuple of int
        Features that follow from others.

    Attributes
    ----------
    acting : ndarray of shape (n_features,), dtype bool
        All other features: a person changes them directly.
    scale : float
        Size of usual differences in the objective, at most 1. It is 1 with the default
        weights, and small if effort alone counts.
    effort_weight : float
        The weight of the effort, divided by the `scale` of the effort.

    Notes
    -----
    The objective of a candidate :math:`x'` for a factual :math:`x` is

    .. math::
        w_p\, l_1(x') - w_d\, l_0(x') - w_e\, c(x, x') - w_s\, \|x \ne x'\|_0
        - w_o\, o(x') .

    Here :math:`l_1, l_0` are the density terms of `Plausibility`, :math:`c` is the
    effort summed over features and divided by its `scale`, :math:`\|x \ne x'\|_0` is
    the number of features that differ, and :math:`o` is the outlier score. Features
    that follow from others cost nothing: nobody changes them directly. Acceptance and
    feasibility are no terms, because both are required.

    The outlier penalty is never negative and takes the longest to compute. So search
    ranks rows by the upper bound without it, and computes it only if it can change the
    result. Rows below `min_log_density` get a further penalty: `low_density_penalty`
    for every unit of :math:`l_1` that they lack. It leads search away from such rows.
    Answers never have this penalty.
    """

    def __init__(
        self,
        plausibility: Plausibility,
        effort: Effort,
        weights: Weights,
        outlier_scorer: OutlierScorer,
        config: SearchConfig,
        min_log_density: float = -np.inf,
        derived: tuple[int, ...] = (),
    ) -> None:
        self.plausibility = plausibility
        self.effort = effort
        self.weights = weights
        self.effort_weight = weights.effort / effort.scale
        self.outlier_scorer = outlier_scorer
        self.config = config
        self.min_log_density = min_log_density
        self.acting = np.ones(len(effort.weights), dtype=bool)
        self.acting[list(derived)] = False
        usual = weights.plausibility + weights.denied + weights.sparsity
        usual += self.effort_weight * effort.typical
        self.scale = min(1.0, usual / config.usual_weights) or 1.0
        largest = max(astuple(weights)) / config.usual_weight
        self._unit = 2.0 ** max(0, math.frexp(largest)[1])

    def loss_without_answer(self, least: float) -> float:
        """Compute what having no answer costs, in units of the objective.

        Parameters
        ----------
        least : float
            Smallest loss, in units of `scale`.

        Returns
        -------
        loss : float
            Larger than every penalty for outliers. Otherwise, a row with a penalty
            would seem worse than no answer, and would never be queried.
        """
        of_outliers = self.config.loss_per_outlier_weight * self.weights.outlier
        return max(self.scale * least, of_outliers)

    def rounded(self, values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Round objectives, so that comparisons do not depend on the batch of rows.

        Parameters
        ----------
        values : ndarray of any shape, dtype float64
            Objectives of rows.
        out : ndarray of the shape of values, dtype float64, optional
            Array for the result; may be `values`.

        Returns
        -------
        rounded : ndarray of the shape of values, dtype float64
            Multiples of `TOLERANCE`. If a weight is large, so are rounding errors, and
            the multiples are those of `TOLERANCE` times a power of two.
        """
        unit = self._unit
        if unit == 1.0:
            return round_to_tolerance(values, out=out)
        rounded = round_to_tolerance(np.divide(values, unit, out=out), out=out)
        return np.multiply(rounded, unit, out=out)

    def evaluate(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Compute the objective of candidates.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of denied people.
        candidate : ndarray of shape (n_samples, n_features), dtype float64
            Codes of one candidate for each person.

        Returns
        -------
        value : ndarray of shape (n_samples,), dtype float64
        """
        return self.upper_bound(factual, candidate) - self.outlier_penalty(candidate)

    def outlier_penalty(self, candidate: np.ndarray) -> np.ndarray:
        """Compute the weighted outlier score.

        Parameters
        ----------
        candidate : ndarray of shape (n_samples, n_features), dtype float64
            Codes of candidates.

        Returns
        -------
        penalty : ndarray of shape (n_samples,), dtype float64
            At least 0.
        """
        if not self.weights.outlier:
            return np.zeros(len(candidate))
        penalty: np.ndarray = self.weights.outlier * self.outlier_scorer.score(
            candidate
        )
        return penalty

    def upper_bound(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Compute the objective without the outlier penalty; see `evaluate`."""
        log_accepted, log_denied = self.plausibility.log_densities(candidate)
        effort = self.effort.per_feature(factual, candidate).sum(axis=-1)
        cost = self.change_cost(effort, self.count_changes(factual, candidate))
        return self.combine(log_accepted, log_denied, cost)

    def count_changes(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Count the features that differ, without derived ones.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people.
        candidate : ndarray of shape (n_samples, n_features), dtype float64
            Codes of one candidate for each person.

        Returns
        -------
        count : ndarray of shape (n_samples,), dtype int64
        """
        acting = self.acting
        if acting.all():
            return n_changed(factual, candidate)
        return n_changed(factual[..., acting], candidate[..., acting])

    def change_cost(self, effort: np.ndarray, changed: np.ndarray) -> np.ndarray:
        """Compute the weighted sum of effort and number of changed features.

        Parameters
        ----------
        effort : ndarray, dtype float64
            Effort of the changes.
        changed : ndarray of the shape of effort, dtype int64 or bool
            Number of changed features.

        Returns
        -------
        cost : ndarray of the shape of effort, dtype float64
        """
        cost: np.ndarray = self.effort_weight * effort + self.weights.sparsity * changed
        return cost

    def surcharge(self, excess: np.ndarray) -> np.ndarray:
        """Compute what efforts above the largest one of a person cost.

        Parameters
        ----------
        excess : ndarray of any shape, dtype float64
            What is above, in usual efforts, such as from `Effort.excess`.

        Returns
        -------
        surcharge : ndarray of the shape of excess, dtype float64
            0 if nothing is above. It is no part of the objective: only the order in
            which rows are proposed depends on it.
        """
        price = self.config.over_budget_price * self.scale
        return round_to_tolerance(price * excess)

    def marginal_score(self, feature: int, values: np.ndarray) -> np.ndarray:
        """Compute weighted marginal log-densities of single cells.

        Parameters
        ----------
        feature : int
        values : ndarray of shape (n_values,), dtype float64
            Codes of this feature.

        Returns
        -------
        score : ndarray of shape (n_values,), dtype float64
            The two weighted density terms for the cell alone, without the other cells
            of the row. In nats, not bounded and not scaled.
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
        log_accepted : ndarray, dtype float64
            Log-density among accepted people, in nats.
        log_denied : ndarray of the same shape, dtype float64
            Log-density among denied people, in nats.
        cost : ndarray of the same shape, dtype float64
            Cost from `change_cost`.

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
