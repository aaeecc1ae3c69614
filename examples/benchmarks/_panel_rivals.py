"""Simple rivals of the panel, and the answers of peers on a person's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from skpar import PARRecourse
from skpar.actionability import People

N_NEAREST = 8
Answered = tuple[pd.DataFrame, np.ndarray]


class Rivals:
    """Rivals that copy accepted rows onto a person's rules.

    Parameters
    ----------
    par : PARRecourse
        A fitted estimator. Only its rules and its reading of tables are used.
    known : DataFrame
        Rows that may be copied.
    clf : fitted classifier
    """

    def __init__(self, par: PARRecourse, known: pd.DataFrame, clf: Any) -> None:
        self.par, self.clf = par, clf
        self.schema = par.schema_
        self.pool = self.schema.encode(known[clf.predict(known) == 1])
        spread = np.nanstd(self.pool, axis=0)
        self.scale = np.where(spread > 0, spread, 1.0)
        self.is_number = np.array([c.is_numeric for c in self.schema.columns])

    def best_of_nearest(self, people: pd.DataFrame) -> Answered:
        """Take the nearest of 8 accepted rows that is accepted under the rules."""
        return self._each(people, lambda own, rows: rows[0])

    def copy_and_polish(self, people: pd.DataFrame) -> Answered:
        """Polish it: give changes back, then move numbers back, while accepted."""
        return self._each(people, self._polished)

    def on_the_rules(self, people: pd.DataFrame, answered: Answered) -> Answered:
        """Move the answers of a peer onto the rules; keep those that are accepted."""
        rows, found = answered
        codes = self.schema.encode(people)
        answers, kept = codes.copy(), np.zeros(len(codes), dtype=bool)
        for i in np.flatnonzero(found):
            row = self._feasible(codes[i], self.schema.encode(rows.iloc[[i]]))
            if self._accepted(row)[0]:
                answers[i], kept[i] = row[0], True
        return self.schema.write(people, codes, answers), kept

    def _each(
        self,
        people: pd.DataFrame,
        choose: Callable[[np.ndarray, np.ndarray], np.ndarray],
    ) -> Answered:
        """Answer one person after the other."""
        codes = self.schema.encode(people)
        answers, found = codes.copy(), np.zeros(len(codes), dtype=bool)
        for i, own in enumerate(codes):
            order = np.argsort(self._distance(own, self.pool), kind="stable")
            rows = self._feasible(own, self.pool[order[:N_NEAREST]])
            rows = rows[self._accepted(rows)]
            if len(rows):
                rows = rows[np.argsort(self._distance(own, rows), kind="stable")]
                answers[i], found[i] = choose(own, rows), True
        return self.schema.write(people, codes, answers), found

    def _polished(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Give back the costliest change first; then follow each column's values."""
        row = rows[0].copy()
        for j in np.argsort(-self._costs(own, row), kind="stable"):
            tried = row.copy()
            tried[j] = own[j]
            row = self._if_accepted(own, tried, row)
        for j in np.flatnonzero(self.is_number & (row != own)).tolist():
            if np.isnan(own[j]) or np.isnan(row[j]):
                continue
            low, high = sorted((own[j], row[j]))
            values = np.unique(self.pool[:, j])
            values = values[(values > low) & (values < high)]
            values = values[np.argsort(np.abs(values - own[j]))]
            tried = np.repeat(row[None], len(values), axis=0)
            tried[:, j] = values
            tried = self._feasible(own, tried)
            accepted = np.flatnonzero(self._accepted(tried))
            row = tried[accepted[0]] if len(accepted) else row
        return row

    def _if_accepted(
        self, own: np.ndarray, tried: np.ndarray, row: np.ndarray
    ) -> np.ndarray:
        """Take a row if it is feasible as it stands, and accepted."""
        kept = self._feasible(own, tried[None])
        same = np.array_equal(kept[0], tried, equal_nan=True)
        return tried if same and self._accepted(kept)[0] else row

    def _feasible(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Project rows onto the rules of a person."""
        people = People.unlimited(own[None])
        projected: np.ndarray = self.par._actionability.project(people, rows[None])[0]
        return projected

    def _accepted(self, rows: np.ndarray) -> np.ndarray:
        """Query the classifier."""
        if not len(rows):
            return np.zeros(0, dtype=bool)
        return np.asarray(self.clf.predict(self.schema.decode(rows)) == 1)

    def _costs(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Scaled change of every cell; 1 for levels and for missing cells."""
        differs = (rows != own) & ~(np.isnan(rows) & np.isnan(own))
        size = np.where(self.is_number, np.abs(rows - own) / self.scale, 1.0)
        return np.where(differs, np.nan_to_num(size, nan=1.0), 0.0)

    def _distance(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Sum of the costs of rows (n, d)."""
        distance: np.ndarray = self._costs(own, rows).sum(axis=-1)
        return distance
