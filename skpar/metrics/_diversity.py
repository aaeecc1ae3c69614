"""Diversity: distances between the options of one person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ..objective import gower
from ..table import TableSchema
from ._docstrings import document_parameters
from ._inputs import MetricInputs, as_schema


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
