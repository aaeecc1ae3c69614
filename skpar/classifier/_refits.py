"""Classifiers refitted on bootstrap samples, to measure robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state, resample

from ..table import as_python

_MAX_DRAWS = 100


def refit_classifiers(
    estimator: Any, X: Any, y: Any, *, n_refits: int = 10, random_state: Any = None
) -> list[Any]:
    """Fit clones of a classifier on bootstrap samples.

    :func:`skpar.metrics.robustness` takes the result.

    Parameters
    ----------
    estimator : classifier
        Cloned and fitted on each sample.
    X : DataFrame or ndarray of shape (n_samples, n_features)
        Table of people.
    y : array-like of shape (n_samples,)
        Their labels.
    n_refits : int, default=10
        Number of samples and classifiers.
    random_state : int, RandomState instance or None, default=None
        Seed of the samples.

    Returns
    -------
    refitted : list of fitted classifiers
        Of length `n_refits`.

    Raises
    ------
    ValueError
        If `estimator` is a ``FrozenEstimator``, which cannot be fitted again, or if a
        label is too rare to occur in the samples.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import refit_classifiers
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> refitted = refit_classifiers(
    ...     LogisticRegression(), X, y, n_refits=3, random_state=0
    ... )
    >>> len(refitted)
    3
    """
    if isinstance(estimator, FrozenEstimator):
        raise ValueError(
            "estimator is a FrozenEstimator, which cannot be fitted again. Pass the "
            "estimator inside it."
        )
    if n_refits < 1:
        raise ValueError(f"n_refits must be at least 1, got {n_refits}.")
    rng, y = check_random_state(random_state), np.asarray(y)
    return [clone(estimator).fit(*_sample(X, y, rng)) for _ in range(n_refits)]


def _sample(X: Any, y: np.ndarray, rng: np.random.RandomState) -> tuple[Any, Any]:
    """Draw people with replacement until every label occurs."""
    n_labels = len(np.unique(y))
    for _ in range(_MAX_DRAWS):
        people, labels = resample(X, y, random_state=rng)
        if len(np.unique(labels)) == n_labels:
            return people, labels
    labels, counts = np.unique(y, return_counts=True)
    rarest = as_python(labels[np.argmin(counts)])
    raise ValueError(
        f"Label {rarest!r} has {counts.min()} of {len(y)} rows, too few to occur in a "
        "bootstrap sample. Leave the label out, or pass more rows."
    )
