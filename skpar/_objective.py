"""The one objective of recourse: exact on real rows, relaxed in training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ._effort import Effort, n_changed
from ._plausibility import Plausibility


@dataclass(frozen=True)
class Weights:
    """Weights of the four terms of the objective."""

    plausibility: float = 1.0
    denied: float = 0.3
    effort: float = 1.0
    sparsity: float = 0.1


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

    Notes
    -----
    For a factual :math:`x` and a candidate :math:`x'`,

    .. math::
        w_p\, l_1(x') - w_d\, l_0(x') - w_e\, c(x, x') - w_s\, \|x \ne x'\|_0 ,

    with :math:`l_1, l_0` as in `Plausibility`, :math:`c` the effort summed over
    features and the last factor the number of features that differ. Being accepted
    and reachable is not a term of it: both are required.
    """

    def __init__(
        self, plausibility: Plausibility, effort: Effort, weights: Weights
    ) -> None:
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
        log_accepted, log_denied = self.plausibility.log_densities(candidate)
        value = self._combine(
            torch.from_numpy(log_accepted),
            torch.from_numpy(log_denied),
            torch.from_numpy(self.effort.per_feature(factual, candidate).sum(axis=-1)),
            torch.from_numpy(n_changed(factual, candidate).astype(np.float64)),
        )
        return value.numpy()

    def relaxed(
        self, tensor: torch.Tensor, effort: torch.Tensor, changed: torch.Tensor
    ) -> torch.Tensor:
        """Evaluate relaxed rows, with gradients.

        Equal to calling the objective where the rows are real and `effort` and
        `changed` are theirs.

        Parameters
        ----------
        tensor : Tensor of shape (n_samples, width), dtype float64
            Relaxed rows, as `TableEncoder` lays them out.
        effort : Tensor of shape (n_samples,), dtype float64
            Expected effort, summed over features.
        changed : Tensor of shape (n_samples,), dtype float64
            Expected number of features changed.

        Returns
        -------
        value : Tensor of shape (n_samples,), dtype float64
        """
        log_accepted = self.plausibility.accepted.log_prob(tensor)
        log_denied = self.plausibility.denied.log_prob(tensor)
        return self._combine(log_accepted, log_denied, effort, changed)

    def _combine(
        self,
        log_accepted: torch.Tensor,
        log_denied: torch.Tensor,
        effort: torch.Tensor,
        changed: torch.Tensor,
    ) -> torch.Tensor:
        """Weigh the four terms."""
        accepted, denied = self.plausibility.terms(log_accepted, log_denied)
        return (
            self.weights.plausibility * accepted
            - self.weights.denied * denied
            - self.weights.effort * effort
            - self.weights.sparsity * changed
        )
