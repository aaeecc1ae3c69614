"""Coverage, validity and success: shares of answered people and accepted answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._docstrings import document_parameters
from ._inputs import MetricInputs


@document_parameters
def coverage(
    factuals: Any, counterfactuals: Any, answered: Any, *, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the denied people that a method answers.

    Returns
    -------
    coverage : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With rows i, weights :math:`w_i` and :math:`a_i = 1` if row i is answered,

    .. math:: \mathrm{coverage} = \sum_i w_i a_i / \sum_i w_i .

    Examples
    --------
    >>> from skpar.metrics import coverage
    >>> coverage([[1], [2]], [[3], [4]], [True, False])
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    values = inputs.answered.astype(float)
    return inputs.counting_everybody().summarise(values, average)


@document_parameters
def validity(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, *,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the answers that the classifier accepts.

    Parameters
    ----------
    clf : fitted classifier
        It takes such tables. Only its ``predict`` is used.

    Returns
    -------
    validity : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. NaN without answers, and for unanswered rows.

    Notes
    -----
    With :math:`a_i = 1` if row i is answered and :math:`v_i = 1` if it is answered
    and accepted,

    .. math:: \mathrm{validity} = \sum_i w_i v_i / \sum_i w_i a_i .

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import validity
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> validity([[1], [2]], [[3], [4]], [True, False], clf)
    1.0
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(clf, favorable_label).counted
    return inputs.summarise(accepted[inputs.answered].astype(float), average)


@document_parameters
def success(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, *,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the denied people whose answer the classifier accepts.

    Parameters
    ----------
    clf : fitted classifier
        It takes such tables. Only its ``predict`` is used.

    Returns
    -------
    success : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With :math:`v_i = 1` if row i is answered and accepted,

    .. math:: \mathrm{success} = \sum_i w_i v_i / \sum_i w_i ,

    which is coverage times validity.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import success
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> success([[1], [2]], [[3], [4]], [True, False], clf)
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(clf, favorable_label).counted
    return inputs.counting_everybody().summarise(accepted.astype(float), average)
