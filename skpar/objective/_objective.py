"""The one objective of recourse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..table import n_changed
from ._effort import Effort
from ._outliers import Outliers
from ._plausibility import Plausibility

_PRICE_OF_LACKING = 5.0


@dataclass(frozen=True)
class Weights:
    """Weights of the five terms of the objective."""

    plausibility: float = 2.5
    denied: float = 0.3
    effort: float = 1.0
    sparsity: float = 0.5
    outlier: float = 2.0


class Objective:
    r"""What a recourse is worth to the person who asks.

    Parameters
    ----------
    plausibility : Plausibility
        The two densities and their calibration.
    effort : Effort
        What a change asks of a person.
    weights : Weights
        Weights of the terms.
    outliers : callable
        Codes of shape (n, n_features) to float64 of shape (n,); see `Outliers`.
    least : float, default=-inf
        Log-density, in nats, below which a row cannot be an answer.

    Notes
    -----
    For a factual :math:`x` and a candidate :math:`x'`,

    .. math::
        w_p\, l_1(x') - w_d\, l_0(x') - w_e\, c(x, x') - w_s\, \|x \ne x'\|_0
        - w_o\, o(x') ,

    with :math:`l_1, l_0` as in `Plausibility`, :math:`c` the effort summed over
    features, then the number of features that differ, and :math:`o`, from 0 to 1, how
    far the row is an outlier among accepted people. Being accepted and reachable is not
    a term of it: both are required. Search works with the `promise` of a row, which
    leaves out the last term, and takes the `penalty` off where that decides. Rows that
    are too unlikely to be an answer lose 5 more for every unit of l1 that they lack,
    which leads search out of them; no answer has this term.
    """

    def __init__(
        self,
        plausibility: Plausibility,
        effort: Effort,
        weights: Weights,
        outliers: Outliers,
        least: float = -np.inf,
    ) -> None:
        self.outliers = outliers
        self.least = least
        self.plausibility = plausibility
        self.effort = effort
        self.weights = weights

    def __call__(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Evaluate real rows.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        candidate : ndarray of shape (n_samples, n_features), dtype float64
            Codes of what each is to become.

        Returns
        -------
        value : ndarray of shape (n_samples,), dtype float64
        """
        return self.promise(factual, candidate) - self.penalty(candidate)

    def penalty(self, candidate: np.ndarray) -> np.ndarray:
        """Tell what rows (n_samples, n_features) lose as outliers, (n_samples,)."""
        if not self.weights.outlier:
            return np.zeros(len(candidate))
        lost: np.ndarray = self.weights.outlier * self.outliers(candidate)
        return lost

    def promise(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Evaluate real rows as if none were an outlier; shapes as in a call."""
        log_accepted, log_denied = self.plausibility.log_densities(candidate)
        effort = self.effort.per_feature(factual, candidate).sum(axis=-1)
        changed = n_changed(factual, candidate)
        price = self.weights.effort * effort + self.weights.sparsity * changed
        return self.weigh(log_accepted, log_denied, price)

    def appeal(self, feature: int, values: np.ndarray) -> np.ndarray:
        """Judge single cells by their own densities, whatever the rest of the row.

        Parameters
        ----------
        feature : int
        values : ndarray of shape (n_values,), dtype float64
            Codes of that feature.

        Returns
        -------
        appeal : ndarray of shape (n_values,), dtype float64
            Log-densities, in nats, times the weights of the two terms.
        """
        accepted, denied = self.plausibility.marginals(feature, values)
        weights = self.weights
        appeal: np.ndarray = weights.plausibility * accepted - weights.denied * denied
        return appeal

    def weigh(
        self, log_accepted: np.ndarray, log_denied: np.ndarray, price: np.ndarray
    ) -> np.ndarray:
        """Weigh the terms.

        Parameters
        ----------
        log_accepted, log_denied : ndarray, dtype float64
            Log-density under each class, in nats.
        price : ndarray, dtype float64
            Effort and number of features changed, already weighed.

        Returns
        -------
        value : ndarray, dtype float64
        """
        accepted, denied = self.plausibility.terms(log_accepted, log_denied)
        value = self.weights.plausibility * accepted - self.weights.denied * denied
        if self.least > -np.inf:
            lacking = np.maximum(0.0, self.least - log_accepted)
            value = value - _PRICE_OF_LACKING * lacking / self.plausibility.scale
        return value - price
