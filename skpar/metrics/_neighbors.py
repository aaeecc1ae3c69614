"""Nearest neighbors of answers among reference rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ..objective import FeatureSpace, distinct_points, fit_outlier_factor
from ..table import TableSchema
from ._docstrings import document_parameters
from ._inputs import MetricInputs, as_table
from ._plausibility import accepted_reference


@document_parameters
def outlier_share(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, reference: Any, *, favorable_label: Any = None,
    sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of accepted answers that are outliers among accepted people.

    Parameters
    ----------
    clf : fitted classifier
        Answers and reference rows that its ``predict`` denies are left out.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that the method did not see: copies of rows that it saw would be inliers.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; smaller is better. Independent of the units of columns.

    Raises
    ------
    ValueError
        If fewer than two different reference rows are accepted.

    Notes
    -----
    :class:`sklearn.neighbors.LocalOutlierFactor`, with its defaults and
    ``novelty=True``, is fitted on the accepted reference rows. Equal rows count once,
    because all distances among copies are 0. An answer is an outlier if it predicts -1.
    A row becomes a point as follows. Numbers and ordered levels are standardised. Each
    nominal level has a coordinate of 0 or 1. A missing cell lies at the mean, and
    another coordinate of 1 flags it.

    References
    ----------
    M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander, "LOF: identifying density-based
    local outliers", SIGMOD 2000.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import outlier_share
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> rows = [[i / 50] for i in range(50)]
    >>> outlier_share([[9.0], [9.0]], [[0.5], [5.0]], [True, True], clf, rows, rows)
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)

    def outliers(
        answers: np.ndarray, known: np.ndarray, accepted: np.ndarray
    ) -> np.ndarray:
        inliers = distinct_points(known[accepted])
        if len(inliers) < 2:
            raise ValueError(
                "outlier_share needs two different accepted reference rows or more."
            )
        return fit_outlier_factor(inliers).predict(answers) == -1

    values = _measure(inputs, clf, schema, reference, favorable_label, outliers)
    return inputs.summarise(values, average)


@document_parameters
def ynn(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, reference: Any, *, n_neighbors: int = 5,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean share of the nearest reference rows of accepted answers that are accepted.

    Parameters
    ----------
    reference : DataFrame or array-like of shape (n_reference, d)
        Accepted and denied rows that the method did not see.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Independent of the units of columns.

    Notes
    -----
    With the k reference rows :math:`N_k(x')` nearest to an accepted answer, and f = 1
    for rows that the classifier accepts,

    .. math:: \mathrm{yNN}(x') = \frac{1}{k} \sum_{z \in N_k(x')} f(z) ,

    as the reference defines it for accepted answers. Distances are Euclidean, between
    the points of :func:`outlier_share`.

    References
    ----------
    M. Pawelczyk et al., "CARLA: a Python library to benchmark algorithmic recourse and
    counterfactual explanation algorithms", NeurIPS Datasets and Benchmarks 2021,
    arXiv:2108.00783.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import ynn
    >>> rows = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]
    >>> clf = LogisticRegression().fit(rows, [0, 0, 0, 1, 1, 1])
    >>> ynn([[0.0]], [[3.2]], [True], clf, rows, rows, n_neighbors=4)
    0.75
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)

    def shares(
        answers: np.ndarray, known: np.ndarray, accepted: np.ndarray
    ) -> np.ndarray:
        nearest = NearestNeighbors(n_neighbors=min(n_neighbors, len(known))).fit(known)
        index = nearest.kneighbors(answers, return_distance=False)
        return accepted[index].mean(axis=1)

    values = _measure(inputs, clf, schema, reference, favorable_label, shares)
    return inputs.summarise(values, average)


@document_parameters
def knn_distance(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, reference: Any, *, n_neighbors: int = 5,
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean distance of accepted answers to the nearest accepted people.

    Parameters
    ----------
    clf : fitted classifier
        Answers and reference rows that its ``predict`` denies are left out.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that the method did not see.

    Returns
    -------
    distance : float, or ndarray of shape (n,) and dtype float64
        0 or more; smaller is better. Independent of the units of columns.

    Notes
    -----
    With the k accepted reference rows :math:`N_k^+(x')` nearest to an accepted answer,

    .. math:: \frac{1}{k} \sum_{z \in N_k^+(x')} \lVert x' - z \rVert

    between the points of :func:`outlier_share`. The definition is skpar's own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import knn_distance
    >>> rows = [[0.0], [0.0], [2.0], [2.0]]  # standard deviation 1
    >>> clf = LogisticRegression().fit(rows, [0, 0, 1, 1])
    >>> knn_distance([[0.0]], [[2.5]], [True], clf, rows, rows, n_neighbors=2)
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)

    def distances(
        answers: np.ndarray, known: np.ndarray, accepted: np.ndarray
    ) -> np.ndarray:
        k = min(n_neighbors, int(accepted.sum()))
        nearest = NearestNeighbors(n_neighbors=k).fit(known[accepted])
        return nearest.kneighbors(answers)[0].mean(axis=1)

    values = _measure(inputs, clf, schema, reference, favorable_label, distances)
    return inputs.summarise(values, average)


def _measure(
    inputs: MetricInputs,
    clf: Any,
    schema: TableSchema | Any,
    reference: Any,
    favorable_label: Any,
    measure: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Measure the answers that count as points among those of reference rows.

    Parameters
    ----------
    inputs : MetricInputs
    clf : fitted classifier
    schema : TableSchema or table
    reference : DataFrame or array-like of shape (n_reference, d)
    favorable_label : label, collection of labels, or None
    measure : callable
        Takes the points (n_counted, p) of answers, the points (n_reference, p) of
        reference rows, and the mask (n_reference,) of accepted reference rows.

    Returns
    -------
    values : ndarray of shape (n_counted,)
    """
    schema, _, new = inputs.codes(schema)
    known = as_table(reference)
    accepted = accepted_reference(clf, known, favorable_label)
    codes = schema.encode(known)
    space = FeatureSpace(schema, codes)
    if not len(new):
        return np.empty(0)
    return measure(space.points(new), space.points(codes), accepted)
