"""Inputs of metrics: checks, the rows that count, and their mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_sample_weight, check_consistent_length

from ..classifier import choose_favorable
from ..table import TableSchema, copied, is_frame, refuse_lazy


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
    target : ndarray of shape (n,), dtype object, optional
        Label that each person wants; missing for any favorable label.
    """

    factuals: Any
    counterfactuals: Any
    answered: np.ndarray
    weight: np.ndarray
    counted: np.ndarray
    target: np.ndarray | None = None

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

    def counting_accepted(
        self, clf: Any, favorable_label: Any, target: Any = None
    ) -> MetricInputs:
        """Count only the answers that the classifier gives a wanted label."""
        inputs = replace(self, target=read_target(target, len(self.answered)))
        answers, accepted = inputs.counting(self.answered), self.answered.copy()
        if accepted.any():
            accepted[self.answered] = accepts(
                clf,
                answers.counted_answers(),
                favorable_label,
                answers.counted_target(),
            )
        return inputs.counting(accepted)

    def counting_everybody(self) -> MetricInputs:
        """Count all rows, answered or not."""
        return self.counting(np.ones(len(self.answered), dtype=bool))

    def counting(self, rows: np.ndarray) -> MetricInputs:
        """Count some rows (n,), dtype bool."""
        return replace(self, counted=rows)

    def counted_answers(self) -> Any:
        """Take the counterfactuals (n_counted, d) of the rows that count."""
        return _safe_indexing(self.counterfactuals, self.counted)

    def counted_target(self) -> np.ndarray | None:
        """Take the wanted labels (n_counted,) of the rows that count, if any."""
        return None if self.target is None else self.target[self.counted]

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


def read_target(target: Any, n: int) -> np.ndarray | None:
    """Read the label that each of n people wants.

    Parameters
    ----------
    target : label or array-like of shape (n,), or None
        A label for all, or one for each person.
    n : int

    Returns
    -------
    labels : ndarray of shape (n,), dtype object, or None
        None if `target` is None.

    Raises
    ------
    ValueError
        If there are more or fewer labels than people.
    """
    if target is None:
        return None
    labels = np.empty(n, dtype=object)
    if isinstance(target, str) or np.ndim(target) == 0:
        labels[:] = target
        return labels
    if np.shape(target) != (n,):
        raise ValueError(
            f"target has shape {np.shape(target)}, but there are {n} people. Give a "
            "label, or one label for each person."
        )
    labels[:] = list(target)
    return labels


def accepts(
    clf: Any, table: Any, favorable_label: Any, target: np.ndarray | None = None
) -> np.ndarray:
    """Find the rows that a classifier gives a wanted label.

    Parameters
    ----------
    clf : fitted classifier
        Its ``predict`` decides.
    table : table of shape (n, d), n > 0
        As the classifier takes it.
    favorable_label : label, collection of labels, or None
        None takes the last of ``classes_``, with a warning where that is a guess.
    target : ndarray of shape (n,), dtype object, optional
        The label that each row must have instead, unless it is missing.

    Returns
    -------
    accepted : ndarray of shape (n,), dtype bool
    """
    # The classifier may write into its input, so it gets a copy.
    predicted = np.asarray(clf.predict(copied(table))).reshape(len(table))
    classes = getattr(clf, "classes_", None)
    if classes is None:
        if favorable_label is None:
            raise ValueError(
                "The classifier has no classes_ to take the last of: give "
                "favorable_label."
            )
        one = isinstance(favorable_label, str) or np.ndim(favorable_label) == 0
        wanted = [favorable_label] if one else list(favorable_label)
        accepted = np.isin(predicted, wanted)
    else:
        favorable = choose_favorable(np.asarray(classes), favorable_label)
        accepted = np.isin(predicted, favorable)
    if target is None:
        return accepted
    is_target = [a == b for a, b in zip(predicted.tolist(), target, strict=True)]
    return np.where(pd.isna(target), accepted, np.array(is_target, dtype=bool))


def as_schema(schema: TableSchema | Any) -> TableSchema:
    """Return a schema as it is; infer that of a table of training rows."""
    return schema if isinstance(schema, TableSchema) else TableSchema.infer(schema)


def as_table(table: Any) -> Any:
    """Return a frame as it is, and anything else as an ndarray."""
    refuse_lazy("table", table)
    return table if is_frame(table) else np.asarray(table)
