"""Robustness: the share of refitted classifiers that accept the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._docstrings import document_parameters
from ._inputs import MetricInputs, accepts


@document_parameters
def robustness(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    refitted: Sequence[Any], *, favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean share of refitted classifiers that accept the accepted answers.

    Parameters
    ----------
    clf : fitted classifier
        The classifier that was explained. Answers that its ``predict`` denies are
        left out.
    refitted : sequence of m fitted classifiers
        The same model with other seeds, other rows or later rows.
        :func:`refit_classifiers` makes such a list.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Raises
    ------
    ValueError
        If `refitted` is empty.

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
    0.75
    """
    if not len(refitted):
        raise ValueError("refitted must hold at least one classifier.")
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    rows = inputs.counted_answers()
    values = np.empty((len(refitted), len(rows)))
    if len(rows):
        for k, other in enumerate(refitted):
            values[k] = accepts(other, rows, favorable_label)
    return inputs.summarise(values.mean(axis=0), average)
