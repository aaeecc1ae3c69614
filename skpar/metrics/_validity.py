"""Shares of people with an answer, accepted answers, and feasible answers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from ..actionability import Actionability, People
from ..table import TableSchema
from ._docstrings import document_parameters
from ._inputs import Mean, MetricInputs


@document_parameters
def coverage(
    factuals: Any, counterfactuals: Any, answered: Any, *, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Share of the denied people that a method answers.

    Returns
    -------
    coverage : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Its n is the number of denied people.

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
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    values = inputs.answered.astype(float)
    return inputs.counting_everybody().summarise(values, average)


@document_parameters
def validity(
    factuals: Any, counterfactuals: Any, answered: Any, classifier: Any, *,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Share of the answers that the classifier accepts.

    Parameters
    ----------
    classifier : fitted classifier
        Takes such tables. Its ``predict`` decides, never its probabilities.

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
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(classifier, favorable_label).counted
    return inputs.summarise(accepted[inputs.answered].astype(float), average)


@document_parameters
def success(
    factuals: Any, counterfactuals: Any, answered: Any, classifier: Any, *,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Share of the denied people with an answer that the classifier accepts.

    Parameters
    ----------
    classifier : fitted classifier
        Takes such tables. Its ``predict`` decides, never its probabilities.

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
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(classifier, favorable_label).counted
    return inputs.counting_everybody().summarise(accepted.astype(float), average)


@document_parameters
def actionability(
    factuals: Any, counterfactuals: Any, answered: Any, schema: TableSchema | Any,
    rules: Mapping[Hashable, Any] | None, *, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Share of the answers that keep every rule.

    Parameters
    ----------
    rules : mapping or None
        Column to rule, as for :class:`~skpar.PARRecourse`; None leaves the rules that
        hold for everybody.

    Returns
    -------
    share : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Accepted or not, every answer counts.

    Notes
    -----
    An answer keeps the rules where each cell is the person's own or is feasible: by
    the rules of its column, and by the values of training, for numbers stay in the
    range seen, whole numbers stay whole, and present cells are not emptied.

    Examples
    --------
    >>> from skpar.metrics import actionability
    >>> train = [[20, 100.0], [60, 0.0]]
    >>> old, new = [[30, 50.0], [30, 50.0]], [[40, 50.0], [25, 60.0]]
    >>> actionability(old, new, [True, True], train, {0: "increasing"})
    Mean(value=0.5, n=2)
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    schema, old, new = inputs.codes(schema)
    feasible = Actionability(schema, rules).is_feasible(People.unlimited(old), new)
    return inputs.summarise(feasible.astype(float), average)
