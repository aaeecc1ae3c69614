"""Search: proposals in, answers out that the classifier accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from sklearn import get_config

from ..actionability import Actionability, Limits
from ..generator import NO_ANSWER, FallbackStage, Proposals
from ..objective import Objective
from ..table import same_cells
from ._alternatives import is_other_way
from ._enumeration import reach_sizes, reachable
from ._queries import QueryCache, QueryCandidates, QueryScheduler, SearchResult

_GRAIN = 1e-9
_MOST_PEOPLE = 2048
_BYTES_PER_CELL = 12_000
_FEW_NEIGHBORS = 32
_LEAST_GAIN = 0.004
_LEAST_CHANCE = 0.01
_FURTHER_ATTEMPTS = (
    FallbackStage(n_neighbors=32, depth=1, shortlist=8, least_chance=_LEAST_CHANCE),
    FallbackStage(n_neighbors=512, depth=3, shortlist=64, least_chance=0.0003),
)
_POLISHING_DEPTHS = (2, 1)

Accepts = Callable[[np.ndarray], np.ndarray]


class Propose(Protocol):
    """What search needs of a proposer."""

    def __call__(
        self, codes: np.ndarray, limits: Limits | None = None, n_options: int = 1
    ) -> Proposals:
        """Propose rows to people."""

    def around(
        self,
        codes: np.ndarray,
        answers: np.ndarray,
        depth: int,
        limits: Limits | None = None,
    ) -> Proposals:
        """Propose rows near answers that people have."""

    def more(
        self,
        codes: np.ndarray,
        attempt: FallbackStage,
        limits: Limits | None = None,
    ) -> Proposals:
        """Propose further rows to those whom the first did not help."""


class RecourseSearch:
    r"""Find for each denied person an accepted row within their reach.

    Parameters
    ----------
    propose : callable
        Codes of people to proposals; see `Propose`.
    actionability : Actionability
        Rules and links: every candidate is projected onto them.
    objective : Objective
        What a candidate is worth.
    accepts : callable
        The classifier: codes of shape (n, n_features) to bool of shape (n,).
    max_queries : int
        Most rows that the classifier is asked about for one person.
    refuses : callable, default=None
        Codes to rows that must not be answers, whatever the classifier says.

    Notes
    -----
    The classifier is asked first about the candidates of largest expected gain, about
    nobody who has an answer for less than 0.004, and about nobody with less chance than
    0.01. Whoever is left gets further neighbours and, from these, rows that are as
    surely accepted as can be, whatever they are worth; first a few, then many, down to
    a chance of 0.0003. The answers are then polished: the rows up to two cells from
    them are candidates, and after that the rows next to those that this improved.
    Whoever can reach no more rows than `max_queries` has all of them tried, the best
    first, so that the first accepted one is the optimum. Objectives are rounded to 1e-9
    and ties go to the earlier candidate, so that answers do not depend on the batch.
    """

    def __init__(
        self,
        propose: Propose,
        actionability: Actionability,
        objective: Objective,
        accepts: Accepts,
        max_queries: int,
        refuses: Accepts | None = None,
    ) -> None:
        self.propose = propose
        self.actionability = actionability
        self.objective = objective
        self.ask = QueryScheduler(accepts, objective.penalty, max_queries)
        self.refuses = refuses

    def __call__(
        self,
        codes: np.ndarray,
        limits: Limits | None = None,
        taken: tuple[np.ndarray, ...] = (),
    ) -> SearchResult:
        """Search for some denied people.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        limits : Limits, optional
            Their limits.
        taken : tuple of ndarray of shape (n_samples, n_features), dtype float64
            Answers that they have already: another one is wanted, by other features or
            in another direction, and none that asks as much in every feature.

        Returns
        -------
        answers : SearchResult
        """
        parts = [SearchResult.none(codes[:0])]
        size = people_at_once(codes.shape[1])
        for start in range(0, len(codes), size):
            rows = slice(start, start + size)
            some = None if limits is None else limits[rows]
            before = tuple(one[rows] for one in taken)
            parts.append(_SearchRun(self, codes[rows], some, before)())
        return SearchResult.joined(parts)


def people_at_once(n_features: int, n_neighbors: int = 0) -> int:
    """People whose candidates fit in scikit-learn's ``working_memory``."""
    room = get_config()["working_memory"] * 2**20
    needed = n_features * _BYTES_PER_CELL * max(1.0, n_neighbors / _FEW_NEIGHBORS)
    return int(np.clip(room // needed, 16, _MOST_PEOPLE))


class _SearchRun:
    """One search for some people."""

    def __init__(
        self,
        search: RecourseSearch,
        codes: np.ndarray,
        limits: Limits | None,
        taken: tuple[np.ndarray, ...],
    ) -> None:
        self.search = search
        self.codes = codes
        self.limits = limits
        self.taken = taken
        self.answers = SearchResult.none(codes)
        self.memory = QueryCache()

    def __call__(self) -> SearchResult:
        """Search."""
        search, answers = self.search, self.answers
        self._enumerate()
        people = np.flatnonzero(~answers.settled)
        if len(people):
            proposals = search.propose(
                self.codes[people], self._limits(people), 1 + len(self.taken)
            )
            self._try(people, proposals)
        for attempt in _FURTHER_ATTEMPTS:
            left = people[~answers.found[people]]
            size = people_at_once(self.codes.shape[1], attempt.n_neighbors)
            for some in np.split(left, range(size, len(left), size)):
                self._try_more(some, attempt)
        people = people[answers.found[people]]
        for depth in _POLISHING_DEPTHS:
            if not len(people):
                break
            near = search.propose.around(
                self.codes[people], answers.codes[people], depth, self._limits(people)
            )
            people = self._try(people, near)
        return answers

    def _try_more(self, people: np.ndarray, attempt: FallbackStage) -> None:
        """Ask about further proposals to people without an answer."""
        if len(people):
            limits = self._limits(people)
            more = self.search.propose.more(self.codes[people], attempt, limits)
            self._try(people, more, least_chance=attempt.least_chance)

    def _limits(self, people: np.ndarray) -> Limits | None:
        """Limits of some of the people."""
        return None if self.limits is None else self.limits[people]

    def _enumerate(self) -> None:
        """Try everything for those who can reach little."""
        search, most = self.search, self.search.ask.max_queries
        sizes = reach_sizes(search.actionability, self.codes, self.limits)
        rows, who = [self.codes[:0]], []
        for person in np.flatnonzero(sizes <= most):
            alone = None if self.limits is None else self.limits[person]
            found = reachable(search.actionability, self.codes[person], alone, most)
            if found is not None:
                rows.append(found[1:])
                who.append(np.full(len(found) - 1, person))
                self.answers.settled[person] = True
        if not who:
            return
        owner, all_rows = np.concatenate(who), np.concatenate(rows)
        worth = search.objective.promise(self.codes[owner], all_rows)
        chance = np.full(len(owner), 0.5)
        everyone = np.arange(len(self.codes))
        self._try(everyone, Proposals(owner, all_rows, worth, chance), 0.0, 0.0)
        beyond = self.answers.classifier_rows >= most
        self.answers.settled &= ~beyond

    def _try(
        self,
        people: np.ndarray,
        proposals: Proposals,
        least_gain: float = _LEAST_GAIN,
        least_chance: float = _LEAST_CHANCE,
    ) -> np.ndarray:
        """Ask about proposals not asked about before; return whom that helped."""
        candidates = self._candidates(people, proposals)
        self.memory.recall(candidates)
        before = self.answers.worth.copy()
        self.search.ask(candidates, self.answers, least_gain, least_chance)
        self.memory.add(candidates)
        return people[self.answers.worth[people] > before[people]]

    def _candidates(self, people: np.ndarray, proposals: Proposals) -> QueryCandidates:
        """Project proposals onto the rules; leave out what cannot help."""
        search, who = self.search, people[proposals.who]
        own = self.codes[who]
        rows = search.actionability.project(own, proposals.codes, self._limits(who))
        worth = proposals.worth.copy()
        moved = np.flatnonzero(~same_cells(rows, proposals.codes).all(axis=1))
        if len(moved):
            worth[moved] = search.objective.promise(own[moved], rows[moved])
        worth = np.rint(worth / _GRAIN) * _GRAIN
        useful = worth > self.answers.worth[who]
        useful &= ~same_cells(rows, own).all(axis=1)
        for earlier in self.taken:
            able, effort = search.actionability, search.objective.effort
            useful &= is_other_way(able, effort, own, earlier[who], rows)
        if search.refuses is not None:
            place = np.flatnonzero(useful)
            useful[place] = ~search.refuses(rows[place])
        lowest = np.full(len(self.codes), np.inf)
        np.minimum.at(lowest, who, worth)
        return QueryCandidates(
            who[useful],
            rows[useful],
            worth[useful],
            proposals.chance[useful],
            lowest - NO_ANSWER,
        )
