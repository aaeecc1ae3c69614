"""Refits that answers must be accepted by: fitted on bootstrap samples, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._config import TrainingConfig
from .._progress import Task
from ..table import as_python
from ._black_box import BlackBox
from ._decisions import Decisions
from ._refits import draw_samples, fit_samples, thawed
from ._setup import labels_of, with_seeds
from ._votes import Refits

_INSTEAD = "it also gives safer answers, and needs no refits"


def refuse_without_refits(classifier: Any, y: Any) -> None:
    """Refuse a classifier that cannot be fitted again.

    Parameters
    ----------
    classifier : classifier
        Fitted or not; what is inside a ``FrozenEstimator`` counts.
    y : ndarray of shape (n_samples,) or None
        Labels.

    Raises
    ------
    ValueError
        If there are no labels, or if the classifier cannot be cloned or has no
        ``fit``.
    """
    if y is None:
        raise ValueError(
            "min_robustness needs y, because classifiers are fitted again. Pass y to "
            f"fit, or set min_probability: {_INSTEAD}."
        )
    try:
        has_fit = hasattr(thawed(classifier), "fit")
    except Exception:
        has_fit = False
    if not has_fit:
        raise ValueError(
            f"min_robustness needs a classifier that scikit-learn can clone and fit "
            f"again; a {type(classifier).__name__} cannot be. Set min_probability "
            f"instead: {_INSTEAD}."
        )


def fit_refits(
    decisions: Decisions,
    classifier: Any,
    codes: np.ndarray,
    y: np.ndarray,
    min_robustness: float,
    n_refits: int,
    n_jobs: int | None,
    config: TrainingConfig,
    rng: np.random.RandomState,
    task: Task | None = None,
) -> Refits:
    """Fit classifiers of the same kind on bootstrap samples.

    Parameters
    ----------
    decisions : Decisions
        The classifier to explain.
    classifier : classifier
        Cloned, without its fit. What is frozen in it is fitted again.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The table as codes.
    y : ndarray of shape (n_samples,)
        Labels.
    min_robustness : float
        Least share of refits that must accept an answer.
    n_refits : int
        Number of refits.
    n_jobs : int or None
        Number of processes that fit them.
    config : TrainingConfig
        Says which values every sample holds if a refit does not know them.
    rng : numpy.random.RandomState
        Source of randomness.
    task : Task, optional
        Has a step ``"refit"`` for each refit.

    Returns
    -------
    refits : Refits

    Raises
    ------
    ValueError
        If labels of `y` are unknown to the classifier or all favorable or all
        unfavorable, or if a refit fails.

    Notes
    -----
    A sample may lack a rare level, and encoders refuse levels that they do not know. If
    a refit fails on rows that hold all levels, it is fitted again with these rows added
    to its sample.
    """
    box = decisions.black_box
    _check_labels_of_refits(labels_of(classifier, y), decisions)
    fresh = thawed(classifier)
    X, rows = box.input_table(codes), rows_of_all_values(codes, config.max_covered)
    try:
        samples = draw_samples(fresh, y, n_refits, rng)
        seeded = [with_seeds(fresh, rng) for _ in samples]
        fitted = fit_samples(seeded, X, y, samples, n_jobs, task)
        known = [_predicts(box.member(one), codes[rows]) for one in fitted]
        left = np.flatnonzero(np.logical_not(known))
        larger = [np.concatenate([samples[k], rows]) for k in left]
        again = fit_samples([seeded[k] for k in left], X, y, larger, n_jobs)
        for k, one in zip(left, again, strict=True):
            fitted[k] = one
            box.member(one).accepted(codes[rows])
    except Exception as error:
        raise ValueError(
            "min_robustness: fitting the classifier again on a bootstrap sample of "
            f"the rows failed ({type(error).__name__}: {error}). Set min_probability "
            f"instead: {_INSTEAD}."
        ) from error
    return Refits(tuple(box.member(one) for one in fitted), min_robustness)


def rows_of_all_values(codes: np.ndarray, max_values: int) -> np.ndarray:
    """Find rows that hold all values of the columns with few values.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The table.
    max_values : int
        Columns with more distinct values do not count.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int64
        Positions of rows, ascending; at least one.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.classifier._robustness import rows_of_all_values
    >>> codes = np.array([[0.0, 0.1], [0.0, 0.2], [1.0, 0.3], [1.0, 0.4]])
    >>> rows_of_all_values(codes, 3)
    array([0, 2])
    """
    firsts = [np.unique(column, return_index=True)[1] for column in codes.T]
    few = [first for first in firsts if len(first) <= max_values]
    return np.unique(np.concatenate([np.zeros(1, dtype=np.int64), *few]))


def _predicts(member: BlackBox, codes: np.ndarray) -> bool:
    """Whether a refit predicts rows without an error."""
    try:
        member.accepted(codes)
    except Exception:
        return False
    return True


def _check_labels_of_refits(labels: np.ndarray, decisions: Decisions) -> None:
    """Refuse labels from which no classifier of the same labels can learn."""
    known, box = decisions.classes, decisions.black_box
    assert box.favorable is not None
    unknown = labels[~np.isin(labels, known)]
    if len(unknown):
        raise ValueError(
            f"min_robustness: y holds the label {as_python(unknown[0])!r}, which is "
            f"not among the labels {known.tolist()} of the classifier. Pass y with its "
            "labels, or set min_probability instead."
        )
    is_favorable = np.isin(labels, box.favorable)
    if is_favorable.all() or not is_favorable.any():
        which = "only" if is_favorable.all() else "no"
        raise ValueError(
            f"min_robustness: y holds {which} favorable labels, so classifiers that "
            "are fitted again accept everybody or nobody. Pass rows with both, or set "
            "min_probability instead."
        )
