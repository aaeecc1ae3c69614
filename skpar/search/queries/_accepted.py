"""Accepted rows: which are answers, and which make more changes than are needed."""

from __future__ import annotations

import numpy as np

from ...generator import best_of_each
from ...table import are_among, same_cells

OPEN, PROVEN, SPARE, RULED_OUT = 0, 1, 2, 3
# Up to this number of pairs, all are compared at once.
_FEW_PAIRS = 500


class AcceptedRows:
    """Rows of some people that the classifier accepts.

    Parameters
    ----------
    own : ndarray of shape (n_people, n_features), dtype float64
        Codes of the people.
    acting : ndarray of shape (n_features,), dtype bool
        Features that a person changes directly.

    Attributes
    ----------
    who : ndarray of shape (n_rows,), dtype int64
        The person of each row.
    codes : ndarray of shape (n_rows, n_features), dtype float64
    objective : ndarray of shape (n_rows,), dtype float64
        Objective; without the penalty for outliers unless `has_penalty`.
    has_penalty : ndarray of shape (n_rows,), dtype bool
    status : ndarray of shape (n_rows,), dtype int64
        OPEN, PROVEN (every change is needed), RULED_OUT, or SPARE: part of the changes
        is enough, but gives a row that is not eligible.
    is_eligible : ndarray of shape (n_rows,), dtype bool
        Whether the row is eligible. Further options need more than that.
    """

    def __init__(self, own: np.ndarray, acting: np.ndarray) -> None:
        self.own = own
        self.acting = acting
        self.who = np.empty(0, dtype=np.int64)
        self.codes = own[:0]
        self.objective = np.empty(0)
        self.has_penalty = np.empty(0, dtype=bool)
        self.status = np.empty(0, dtype=np.int64)
        self.is_eligible = np.empty(0, dtype=bool)

    def add(
        self,
        who: np.ndarray,
        codes: np.ndarray,
        objective: np.ndarray,
        has_penalty: np.ndarray,
        is_eligible: np.ndarray,
        is_answer: np.ndarray,
    ) -> None:
        """Add rows; the arguments are as the attributes.

        `is_answer` says whether a row may be an answer. If not, it is ruled out.
        """
        status = np.where(is_answer, OPEN, RULED_OUT)
        self.who = np.concatenate([self.who, who])
        self.codes = np.concatenate([self.codes, codes])
        self.objective = np.concatenate([self.objective, objective])
        self.has_penalty = np.concatenate([self.has_penalty, has_penalty])
        self.status = np.concatenate([self.status, status])
        self.is_eligible = np.concatenate([self.is_eligible, is_eligible])

    def add_earlier(self, who: np.ndarray, codes: np.ndarray) -> None:
        """Add answers that people already have; no row may contain them."""
        yes = np.ones(len(who), dtype=bool)
        self.add(who, codes, np.full(len(who), -np.inf), yes, yes, ~yes)

    def best_open(
        self, least: np.ndarray, statuses: tuple[int, ...] = (OPEN,)
    ) -> np.ndarray:
        """Find the open row of largest objective of each person.

        Parameters
        ----------
        least : ndarray of shape (n_people,), dtype float64
            Only larger objectives count.
        statuses : tuple of int, default=(OPEN,)
            Statuses of the rows that count.

        Returns
        -------
        places : ndarray, dtype int64
            One index at most per person, in the order of people.
        """
        is_open = are_among(self.status, np.array(statuses))
        useful = np.flatnonzero(is_open & (self.objective > least[self.who]))
        return useful[best_of_each(self.who[useful], self.objective[useful], 1)]

    def rule_out(self, first_new: int) -> None:
        """Rule out rows that make all changes of another accepted row, and more.

        Parameters
        ----------
        first_new : int
            Pairs of rows before this index were compared earlier.
        """
        new, old = np.split(np.arange(len(self.who)), [first_new])[::-1]
        for status, kind in ((SPARE, False), (RULED_OUT, True)):
            for rows, parts in ((new, new), (old, new), (new, old)):
                parts = parts[self.is_eligible[parts] == kind]
                if not len(parts) or not len(rows):
                    continue
                is_left = (self.status[rows] != PROVEN) & (self.status[rows] < status)
                rows = rows[is_left]
                contain = self.contain(self.who[rows], self.codes[rows], parts)
                self.status[rows[contain]] = status

    def contain(
        self, who: np.ndarray, rows: np.ndarray, parts: np.ndarray
    ) -> np.ndarray:
        """Find rows that make all changes of an accepted row, and more.

        Parameters
        ----------
        who : ndarray of shape (n,), dtype int64
            The person of each row.
        rows : ndarray of shape (n, n_features), dtype float64
        parts : ndarray of shape (n_parts,), dtype int64
            Indices of the accepted rows to compare with.

        Returns
        -------
        contain : ndarray of shape (n,), dtype bool
        """
        if len(parts) * len(who) <= _FEW_PAIRS:
            return self._contain_any(who, rows, parts)
        contain = np.zeros(len(who), dtype=bool)
        parts = parts[np.argsort(self.who[parts], kind="stable")]
        owner = self.who[parts]
        start, stop = (np.searchsorted(owner, who, side) for side in ("left", "right"))
        acting = self.acting
        own, codes = self.own[:, acting], self.codes[:, acting]
        for k in range(int((stop - start).max())):
            left = np.flatnonzero((start + k < stop) & ~contain)
            part = codes[parts[start[left] + k]]
            before, row = own[who[left]], rows[left][:, acting]
            is_made = ~same_cells(before, part)
            agrees = (same_cells(row, part) | ~is_made).all(axis=1)
            left, is_made = left[agrees], is_made[agrees]
            is_changed = ~same_cells(before[agrees], row[agrees])
            contain[left] = (is_changed & ~is_made).any(axis=1)
        return contain

    def _contain_any(
        self, who: np.ndarray, rows: np.ndarray, parts: np.ndarray
    ) -> np.ndarray:
        """As `contain`; compares all pairs at once, which is faster for few."""
        acting = self.acting
        row, part = rows[:, acting], self.codes[parts][:, acting]
        is_changed = ~same_cells(self.own[who][:, acting], row)
        is_made = ~same_cells(self.own[self.who[parts]][:, acting], part)
        agrees = same_cells(row[:, None], part) | ~is_made
        contain = agrees.all(axis=2) & (is_changed[:, None] & ~is_made).any(axis=2)
        contain &= who[:, None] == self.who[parts]
        return np.asarray(contain.any(axis=1))
