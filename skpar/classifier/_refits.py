"""Classifiers refitted on bootstrap samples; they measure robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state, resample

from ..table import as_python

_MAX_DRAWS = 100


def refit_acceptance(
    X: Any,
    y: Any,
    rows: Any,
    estimator: Any,
    favorable: np.ndarray,
    n_refits: int,
    random_state: Any = None,
) -> np.ndarray:
    """Compute the share of refitted classifiers that accept each row.

    Each classifier is refitted on a bootstrap sample.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_features)
        Training rows.
    y : array-like of shape (n_samples,)
        Labels of the training rows.
    rows : DataFrame or ndarray of shape (n_rows, n_features)
        Rows to predict.
    estimator : classifier
        Classifier that is cloned and fitted on each sample.
    favorable : ndarray of shape (n_favorable,)
        Labels that people want.
    n_refits : int
        Number of classifiers.
    random_state : int, RandomState instance or None, default=None
        Seed of the bootstrap samples.

    Returns
    -------
    share : ndarray of shape (n_rows,), dtype float64
        Share of the classifiers that accept each row.

    Raises
    ------
    ValueError
        If the estimator is frozen, because it is never fitted again; or if a label is
        too rare to occur in a bootstrap sample.
    """
    if isinstance(estimator, FrozenEstimator):
        raise ValueError(
            "estimator is a FrozenEstimator, which cannot be refitted; pass the "
            "estimator inside it."
        )
    if n_refits < 1:
        raise ValueError(f"n_refits must be at least 1, got {n_refits}.")
    rng, y = check_random_state(random_state), np.asarray(y)
    accepted = np.zeros(len(rows))
    for _ in range(n_refits):
        people, labels = _sample(X, y, rng)
        classifier = clone(estimator).fit(people, labels)
        accepted += np.isin(classifier.predict(rows), favorable)
    return accepted / n_refits


def _sample(X: Any, y: np.ndarray, rng: np.random.RandomState) -> tuple[Any, Any]:
    """Draw rows with replacement until every label occurs."""
    n_labels = len(np.unique(y))
    for _ in range(_MAX_DRAWS):
        people, labels = resample(X, y, random_state=rng)
        if len(np.unique(labels)) == n_labels:
            return people, labels
    labels, counts = np.unique(y, return_counts=True)
    rarest = as_python(labels[np.argmin(counts)])
    raise ValueError(
        f"label {rarest!r} has {counts.min()} of {len(y)} rows, too few to occur in a "
        "bootstrap sample; remove the label or pass more rows."
    )
