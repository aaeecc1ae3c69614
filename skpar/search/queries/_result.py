"""Answers of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class SearchResult:
    """Answers of some people.

    Parameters
    ----------
    codes : ndarray of shape (n_people, n_features), dtype float64
        The answer of each person; their own row if there is none.
    objective : ndarray of shape (n_people,), dtype float64
        Objective of the answer; -inf if there is none.
    n_queries : ndarray of shape (n_people,), dtype int64
        Number of rows queried for each person.
    exhausted : ndarray of shape (n_people,), dtype bool
        Whether every feasible row of a larger objective was queried and is no answer.
        Then the answer is optimal, or no answer exists.
    nearest_miss : ndarray of shape (n_people, n_features), dtype float64
        For people without an answer, the row that is nearest to being one, of those
        that were queried: an accepted row above the largest effort, or the denied row
        that is nearest to acceptance. The own row if there is none.
    needed : ndarray of shape (n_people,), dtype bool
        Whether every change of the answer is known to be needed: its partial changes
        were queried, and none is an answer.
    accompanying : ndarray of shape (n_people, n_features), dtype bool
        Changes that are not needed: the classifier also accepts the answer with this
        change alone undone.
    unchecked : ndarray of shape (n_people, n_features), dtype bool
        Changes of which it is not known whether they are needed. All features, until
        `find_accompanying` was called.
    """

    codes: np.ndarray
    objective: np.ndarray
    n_queries: np.ndarray
    exhausted: np.ndarray
    nearest_miss: np.ndarray
    needed: np.ndarray
    accompanying: np.ndarray
    unchecked: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> SearchResult:
        """Make a result without answers and queries, from the codes of people."""
        n = len(codes)
        return cls(
            codes.copy(),
            np.full(n, -np.inf),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=bool),
            codes.copy(),
            np.zeros(n, dtype=bool),
            np.zeros(codes.shape, dtype=bool),
            np.ones(codes.shape, dtype=bool),
        )

    @classmethod
    def joined(cls, parts: list[SearchResult]) -> SearchResult:
        """Concatenate the answers of several groups of people."""
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        return cls(*map(np.concatenate, columns))

    def replace(
        self, places: np.ndarray, other: SearchResult, is_better: np.ndarray
    ) -> None:
        """Replace the answers of some people, and add up their queries.

        Parameters
        ----------
        places : ndarray of shape (n_others,), dtype int64
            The people of the other answers.
        other : SearchResult
        is_better : ndarray of shape (n_others,), dtype bool
            Which of the other answers are taken over.
        """
        self.n_queries[places] += other.n_queries
        self.nearest_miss[places] = other.nearest_miss
        places = places[is_better]
        self.codes[places] = other.codes[is_better]
        self.objective[places] = other.objective[is_better]
        self.exhausted[places] = other.exhausted[is_better]
        self.needed[places] = other.needed[is_better]
        self.accompanying[places] = other.accompanying[is_better]
        self.unchecked[places] = other.unchecked[is_better]

    def drop(self, places: np.ndarray, own: np.ndarray) -> None:
        """Drop the answers of some people; `own` are the codes of all people."""
        self.codes[places] = own[places]
        self.objective[places] = -np.inf
        self.needed[places] = False

    def columns(self, who: np.ndarray, passed: np.ndarray) -> dict[str, Any]:
        """Spread what is known about answers over all rows of a table.

        Parameters
        ----------
        who : ndarray of shape (n_people,), dtype int64
            Row numbers of the people in the table.
        passed : ndarray of shape (n_samples,), dtype bool
            Rows with an answer. Flags of other rows are False.

        Returns
        -------
        columns : dict of str to ndarray of shape (n_samples, ...)
            By name of the column in the report.
        """
        flags = {
            "optimal": self.exhausted,
            "needed": self.needed,
            "accompanying": self.accompanying,
            "unchecked": self.unchecked,
        }
        n_queries = np.zeros(len(passed), dtype=np.int64)
        n_queries[who] = self.n_queries
        columns: dict[str, Any] = {"n_queries": n_queries}
        kept = passed[who]
        for name, flag in flags.items():
            columns[name] = np.zeros((len(passed), *flag.shape[1:]), dtype=bool)
            columns[name][who[kept]] = flag[kept]
        return columns

    @property
    def found(self) -> np.ndarray:
        """Whether there is an answer, shape (n_people,), dtype bool."""
        return self.objective > -np.inf
