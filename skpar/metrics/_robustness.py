"""Whether answers outlive the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._inputs import Mean, MetricInputs, accepts, take


def robustness(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    refitted: Sequence[Any],
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of accepted answers that refitted classifiers still accept.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them, in a form that the classifiers take.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    classifier : fitted classifier
        The one that was explained. Answers that its ``predict`` denies do not count.
    refitted : sequence of m fitted classifiers
        The same model with other seeds, on other rows or on later ones.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    share : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    The mean over accepted answers of
    :math:`\frac{1}{m} \sum_k [f_k \text{ accepts } x']`. The definition is skpar's own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import robustness
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> now = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> later = LogisticRegression().fit(X, [0, 0, 0, 1])
    >>> robustness([[0.0]] * 2, [[1.8], [9.0]], [True, True], now, [now, later])
    Mean(value=0.75, n=2)
    """
    if not len(refitted):
        raise ValueError("refitted must hold at least one classifier.")
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = answers.accepted(classifier, favorable_label)
    values = np.empty((len(refitted), int(accepted.sum())))
    if accepted.any():
        rows = take(answers.counterfactuals, accepted)
        for k, other in enumerate(refitted):
            values[k] = accepts(other, rows, favorable_label)
    return answers.summarise(values.mean(axis=0), accepted, average)
