"""Asking the classifier about candidates, those first from which most is expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..generator import best_of_each

_ASKED_AT_FIRST = 2
_GROWTH = 4
_SURPRISE = 1.0


@dataclass
class SearchResult:
    """What search found.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The answer of each person; their own row where there is none.
    worth : ndarray of shape (n_samples,), dtype float64
        Objective of the answer; -inf where there is none.
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that the classifier was asked about for each person.
    settled : ndarray of shape (n_samples,), dtype bool
        Whether everything within reach that would be worth more was asked about and
        not accepted: the answer is the best there is, or there is none.
    """

    codes: np.ndarray
    worth: np.ndarray
    classifier_rows: np.ndarray
    settled: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> SearchResult:
        """Nobody was asked about yet."""
        n = len(codes)
        return cls(
            codes.copy(),
            np.full(n, -np.inf),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=bool),
        )

    @classmethod
    def joined(cls, parts: list[SearchResult]) -> SearchResult:
        """Put the answers of several groups of people together."""
        return cls(
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.worth for part in parts]),
            np.concatenate([part.classifier_rows for part in parts]),
            np.concatenate([part.settled for part in parts]),
        )

    @property
    def found(self) -> np.ndarray:
        """Whether there is an answer, shape (n_samples,), dtype bool."""
        return self.worth > -np.inf


class QueryCandidates:
    """Rows that the classifier may be asked about.

    Parameters
    ----------
    who : ndarray of shape (n_candidates,), dtype int64
        Whose row each could be.
    codes : ndarray of shape (n_candidates, n_features), dtype float64
        The rows.
    worth : ndarray of shape (n_candidates,), dtype float64
        What each promises: its objective, outliers like all others.
    chance : ndarray of shape (n_candidates,), dtype float64
        How likely each is thought to be accepted.
    base : ndarray of shape (n_people,), dtype float64
        What having no answer counts as, by person.

    Attributes
    ----------
    odds : ndarray of shape (n_candidates,), dtype float64
        Log-odds of the chances.
    key : ndarray of shape (n_candidates,), dtype int64
        Tells rows of people apart.
    skipped : ndarray of shape (n_candidates,), dtype bool
        Whether it is not asked about: it repeats another one, or was asked about.
    asked : ndarray of shape (n_candidates,), dtype bool
        Whether the classifier was asked about it.
    penalty : ndarray of shape (n_candidates,), dtype float64
        What was taken off its worth; NaN where nobody knows yet.
    is_suspect : ndarray of shape (n_candidates,), dtype bool
        Whether a candidate of the same person was found to have a penalty.
    """

    def __init__(
        self,
        who: np.ndarray,
        codes: np.ndarray,
        worth: np.ndarray,
        chance: np.ndarray,
        base: np.ndarray,
    ) -> None:
        self.who = who
        self.codes = codes
        self.worth = worth
        share = chance.clip(1e-9, 1.0 - 1e-9)
        self.odds = np.log(share / (1.0 - share))
        self.base = base
        self.key = _keys(who, codes)
        self.skipped = np.zeros(len(who), dtype=bool)
        self.asked = np.zeros(len(who), dtype=bool)
        self.penalty = np.full(len(who), np.nan)
        self.is_suspect = np.zeros(len(who), dtype=bool)

    def fine(self, places: np.ndarray, penalty: np.ndarray) -> None:
        """Take penalties, shape (n_places,), off the worth of some candidates."""
        self.worth[places] -= penalty
        self.penalty[places] = penalty


class QueryCache:
    """What is known of the rows of people from earlier rounds of candidates."""

    def __init__(self) -> None:
        self._asked = np.empty(0, dtype=np.int64)
        self._fined = np.empty(0, dtype=np.int64)
        self._penalty = np.empty(0)

    def recall(self, candidates: QueryCandidates) -> None:
        """Skip repeats and rows asked about before; take known penalties off."""
        key, first = np.unique(candidates.key, return_index=True)
        candidates.skipped[:] = True
        candidates.skipped[first[~np.isin(key, self._asked)]] = False
        _, place, known = np.intersect1d(
            key, self._fined, assume_unique=True, return_indices=True
        )
        candidates.fine(first[place], self._penalty[known])

    def add(self, candidates: QueryCandidates) -> None:
        """Remember which were asked about, and what their penalties are."""
        fined = np.flatnonzero(~np.isnan(candidates.penalty))
        self._asked = np.concatenate([self._asked, candidates.key[candidates.asked]])
        keys = np.concatenate([self._fined, candidates.key[fined]])
        penalty = np.concatenate([self._penalty, candidates.penalty[fined]])
        self._fined, first = np.unique(keys, return_index=True)
        self._penalty = penalty[first]


class QueryScheduler:
    """Ask a classifier about candidates.

    Parameters
    ----------
    accepts : callable
        Codes of shape (n, n_features) to bool of shape (n,).
    penalty : callable
        Codes of rows to what they are worth less than promised, float64 of shape (n,).
    max_queries : int
        Most rows to ask about for one person.

    Notes
    -----
    The gain expected from a candidate is its chance times what it promises above the
    best answer so far. The penalty takes time: it is found for a person's best accepted
    row and, once one of theirs has had one, for others before these are asked about.
    What the classifier says shifts the chances of the same person's other candidates:
    by its surprise, in log-odds.
    """

    def __init__(
        self,
        accepts: Callable[[np.ndarray], np.ndarray],
        penalty: Callable[[np.ndarray], np.ndarray],
        max_queries: int,
    ) -> None:
        self.accepts = accepts
        self.penalty = penalty
        self.max_queries = max_queries

    def run(
        self,
        candidates: QueryCandidates,
        answers: SearchResult,
        least_gain: float,
        least_chance: float,
    ) -> None:
        """Ask until nothing promises enough; write down what is found.

        Parameters
        ----------
        candidates : QueryCandidates
        answers : SearchResult
            What people have; changed in place.
        least_gain : float
            Nobody who has an answer is asked about for less.
        least_chance : float
            Nobody at all is asked about for less.
        """
        width = _ASKED_AT_FIRST
        while len(candidates.who):
            bars = (width, least_gain, least_chance)
            chosen = self._most_promising(candidates, answers, *bars)
            if self._judge(candidates, chosen[candidates.is_suspect[chosen]]):
                chosen = self._most_promising(candidates, answers, *bars)
            if not len(chosen):
                break
            self._ask(candidates, chosen, answers)
            # More each time: a call to a pipeline costs more than a row.
            width *= _GROWTH

    def _most_promising(
        self,
        candidates: QueryCandidates,
        answers: SearchResult,
        width: int,
        least_gain: float,
        least_chance: float,
    ) -> np.ndarray:
        """Places of the candidates to be asked about next."""
        who = candidates.who
        base = np.maximum(answers.worth, candidates.base)[who]
        chance = 1.0 / (1.0 + np.exp(-candidates.odds))
        gain = chance * np.maximum(candidates.worth - base, 0.0)
        gain[candidates.asked | candidates.skipped] = 0.0
        least = np.where(answers.found[who], least_gain, 0.0)
        hopeful = np.flatnonzero((gain > least) & (chance > least_chance))
        best = hopeful[best_of_each(who[hopeful], gain[hopeful], width)]
        rank = np.arange(len(best)) - np.searchsorted(who[best], who[best])
        return best[rank < self.max_queries - answers.classifier_rows[who[best]]]

    def _ask(
        self, candidates: QueryCandidates, asked: np.ndarray, answers: SearchResult
    ) -> None:
        """Ask about candidates; write down answers and what they say of the others."""
        yes = self.accepts(candidates.codes[asked])
        who = candidates.who[asked]
        candidates.asked[asked] = True
        np.add.at(answers.classifier_rows, who, 1)
        chance = 1.0 / (1.0 + np.exp(-candidates.odds[asked]))
        shift = np.zeros(len(answers.worth))
        np.add.at(shift, who, _SURPRISE * (yes - chance))
        candidates.odds += shift[candidates.who]
        self._keep(candidates, asked[yes], answers)

    def _keep(
        self, candidates: QueryCandidates, accepted: np.ndarray, answers: SearchResult
    ) -> None:
        """Keep the best of accepted candidates, after the penalty."""
        is_new = True
        while is_new:
            promise, who = candidates.worth[accepted], candidates.who[accepted]
            better = promise > answers.worth[who]
            best = accepted[better][best_of_each(who[better], promise[better], 1)]
            is_new = self._judge(candidates, best)
            best = best[candidates.worth[best] > answers.worth[candidates.who[best]]]
            answers.codes[candidates.who[best]] = candidates.codes[best]
            answers.worth[candidates.who[best]] = candidates.worth[best]

    def _judge(self, candidates: QueryCandidates, places: np.ndarray) -> bool:
        """Take the penalty off some candidates, once; tell whether any was new."""
        places = places[np.isnan(candidates.penalty[places])]
        if not len(places):
            return False
        lost = self.penalty(candidates.codes[places])
        candidates.fine(places, lost)
        is_fined = np.zeros(len(candidates.base), dtype=bool)
        is_fined[candidates.who[places[lost > 0.0]]] = True
        candidates.is_suspect |= is_fined[candidates.who]
        return True


def _keys(who: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Hash rows of people to 64 bits; a chance collision costs a candidate."""
    bits = np.where(np.isnan(codes), np.inf, codes).view(np.int64)
    # The bits of small whole numbers are all at the top.
    bits = bits ^ (bits >> 32) ^ (bits >> 52)
    factors = np.random.RandomState(0).randint(2**62, size=1 + codes.shape[1]) * 2 + 1
    key: np.ndarray = who * factors[0] + (bits * factors[1:]).sum(axis=1)
    return key
