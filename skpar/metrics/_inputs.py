"""Answers of any method: what was asked, what came back, and means over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import _check_sample_weight, check_consistent_length

from ..classifier import choose_favorable
from ..table import TableSchema


class Mean(NamedTuple):
    """A mean, and how many rows it was taken over.

    Parameters
    ----------
    value : float
        The mean; NaN where `n` is 0.
    n : int
        Number of rows that count and have a positive weight.

    Examples
    --------
    >>> from skpar.metrics import coverage
    >>> coverage([[1], [2]], [[3], [4]], [True, False])
    Mean(value=0.5, n=2)
    """

    value: float
    n: int


@dataclass(frozen=True)
class MetricInputs:
    """Factuals and counterfactuals, row by row.

    Parameters
    ----------
    factuals, counterfactuals : DataFrame or ndarray of shape (n, d)
        Of unanswered rows the counterfactual means nothing and is never read.
    answered : ndarray of shape (n,), dtype bool
    weight : ndarray of shape (n,), dtype float64
    """

    factuals: Any
    counterfactuals: Any
    answered: np.ndarray
    weight: np.ndarray

    @classmethod
    def check(
        cls, factuals: Any, counterfactuals: Any, answered: Any, sample_weight: Any
    ) -> MetricInputs:
        """Take what the caller of a metric gave, or say what is wrong with it."""
        old, new = as_table(factuals), as_table(counterfactuals)
        return cls(old, new, *check_rows(old, new, answered, sample_weight))

    def accepted(self, classifier: Any, favorable_label: Any) -> np.ndarray:
        """Tell which rows (n,) are answered and accepted by ``predict``."""
        accepted = self.answered.copy()
        if accepted.any():
            rows = take(self.counterfactuals, self.answered)
            accepted[self.answered] = accepts(classifier, rows, favorable_label)
        return accepted

    def codes(
        self, schema: TableSchema | Any, rows: np.ndarray
    ) -> tuple[TableSchema, np.ndarray, np.ndarray]:
        """Encode the factuals and counterfactuals of some rows (n,), dtype bool."""
        schema = as_schema(schema)
        if not rows.any():
            return schema, *np.empty((2, 0, schema.n_features))
        old, new = take(self.factuals, rows), take(self.counterfactuals, rows)
        return schema, schema.encode(old), schema.encode(new)

    def summarise(
        self, values: Any, counted: np.ndarray, average: str | None
    ) -> Mean | np.ndarray:
        """Take the mean of the values of the counted rows, or spread them out.

        Parameters
        ----------
        values : array-like of shape (n_counted,)
        counted : ndarray of shape (n,), dtype bool
        average : {"mean", None}

        Returns
        -------
        summary : Mean, or ndarray of shape (n,) and dtype float64
        """
        if average not in ("mean", None):
            raise ValueError(f"average must be 'mean' or None, got {average!r}.")
        if average is None:
            spread = np.full(len(counted), np.nan)
            spread[counted] = values
            return spread
        weight = self.weight[counted]
        n = int(np.count_nonzero(weight))
        value = np.average(values, weights=weight) if n else np.nan
        return Mean(float(value), n)


def check_rows(
    factuals: Any, counterfactuals: Any, answered: Any, sample_weight: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Check what goes with the rows of two tables; return mask and weights.

    Parameters
    ----------
    factuals, counterfactuals : table of shape (n, d)
    answered : array-like of shape (n,), dtype bool
    sample_weight : array-like of shape (n,) or None

    Returns
    -------
    answered : ndarray of shape (n,), dtype bool
    weight : ndarray of shape (n,), dtype float64
    """
    answered = np.asarray(answered)
    if answered.dtype != bool or answered.ndim != 1:
        raise ValueError(
            "answered must be a mask of one boolean per row, got an array of shape "
            f"{answered.shape} and dtype {answered.dtype}."
        )
    check_consistent_length(factuals, counterfactuals, answered)
    weight = _check_sample_weight(
        sample_weight, answered, dtype=np.float64, ensure_non_negative=True
    )
    return answered, weight


def accepts(classifier: Any, table: Any, favorable_label: Any) -> np.ndarray:
    """Tell which rows a classifier gives a favorable label.

    Parameters
    ----------
    classifier : fitted classifier
        Asked with ``predict``.
    table : table of shape (n, d), n > 0
        As the classifier takes it.
    favorable_label : label, collection of labels, or None
        None takes the last of ``classes_``, with a warning where that is a guess.

    Returns
    -------
    accepted : ndarray of shape (n,), dtype bool
    """
    predicted = np.asarray(classifier.predict(table)).reshape(len(table))
    classes = getattr(classifier, "classes_", None)
    if classes is None:
        if favorable_label is None:
            raise ValueError(
                "The classifier has no classes_ to take the last of: give "
                "favorable_label."
            )
        one = isinstance(favorable_label, str) or np.ndim(favorable_label) == 0
        wanted = [favorable_label] if one else list(favorable_label)
        return np.isin(predicted, wanted)
    return np.isin(predicted, choose_favorable(np.asarray(classes), favorable_label))


def as_schema(schema: TableSchema | Any) -> TableSchema:
    """Take a schema as it is, and infer that of a table of known rows."""
    return schema if isinstance(schema, TableSchema) else TableSchema.infer(schema)


def as_table(table: Any) -> Any:
    """Take a DataFrame as it is and anything else as an ndarray."""
    return table if hasattr(table, "iloc") else np.asarray(table)


def take(table: Any, rows: np.ndarray) -> Any:
    """Take rows of a table by a mask or by their numbers."""
    return table.iloc[rows] if hasattr(table, "iloc") else table[rows]
