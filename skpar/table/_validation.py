"""Validation of tables before the schema reads their cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data


def check_table(estimator: BaseEstimator, X: Any, *, reset: bool) -> Any:
    """Check the names and number of columns, and the shape of arrays.

    The schema checks the cells later, because its messages name the column and row.

    Parameters
    ----------
    estimator : BaseEstimator
        Estimator that sets or checks ``n_features_in_`` and ``feature_names_in_``.
    X : DataFrame or array-like of shape (n_samples, n_features)
        The user's table.
    reset : bool
        Whether the estimator is being fitted.

    Returns
    -------
    X : DataFrame or ndarray of shape (n_samples, n_features)
        A DataFrame is returned unchanged.
    """
    if hasattr(X, "columns") and hasattr(X, "iloc"):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        return X
    dtype = None if _holds_text(X) else "numeric"
    return validate_data(
        estimator, X, reset=reset, dtype=dtype, ensure_all_finite=False
    )


def _holds_text(X: Any) -> bool:
    """Check whether an array has strings; scikit-learn would convert them to floats."""
    kind = getattr(getattr(X, "dtype", None), "kind", None)
    if kind == "O":
        return any(isinstance(cell, str) for cell in np.ravel(X))
    return kind == "U"
