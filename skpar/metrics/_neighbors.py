"""How near to accepted people an answer lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ..objective import FeatureSpace, distinct_points, fit_outlier_factor
from ..table import TableSchema
from ._inputs import Mean, MetricInputs, as_table
from ._plausibility import accepted_reference


def outlier_share(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    schema: TableSchema | Any,
    reference: Any,
    *,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of accepted answers that are outliers among accepted people.

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
    schema : TableSchema or table
        What each column is, or a table of training rows to infer it from.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that the method did not see, lest copies of them count as inliers.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    share : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; smaller is better. Independent of the units of columns.

    Raises
    ------
    ValueError
        Where fewer than two different reference rows are accepted.

    Notes
    -----
    Of the accepted reference rows, equal ones once (among copies every distance is 0,
    and all else would be far), :class:`sklearn.neighbors.LocalOutlierFactor` with its
    defaults and ``novelty=True`` is fitted; an answer counts where it predicts -1.
    Rows are points with standardised numbers and ordered levels and a coordinate of 0
    or 1 for every nominal level; a missing cell lies at the mean and is flagged by a
    coordinate of its own.

    References
    ----------
    M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander, "LOF: identifying density-based
    local outliers", SIGMOD 2000.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import outlier_share
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> crowd = [[i / 50] for i in range(50)]
    >>> outlier_share([[9.0], [9.0]], [[0.5], [5.0]], [True, True], clf, crowd, crowd)
    Mean(value=0.5, n=2)
    """

    def measure(points: np.ndarray, known: np.ndarray, yes: np.ndarray) -> np.ndarray:
        typical = distinct_points(known[yes])
        if len(typical) < 2:
            raise ValueError(
                "outlier_share needs two different accepted reference rows or more."
            )
        return fit_outlier_factor(typical).predict(points) == -1

    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    return _measure(
        answers, classifier, schema, reference, favorable_label, average, measure
    )


def ynn(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    schema: TableSchema | Any,
    reference: Any,
    *,
    n_neighbors: int = 5,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Mean share of the nearest reference rows of accepted answers that are accepted.

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
    schema : TableSchema or table
        What each column is, or a table of training rows to infer it from.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows of both decisions that the method did not see.
    n_neighbors : int, default=5
        How many of the nearest to look at; all where there are fewer.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    share : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Independent of the units of columns.

    Notes
    -----
    With the k reference rows :math:`N_k(x')` nearest to an accepted answer and f = 1
    where the classifier accepts,

    .. math:: \mathrm{yNN}(x') = \frac{1}{k} \sum_{z \in N_k(x')} f(z) ,

    which for accepted answers is the one of the reference. Distances are those of
    :func:`outlier_share`.

    References
    ----------
    M. Pawelczyk et al., "CARLA: a Python library to benchmark algorithmic recourse and
    counterfactual explanation algorithms", NeurIPS Datasets and Benchmarks 2021,
    arXiv:2108.00783.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import ynn
    >>> crowd = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]
    >>> clf = LogisticRegression().fit(crowd, [0, 0, 0, 1, 1, 1])
    >>> ynn([[0.0]], [[3.2]], [True], clf, crowd, crowd, n_neighbors=4)
    Mean(value=0.75, n=1)
    """

    def measure(points: np.ndarray, known: np.ndarray, yes: np.ndarray) -> np.ndarray:
        nearest = NearestNeighbors(n_neighbors=min(n_neighbors, len(known))).fit(known)
        index = nearest.kneighbors(points, return_distance=False)
        return yes[index].mean(axis=1)

    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    return _measure(
        answers, classifier, schema, reference, favorable_label, average, measure
    )


def knn_distance(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    classifier: Any,
    schema: TableSchema | Any,
    reference: Any,
    *,
    n_neighbors: int = 5,
    favorable_label: Any = None,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Mean distance of accepted answers to the nearest accepted people.

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
    schema : TableSchema or table
        What each column is, or a table of training rows to infer it from.
    reference : DataFrame or array-like of shape (n_reference, d)
        Rows that the method did not see.
    n_neighbors : int, default=5
        How many of the nearest to look at; all where there are fewer.
    favorable_label : label or collection of labels, default=None
        What people want, as for :func:`validity`.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN where none counts.

    Returns
    -------
    distance : Mean, or ndarray of shape (n,) and dtype float64
        0 or more; smaller is better. Independent of the units of columns.

    Notes
    -----
    With the k accepted reference rows :math:`N_k^+(x')` nearest to an accepted answer,

    .. math:: \frac{1}{k} \sum_{z \in N_k^+(x')} \lVert x' - z \rVert

    at the points of :func:`outlier_share`. The definition is skpar's own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import knn_distance
    >>> crowd = [[0.0], [0.0], [2.0], [2.0]]  # standard deviation 1
    >>> clf = LogisticRegression().fit(crowd, [0, 0, 1, 1])
    >>> knn_distance([[0.0]], [[2.5]], [True], clf, crowd, crowd, n_neighbors=2)
    Mean(value=0.5, n=1)
    """

    def measure(points: np.ndarray, known: np.ndarray, yes: np.ndarray) -> np.ndarray:
        k = min(n_neighbors, int(yes.sum()))
        nearest = NearestNeighbors(n_neighbors=k).fit(known[yes])
        return nearest.kneighbors(points)[0].mean(axis=1)

    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    return _measure(
        answers, classifier, schema, reference, favorable_label, average, measure
    )


def _measure(
    answers: MetricInputs,
    classifier: Any,
    schema: TableSchema | Any,
    reference: Any,
    favorable_label: Any,
    average: str | None,
    measure: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> Mean | np.ndarray:
    """Measure accepted answers as points, given those of the reference rows.

    `measure` takes the points of answers, those of reference rows, and whether the
    classifier accepts each of these.
    """
    accepted = answers.accepted(classifier, favorable_label)
    schema, _, new = answers.codes(schema, accepted)
    known = as_table(reference)
    typical = accepted_reference(classifier, known, favorable_label)
    codes = schema.encode(known)
    space = FeatureSpace(schema, codes)
    values = (
        measure(space.points(new), space.points(codes), typical)
        if accepted.any()
        else np.empty(0)
    )
    return answers.summarise(values, accepted, average)
