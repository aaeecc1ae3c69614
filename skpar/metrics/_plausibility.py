"""Plausibility of answers: log-density and percentile among accepted people."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from ..objective import mid_rank
from ._docstrings import document_parameters
from ._inputs import MetricInputs, accepts, as_table


@document_parameters
def log_density(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, density: Any,
    *, favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean log-density of accepted answers.

    Returns
    -------
    log_density : float, or ndarray of shape (n,) and dtype float64
        In nats for a density in nats; greater is better. It depends on the units of
        the columns, so compare methods on one table and with one density only.

    Notes
    -----
    The mean of :math:`\log p_1(x')`, where :math:`p_1` is `density`.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.mixture import GaussianMixture
    >>> from skpar.metrics import log_density
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> density = GaussianMixture(random_state=0).fit([[-1.0], [1.0]])
    >>> value = log_density([[3.0]], [[0.0]], [True], clf, density)
    >>> round(value, 3)
    -0.919
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    values = _log_densities(density, inputs.counted_answers())
    return inputs.summarise(values, average)


@document_parameters
def percentile(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, density: Any,
    reference: Any, *, favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean plausibility percentile of accepted answers.

    The percentile of an answer is the share of accepted reference rows that have a
    lower density.

    Parameters
    ----------
    clf : fitted classifier
        Answers and reference rows that its ``predict`` denies are left out.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that `density` was not fitted on.

    Returns
    -------
    percentile : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Independent of the units of columns.

    Raises
    ------
    ValueError
        If the classifier accepts no reference row.

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
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    values = _log_densities(density, inputs.counted_answers())
    known = as_table(reference)
    accepted = accepted_reference(clf, known, favorable_label)
    heldout = np.sort(_log_densities(density, _safe_indexing(known, accepted)))
    return inputs.summarise(mid_rank(heldout, values), average)


def accepted_reference(clf: Any, reference: Any, favorable_label: Any) -> np.ndarray:
    """Find the accepted reference rows (n_reference,); at least one must be."""
    accepted = accepts(clf, reference, favorable_label)
    if not accepted.any():
        raise ValueError(
            f"The classifier accepts none of the {len(accepted)} reference rows. "
            "Pass reference rows of which it accepts some."
        )
    return accepted


def _log_densities(density: Any, table: Any) -> np.ndarray:
    """Compute the log-densities (n,) of a table that may have no row."""
    if not len(table):
        return np.empty(0)
    return np.asarray(density.score_samples(table), dtype=np.float64)
