"""Margins of rows, computed from the classifier's score; the surrogate learns them."""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from ..._config import TrainingConfig
from ...classifier import ProbabilityScale, Refits


class MarginScale:
    """Convert scores to margins, which are signed distances from the decision boundary.

    Parameters
    ----------
    accepted : ndarray of shape (n_samples,), dtype bool
        Whether the classifier accepts some rows.
    score : ndarray of shape (n_samples,), dtype float64, or None
        The classifier's score of the same rows; larger is more favorable. None if the
        classifier has no score.
    config : TrainingConfig
        Bounds of margins and probabilities.

    Notes
    -----
    Probabilities are converted to log-odds. The boundary is the score that separates
    denied from accepted rows with the fewest errors. Margins are scaled so that their
    median distance from the boundary is the typical margin. Without a score, all rows
    have the typical margin, with the sign of the decision.
    """

    def __init__(
        self, accepted: np.ndarray, score: np.ndarray | None, config: TrainingConfig
    ) -> None:
        self.config = config
        self.has_score = score is not None and bool(np.isfinite(score).all())
        self.is_probability = False
        self.boundary, self.unit = 0.0, 1.0
        if score is not None and self.has_score:
            self.is_probability = bool(score.min() >= 0.0 and score.max() <= 1.0)
            value = self._value(score)
            self.boundary = _best_threshold(accepted, value)
            spread = float(np.median(np.abs(value - self.boundary)))
            self.unit = spread / config.typical_margin if spread > 0.0 else 1.0

    def margins(self, accepted: np.ndarray, score: np.ndarray | None) -> np.ndarray:
        """Compute the margins of rows.

        Parameters
        ----------
        accepted : ndarray of shape (n_samples,), dtype bool
        score : ndarray of shape (n_samples,), dtype float64, or None

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
            Positive for accepted rows, negative for denied rows.
        """
        sign = np.where(accepted, 1.0, -1.0)
        if score is None or not self.has_score:
            return self.config.typical_margin * sign
        off = (self._value(score) - self.boundary) / self.unit
        off = np.where(off * sign > 0, off, self.config.min_margin * sign)
        return off.clip(-self.config.max_margin, self.config.max_margin)

    @property
    def of_probability(self) -> ProbabilityScale | None:
        """How probabilities become margins; None if scores are no probabilities."""
        if not self.is_probability:
            return None
        lowest = self.config.min_probability_share
        return ProbabilityScale(self.boundary, self.unit, lowest)

    def _value(self, score: np.ndarray) -> np.ndarray:
        """Convert probabilities to log-odds; keep other scores."""
        if not self.is_probability:
            return score
        lowest = self.config.min_probability_share
        share = score.clip(lowest, 1.0 - lowest)
        value: np.ndarray = logit(share)
        return value


class RobustMargins:
    """Margins of rows that enough refits must accept as well.

    Parameters
    ----------
    refits : Refits
        Refitted classifiers.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Rows from which the margins are scaled.
    own : ndarray of shape (n_samples,), dtype float64
        Margins of these rows by the classifier itself.
    config : TrainingConfig
        Bounds of margins.

    Notes
    -----
    If `k` refits must accept a row, the refits' margin is the k-th largest of their
    margins: it is positive if and only if the row meets the demand. The margin of the
    row is the smaller one of this and the classifier's own margin.

    Refits are not queried with rows that the classifier denies. Their margin is the own
    one, less the median difference near the boundary: else it would jump there.
    """

    def __init__(
        self, refits: Refits, codes: np.ndarray, own: np.ndarray, config: TrainingConfig
    ) -> None:
        self.refits, self.config = refits, config
        self._scales = []
        for member in refits.members:
            accepted, score = member.accepted(codes), member.score(codes)
            self._scales.append(MarginScale(accepted, score, config))
        near = np.abs(own) < config.typical_margin
        lost = own[near] - np.minimum(own[near], self._of_refits(codes[near]))
        self.gap = float(np.median(lost)) if near.any() else 0.0

    def margins(self, codes: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Compute the margins of rows.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.
        own : ndarray of shape (n_samples,), dtype float64
            Their margins by the classifier itself.

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
            Positive if and only if the classifier and enough refits accept the row.
        """
        margin = np.maximum(own - self.gap, -self.config.max_margin)
        accepted = own > 0
        if accepted.any():
            others = self._of_refits(codes[accepted])
            margin[accepted] = np.minimum(own[accepted], others)
        return margin

    def _of_refits(self, codes: np.ndarray) -> np.ndarray:
        """Compute the k-th largest margin of the refits."""
        margins = [
            scale.margins(member.accepted(codes), member.score(codes))
            for member, scale in zip(self.refits.members, self._scales, strict=True)
        ]
        place = len(margins) - self.refits.n_needed
        return np.asarray(np.partition(margins, place, axis=0)[place])


def _best_threshold(accepted: np.ndarray, score: np.ndarray) -> float:
    """Find the score that separates accepted from denied rows with fewest errors."""
    order = np.argsort(score, kind="stable")
    wrong = np.cumsum(np.where(accepted[order], 1, -1))
    best = int(np.argmin(wrong))
    following = min(best + 1, len(order) - 1)
    return float(score[order[best]] + score[order[following]]) / 2.0
