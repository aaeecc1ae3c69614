"""Queries to the classifier: candidates of largest expected improvement come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from .._config import SearchConfig
from ..generator import best_of_each
from ..table import row_keys


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
        Whether every feasible row of a larger objective was queried and denied. Then
        the answer is optimal, or no answer exists.
    """

    codes: np.ndarray
    objective: np.ndarray
    n_queries: np.ndarray
    exhausted: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> SearchResult:
        """Make a result without answers and queries, from the codes of people."""
        n = len(codes)
        return cls(
            codes.copy(),
            np.full(n, -np.inf),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=bool),
        )

    @classmethod
    def joined(cls, parts: list[SearchResult]) -> SearchResult:
        """Concatenate the answers of several groups of people."""
        return cls(
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.objective for part in parts]),
            np.concatenate([part.n_queries for part in parts]),
            np.concatenate([part.exhausted for part in parts]),
        )

    @property
    def found(self) -> np.ndarray:
        """Whether there is an answer, shape (n_people,), dtype bool."""
        return self.objective > -np.inf


class QueryCandidates:
    """Rows with which the classifier may be queried.

    Parameters
    ----------
    who : ndarray of shape (n_candidates,), dtype int64
        The person of each candidate.
    codes : ndarray of shape (n_candidates, n_features), dtype float64
        The rows.
    objective : ndarray of shape (n_candidates,), dtype float64
        Objective of each row, without the penalty for outliers.
    chance : ndarray of shape (n_candidates,), dtype float64
        Estimated probability that the classifier accepts the row.
    baseline : ndarray of shape (n_people,), dtype float64
        Objective that having no answer counts as, for each person.

    Attributes
    ----------
    log_odds : ndarray of shape (n_candidates,), dtype float64
        Log-odds of acceptance.
    key : ndarray of shape (n_candidates,), dtype int64
        Equal for equal rows of the same person.
    is_skipped : ndarray of shape (n_candidates,), dtype bool
        Whether a row is a duplicate, or was queried in an earlier round.
    is_queried : ndarray of shape (n_candidates,), dtype bool
        Whether the row was queried in this round.
    penalty : ndarray of shape (n_candidates,), dtype float64
        Penalty that was subtracted from the objective; NaN if it is not known.
    is_suspect : ndarray of shape (n_candidates,), dtype bool
        Whether some candidate of the same person has a penalty above 0.
    """

    def __init__(
        self,
        who: np.ndarray,
        codes: np.ndarray,
        objective: np.ndarray,
        chance: np.ndarray,
        baseline: np.ndarray,
    ) -> None:
        self.who = who
        self.codes = codes
        self.objective = objective
        share = chance.clip(1e-9, 1.0 - 1e-9)
        self.log_odds = logit(share)
        self.baseline = baseline
        self.key = row_keys(codes, owner=who)
        self.is_skipped = np.zeros(len(who), dtype=bool)
        self.is_queried = np.zeros(len(who), dtype=bool)
        self.penalty = np.full(len(who), np.nan)
        self.is_suspect = np.zeros(len(who), dtype=bool)

    def subtract_penalty(self, places: np.ndarray, penalty: np.ndarray) -> None:
        """Subtract penalties, shape (n_places,), from the objective of candidates."""
        self.objective[places] -= penalty
        self.penalty[places] = penalty


class QueryCache:
    """Queried rows and known penalties of earlier rounds of candidates."""

    def __init__(self) -> None:
        self._queried = np.empty(0, dtype=np.int64)
        self._penalized = np.empty(0, dtype=np.int64)
        self._penalty = np.empty(0)

    def apply(self, candidates: QueryCandidates) -> None:
        """Skip duplicates and rows queried before; subtract known penalties."""
        key, first = np.unique(candidates.key, return_index=True)
        candidates.is_skipped[:] = True
        candidates.is_skipped[first[~np.isin(key, self._queried)]] = False
        _, place, known = np.intersect1d(
            key, self._penalized, assume_unique=True, return_indices=True
        )
        candidates.subtract_penalty(first[place], self._penalty[known])

    def add(self, candidates: QueryCandidates) -> None:
        """Store which candidates were queried, and all known penalties."""
        known = np.flatnonzero(~np.isnan(candidates.penalty))
        queried = candidates.key[candidates.is_queried]
        self._queried = np.concatenate([self._queried, queried])
        keys = np.concatenate([self._penalized, candidates.key[known]])
        penalty = np.concatenate([self._penalty, candidates.penalty[known]])
        self._penalized, first = np.unique(keys, return_index=True)
        self._penalty = penalty[first]


