"""Inputs of metrics: checks, the rows that count, and their mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_sample_weight, check_consistent_length

from ..classifier import choose_favorable
from ..table import TableSchema


@dataclass(frozen=True)
class MetricInputs:
    """Factuals and counterfactuals, and the rows that a metric counts.

    Parameters
    ----------
    factuals, counterfactuals : DataFrame or ndarray of shape (n, d)
        The counterfactual of an unanswered row is never read.
    answered : ndarray of shape (n,), dtype bool
    weight : ndarray of shape (n,), dtype float64
    counted : ndarray of shape (n,), dtype bool
    """

    factuals: Any
    counterfactuals: Any
    answered: np.ndarray
    weight: np.ndarray
    counted: np.ndarray

    @classmethod
    def check(
        cls, factuals: Any, counterfactuals: Any, answered: Any, sample_weight: Any
    ) -> MetricInputs:
        """Check the arguments of a metric; all answered rows count."""
        old, new = as_table(factuals), as_table(counterfactuals)
        answered = np.asarray(answered)
        if answered.dtype != bool or answered.ndim != 1:
            raise ValueError(
                "answered must be a mask of one boolean per row, got an array of shape "
                f"{answered.shape} and dtype {answered.dtype}."
            )
        check_consistent_length(old, new, answered)
        weight = _check_sample_weight(
            sample_weight, answered, dtype=np.float64, ensure_non_negative=True
        )
        return cls(old, new, answered, weight, counted=answered)

    def counting_accepted(self, clf: Any, favorable_label: Any) -> MetricInputs:
        """Count only the answers that the classifier accepts."""
        accepted = self.answered.copy()
        if accepted.any():
            rows = _safe_indexing(self.counterfactuals, self.answered)
            accepted[self.answered] = accepts(clf, rows, favorable_label)
        return self.counting(accepted)

    def counting_everybody(self) -> MetricInputs:
        """Count all rows, answered or not."""
        return self.counting(np.ones(len(self.answered), dtype=bool))

    def counting(self, rows: np.ndarray) -> MetricInputs:
        """Count some rows (n,), dtype bool."""
        return replace(self, counted=rows)

    def counted_answers(self) -> Any:
        """Take the counterfactuals (n_counted, d) of the rows that count."""
        return _safe_indexing(self.counterfactuals, self.counted)

    def codes(
        self, schema: TableSchema | Any
    ) -> tuple[TableSchema, np.ndarray, np.ndarray]:
        """Encode the factuals and counterfactuals of the rows that count.

        Parameters
        ----------
        schema : TableSchema or table

        Returns
        -------
        schema : TableSchema
        factuals, counterfactuals : ndarray of shape (n_counted, d), dtype float64
        """
        schema = as_schema(schema)
        if not self.counted.any():
            return schema, *np.empty((2, 0, schema.n_features))
        old = _safe_indexing(self.factuals, self.counted)
        return schema, schema.encode(old), schema.encode(self.counted_answers())

    def summarise(self, values: Any, average: str | None) -> float | np.ndarray:
        """Average the values of the rows that count, or return them row by row.

        Parameters
        ----------
        values : array-like of shape (n_counted,)
        average : {"mean", None}

        Returns
        -------
        summary : float, or ndarray of shape (n,) and dtype float64
        """
        if average not in ("mean", None):
            raise ValueError(f"average must be 'mean' or None, got {average!r}.")
        if average is None:
            spread = np.full(len(self.counted), np.nan)
            spread[self.counted] = values
            return spread
        weight = self.weight[self.counted]
        return float(np.average(values, weights=weight)) if weight.any() else np.nan


def accepts(clf: Any, table: Any, favorable_label: Any) -> np.ndarray:
    """Find the rows that a classifier gives a favorable label.

    Parameters
    ----------
    clf : fitted classifier
        Its ``predict`` decides.
    table : table of shape (n, d), n > 0
        As the classifier takes it.
    favorable_label : label, collection of labels, or None
        None takes the last of ``classes_``, with a warning where that is a guess.

    Returns
    -------
    accepted : ndarray of shape (n,), dtype bool
    """
    # The classifier may write into its input, so it gets a copy.
    predicted = np.asarray(clf.predict(table.copy())).reshape(len(table))
    classes = getattr(clf, "classes_", None)
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
    """Return a schema as it is; infer that of a table of training rows."""
    return schema if isinstance(schema, TableSchema) else TableSchema.infer(schema)


def as_table(table: Any) -> Any:
    """Return a DataFrame as it is, and anything else as an ndarray."""
    return table if hasattr(table, "iloc") else np.asarray(table)
