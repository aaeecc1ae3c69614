"""Measures of recourse, which are columns of the report.

For another column, add a field to `Measures` and compute it in `measure_answers`:
`RecourseReport` inherits it, and `RecourseReport.to_frame` shows it. Describe it for
users in the docstring of `RecourseReport`. The HTML page shows what `page/_overview.py`
and `page/_handout.py` write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from ..objective import Objective, gower
from ..table import TableSchema, same_cells


def _number(dtype: str = "float64") -> Any:
    """Make a column of numbers, NaN for rows without an answer."""
    return field(metadata={"missing": np.nan, "dtype": dtype})


def _flag() -> Any:
    """Make a column of booleans, False for rows without an answer."""
    return field(metadata={"missing": False, "dtype": bool})


def _hidden(missing: float) -> Any:
    """Make a field that is no column of the report."""
    return field(metadata={"missing": missing, "dtype": None})


@dataclass(frozen=True, eq=False, kw_only=True)
class Measures:
    """Measures of the recourse of each row.

    `RecourseReport` describes them for users. They are columns of the report, in the
    order of the fields.

    Parameters
    ----------
    n_changed : ndarray of shape (n_samples,), dtype int64 or float64
        Number of features changed.
    effort : ndarray of shape (n_samples,), dtype float64
        Effort, summed over features.
    gower_distance : ndarray of shape (n_samples,), dtype float64
        Gower distance, in [0, 1].
    objective : ndarray of shape (n_samples,), dtype float64
        Objective under the weights of the estimator.
    log_density : ndarray of shape (n_samples,), dtype float64
        Log-density among accepted people, in nats and the units of the table.
    percentile : ndarray of shape (n_samples,), dtype float64
        Plausibility percentile, in [0, 1].
    training_row : ndarray of shape (n_samples,), dtype bool
        Whether the recourse is a rare training row.
    contributions : ndarray of shape (n_samples, n_features), dtype float64
        How much each change adds to the surrogate's score; 0 where nothing changes
        and for rows without an answer.
    """

    n_changed: np.ndarray = _number("Int64")
    effort: np.ndarray = _number()
    gower_distance: np.ndarray = _number()
    objective: np.ndarray = _number()
    log_density: np.ndarray = _number()
    percentile: np.ndarray = _number()
    training_row: np.ndarray = _flag()
    contributions: np.ndarray = _hidden(0.0)


# Columns of a report: numbers with their pandas dtypes, and booleans.
_DTYPES = {measure.name: measure.metadata["dtype"] for measure in fields(Measures)}
NUMBERS = {name: dtype for name, dtype in _DTYPES.items() if dtype not in (None, bool)}
FLAGS = tuple(name for name, dtype in _DTYPES.items() if dtype is bool)


def measure_answers(
    schema: TableSchema,
    objective: Objective,
    is_rare: Callable[[np.ndarray], np.ndarray],
    contributions: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
) -> Measures:
    """Measure answers.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    objective : Objective
        Objective with its effort and plausibility.
    is_rare : callable
        Maps rows (n, d) to whether they are rare training rows, (n,).
    contributions : ndarray of shape (n_answers, n_features), dtype float64
        How much each change adds to the surrogate's score.
    before : ndarray of shape (n_answers, n_features), dtype float64
        Codes of factuals.
    after : ndarray of shape (n_answers, n_features), dtype float64
        Codes of counterfactuals.

    Returns
    -------
    measures : Measures
        One row per answer.
    """
    plausibility = objective.plausibility
    log_density = plausibility.log_density(after)
    return Measures(
        n_changed=objective.count_changes(before, after),
        effort=objective.effort.per_feature(before, after).sum(axis=-1),
        gower_distance=gower(schema, before, after),
        objective=objective.evaluate(before, after),
        log_density=log_density - plausibility.log_units(after),
        percentile=plausibility.percentile(log_density),
        training_row=is_rare(after),
        contributions=contributions,
    )


def scatter_measures(measures: Measures, answered: np.ndarray) -> dict[str, Any]:
    """Spread measures of answers over all rows.

    Parameters
    ----------
    measures : Measures
        One row per answer.
    answered : ndarray of shape (n_samples,), dtype bool
        Rows with an answer.

    Returns
    -------
    columns : dict of str to ndarray of shape (n_samples, ...)
        By name of the measure. Rows without an answer have the missing value.

    Examples
    --------
    >>> from dataclasses import fields
    >>> import numpy as np
    >>> from skpar.report._measures import Measures, scatter_measures
    >>> one = {field.name: np.array([1.0]) for field in fields(Measures)}
    >>> columns = scatter_measures(Measures(**one), np.array([False, True]))
    >>> columns["effort"], columns["training_row"]
    (array([nan,  1.]), array([False,  True]))
    """
    columns = {}
    for measure in fields(Measures):
        values = getattr(measures, measure.name)
        shape = (len(answered), *values.shape[1:])
        columns[measure.name] = np.full(shape, measure.metadata["missing"])
        columns[measure.name][answered] = values
    return columns


def changed_features(
    before: np.ndarray,
    after: np.ndarray,
    contributions: np.ndarray,
    derived: tuple[int, ...] = (),
) -> np.ndarray:
    """Order the features that one recourse changes, the most helpful first.

    Parameters
    ----------
    before : ndarray of shape (n_features,), dtype float64
        Codes of the factual.
    after : ndarray of shape (n_features,), dtype float64
        Codes of the counterfactual.
    contributions : ndarray of shape (n_features,), dtype float64
        How much each change adds to being accepted.
    derived : tuple of int
        Features that follow from others; they come last.

    Returns
    -------
    features : ndarray of shape (n_changed,), dtype int64
        Positions of the columns; equal contributions keep the order of columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.report._measures import changed_features
    >>> before, after = np.array([1.0, 2.0, np.nan]), np.array([3.0, 5.0, np.nan])
    >>> changed_features(before, after, np.array([0.1, 0.4, 0.0]))
    array([1, 0])
    """
    changed = np.flatnonzero(~same_cells(before, after))
    follows = np.isin(changed, derived)
    return changed[np.lexsort((changed, -contributions[changed], follows))]


def with_unread_rows(
    judged: pd.DataFrame, read: np.ndarray, own: np.ndarray, proposed: np.ndarray
) -> pd.DataFrame:
    """Insert the rows that cannot be read into a table of judged proposals.

    Parameters
    ----------
    judged : DataFrame of shape (n_read, n_columns)
        Measures, flags and the column ``broken`` of the rows that can be read.
    read : ndarray of shape (n_samples,), dtype bool
        Rows that can be read.
    own : ndarray of shape (n_samples,), dtype object
        Why the own row cannot be read; empty if it can.
    proposed : ndarray of shape (n_samples,), dtype object
        The same of the proposal.

    Returns
    -------
    table : DataFrame of shape (n_samples, n_columns)
        NaN and False in the inserted rows; the reasons are in ``broken``.
    """
    columns: dict[str, Any] = {}
    for name, values in judged.items():
        if name == "broken":
            columns[name] = None
            continue
        column = np.full(len(read), np.nan if name in NUMBERS else False, dtype=object)
        column[read] = values
        columns[str(name)] = pd.array(column, dtype=NUMBERS.get(str(name), bool))
    broken = np.array(
        [
            "; ".join(
                f"{whose} cannot be read: {reason}"
                for whose, reason in (("the own row", one), ("the proposal", other))
                if reason
            )
            for one, other in zip(own, proposed, strict=True)
        ],
        dtype=object,
    )
    broken[read] = judged["broken"]
    return pd.DataFrame(columns | {"broken": broken.tolist()})
