"""Classifiers refitted on bootstrap samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import _safe_indexing, check_random_state, resample
from sklearn.utils.parallel import Parallel, delayed

from .._progress import Task
from ..table import as_python
from ._setup import labels_of, with_seeds

_MAX_DRAWS = 100


def refit_classifiers(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    n_refits: int = 10,
    n_jobs: int | None = None,
    random_state: Any = None,
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
    n_jobs : int, default=None
        Number of processes that fit them, as in joblib; None means 1. The classifiers
        do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the samples, and of random states of `estimator` that are None.

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
    samples = draw_samples(estimator, y, n_refits, rng)
    fresh = [with_seeds(estimator, rng) for _ in samples]
    return fit_samples(fresh, X, y, samples, n_jobs)


def thawed(estimator: Any) -> Any:
    """Clone an estimator, with all that is inside a ``FrozenEstimator`` taken out.

    Parameters
    ----------
    estimator : estimator
        It may be frozen, or have frozen parts, such as the last step of a pipeline.

    Returns
    -------
    fresh : estimator
        Unfitted, without any ``FrozenEstimator``.

    Raises
    ------
    TypeError
        If it cannot be cloned.

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import FixedThresholdClassifier
    >>> from skpar.classifier._refits import thawed
    >>> frozen = FrozenEstimator(LogisticRegression())
    >>> thawed(FixedThresholdClassifier(frozen)).estimator
    LogisticRegression()
    """
    while isinstance(estimator, FrozenEstimator):
        estimator = estimator.estimator
    fresh = clone(estimator)
    frozen = {
        name: part
        for name, part in fresh.get_params(deep=True).items()
        if isinstance(part, FrozenEstimator)
    }
    inside = tuple(f"{name}__" for name in frozen)
    parts = {
        name: thawed(part)
        for name, part in frozen.items()
        if not name.startswith(inside)
    }
    return fresh.set_params(**parts)


def draw_samples(
    estimator: Any, y: np.ndarray, n_samples: int, rng: np.random.RandomState
) -> list[np.ndarray]:
    """Draw bootstrap samples in which every label occurs.

    Parameters
    ----------
    estimator : classifier
        For a `Threshold`, the labels follow from the numbers in `y`.
    y : ndarray of shape (n_people,)
        Labels.
    n_samples : int
        Number of samples.
    rng : numpy.random.RandomState
        Source of randomness.

    Returns
    -------
    samples : list of ndarray of shape (n_people,), dtype int64
        Positions of the people in each sample.

    Raises
    ------
    ValueError
        If a label is too rare to occur in the samples.
    """
    labels = np.asarray(labels_of(estimator, y))
    return [_draw(labels, rng) for _ in range(n_samples)]


def fit_samples(
    fresh: Sequence[Any],
    X: Any,
    y: np.ndarray,
    samples: Sequence[np.ndarray],
    n_jobs: int | None,
    task: Task | None = None,
) -> list[Any]:
    """Fit each classifier on its sample.

    Parameters
    ----------
    fresh : sequence of n_refits classifiers
        Unfitted.
    X : DataFrame, ndarray or list of shape (n_people, n_features)
        Table of people.
    y : ndarray of shape (n_people,)
        Their labels.
    samples : sequence of n_refits ndarrays, dtype int64
        Positions of people.
    n_jobs : int or None
        Number of processes.
    task : Task, optional
        Has a step ``"refit"`` for each classifier.

    Returns
    -------
    fitted : list of classifiers
    """
    task = task or Task()
    jobs = (
        delayed(_fit)(classifier, _safe_indexing(X, rows), y[rows])
        for classifier, rows in zip(fresh, samples, strict=True)
    )
    results = iter(Parallel(n_jobs=n_jobs, return_as="generator")(jobs))
    fitted = []
    for _ in fresh:
        with task.step("refit"):
            fitted.append(next(results))
    # There are no more, but joblib ends its processes in order only if asked.
    return [*fitted, *results]


def _fit(classifier: Any, X: Any, y: np.ndarray) -> Any:
    """Fit a classifier, in any process."""
    return classifier.fit(X, y)


def _draw(y: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Draw positions of people with replacement until every label occurs."""
    n_labels = len(np.unique(y))
    for _ in range(_MAX_DRAWS):
        rows, labels = resample(np.arange(len(y)), y, random_state=rng)
        if len(np.unique(labels)) == n_labels:
            return np.asarray(rows)
    labels, counts = np.unique(y, return_counts=True)
    rarest = as_python(labels[np.argmin(counts)])
    raise ValueError(
        f"Label {rarest!r} has {counts.min()} of {len(y)} rows, too few to occur in a "
        "bootstrap sample. Leave the label out, or pass more rows."
    )
