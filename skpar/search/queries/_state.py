"""What is known about some people during one search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...actionability import People
from ._accepted import AcceptedRows
from ._candidates import QueryCandidates
from ._listed_partials import ListedPartials
from ._misses import NearMisses
from ._result import SearchResult

UNKNOWN, DENIED, ACCEPTED = -1, 0, 1

# Takes persons (n,) and their rows (n, n_features); float64 of shape (n,).
Surcharge = Callable[[np.ndarray, np.ndarray], np.ndarray]


def no_surcharge(who: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Surcharge of 0 for every row."""
    return np.zeros(len(who))


class QueryState:
    """Answers, decisions, accepted rows and penalties of some people.

    Parameters
    ----------
    people : People
    accepted : AcceptedRows
        Accepted rows. Earlier options of people are ruled out as answers.

    Attributes
    ----------
    result : SearchResult
        Answers so far.
    misses : NearMisses
        Denied rows of people who had no answer yet.
    partials : ListedPartials
        Partial rows of the accepted rows.
    has_outliers : ndarray of shape (n_people,), dtype bool
        Whether some row of the person has a penalty above 0.
    surcharge : callable
        What rows cost beside their objective. It is subtracted from all objectives.
    """

    def __init__(self, people: People, accepted: AcceptedRows) -> None:
        self.people = people
        self.accepted = accepted
        self.result = SearchResult.none(people.codes)
        self.misses = NearMisses(people.codes)
        self.partials = ListedPartials(people)
        self.surcharge: Surcharge = no_surcharge
        self.has_outliers = np.zeros(len(people), dtype=bool)
        self._queried = np.empty(0, dtype=np.int64)
        self._decision = np.empty(0, dtype=np.int64)
        self._penalized = np.empty(0, dtype=np.int64)
        self._penalty = np.empty(0)

    def charge(self, surcharge: Surcharge) -> None:
        """Subtract a surcharge from the objective of all rows, in place of the last."""
        rows, result = self.accepted, self.result
        everyone = np.arange(len(self.people))
        for who, codes, objective in (
            (everyone, result.codes, result.objective),
            (rows.who, rows.codes, rows.objective),
        ):
            objective += self.surcharge(who, codes) - surcharge(who, codes)
        self.surcharge = surcharge

    def decisions(self, key: np.ndarray) -> np.ndarray:
        """Look up the decisions on rows by their keys: UNKNOWN, DENIED or ACCEPTED."""
        if not len(self._queried):
            return np.full(len(key), UNKNOWN)
        place = np.searchsorted(self._queried, key).clip(max=len(self._queried) - 1)
        return np.where(self._queried[place] == key, self._decision[place], UNKNOWN)

    def add_decisions(self, key: np.ndarray, accepted: np.ndarray) -> None:
        """Store the decisions on rows by their keys."""
        keys = np.concatenate([self._queried, key])
        self._queried, first = np.unique(keys, return_index=True)
        self._decision = np.concatenate([self._decision, accepted])[first]

    def below(self, who: np.ndarray, limit: int) -> np.ndarray:
        """Find people (n,) with fewer queries than a limit: a further row may count."""
        return who[self.result.n_queries[who] < limit]

    def apply(self, candidates: QueryCandidates) -> None:
        """Skip duplicates and rows queried before; subtract known penalties."""
        key, first = np.unique(candidates.key, return_index=True)
        candidates.is_skipped[:] = True
        candidates.is_skipped[first[self.decisions(key) == UNKNOWN]] = False
        if not len(self._penalized):
            return
        _, place, known = np.intersect1d(
            key, self._penalized, assume_unique=True, return_indices=True
        )
        candidates.subtract_penalty(first[place], self._penalty[known])

    def add_penalties(self, candidates: QueryCandidates) -> None:
        """Store the known penalties of candidates."""
        known = np.flatnonzero(~np.isnan(candidates.penalty))
        keys = np.concatenate([self._penalized, candidates.key[known]])
        penalty = np.concatenate([self._penalty, candidates.penalty[known]])
        self._penalized, first = np.unique(keys, return_index=True)
        self._penalty = penalty[first]
