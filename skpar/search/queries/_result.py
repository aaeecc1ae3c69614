"""Answers of a search."""

from __future__ import annotations

from dataclasses import astuple, dataclass

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
    needed : ndarray of shape (n_people,), dtype bool
        Whether every change of the answer is known to be needed: its partial changes
        were queried, and none is an answer.
    nearest_miss : ndarray of shape (n_people, n_features), dtype float64
        For people without an answer, the denied row that is nearest to acceptance, of
        those that were queried. The own row if there is none.
    """

    codes: np.ndarray
    objective: np.ndarray
    n_queries: np.ndarray
    exhausted: np.ndarray
    needed: np.ndarray
    nearest_miss: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> SearchResult:
        """Make a result without answers and queries, from the codes of people."""
        n = len(codes)
        return cls(
            codes.copy(),
            np.full(n, -np.inf),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=bool),
            np.zeros(n, dtype=bool),
            codes.copy(),
        )

    @classmethod
    def joined(cls, parts: list[SearchResult]) -> SearchResult:
        """Concatenate the answers of several groups of people."""
        columns = zip(*map(astuple, parts), strict=True)
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

    def drop(self, places: np.ndarray, own: np.ndarray) -> None:
        """Drop the answers of some people; `own` are the codes of all people."""
        self.codes[places] = own[places]
        self.objective[places] = -np.inf
        self.needed[places] = False

    @property
    def found(self) -> np.ndarray:
        """Whether there is an answer, shape (n_people,), dtype bool."""
        return self.objective > -np.inf
