"""Distillation of the classifier into a surrogate, near the rows that are proposed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..._config import TrainingConfig
from ..._progress import Task
from ...classifier import (
    AcceptanceModel,
    PlattScale,
    Refits,
    SplineBasis,
    Surrogate,
)
from ...table import TableSchema
from ._margin_scale import MarginScale, RobustMargins
from ._surrogate_network import SurrogateNetwork

Accepts = Callable[[np.ndarray], np.ndarray]
Scores = Callable[[np.ndarray], "np.ndarray | None"]


class SurrogateDistiller:
    """Train a surrogate on the classifier's predictions of queried rows.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    accepts : callable
        The classifier. Takes codes of shape (n, n_features), returns bool of shape
        (n,).
    scores : callable
        The classifier's score. Takes the same codes, returns float64 of shape (n,), or
        None if the classifier has no score.
    config : TrainingConfig
    rng : numpy.random.RandomState
        Source of all randomness.
    refits : Refits, optional
        Refitted classifiers that must accept rows as well.
    task : Task, optional
        Has a step ``"surrogate"`` for the first epochs.

    Attributes
    ----------
    fidelity : float
        Share of the last queried rows on which surrogate and classifier agreed, before
        the surrogate learned from them.
    calibration : PlattScale
        Probability of acceptance as a function of the margin, fitted on these rows.

    Notes
    -----
    The surrogate first learns from training rows and from crossed rows. A crossed row
    takes some cells from one training row and the other cells from another one. Then
    the surrogate learns from the queried rows.
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        accepts: Accepts,
        scores: Scores,
        config: TrainingConfig,
        rng: np.random.RandomState,
        refits: Refits | None = None,
        task: Task | None = None,
    ) -> None:
        self.accepts = accepts
        self.scores = scores
        self.config = config
        self.fidelity = np.nan
        self.calibration = PlattScale(config.first_calibration_slope, 0.0)
        self._basis = SplineBasis(schema, codes, config.spline_knots)
        self._network = SurrogateNetwork(
            self._basis.width,
            config.surrogate_hidden,
            config.surrogate_narrow,
            np.random.RandomState(rng.randint(2**31)),
        )
        rows = first_rows(codes, config, rng)
        accepted, score = self.accepts(rows), self.scores(rows)
        self._scale = MarginScale(accepted, score, config)
        self._robust: RobustMargins | None = None
        if refits is not None:
            some = slice(None, None, -(-len(rows) // config.n_scale_rows))
            own = self._scale.margins(accepted, score)[some]
            self._robust = RobustMargins(refits, rows[some], own, config)
        self._rows = self._basis.expand_rows(rows)
        _, self._margin = self._demanded(rows, accepted, score)
        n_epochs = config.first_surrogate_epochs
        with (task or Task()).step("surrogate", {"epoch": n_epochs}) as surrogate:
            self._learn(n_epochs, surrogate, "epoch")

    def snapshot(self) -> Surrogate:
        """Copy the current surrogate.

        Returns
        -------
        surrogate : Surrogate
            A copy that later training does not change.
        """
        return self._network.frozen(self._basis)

    def model(self) -> AcceptanceModel:
        """Copy the current surrogate, with its calibration and its scale."""
        scale = self._scale.of_probability
        return AcceptanceModel(self.snapshot(), self.calibration, scale)

    def query(self, codes: np.ndarray, task: Task | None = None) -> np.ndarray:
        """Query the classifier with rows, and train the surrogate on the results.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64
        task : Task, optional
            Has a step ``"surrogate epoch"`` for each epoch.

        Returns
        -------
        accepted : ndarray of shape (n_rows,), dtype bool
        """
        accepted, margin = self._demanded(
            codes, self.accepts(codes), self.scores(codes)
        )
        rows = self._basis.expand_rows(codes)
        estimated = self._network.margin(rows)
        self.fidelity = float(((estimated > 0) == accepted).mean())
        self._calibrate(estimated, accepted)
        n_kept = self.config.remembered_rows
        self._rows = self._rows.latest(rows, n_kept)
        self._margin = np.concatenate([self._margin, margin])[-n_kept:]
        self._learn(self.config.surrogate_epochs, task or Task(), "surrogate epoch")
        return accepted

    def _demanded(
        self, codes: np.ndarray, accepted: np.ndarray, score: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Say whether rows meet all demands, and compute their margins."""
        margin = self._scale.margins(accepted, score)
        if self._robust is None:
            return accepted, margin
        margin = self._robust.margins(codes, margin)
        return margin > 0, margin

    def _learn(self, epochs: int, task: Task, name: str) -> None:
        """Train the surrogate on all stored rows, with a step for each epoch."""
        stored = self._rows, self._margin
        self._network.distill(*stored, epochs, self.config, task, name)

    def _calibrate(self, margin: np.ndarray, accepted: np.ndarray) -> None:
        """Fit the calibration to rows that the surrogate has not learned yet."""
        counts = np.bincount(accepted.astype(np.int64), minlength=2)
        if counts.min() < self.config.min_rows_to_calibrate:
            return
        model = LogisticRegression(C=self.config.calibration_c)
        model.fit(margin[:, None], accepted)
        slope = max(float(model.coef_[0, 0]), self.config.min_calibration_slope)
        self.calibration = PlattScale(slope, float(model.intercept_[0]))


def first_rows(
    codes: np.ndarray, config: TrainingConfig, rng: np.random.RandomState
) -> np.ndarray:
    """Select training rows, and add crossings of random pairs.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    config : TrainingConfig
        Number of rows.
    rng : numpy.random.RandomState
        Source of randomness.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features), dtype float64
    """
    known = codes[rng.permutation(len(codes))[: config.surrogate_rows]]
    n_crossed = max(len(known), config.min_crossed_rows)
    one, other = codes[rng.randint(len(codes), size=(2, n_crossed))]
    from_one = rng.rand(*one.shape) < config.crossed_share
    return np.concatenate([known, np.where(from_one, one, other)])