class QueryScheduler:
    """Query a classifier with candidates.

    Parameters
    ----------
    accepts : callable
        The classifier. Takes codes of shape (n, n_features), returns bool of shape
        (n,).
    penalty : callable
        Takes codes of rows. Returns the penalty for outliers, float64 of shape (n,).
    max_queries : int
        Largest number of rows to query for one person.
    config : SearchConfig
        Gives the number of rows per call and the weight of a surprise.

    Notes
    -----
    The expected improvement of a candidate is its estimated probability of acceptance,
    times the difference between its objective and that of the best answer so far.

    The penalty takes time to compute. It is computed for the best accepted row of a
    person. If a row of a person has a penalty above 0, it is also computed for the
    person's other rows before these are queried.

    Each decision of the classifier shifts the log-odds of the same person's other
    candidates in proportion to its surprise: the decision (0 or 1) minus the estimated
    probability.
    """

    def __init__(
        self,
        accepts: Callable[[np.ndarray], np.ndarray],
        penalty: Callable[[np.ndarray], np.ndarray],
        max_queries: int,
        config: SearchConfig,
    ) -> None:
        self.accepts = accepts
        self.penalty = penalty
        self.max_queries = max_queries
        self.config = config

    def run(
        self,
        candidates: QueryCandidates,
        result: SearchResult,
        min_gain: float,
        min_chance: float,
    ) -> None:
        """Query until no candidate is expected to improve an answer enough.

        Parameters
        ----------
        candidates : QueryCandidates
        result : SearchResult
            Answers so far; updated in place.
        min_gain : float
            Smallest expected improvement of a query, for people with an answer.
        min_chance : float
            Smallest estimated probability of acceptance of a queried row, for all
            people.
        """
        width = self.config.first_queries
        while len(candidates.who):
            demands = (width, min_gain, min_chance)
            chosen = self._select(candidates, result, *demands)
            is_suspect = candidates.is_suspect[chosen]
            if self._compute_penalties(candidates, chosen[is_suspect]):
                chosen = self._select(candidates, result, *demands)
            if not len(chosen):
                break
            self._query(candidates, chosen, result)
            width *= self.config.query_growth

    def _select(
        self,
        candidates: QueryCandidates,
        result: SearchResult,
        width: int,
        min_gain: float,
        min_chance: float,
    ) -> np.ndarray:
        """Select the candidates to query next; return their indices."""
        who = candidates.who
        current = np.maximum(result.objective, candidates.baseline)[who]
        chance = expit(candidates.log_odds)
        gain = chance * np.maximum(candidates.objective - current, 0.0)
        gain[candidates.is_queried | candidates.is_skipped] = 0.0
        least = np.where(result.found[who], min_gain, 0.0)
        useful = np.flatnonzero((gain > least) & (chance > min_chance))
        best = useful[best_of_each(who[useful], gain[useful], width)]
        rank = np.arange(len(best)) - np.searchsorted(who[best], who[best])
        return best[rank < self.max_queries - result.n_queries[who[best]]]

    def _query(
        self, candidates: QueryCandidates, places: np.ndarray, result: SearchResult
    ) -> None:
        """Query some candidates; update answers and the chances of the others."""
        is_accepted = self.accepts(candidates.codes[places])
        who = candidates.who[places]
        candidates.is_queried[places] = True
        np.add.at(result.n_queries, who, 1)
        chance = expit(candidates.log_odds[places])
        shift = np.zeros(len(result.objective))
        np.add.at(shift, who, self.config.surprise_weight * (is_accepted - chance))
        candidates.log_odds += shift[candidates.who]
        self._update_answers(candidates, places[is_accepted], result)

    def _update_answers(
        self, candidates: QueryCandidates, accepted: np.ndarray, result: SearchResult
    ) -> None:
        """Turn the best accepted candidates, after penalties, into answers."""
        is_new = True
        while is_new:
            objective, who = candidates.objective[accepted], candidates.who[accepted]
            better = objective > result.objective[who]
            best = accepted[better][best_of_each(who[better], objective[better], 1)]
            is_new = self._compute_penalties(candidates, best)
            value = candidates.objective[best]
            best = best[value > result.objective[candidates.who[best]]]
            result.codes[candidates.who[best]] = candidates.codes[best]
            result.objective[candidates.who[best]] = candidates.objective[best]

    def _compute_penalties(
        self, candidates: QueryCandidates, places: np.ndarray
    ) -> bool:
        """Subtract penalties of some candidates; return whether any was new."""
        places = places[np.isnan(candidates.penalty[places])]
        if not len(places):
            return False
        penalty = self.penalty(candidates.codes[places])
        candidates.subtract_penalty(places, penalty)
        is_penalized = np.zeros(len(candidates.baseline), dtype=bool)
        is_penalized[candidates.who[places[penalty > 0.0]]] = True
        candidates.is_suspect |= is_penalized[candidates.who]
        return True
