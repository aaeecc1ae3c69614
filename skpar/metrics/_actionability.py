"""Actionability: the share of answers that keep rules, links and personal limits."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ..actionability import Actionability, People, read_limits
from ..table import TableSchema
from ._docstrings import document_parameters
from ._inputs import MetricInputs, as_schema


@document_parameters
def actionability(
    factuals: Any, counterfactuals: Any, answered: Any, schema: TableSchema | Any,
    actionability: Mapping[Hashable, Any] | None = None, *,
    links: Sequence[Any] | None = None, lower: Any = None, upper: Any = None,
    frozen: Any = None, sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the answers that keep all rules, links and personal limits.

    Every answer counts, accepted or not.

    Parameters
    ----------
    actionability : mapping, default=None
        Rules by column, as for :class:`~skpar.PARRecourse`. None leaves the rules
        that hold for all columns, see Notes.
    links : list, default=None
        Links between columns, as for :class:`~skpar.PARRecourse`.
    lower : DataFrame or ndarray, default=None
        Smallest values that the cells of each person may take, as in
        :meth:`skpar.PARRecourse.recourse`.
    upper : DataFrame or ndarray, default=None
        Largest values that the cells of each person may take.
    frozen : DataFrame or ndarray of booleans, default=None
        True for the cells of a person that must not change.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Raises
    ------
    ValueError
        For unknown columns, and for limits that are not aligned to `factuals`.

    Notes
    -----
    A cell keeps its rules if it is the person's own or a feasible value of the column.
    These rules hold for all columns: numbers stay in the range of the training rows,
    whole numbers stay whole, and known cells do not become missing. A link binds a row
    if one of its columns changes.

    Examples
    --------
    >>> from skpar import MaxChanged
    >>> from skpar.metrics import actionability
    >>> train = [[20, 100.0], [60, 0.0]]
    >>> old, new = [[30, 50.0], [30, 50.0]], [[40, 90.0], [25, 50.0]]
    >>> actionability(old, new, [True, True], train, {0: "increasing"})
    0.5
    >>> rules, links = {0: "increasing"}, [MaxChanged(1)]
    >>> actionability(old, new, [True, True], train, rules, links=links)
    0.0
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    schema = as_schema(schema)
    feasible_rows = Actionability(schema, actionability, links)
    limits = read_limits(schema, inputs.factuals, lower, upper, frozen)
    _, old, new = inputs.codes(schema)
    people = People(old, limits[inputs.counted])
    feasible = feasible_rows.is_feasible(people, new)
    return inputs.summarise(feasible.astype(float), average)
