"""Calibration: margins of the surrogate become probabilities of acceptance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class PlattScale:
    r"""Probability of acceptance as a logistic function of the margin (Platt scaling).

    Parameters
    ----------
    slope : float
        Factor of the margin.
    offset : float
        Constant term.

    Notes
    -----
    The probability is :math:`P = 1 / (1 + \exp(-slope \cdot margin - offset))`. It is
    fitted on rows that were not used to train the surrogate.
    """

    slope: float
    offset: float

    def probability(self, margin: np.ndarray) -> np.ndarray:
        """Compute the probability of acceptance.

        Parameters
        ----------
        margin : ndarray of shape (n,), dtype float64
            Margins of the surrogate.

        Returns
        -------
        probability : ndarray of shape (n,), dtype float64
        """
        probability: np.ndarray = expit(self.log_odds(margin))
        return probability

    def log_odds(self, margin: np.ndarray) -> np.ndarray:
        """Compute the log-odds of acceptance, clipped to [-30, 30].

        Parameters
        ----------
        margin : ndarray, dtype float64
            Margins of the surrogate.

        Returns
        -------
        log_odds : ndarray of the shape of `margin`, dtype float64
        """
        odds: np.ndarray = (self.slope * margin + self.offset).clip(-30.0, 30.0)
        return odds
