"""Search: proposals in, answers out that the classifier accepts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn import get_config

from ..actionability import Actionability, People
from ..generator import NO_ANSWER, FallbackStage, Proposals, Proposer
from ..objective import Effort, Objective
from ..table import same_cells
from ._alternatives import is_other_way
from ._enumeration import count_feasible, feasible_rows
from ._queries import QueryCache, QueryCandidates, QueryScheduler, SearchResult

_GRAIN = 1e-9
_MOST_PEOPLE = 2048
_BYTES_PER_CELL = 12_000
_FEW_NEIGHBORS = 32
_LEAST_GAIN = 0.004
_LEAST_CHANCE = 0.01
_FALLBACK_STAGES = (
    FallbackStage(n_neighbors=32, depth=1, shortlist=8, least_chance=_LEAST_CHANCE),
    FallbackStage(n_neighbors=512, depth=3, shortlist=64, least_chance=0.0003),
)
_POLISHING_DEPTHS = (2, 1)

Accepts = Callable[[np.ndarray], np.ndarray]


class RecourseSearch:
    r"""Find for each denied person an accepted row within their reach.

    Parameters
    ----------
    proposer : Proposer
        Proposes rows to people.
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
        proposer: Proposer,
        actionability: Actionability,
        objective: Objective,
        accepts: Accepts,
        max_queries: int,
        refuses: Accepts | None = None,
    ) -> None:
        self.proposer = proposer
        self.actionability = actionability
        self.objective = objective
        self.max_queries = max_queries
        self.queries = QueryScheduler(accepts, objective.penalty, max_queries)
        self.refuses = refuses

    @property
    def effort(self) -> Effort:
        """What a change asks of a person."""
        return self.objective.effort

    def find(self, people: People, taken: tuple[np.ndarray, ...] = ()) -> SearchResult:
        """Search for some denied people.

        Parameters
        ----------
        people : People
        taken : tuple of ndarray of shape (n_people, n_features), dtype float64
            Answers that they have already: another one is wanted, by other features or
            in another direction, and none that asks as much in every feature.

        Returns
        -------
        result : SearchResult
        """
        parts = [SearchResult.none(people.codes[:0])]
        size = people_at_once(people.codes.shape[1])
        for start in range(0, len(people), size):
            rows = slice(start, start + size)
            before = tuple(one[rows] for one in taken)
            parts.append(_SearchRun(self, people[rows], before).run())
        return SearchResult.joined(parts)


def people_at_once(n_features: int, n_neighbors: int = 0) -> int:
    """People whose candidates fit in scikit-learn's ``working_memory``."""
    room = get_config()["working_memory"] * 2**20
    needed = n_features * _BYTES_PER_CELL * max(1.0, n_neighbors / _FEW_NEIGHBORS)
    return int(np.clip(room // needed, 16, _MOST_PEOPLE))


class _SearchRun:
    """One search for some people."""

    def __init__(
        self, search: RecourseSearch, people: People, taken: tuple[np.ndarray, ...]
    ) -> None:
        self.search = search
        self.people = people
        self.taken = taken
        self.result = SearchResult.none(people.codes)
        self.cache = QueryCache()

    def run(self) -> SearchResult:
        """Search."""
        proposer, result = self.search.proposer, self.result
        self._enumerate()
        who = np.flatnonzero(~result.settled)
        if len(who):
            proposals = proposer.propose(self.people[who], 1 + len(self.taken))
            self._try(who, proposals)
        for stage in _FALLBACK_STAGES:
            left = who[~result.found[who]]
            size = people_at_once(self.people.codes.shape[1], stage.n_neighbors)
            for some in np.split(left, range(size, len(left), size)):
                if len(some):
                    proposals = proposer.propose_fallback(self.people[some], stage)
                    self._try(some, proposals, least_chance=stage.least_chance)
        who = who[result.found[who]]
        for depth in _POLISHING_DEPTHS:
            if not len(who):
                break
            near = proposer.propose_near(self.people[who], result.codes[who], depth)
            who = self._try(who, near)
        return result

    def _enumerate(self) -> None:
        """Try all feasible rows of those who have few."""
        search, most = self.search, self.search.max_queries
        sizes = count_feasible(search.actionability, self.people)
        rows, owners = [self.people.codes[:0]], []
        for person in np.flatnonzero(sizes <= most):
            found = feasible_rows(search.actionability, self.people[[person]], most)
            if found is not None:
                rows.append(found[1:])
                owners.append(np.full(len(found) - 1, person))
                self.result.settled[person] = True
        if not owners:
            return
        owner, all_rows = np.concatenate(owners), np.concatenate(rows)
        value = search.objective.promise(self.people.codes[owner], all_rows)
        chance = np.full(len(owner), 0.5)
        everyone = np.arange(len(self.people))
        self._try(everyone, Proposals(owner, all_rows, value, chance), 0.0, 0.0)
        beyond = self.result.classifier_rows >= most
        self.result.settled &= ~beyond

    def _try(
        self,
        who: np.ndarray,
        proposals: Proposals,
        least_gain: float = _LEAST_GAIN,
        least_chance: float = _LEAST_CHANCE,
    ) -> np.ndarray:
        """Query new proposals to some people; return whom that helped."""
        candidates = self._candidates(who, proposals)
        self.cache.recall(candidates)
        before = self.result.worth.copy()
        self.search.queries.run(candidates, self.result, least_gain, least_chance)
        self.cache.add(candidates)
        return who[self.result.worth[who] > before[who]]

    def _candidates(self, who: np.ndarray, proposals: Proposals) -> QueryCandidates:
        """Project proposals onto the rules; leave out what cannot help."""
        search, who = self.search, who[proposals.who]
        owners = self.people[who]
        own = owners.codes
        rows = search.actionability.project(owners, proposals.codes)
        worth = proposals.worth.copy()
        moved = np.flatnonzero(~same_cells(rows, proposals.codes).all(axis=1))
        if len(moved):
            worth[moved] = search.objective.promise(own[moved], rows[moved])
        worth = np.rint(worth / _GRAIN) * _GRAIN
        useful = worth > self.result.worth[who]
        useful &= ~same_cells(rows, own).all(axis=1)
        for earlier in self.taken:
            useful &= is_other_way(
                search.actionability, search.effort, own, earlier[who], rows
            )
        if search.refuses is not None:
            place = np.flatnonzero(useful)
            useful[place] = ~search.refuses(rows[place])
        lowest = np.full(len(self.people), np.inf)
        np.minimum.at(lowest, who, worth)
        return QueryCandidates(
            who[useful],
            rows[useful],
            worth[useful],
            proposals.chance[useful],
            lowest - NO_ANSWER,
        )
