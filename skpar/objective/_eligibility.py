"""Rows that are never given as an answer, whatever the classifier says."""

from __future__ import annotations

import numpy as np

from ._plausibility import Plausibility
from ._rare_rows import RareRows


class Eligibility:
    """Refuse rows that are too unlikely, or somebody's own.

    Parameters
    ----------
    plausibility : Plausibility
        Tells how likely a row is among accepted people.
    least : float
        Least log-density of an answer, in nats; -inf for no limit.
    rare : RareRows or None
        Training rows that must not be handed out.
    """

    def __init__(
        self, plausibility: Plausibility, least: float, rare: RareRows | None
    ) -> None:
        self.plausibility = plausibility
        self.least = least
        self.rare = rare

    @property
    def is_active(self) -> bool:
        """Whether any row is ever refused."""
        return self.rare is not None or self.least > -np.inf

    def is_eligible(self, codes: np.ndarray) -> np.ndarray:
        """Tell which rows may be answers.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        is_eligible : ndarray of shape (n_rows,), dtype bool
        """
        eligible = np.ones(len(codes), dtype=bool)
        if self.rare is not None:
            eligible &= ~self.rare(codes)
        if self.least > -np.inf:
            log_density = self.plausibility.log_densities(codes)[0]
            eligible &= ~(log_density < self.least)
        return eligible
