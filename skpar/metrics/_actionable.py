"""Whether answers are within the reach of their people."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from ..actionability import Actionability, People
from ..table import TableSchema
from ._inputs import Mean, MetricInputs


def actionability(
    factuals: Any,
    counterfactuals: Any,
    answered: Any,
    schema: TableSchema | Any,
    rules: Mapping[Hashable, Any] | None,
    *,
    sample_weight: Any = None,
    average: str | None = "mean",
) -> Mean | np.ndarray:
    r"""Share of the answers that keep every rule.

    Parameters
    ----------
    factuals : DataFrame or array-like of shape (n, d)
        The rows of the people who ask.
    counterfactuals : DataFrame or array-like of shape (n, d)
        What a method gave them.
    answered : array-like of shape (n,), dtype bool
        Whether there is an answer.
    schema : TableSchema or table
        What each column is, and the values that it has, or a table of training rows
        to infer it from.
    rules : mapping or None
        Column to rule, as for :class:`~skpar.PARRecourse`; None leaves the rules that
        hold for everybody.
    sample_weight : array-like of shape (n,), default=None
        Weights of the rows.
    average : {"mean", None}, default="mean"
        None returns the value of every row, NaN for rows without answer.

    Returns
    -------
    share : Mean, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. Accepted or not, every answer counts.

    Notes
    -----
    An answer keeps the rules where each cell is the person's own or is permitted: by
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
    answers = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    schema, old, new = answers.codes(schema, answers.answered)
    kept = Actionability(schema, rules).is_feasible(People.unlimited(old), new)
    return answers.summarise(kept.astype(float), answers.answered, average)
