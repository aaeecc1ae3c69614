"""The report: what was asked, what was found, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ._schema import TableSchema

ACCEPTED = "accepted"
FOUND = "found"
NOT_FOUND = "not found"


@dataclass(frozen=True, eq=False)
class RecourseReport:
    """Recourse for every row of a table, with its status and what it takes.

    Returned by :meth:`skpar.PARRecourse.recourse`; not made by hand.

    Parameters
    ----------
    factuals : DataFrame or ndarray of shape (n_samples, n_features)
        The rows as they were given.
    counterfactuals : DataFrame or ndarray of shape (n_samples, n_features)
        The recourse of every row that has one; the factual elsewhere.
    status : ndarray of shape (n_samples,), dtype str
        ``"accepted"`` for rows that the classifier accepts as they are, ``"found"``
        for a recourse that was re-checked, ``"not found"`` otherwise.
    reason : ndarray of shape (n_samples,), dtype object
        Why there is no recourse; empty where there is one.
    effort : ndarray of shape (n_samples,), dtype float64
        Effort of the recourse, summed over features; NaN where there is none, here
        and below.
    gower : ndarray of shape (n_samples,), dtype float64
        Gower distance between factual and counterfactual, in [0, 1].
    n_changed : ndarray of shape (n_samples,), dtype float64
        Number of features changed.
    objective : ndarray of shape (n_samples,), dtype float64
        What the recourse is worth under the weights of the estimator.
    log_density : ndarray of shape (n_samples,), dtype float64
        Log-density of the counterfactual among accepted people, in nats, numbers
        being measured in their own units.
    percentile : ndarray of shape (n_samples,), dtype float64
        Share of held-out accepted people who are less plausible, in [0, 1].
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that the classifier was asked about for each person.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(300, random_state=0)
    >>> report = PARRecourse(max_iter=2, random_state=0).fit(X, y).recourse(X[:20])
    >>> report.to_frame().columns.tolist()[:3]
    ['status', 'n_changed', 'effort']
    >>> len(report.actions())
    20
    """

    factuals: Any
    counterfactuals: Any
    status: np.ndarray
    reason: np.ndarray
    effort: np.ndarray
    gower: np.ndarray
    n_changed: np.ndarray
    objective: np.ndarray
    log_density: np.ndarray
    percentile: np.ndarray
    classifier_rows: np.ndarray
    _schema: TableSchema = field(repr=False)
    _codes: np.ndarray = field(repr=False)
    _new_codes: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.status)

    @property
    def asked(self) -> np.ndarray:
        """Rows that the classifier denies, shape (n_samples,), dtype bool."""
        return self.status != ACCEPTED

    @property
    def answered(self) -> np.ndarray:
        """Rows for which a recourse was found, shape (n_samples,), dtype bool."""
        return self.status == FOUND

    def to_frame(self) -> pd.DataFrame:
        """Summarise every row.

        Returns
        -------
        frame : DataFrame of shape (n_samples, 9)
            Status, numbers and reason, under the index of the factuals.
        """
        index = self.factuals.index if hasattr(self.factuals, "index") else None
        return pd.DataFrame(
            {
                "status": self.status,
                "n_changed": pd.array(self.n_changed, dtype="Int64"),
                "effort": self.effort,
                "gower": self.gower,
                "objective": self.objective,
                "log_density": self.log_density,
                "percentile": self.percentile,
                "classifier_rows": self.classifier_rows,
                "reason": self.reason,
            },
            index=index,
        )

    def changes(self) -> pd.DataFrame:
        """List every change of every recourse.

        Returns
        -------
        frame : DataFrame of shape (n_changes, 4)
            ``row`` (label in the index of the factuals), ``feature``, ``from`` and
            ``to``; None stands for a missing cell.
        """
        labels = getattr(self.factuals, "index", np.arange(len(self)))
        lines = [
            (
                labels[row],
                self._schema.columns[j].name,
                self._schema.value_of(j, self._codes[row, j]),
                self._schema.value_of(j, self._new_codes[row, j]),
            )
            for row in np.flatnonzero(self.answered)
            for j in self._changed_features(row)
        ]
        names = ["row", "feature", "from", "to"]
        # Without a dtype pandas would turn whole numbers into floats, and None too.
        frame = pd.DataFrame(lines, columns=names, dtype=object)
        return frame.astype({"row": labels.dtype})

    def actions(self) -> list[str]:
        """Say every recourse in words.

        Returns
        -------
        actions : list of str
            One sentence per row; for a row without recourse, why.
        """
        return [
            "; ".join(self._action(row, j) for j in self._changed_features(row))
            if self.status[row] == FOUND
            else f"{self.status[row]}: {self.reason[row]}"
            if self.status[row] == NOT_FOUND
            else "already accepted"
            for row in range(len(self))
        ]

    def _changed_features(self, row: Any) -> np.ndarray:
        """Columns in which the recourse of a row differs from its factual."""
        old, new = self._codes[row], self._new_codes[row]
        return np.flatnonzero(~((old == new) | (np.isnan(old) & np.isnan(new))))

    def _action(self, row: int, j: int) -> str:
        """Say one change."""
        column = self._schema.columns[j]
        old, new = self._codes[row, j], self._new_codes[row, j]
        came, to = _in_words(
            self._schema.value_of(j, old), self._schema.value_of(j, new)
        )
        if np.isnan(old):
            return f"fill in {column.name} with {to}"
        verb = "change"
        if column.kind != "binary" and column.is_ordered:
            verb = "raise" if new > old else "lower"
        return f"{verb} {column.name} from {came} to {to}"


def _in_words(*values: Any) -> list[str]:
    """Write values for a reader, with as few digits as tell them apart."""
    words = [_rounded(value) for value in values]
    return words if len(set(words)) == len(words) else [str(value) for value in values]


def _rounded(value: Any) -> str:
    """Write a value, a number with six digits or up to its decimal point."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
