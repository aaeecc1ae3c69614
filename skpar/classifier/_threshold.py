"""Threshold: a regressor as a classifier that accepts an interval of predictions."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    _fit_context,
    clone,
)
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags, get_tags
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted


class Threshold(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Classify rows by whether a regressor predicts a number in an interval.

    It turns demands such as "a price of at least 300,000" into a classifier that
    :class:`~skpar.PARRecourse` explains. A fitted regressor needs no further fit.

    Parameters
    ----------
    regressor : regressor
        Its ``predict`` returns one number per row.
    at_least : float, default=None
        Smallest accepted prediction. None sets no lower bound.
    at_most : float, default=None
        Largest accepted prediction. None sets no upper bound.

    Attributes
    ----------
    regressor_ : regressor
        The fitted clone, after :meth:`fit`.
    classes_ : ndarray of shape (2,), dtype int64
        0 for rows outside of the interval, 1 for rows inside.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skpar import Threshold
    >>> regressor = LinearRegression().fit([[0.0], [1.0]], [0.0, 100.0])
    >>> Threshold(regressor, at_least=50.0).predict([[0.2], [0.8]])
    array([0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "regressor": [HasMethods("predict")],
        "at_least": [Interval(Real, None, None, closed="neither"), None],
        "at_most": [Interval(Real, None, None, closed="neither"), None],
    }

    def __init__(
        self,
        regressor: Any,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        self.regressor = regressor
        self.at_least = at_least
        self.at_most = at_most

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any) -> Threshold:
        """Fit a clone of the regressor.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,)
            Numbers, the target of the regressor.

        Returns
        -------
        self : Threshold

        Raises
        ------
        ValueError
            If there is no bound, or if no number is between the bounds.
        """
        self._bounds()
        self.regressor_ = clone(self.regressor).fit(X, y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict whether the number of each row is in the interval.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype int64
            1 inside, 0 outside.
        """
        return self.labels_of(self._numbers(X))

    def decision_function(self, X: Any) -> np.ndarray:
        """Compute the distance from the nearer bound.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        distance : ndarray of shape (n_samples,), dtype float64
            In the unit of the target; positive inside, negative outside.
        """
        low, high = self._bounds()
        numbers = self._numbers(X)
        return np.fmin(numbers - low, high - numbers)

    def labels_of(self, numbers: Any) -> np.ndarray:
        """Classify numbers of the target.

        Parameters
        ----------
        numbers : array-like of shape (n_samples,)
            Predictions, or known values of the target.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype int64
            1 inside, 0 outside.
        """
        low, high = self._bounds()
        numbers = np.asarray(numbers, dtype=np.float64)
        return ((numbers >= low) & (numbers <= high)).astype(np.int64)

    @property
    def classes_(self) -> np.ndarray:
        """Labels: 0 outside, 1 inside, shape (2,)."""
        return np.array([0, 1])

    @property
    def n_features_in_(self) -> int:
        """Number of columns, if the regressor knows it."""
        return int(self._fitted().n_features_in_)

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the columns, if the regressor knows them."""
        return np.asarray(self._fitted().feature_names_in_)

    def _fitted(self) -> Any:
        """Return the regressor that predicts."""
        return getattr(self, "regressor_", self.regressor)

    def _numbers(self, X: Any) -> np.ndarray:
        """Predict numbers (n_samples,)."""
        check_is_fitted(self)
        numbers = np.asarray(self._fitted().predict(X), dtype=np.float64)
        if np.isnan(numbers).any():
            row = int(np.argmax(np.isnan(numbers)))
            raise ValueError(f"The regressor predicts NaN for row {row}.")
        return numbers.reshape(len(numbers))

    def _bounds(self) -> tuple[float, float]:
        """Return both bounds, infinite if not given."""
        if self.at_least is None and self.at_most is None:
            raise ValueError("Threshold needs at_least, at_most, or both.")
        low = -np.inf if self.at_least is None else float(self.at_least)
        high = np.inf if self.at_most is None else float(self.at_most)
        if low > high:
            raise ValueError(f"at_least={low:g} is larger than at_most={high:g}.")
        return low, high

    def __sklearn_is_fitted__(self) -> bool:
        """Whether the clone or the given regressor is fitted."""
        if hasattr(self, "regressor_") or not isinstance(self.regressor, BaseEstimator):
            return True
        try:
            check_is_fitted(self.regressor)
        except NotFittedError:
            return False
        return True

    def __sklearn_tags__(self) -> Tags:
        """Take the input tags of the regressor; a target of numbers is expected."""
        tags = super().__sklearn_tags__()
        if isinstance(self.regressor, BaseEstimator):
            tags.input_tags = get_tags(self.regressor).input_tags
        tags.target_tags.required = True
        return tags
