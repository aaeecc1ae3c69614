"""From margins of the surrogate to probabilities of acceptance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PlattScale:
    r"""How likely the classifier accepts a row with a margin of the stand-in.

    Parameters
    ----------
    slope, offset : float
        :math:`P = 1 / (1 + \exp(-slope \cdot margin - offset))`, fitted on rows that
        the stand-in had not learned from.
    """

    slope: float = 4.0
    offset: float = 0.0

    def probability(self, margin: np.ndarray) -> np.ndarray:
        """Chances of margins, both of shape (n,)."""
        chance: np.ndarray = 1.0 / (1.0 + np.exp(-self.log_odds(margin)))
        return chance

    def log_odds(self, margin: np.ndarray) -> np.ndarray:
        """Log-odds of these chances, at most 30 either way."""
        odds: np.ndarray = (self.slope * margin + self.offset).clip(-30.0, 30.0)
        return odds
