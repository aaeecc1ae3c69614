"""Queries to the classifier: candidates of largest expected improvement come first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from ..._search_config import SearchConfig
from ...generator import best_of_each
from ...objective import Objective
from ...table import are_among
from ._accepted import OPEN, PROVEN, SPARE
from ._candidates import QueryCandidates
from ._listed_partials import Partials
from ._partial_rows import PartialRows
from ._state import ACCEPTED, UNKNOWN, QueryState

Accepts = Callable[[np.ndarray], np.ndarray]
# Takes persons (n,) and their rows (n, n_features); bool of shape (n,).
MayAnswer = Callable[[np.ndarray, np.ndarray], np.ndarray]


class QueryScheduler:
    """Query a classifier with candidates.

    Parameters
    ----------
    accepts : callable
        The classifier. Takes codes of shape (n, n_features), returns bool of shape
        (n,).
    objective : Objective
        Objective of rows, and their penalty for outliers.
    partial_rows : PartialRows or None
        Lists the partial changes of rows. None if changes need not be needed: then
        every accepted row is an answer.
    max_queries : int
        Largest number of rows to query for one person.
    config : SearchConfig
        Gives the number of rows per call and the weight of a surprise.

    Notes
    -----
    The expected improvement of a candidate is the estimated probability that it is
    accepted and all of its changes are needed, times the difference between its
    objective and that of the best accepted row so far.

    An accepted row becomes an answer if none of its partial changes is accepted. Every
    call queries candidates, together with partial changes of the best accepted row of
    each person that is not an answer yet. If a partial change is accepted, all rows
    that contain it are ruled out. If it may be an answer, it becomes such an accepted
    row itself. If it is not eligible, the rows that contain it stay as a last resort.
    If the budget ends before, the best accepted row is the answer, and it is not known
    whether its changes are needed.

    The penalty takes time to compute. It is computed for the best accepted row of a
    person. If a row of a person has a penalty above 0, it is also computed for
    the person's other rows before these are queried.

    Each decision of the classifier shifts the log-odds of the same person's other
    candidates in proportion to its surprise: the decision (0 or 1) minus the estimated
    probability.
    """

    def __init__(
        self,
        accepts: Accepts,
        objective: Objective,
        partial_rows: PartialRows | None,
        max_queries: int,
        config: SearchConfig,
    ) -> None:
        self.accepts = accepts
        self.objective = objective
        self.partial_rows = partial_rows
        self.max_queries = max_queries
        self.config = config

    def run(
        self,
        candidates: QueryCandidates,
        state: QueryState,
        min_gain: float | np.ndarray,
        min_chance: float,
        reserve: int,
        may_answer: MayAnswer,
    ) -> None:
        """Query until no candidate is expected to improve an answer enough.

        Parameters
        ----------
        candidates : QueryCandidates
        state : QueryState
            What is known so far; updated in place.
        min_gain : float or ndarray of shape (n_people,)
            Smallest expected improvement of a query, for people with an answer.
        min_chance : float
            Smallest estimated probability of acceptance of a queried row, for all
            people.
        reserve : int
            Number of queries per person that are kept for partial changes.
        may_answer : callable
            Says whether accepted partial rows may be answers, if they are eligible.
            Takes persons of shape (n,) and codes of shape (n, n_features), returns bool
            of shape (n,).
        """
        state.apply(candidates)
        everything = np.arange(len(state.accepted.who))
        self._skip_unneeded(candidates, state, everything)
        width = self.config.first_queries
        while True:
            best, partial = self._prove(state)
            demands = (best, width, min_gain, min_chance)
            chosen = self._select(candidates, state, *demands)
            suspect = chosen[state.has_outliers[candidates.who[chosen]]]
            if self._penalize_candidates(candidates, suspect, state):
                chosen = self._select(candidates, state, *demands)
            partial, chosen = self._within_budget(
                candidates, chosen, partial, state, reserve
            )
            if not len(chosen) and not len(partial.who):
                break
            self._query(candidates, chosen, partial, state, may_answer)
            width *= self.config.query_growth
        state.add_penalties(candidates)

    def _prove(self, state: QueryState) -> tuple[np.ndarray, Partials]:
        """Turn accepted rows into answers, if all of their partial rows are denied.

        Returns the objective of the best accepted row of each person, and the partial
        rows to query.
        """
        rows, result = state.accepted, state.result
        while True:
            best = self._best_open(state)
            value = result.objective.copy()
            value[rows.who[best]] = rows.objective[best]
            if self.partial_rows is None:
                self._answer(state, best)
                return value, Partials.none(rows.codes)
            partial = state.partials.of(rows, best, self.partial_rows)
            decision = state.decisions(partial.key)
            is_spare = are_among(best, partial.parent[decision == ACCEPTED])
            is_open = are_among(best, partial.parent[decision == UNKNOWN])
            rows.status[best[is_spare]] = SPARE
            if not is_spare.any():
                self._answer(state, best[~is_open])
                return value, partial[decision == UNKNOWN]

    def _answer(self, state: QueryState, places: np.ndarray) -> None:
        """Make accepted rows the answers of their people."""
        rows, result = state.accepted, state.result
        who = rows.who[places]
        rows.status[places] = PROVEN
        result.codes[who] = rows.codes[places]
        result.objective[who] = rows.objective[places]
        result.needed[who] = self.partial_rows is not None

    def _best_open(
        self, state: QueryState, statuses: tuple[int, ...] = (OPEN,)
    ) -> np.ndarray:
        """Index of the best open accepted row of each person, after penalties."""
        rows = state.accepted
        while True:
            best = rows.best_open(state.result.objective, statuses)
            left = best[~rows.has_penalty[best]]
            if not len(left):
                return best
            penalty = self.objective.outlier_penalty(rows.codes[left])
            rows.objective[left] -= penalty
            rows.has_penalty[left] = True
            state.has_outliers[rows.who[left[penalty > 0.0]]] = True

    def _select(
        self,
        candidates: QueryCandidates,
        state: QueryState,
        best: np.ndarray,
        width: int,
        min_gain: float | np.ndarray,
        min_chance: float,
    ) -> np.ndarray:
        """Select the candidates to query next; return their indices."""
        who = candidates.who
        current = np.maximum(best, candidates.baseline)[who]
        chance = expit(candidates.log_odds)
        gain = np.maximum(candidates.objective - current, 0.0)
        gain *= self._chance_of_answer(candidates, chance)
        gain[candidates.is_queried | candidates.is_skipped] = 0.0
        least = np.where(best > -np.inf, min_gain, 0.0)[who]
        useful = np.flatnonzero((gain > least) & (chance > min_chance))
        return useful[best_of_each(who[useful], gain[useful], width)]

    def _chance_of_answer(
        self, candidates: QueryCandidates, chance: np.ndarray
    ) -> np.ndarray:
        """Estimate the probability that candidates are accepted and needed."""
        if self.partial_rows is None:
            return chance
        undone = expit(candidates.log_odds_undone)
        # Either the surrogate errs alike for a row and its partial row, or not.
        alike = np.maximum(chance - undone, 0.0)
        apart = chance * (1.0 - undone)
        share: np.ndarray = alike + self.config.separate_errors * (apart - alike)
        return share

    def _within_budget(
        self,
        candidates: QueryCandidates,
        chosen: np.ndarray,
        partial: Partials,
        state: QueryState,
        reserve: int,
    ) -> tuple[Partials, np.ndarray]:
        """Keep as many partial rows and candidates as the budget allows."""
        left = self.max_queries - state.result.n_queries
        limit = np.minimum(left, self.config.partial_rows_per_call)
        partial = partial[rank_in_person(partial.who) < limit[partial.who]]
        np.subtract.at(left, partial.who, 1)
        who = candidates.who[chosen]
        chosen = chosen[rank_in_person(who) < left[who] - reserve]
        # A candidate that is also a partial row is queried once.
        return partial[~are_among(partial.key, candidates.key[chosen])], chosen

    def _query(
        self,
        candidates: QueryCandidates,
        chosen: np.ndarray,
        partial: Partials,
        state: QueryState,
        may_answer: MayAnswer,
    ) -> None:
        """Query some rows; update accepted rows and the chances of candidates."""
        who = np.concatenate([candidates.who[chosen], partial.who])
        codes = np.concatenate([candidates.codes[chosen], partial.codes])
        decision = self.accepts(codes)
        missed = chosen[~decision[: len(chosen)]]
        missed = missed[~state.result.found[candidates.who[missed]]]
        state.misses.add(candidates.who[missed], candidates.codes[missed])
        state.add_decisions(
            np.concatenate([candidates.key[chosen], partial.key]), decision
        )
        np.add.at(state.result.n_queries, who, 1)
        chance = expit(candidates.log_odds[chosen])
        surprise = decision - np.concatenate([chance, partial.chance])
        shift = np.zeros(len(state.people))
        np.add.at(shift, who, self.config.surprise_weight * surprise)
        candidates.log_odds += shift[candidates.who]
        candidates.log_odds_undone += shift[candidates.who]
        candidates.is_queried[chosen] = True
        candidates.is_skipped |= are_among(candidates.key, partial.key)
        is_accepted, is_enough = decision[: len(chosen)], decision[len(chosen) :]
        first_new = len(state.accepted.who)
        self._add_candidates(candidates, chosen[is_accepted], state)
        self._add_partial(partial[is_enough], state, may_answer)
        if self.partial_rows is not None:
            state.accepted.rule_out(first_new)
            new = np.arange(first_new, len(state.accepted.who))
            self._skip_unneeded(candidates, state, new)

    def _add_candidates(
        self, candidates: QueryCandidates, places: np.ndarray, state: QueryState
    ) -> None:
        """Add accepted candidates to the accepted rows."""
        yes = np.ones(len(places), dtype=bool)
        state.accepted.add(
            candidates.who[places],
            candidates.codes[places],
            candidates.objective[places],
            ~np.isnan(candidates.penalty[places]),
            yes,
            yes,
        )

    def _add_partial(
        self, partial: Partials, state: QueryState, may_answer: MayAnswer
    ) -> None:
        """Add accepted partial rows to the accepted rows."""
        if self.partial_rows is None or not len(partial.who):
            return
        is_eligible = self.partial_rows.is_eligible(partial.codes)
        is_answer = is_eligible & may_answer(partial.who, partial.codes)
        value = np.full(len(is_answer), -np.inf)
        who, codes = partial.who[is_answer], partial.codes[is_answer]
        bound = self.objective.upper_bound(state.people.codes[who], codes)
        value[is_answer] = self.objective.rounded(bound) - state.surcharge(who, codes)
        no_penalty = np.zeros(len(value), dtype=bool)
        state.accepted.add(
            partial.who, partial.codes, value, no_penalty, is_eligible, is_answer
        )

    def _skip_unneeded(
        self, candidates: QueryCandidates, state: QueryState, parts: np.ndarray
    ) -> None:
        """Skip candidates that contain some of the accepted rows."""
        if self.partial_rows is None or not len(parts):
            return
        left = np.flatnonzero(~candidates.is_skipped & ~candidates.is_queried)
        who, codes = candidates.who[left], candidates.codes[left]
        candidates.is_skipped[left[state.accepted.contain(who, codes, parts)]] = True

    def _penalize_candidates(
        self, candidates: QueryCandidates, places: np.ndarray, state: QueryState
    ) -> bool:
        """Subtract penalties of some candidates; return whether any was new."""
        places = places[np.isnan(candidates.penalty[places])]
        if not len(places):
            return False
        penalty = self.objective.outlier_penalty(candidates.codes[places])
        candidates.subtract_penalty(places, penalty)
        return True

    def settle(self, state: QueryState) -> None:
        """Give people without an answer their best accepted row.

        It is not known whether all of its changes are needed, so it is no optimum.
        """
        best = self._best_open(state, (OPEN, SPARE))
        rows, result = state.accepted, state.result
        best = best[~result.found[rows.who[best]]]
        who = rows.who[best]
        result.codes[who] = rows.codes[best]
        result.objective[who] = rows.objective[best]
        result.exhausted[who] = False


def rank_in_person(who: np.ndarray) -> np.ndarray:
    """Rank (n,) of each row among the rows of its person; `who` ascends."""
    rank: np.ndarray = np.arange(len(who)) - np.searchsorted(who, who)
    return rank
