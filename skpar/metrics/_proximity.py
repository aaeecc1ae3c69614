"""Distances between people and their answers, and between options."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ..objective import UNITS, Effort, gower
from ..table import TableSchema
from ..table import n_changed as count_changes
from ._docstrings import document_parameters
from ._inputs import MetricInputs, as_schema, as_table


@document_parameters
def gower_distance(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, *, favorable_label: Any = None,
    sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean Gower distance between people and their accepted answers.

    Returns
    -------
    distance : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; smaller is better. Independent of the units of columns.

    Notes
    -----
    With range :math:`r_j` of the column j of numbers or ordered levels,

    .. math::
        g(x, x') = \frac{1}{d} \sum_j \min(1, |x_j - x'_j| / r_j)

    where for nominal columns, and where one of the two cells is missing, the term is
    1 if they differ and 0 if not.

    References
    ----------
    J. C. Gower, "A general coefficient of similarity and some of its properties",
    Biometrics 27 (1971).

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import gower_distance
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> gower_distance([[0.0, 1.0]], [[0.5, 1.0]], [True], clf, [[0.0, 0.5], [1, 1.5]])
    0.25
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    schema, old, new = inputs.codes(schema)
    return inputs.summarise(gower(schema, old, new), average)


@document_parameters
def n_changed(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, *, favorable_label: Any = None,
    sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean number of features that accepted answers change.

    Returns
    -------
    count : float, or ndarray of shape (n,) and dtype float64
        In [0, d]; smaller is better.

    Notes
    -----
    The number of columns j with :math:`x_j \ne x'_j`, compared by value and without
    tolerance. Two missing cells do not differ.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import n_changed
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> train = [[0.0, 0.5], [1.0, 1.5]]
    >>> n_changed([[0.0, 1.0]], [[0.5, 1.0]], [True], clf, train)
    1.0
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    _, old, new = inputs.codes(schema)
    return inputs.summarise(count_changes(old, new), average)


@document_parameters
def effort(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, reference: Any, *, unit: str = "percentile",
    favorable_label: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean effort of accepted answers, summed over features.

    Parameters
    ----------
    reference : DataFrame or array-like of shape (n_reference, d)
        Accepted and denied people; the units of effort come from them.
    unit : {"percentile", "log_percentile", "mad", "range"}, default="percentile"
        Unit of effort for numbers and ordered levels, as the parameter `effort` of
        :class:`~skpar.PARRecourse`: share of the reference rows between the two
        values, logarithm of the ratio of the shares beyond them, median absolute
        deviations, or share of the range.

    Returns
    -------
    effort : float, or ndarray of shape (n,) and dtype float64
        0 or more, with ``unit="percentile"`` at most d; smaller is better. Independent
        of the units of columns.

    Notes
    -----
    With the population's values V of column j and
    :math:`T_j(v) = P(V < v) + P(V = v) / 2`,

    .. math:: c(x, x') = \sum_j |T_j(x_j) - T_j(x'_j)|

    over ordered columns, interpolated between those values; a change of a nominal
    level and the filling of a missing cell add 1. With ``unit="log_percentile"``, the
    term of an ordered column is

    .. math::
        \log \frac{1 - T_j(x_j)}{1 - T_j(x'_j)} \; (x_j < x'_j), \qquad
        \log \frac{T_j(x_j)}{T_j(x'_j)} \; (x_j > x'_j)

    and both tails are at least :math:`1 / (2n)`. With ``unit="mad"`` the term
    of an ordered column is the difference over its median absolute deviation, or where
    that is 0 its interquartile range, or else its standard deviation, and with
    ``unit="range"`` over the difference of its largest and its smallest value. The
    definition is skpar's own; the percentile shift and its logarithm go back to the
    reference. Prices of :class:`~skpar.PARRecourse` are not used here; the column
    ``effort`` of its report has them.

    References
    ----------
    B. Ustun, A. Spangher, Y. Liu, "Actionable recourse in linear classification",
    FAT* 2019.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import effort
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> rows = [[1], [2], [3], [4]]
    >>> effort([[1]], [[3]], [True], clf, rows, rows)
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label)
    schema, old, new = inputs.codes(schema)
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {UNITS}, got {unit!r}.")
    measure = Effort(schema, schema.encode(as_table(reference)), unit)
    values = measure.per_feature(old, new).sum(axis=-1)
    return inputs.summarise(values, average)


@document_parameters
def diversity(
    factuals: Any, counterfactuals: Sequence[Any], answered: Any, clf: Any,
    schema: TableSchema | Any, *, favorable_label: Any = None,
    sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean Gower distance between the accepted options of a person.

    Parameters
    ----------
    counterfactuals : sequence of m tables of shape (n, d)
        One table per option: the first options of all people, then the second.
    answered : array-like of shape (n, m), dtype bool
        Whether the person has the option.
    clf : fitted classifier
        Options that its ``predict`` denies are left out.

    Returns
    -------
    distance : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Only people with at least two accepted options
        count.

    Notes
    -----
    With the accepted options :math:`x'_1, \dots, x'_k` of a person and the distance g
    of :func:`gower_distance`,

    .. math:: \frac{2}{k (k - 1)} \sum_{o < p} g(x'_o, x'_p) ,

    the mean over pairs in the reference, with Gower's distance.

    References
    ----------
    R. K. Mothilal, A. Sharma, C. Tan, "Explaining machine learning classifiers through
    diverse counterfactual explanations", FAT* 2020, arXiv:1905.07697.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import diversity
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> options = [[[1.0], [2.5]], [[3.0], [2.5]]]
    >>> has = [[True, True], [True, False]]
    >>> diversity([[0.0], [0.0]], options, has, clf, [[0.5], [4.5]])
    0.5
    """
    has = np.asarray(answered)
    if not len(counterfactuals):
        raise ValueError("counterfactuals must hold at least one table of options.")
    if has.ndim != 2 or has.shape[1] != len(counterfactuals):
        raise ValueError(
            f"answered must have one column for each of the {len(counterfactuals)} "
            f"tables of options, got shape {has.shape}."
        )
    schema = as_schema(schema)
    accepted = np.zeros(has.shape, dtype=bool)
    codes = np.full((*has.shape, schema.n_features), np.nan)
    for option, table in enumerate(counterfactuals):
        inputs = MetricInputs.check(factuals, table, has[:, option], sample_weight)
        inputs = inputs.counting_accepted(clf, favorable_label)
        accepted[:, option] = inputs.counted
        codes[inputs.counted, option] = inputs.codes(schema)[2]
    total, pairs = np.zeros(len(has)), np.zeros(len(has))
    for one, other in combinations(range(has.shape[1]), 2):
        both = accepted[:, one] & accepted[:, other]
        total[both] += gower(schema, codes[both, one], codes[both, other])
        pairs += both
    counted = pairs > 0
    return inputs.counting(counted).summarise(total[counted] / pairs[counted], average)
