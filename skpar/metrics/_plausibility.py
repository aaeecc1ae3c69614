"""How likely an answer is among accepted people."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..objective import mid_rank
from ._docstrings import document_parameters
from ._inputs import Mean, MetricInputs, accepts, as_table, take


@document_parameters
def plausibility(
    factuals: Any, counterfactuals: Any, answered: Any, classifier: Any, density: Any,
    *, favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Mean log-density of accepted answers.

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
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(classifier, favorable_label)
    log_density = _log_densities(density, inputs.counted_answers())
    return inputs.summarise(log_density, average)


@document_parameters
def percentile(
    factuals: Any, counterfactuals: Any, answered: Any, classifier: Any, density: Any,
    reference: Any, *, favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:  # fmt: skip
    r"""Mean share of accepted people who are less plausible than accepted answers.

    Parameters
    ----------
    classifier : fitted classifier
        Answers and reference rows that its ``predict`` denies do not count.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that `density` was not fitted on.

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
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(classifier, favorable_label)
    log_density = _log_densities(density, inputs.counted_answers())
    known = as_table(reference)
    accepted = accepted_reference(classifier, known, favorable_label)
    heldout = np.sort(_log_densities(density, take(known, accepted)))
    return inputs.summarise(mid_rank(heldout, log_density), average)


def accepted_reference(
    classifier: Any, reference: Any, favorable_label: Any
) -> np.ndarray:
    """Find the accepted reference rows (n_reference,); at least one must be."""
    accepted = accepts(classifier, reference, favorable_label)
    if not accepted.any():
        raise ValueError(
            f"The classifier accepts none of the {len(accepted)} reference rows; give "
            "rows of both decisions."
        )
    return accepted


def _log_densities(density: Any, table: Any) -> np.ndarray:
    """Compute the log-densities (n,) of a table that may have no row."""
    if not len(table):
        return np.empty(0)
    return np.asarray(density.score_samples(table), dtype=np.float64)
