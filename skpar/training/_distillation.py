"""Teaching the stand-in what the classifier does where answers are sought."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from .._config import TrainingConfig
from ..classifier import PlattScale, SplineBasis, Surrogate
from ..table import TableSchema
from ._surrogate_network import MarginScale, SurrogateNetwork

Decide = Callable[[np.ndarray], np.ndarray]
Rate = Callable[[np.ndarray], "np.ndarray | None"]


class SurrogateDistiller:
    """Teach a surrogate, row by row asked about.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    accepts : callable
        The classifier: codes of shape (n, n_features) to bool of shape (n,).
    rates : callable
        Its score of the same rows, float64 of shape (n,); None where it has none.
    config : TrainingConfig
    rng : numpy.random.RandomState
        Source of all randomness.

    Attributes
    ----------
    fidelity : float
        Share of the rows last asked about on which surrogate and classifier agreed
        before it learned from them.
    calibration : PlattScale
        Chance of being accepted by margin, fitted on these rows.

    Notes
    -----
    It starts from training rows and crossings of two of them, 3 cells of 10 from the
    one and 7 from the other; then it learns from whatever is proposed.
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        accepts: Decide,
        rates: Rate,
        config: TrainingConfig,
        rng: np.random.RandomState,
    ) -> None:
        self.accepts = accepts
        self.rates = rates
        self.config = config
        self.fidelity = np.nan
        self.calibration = PlattScale()
        self._generator = torch.Generator().manual_seed(int(rng.randint(2**31)))
        self._basis = SplineBasis(schema, codes, config.spline_knots)
        self._surrogate = SurrogateNetwork(
            int(self._basis.bounds[-1]),
            config.surrogate_hidden,
            config.surrogate_narrow,
            self._generator,
        )
        known = codes[rng.permutation(len(codes))[: config.surrogate_rows]]
        n_crossed = max(len(known), config.min_crossed_rows)
        one, other = codes[rng.randint(len(codes), size=(2, n_crossed))]
        taken = rng.rand(*one.shape) < config.crossed_share
        rows = np.concatenate([known, np.where(taken, one, other)])
        accepted, score = self.accepts(rows), self.rates(rows)
        self._scale = MarginScale(accepted, score, config)
        self._rows = self._basis.expand_rows(rows)
        self._margin = self._scale.margins(accepted, score)
        self._learn(config.first_surrogate_epochs)

    def snapshot(self) -> Surrogate:
        """Give the stand-in as it is now."""
        return self._surrogate.frozen(self._basis)

    def query(self, codes: np.ndarray) -> np.ndarray:
        """Ask the classifier about rows, and let the surrogate learn from them.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        accepted : ndarray of shape (n_rows,), dtype bool
        """
        accepted = self.accepts(codes)
        rows = self._basis.expand_rows(codes)
        with torch.no_grad():
            guess = self._surrogate(torch.from_numpy(rows)).numpy()
        self.fidelity = float(((guess > 0) == accepted).mean())
        self._calibrate(guess, accepted)
        margin = self._scale.margins(accepted, self.rates(codes))
        latest = slice(-self.config.remembered_rows, None)
        self._rows = np.concatenate([self._rows, rows])[latest]
        self._margin = np.concatenate([self._margin, margin])[latest]
        self._learn(self.config.surrogate_epochs)
        return accepted

    def _learn(self, epochs: int) -> None:
        """Go over what is remembered."""
        self._surrogate.distill(
            self._rows, self._margin, epochs, self.config, self._generator
        )

    def _calibrate(self, margin: np.ndarray, accepted: np.ndarray) -> None:
        """Fit chances to what the surrogate had not learned yet."""
        counts = np.bincount(accepted.astype(np.int64), minlength=2)
        if counts.min() < self.config.min_rows_to_calibrate:
            return
        model = LogisticRegression(C=100.0).fit(margin[:, None], accepted)
        slope = max(float(model.coef_[0, 0]), 0.1)
        self.calibration = PlattScale(slope, float(model.intercept_[0]))
