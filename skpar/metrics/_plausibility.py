"""How likely an answer is among accepted people."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..objective import mid_rank
from ._inputs import Mean, MetricInputs, accepts, as_table, take


def plausibility(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    density: Any,
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Mean log-density of accepted answers.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    classifier : fitted classifier
        Answers that its ``predict`` denies do not count.
    density : fitted density estimator
        Of accepted people: a :class:`~skpar.density.HiddenChowLiuTree`, or anything
        whose ``score_samples`` takes the table.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    log_density : Mean, or ndarray of shape (n,) and dtype float64
        In nats if `density` says so; greater is better. It depends on the units of
        columns: compare methods on one table by one density only.

    Notes
    -----
    The mean of :math:`\log p_1(x')`, where :math:`p_1` is `density`.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.mixture import GaussianMixture
    >>> from skpar.metrics import plausibility
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> density = GaussianMixture(random_state=0).fit([[-1.0], [1.0]])
    >>> value, n = plausibility([[3.0]], [[0.0]], [True], clf, density)
    >>> round(value, 3), n
    (-0.919, 1)
    """
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = answers.accepted(classifier, favorable_label)
    likely = _log_densities(density, answers.counterfactuals, accepted)
    return answers.summarise(likely, accepted, average)


def percentile(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    density: Any,
    reference: Any,
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Mean share of accepted people who are less plausible than accepted answers.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    classifier : fitted classifier
        Answers and reference rows that its ``predict`` denies do not count.
    density : fitted density estimator
        Of accepted people: a :class:`~skpar.density.HiddenChowLiuTree`, or anything
        whose ``score_samples`` takes the table.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that `density` was not fitted on.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    percentile : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Independent of the units of columns.

    Raises
    ------
    ValueError
        Where the classifier accepts no reference row.

    Notes
    -----
    With the log-densities Q of the accepted reference rows and
    :math:`q = \log p_1(x')`, the mid-rank :math:`P(Q < q) + P(Q = q) / 2`.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.mixture import GaussianMixture
    >>> from skpar.metrics import percentile
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> density = GaussianMixture(random_state=0).fit([[-1.0], [1.0]])
    >>> reference = [[0.1], [0.2], [2.0], [3.0]]
    >>> percentile([[3.0]], [[1.0]], [True], clf, density, reference)
    Mean(value=0.5, n=1)
    """
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = answers.accepted(classifier, favorable_label)
    likely = _log_densities(density, answers.counterfactuals, accepted)
    known = as_table(reference)
    typical = accepted_reference(classifier, known, favorable_label)
    heldout = np.sort(_log_densities(density, known, typical))
    return answers.summarise(mid_rank(heldout, likely), accepted, average)


def accepted_reference(
    classifier: Any, reference: Any, favorable_label: Any
) -> np.ndarray:
    """Tell which reference rows (n_reference,) are accepted; at least one must be."""
    accepted = accepts(classifier, reference, favorable_label)
    if not accepted.any():
        raise ValueError(
            f"The classifier accepts none of the {len(accepted)} reference rows; give "
            "rows of both decisions."
        )
    return accepted


def _log_densities(density: Any, table: Any, rows: np.ndarray) -> np.ndarray:
    """Ask a density about some rows (n,), dtype bool, of a table."""
    if not rows.any():
        return np.empty(0)
    return np.asarray(density.score_samples(take(table, rows)), dtype=np.float64)
