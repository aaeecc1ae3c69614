"""How many of the people who ask get an answer that the classifier accepts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._inputs import Mean, MetricInputs


def coverage(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    *,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of the people who ask that a method answers.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask: all of them denied.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them, row by row; where `answered` is False, anything.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer. The caller tells, because a missing cell is legal
        data and cannot mark a failure.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row.

    Returns
    -------
    coverage : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Its n is the number of people who ask.

    Notes
    -----
    With rows i, weights :math:`w_i` and a_i = 1 where row i is answered,

    .. math:: \mathrm{coverage} = \sum_i w_i a_i / \sum_i w_i .

    Examples
    --------
    >>> from skpar.metrics import coverage
    >>> value, n = coverage([[1], [2]], [[3], [4]], [True, False])
    >>> value, n
    (0.5, 2)
    """
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    everybody = np.ones(len(answers.answered), dtype=bool)
    return answers.summarise(answers.answered.astype(float), everybody, average)


def validity(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of the answers that the classifier accepts.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them, in a form that `classifier` takes.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    classifier : fitted classifier
        Asked with ``predict``, never with probabilities.
    favorable_label : label or collection of labels, default=None
        What people want. None takes the last of ``classifier.classes_``, silently for
        {0, 1}, {-1, 1} and {False, True} only.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row.

    Returns
    -------
    validity : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. NaN without answers, and for rows without one.

    Notes
    -----
    With :math:`a_i = 1` where row i is answered and :math:`v_i = 1` where it is
    answered and accepted,

    .. math:: \mathrm{validity} = \sum_i w_i v_i / \sum_i w_i a_i .

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import validity
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> validity([[1], [2]], [[3], [4]], [True, False], clf)
    Mean(value=1.0, n=1)
    """
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = answers.accepted(classifier, favorable_label)
    values = accepted[answers.answered].astype(float)
    return answers.summarise(values, answers.answered, average)


def success(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of the people who ask that get an answer which the classifier accepts.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them, in a form that `classifier` takes.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    classifier : fitted classifier
        Asked with ``predict``.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row.

    Returns
    -------
    success : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With :math:`v_i = 1` where row i is answered and accepted,

    .. math:: \mathrm{success} = \sum_i w_i v_i / \sum_i w_i ,

    which is coverage times validity.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import success
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> success([[1], [2]], [[3], [4]], [True, False], clf)
    Mean(value=0.5, n=2)
    """
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = answers.accepted(classifier, favorable_label)
    everybody = np.ones(len(accepted), dtype=bool)
    return answers.summarise(accepted.astype(float), everybody, average)
