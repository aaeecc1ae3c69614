"""Search: from proposals to accepted rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .._config import FallbackStage, SearchConfig
from ..actionability import Actionability, People, with_affordable_cells
from ..generator import Proposals, Proposer
from ..objective import Eligibility, Objective
from ..table import same_cells
from ._alternatives import freezing_sets, is_alternative
from ._enumeration import rows_of_small_sets
from ._line_search import LineSearch
from ._random_rows import RandomRows
from ._rounding import Rounding
from .queries import (
    AcceptedRows,
    PartialRows,
    QueryCandidates,
    QueryScheduler,
    QueryState,
    Score,
    SearchResult,
    batch_size,
    find_accompanying,
)

Accepts = Callable[[np.ndarray], np.ndarray]


class RecourseSearch:
    r"""Find an accepted feasible row of large objective for each denied person.

    Parameters
    ----------
    proposer : Proposer
        Proposes rows to people.
    actionability : Actionability
        Rules and links. Every candidate is projected onto them.
    objective : Objective
        Objective of candidates.
    accepts : callable
        The classifier, such as `BlackBox.meets_demands`. Takes codes of shape
        (n, n_features), returns bool of shape (n,).
    max_queries : int
        Largest number of rows to query for one person.
    config : SearchConfig
        Stages of the search, and limits on queries.
    eligibility : Eligibility
        Says which rows may be answers.
    only_needed : bool, default=True
        Whether an accepted row is an answer only if all of its changes are needed.
    round_numbers : bool, default=True
        Whether digits of written numbers have a price.
    random_rows : RandomRows, optional
        Proposes further rows to people without an answer.
    score : callable, optional
        The classifier's own score of codes (n, n_features), such as `BlackBox.score`.
        It chooses the nearest miss of people without an answer.

    Notes
    -----
    If the feasible set of a person has at most `max_queries` rows, it is searched
    exhaustively. The best row comes first, so the first accepted row is the optimum.

    For all other people, proposals are queried in order of expected improvement. People
    without an answer then get fallback proposals in stages: copies of more and more
    neighbors, rows of largest estimated acceptance regardless of their objective, and
    random feasible rows that the surrogate improves.

    Answers are then polished. The first candidates are rows that differ from the answer
    in up to two cells. If they improve the answer, rows that differ in one cell follow.
    At last, digits get a price, and rows with rounder numbers are candidates. Optimal
    answers stay as they are.

    Objectives are rounded, and ties go to the earlier candidate of the same person.
    Answers therefore do not depend on the batch.
    """

    def __init__(
        self,
        proposer: Proposer,
        actionability: Actionability,
        objective: Objective,
        accepts: Accepts,
        max_queries: int,
        config: SearchConfig,
        eligibility: Eligibility,
        only_needed: bool = True,
        round_numbers: bool = True,
        random_rows: RandomRows | None = None,
        score: Score | None = None,
    ) -> None:
        self.proposer = proposer
        self.score = score
        self.random_rows = random_rows
        self.actionability = actionability
        self.objective = objective
        self.max_queries = max_queries
        self.config = config
        self.only_needed = only_needed
        self.partial_rows = PartialRows(
            actionability,
            objective.acting,
            eligibility,
            proposer.surrogate,
            proposer.calibration,
            config.max_enumerated_changes,
            config.max_partial_changes,
        )
        self.queries = QueryScheduler(
            accepts,
            objective,
            self.partial_rows if only_needed else None,
            max_queries,
            config,
        )
        self.eligibility = eligibility
        rounding = Rounding(
            actionability, objective, proposer.surrogate, proposer.calibration, config
        )
        self.rounding = rounding if round_numbers else None

    def find(
        self,
        people: People,
        taken: tuple[np.ndarray, ...] = (),
        *,
        is_reported: bool = False,
    ) -> SearchResult:
        """Search for answers of some denied people.

        Parameters
        ----------
        people : People
        taken : tuple of ndarray of shape (n_people, n_features), dtype float64
            Answers that they already have. The search then finds only alternatives to
            these, see `is_alternative`.
        is_reported : bool, default=False
            Whether to find out which changes are needed, and which accompany them. It
            may take further queries, within `max_queries`. Answers do not depend on it.

        Returns
        -------
        result : SearchResult
        """
        parts = [SearchResult.none(people.codes[:0])]
        size = batch_size(people.codes.shape[1])
        for start in range(0, len(people), size):
            rows = slice(start, start + size)
            earlier = tuple(one[rows] for one in taken)
            run = _SearchRun(self, people[rows], earlier)
            parts.append(run.run())
            if is_reported:
                run.find_accompanying(self.max_queries)
        return SearchResult.joined(parts)

    def refine(
        self, people: People, rows: np.ndarray, budget: np.ndarray
    ) -> SearchResult:
        """Leave out changes of accepted rows that are not needed.

        Parameters
        ----------
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            A feasible and eligible row of each person that the classifier accepts.
        budget : ndarray of shape (n_people,), dtype int64
            Changes that are not known to be needed are checked until this number of
            rows was queried for the person, with those that left out changes.

        Returns
        -------
        result : SearchResult
        """
        size = batch_size(people.codes.shape[1])
        parts = [SearchResult.none(people.codes[:0])]
        for start in range(0, len(people), size):
            some = slice(start, start + size)
            run = _SearchRun(self, people[some], ())
            parts.append(run.refine(rows[some]))
            run.find_accompanying(budget[some])
        return SearchResult.joined(parts)

    def find_alternative(
        self, people: People, taken: tuple[np.ndarray, ...]
    ) -> SearchResult:
        """Search for one more option; freeze features and repeat until one is found.

        If changes must be needed, an option counts only if all of its changes are known
        to be needed.

        Parameters
        ----------
        people : People
        taken : tuple of ndarray of shape (n_people, n_features), dtype float64
            Answers that they already have, at least one.

        Returns
        -------
        result : SearchResult
        """
        result = self.find(people, taken, is_reported=True)
        can_change = self.actionability.can_change(people)
        max_sets = self.config.max_freezing_sets
        taken_codes = np.stack(taken)
        for frozen in freezing_sets(people.codes, taken_codes, can_change, max_sets):
            is_good = result.needed if self.only_needed else result.found
            left = np.flatnonzero(~is_good & frozen.any(axis=1))
            if len(left):
                restricted = people[left].with_frozen(frozen[left])
                earlier = tuple(one[left] for one in taken)
                more = self.find(restricted, earlier, is_reported=True)
                result.replace(left, more, more.needed | ~result.found[left])
        if self.only_needed:
            result.drop(np.flatnonzero(~result.needed), people.codes)
        result.exhausted[:] = False  # an answer in `taken` may be better
        return result


class _SearchRun:
    """One search for one batch of people."""

    def __init__(
        self, search: RecourseSearch, people: People, taken: tuple[np.ndarray, ...]
    ) -> None:
        self.proposer = search.proposer
        self.random_rows = None if taken else search.random_rows
        self.score = search.score
        self.actionability = search.actionability
        self.objective = search.objective
        self.queries = search.queries
        self.partial_rows = search.partial_rows
        self.max_queries = search.max_queries
        self.config = search.config
        self.eligibility = search.eligibility
        self.rounding = search.rounding
        objective = search.objective
        effort = objective.effort.per_feature
        self.people = with_affordable_cells(search.actionability, people, effort)
        self.taken = taken
        self.state = self._first_state()
        self.result = self.state.result
        self.least_gain = self.config.min_gain * self.objective.scale
        share = self.config.reserved_share if search.only_needed else 0.0
        self.reserve = int(share * self.max_queries)
        stage = self.config.random_stage
        share = stage.reserved_share if self.random_rows is not None else 0.0
        self.reserve_of_random = int(share * self.max_queries)

    def run(self) -> SearchResult:
        """Enumerate small feasible sets; propose, fall back and polish for the rest."""
        self.state.charge(self._over_budget)
        self._enumerate()
        who = np.flatnonzero(~self.result.exhausted)
        if len(who):
            proposals = self.proposer.propose(self.people[who], 1 + len(self.taken))
            demands = (self.least_gain, self.config.min_chance)
            self._try(who, proposals, *demands, self.reserve)
        # Proposals are scored before columns are derived, so more of them are tried.
        left = who if self.actionability.derived else self._without_answer(who)
        for stage in self.config.fallback_stages:
            self._fall_back(left, stage)
            left = self._without_answer(who)
        self._try_random_rows(left)
        who = who[self.result.found[who]]
        self._polish(who)
        moved = self._move_back(who)
        self._polish(moved)
        self._move_back(moved)
        self._round(who)
        self.queries.settle(self.state)
        self._drop_over_budget()
        return self.result

    def refine(self, rows: np.ndarray) -> SearchResult:
        """Leave out changes of given rows that are not needed."""
        who = np.arange(len(self.people))
        value = self.objective.upper_bound(self.people.codes, rows)
        sure = np.ones(len(who))
        self._try(who, Proposals(who, rows, value, sure, 0.0 * sure), 0.0, 0.0, 0)
        self.queries.settle(self.state)
        self._drop_over_budget()
        return self.result

    def find_accompanying(self, max_queries: int | np.ndarray) -> None:
        """Find the changes of answers that accompany the others."""
        accepts = self.queries.accepts
        find_accompanying(self.state, self.partial_rows, accepts, max_queries)

    def _nearest_misses(self) -> np.ndarray:
        """Find the queried row nearest to acceptance, for people without an answer."""
        is_wanted = ~self.result.found
        misses, n_scored = self.state.misses, self.config.n_scored_misses
        chance = self.proposer.estimated_chance
        return misses.nearest(is_wanted, chance, self.score, n_scored)

    def _first_state(self) -> QueryState:
        """Start with the earlier options of people as accepted rows."""
        own = self.people.codes
        accepted = AcceptedRows(own, self.objective.acting)
        for earlier in self.taken:
            who = np.flatnonzero(~same_cells(own, earlier).all(axis=1))
            accepted.add_earlier(who, earlier[who])
        return QueryState(self.people, accepted)

    def _enumerate(self) -> None:
        """Query all feasible rows of people with small feasible sets."""
        owner, all_rows, self.result.exhausted[:] = rows_of_small_sets(
            self.actionability,
            self.people,
            self.max_queries,
            self.config.max_partial_rows,
        )
        if not self.result.exhausted.any():
            return
        value = self.objective.upper_bound(self.people.codes[owner], all_rows)
        chance, never = np.full(len(owner), 0.5), np.zeros(len(owner))
        everyone = np.arange(len(self.people))
        proposals = Proposals(owner, all_rows, value, chance, never)
        self._try(everyone, proposals, 0.0, 0.0, 0)
        is_over = self.result.n_queries >= self.max_queries
        self.result.exhausted &= ~is_over

    def _fall_back(self, who: np.ndarray, stage: FallbackStage) -> None:
        """Try fallback proposals for people without an answer."""
        who = self.state.below(who, self.max_queries - self.reserve_of_random)
        size = batch_size(self.people.codes.shape[1], stage.n_neighbors)
        for some in np.split(who, range(size, len(who), size)):
            if len(some):
                proposals = self.proposer.propose_fallback(self.people[some], stage)
                demands = (self.least_gain, stage.min_chance)
                self._try(some, proposals, *demands, self.reserve_of_random)

    def _try_random_rows(self, who: np.ndarray) -> None:
        """Try random feasible rows for people without an answer."""
        who = self.state.below(who, self.max_queries)
        if self.random_rows is None or not len(who):
            return
        proposals = self.random_rows.propose(self.people[who])
        stage = self.config.random_stage
        self._try(who, proposals, self.least_gain, stage.min_chance, 0)

    def _polish(self, who: np.ndarray) -> None:
        """Try rows near the answers; repeat for people with improved answers."""
        demands = (self.least_gain, self.config.min_chance)
        for depth in self.config.polishing_depths:
            who = self.state.below(who, self.max_queries)
            if not len(who):
                break
            people, answers = self.people[who], self.result.codes[who]
            near = self.proposer.propose_near(people, answers, depth)
            who = self._try(who, near, *demands, 0)

    def _move_back(self, who: np.ndarray) -> np.ndarray:
        """Move changed numbers back towards the own values; return whose moved."""
        if self.objective.scale == 1.0:
            # Polishing left less than the smallest gain, except above a budget.
            who = who[self._over_budget(who, self.result.codes[who]) > 0.0]
        if not len(who):
            return who
        before = self.result.objective[who]
        people, answers = self.people[who], self.result.codes[who]
        line = LineSearch(
            people, answers, self.actionability, self.objective, self.config
        )
        demands = (self.least_gain, self.config.min_chance)
        for _ in range(self.config.max_line_steps):
            step = line.step(self.result.codes[who], self.result.objective[who])
            n = len(step.who)
            if not n:
                break
            chance, undone = np.full(n, 0.5), np.zeros(n)
            proposals = Proposals(step.who, step.rows, step.objective, chance, undone)
            self._try(who, proposals, *demands, 0)
            same = same_cells(self.result.codes[who[step.who]], step.rows)
            line.learn(step, np.asarray(same.all(axis=1)))
        return who[self.result.objective[who] > before]

    def _round(self, who: np.ndarray) -> None:
        """Try rounder numbers; a digit has a price meanwhile."""
        rounding, state, own = self.rounding, self.state, self.people.codes
        if rounding is None:
            return
        # An answer without digits that cost something can get no rounder.
        who = who[rounding.count_digits(own[who], self.result.codes[who]) > 0]
        if not len(who):
            return
        price = np.zeros(len(self.people))
        # Other people have no price: their answers are optimal, and stay.
        price[who] = rounding.prices(self.people[who], self.result.codes[who])
        state.charge(
            lambda i, rows: (
                price[i] * rounding.count_digits(own[i], rows)
                + self._over_budget(i, rows)
            )
        )
        min_gain = self.config.min_rounding_gain * price
        for _ in range(self.config.rounding_rounds):
            if not len(who):
                break
            people, answers = self.people[who], self.result.codes[who]
            rounder = rounding.propose(people, answers)
            who = self._try(who, rounder, min_gain, self.config.min_chance, 0)
        state.charge(self._over_budget)

    def _without_answer(self, who: np.ndarray) -> np.ndarray:
        """Find people without an accepted row within their largest effort."""
        is_over = self._over_budget(who, self.result.codes[who]) > 0.0
        return who[is_over | ~self.result.found[who]]

    def _over_budget(self, who: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Surcharge (n,) of rows (n, n_features) above the largest effort of people.

        It is larger than what a row without it can lose. The search may pass such rows
        on the way, and comes back as far as it can.
        """
        people = self.people
        most = people.limits.max_effort
        if most is None:
            return np.zeros(len(who))
        excess = self.eligibility.excess(self.people.codes[who], rows, most[who])
        loss = self.objective.loss_without_answer(self.config.no_answer_loss)
        return np.where(excess > 0.0, loss * (1.0 + excess), 0.0)

    def _drop_over_budget(self) -> None:
        """Turn answers above the largest effort into near misses; nothing is proved.

        Only rows that people can afford were listed.
        """
        is_over = self._over_budget(np.arange(len(self.people)), self.result.codes) > 0
        over = self.result.codes[is_over]
        self.result.drop(np.flatnonzero(is_over), self.people.codes)
        people = self.people
        most = people.limits.max_effort
        if most is not None:
            self.result.exhausted &= self.result.found | (most == np.inf)
        self.result.nearest_miss = self._nearest_misses()
        self.result.nearest_miss[is_over] = over

    def _try(
        self,
        who: np.ndarray,
        proposals: Proposals,
        min_gain: float | np.ndarray,
        min_chance: float,
        reserve: int,
    ) -> np.ndarray:
        """Query proposals for some people; return people with improved answers."""
        candidates = self._candidates(who, proposals)
        before = self.result.objective.copy()
        self.queries.run(
            candidates, self.state, min_gain, min_chance, reserve, self._may_answer
        )
        return who[self.result.objective[who] > before[who]]

    def _may_answer(self, who: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Find rows (n, n_features) of people (n,) that may be answers, if eligible."""
        own = self.people.codes[who]
        kept = np.asarray(~same_cells(rows, own).all(axis=1))
        for earlier in self.taken:
            kept &= is_alternative(
                self.actionability, self.objective.effort, own, earlier[who], rows
            )
        return kept

    def _candidates(self, asked: np.ndarray, proposals: Proposals) -> QueryCandidates:
        """Project proposals onto the rules; drop those that cannot be answers."""
        who = asked[proposals.who]
        owners = self.people[who]
        own = owners.codes
        rows = self.actionability.project(owners, proposals.codes)
        objective, chance = proposals.objective.copy(), proposals.chance.copy()
        undone = proposals.chance_undone.copy()
        moved = np.flatnonzero(~same_cells(rows, proposals.codes).all(axis=1))
        if len(moved):
            objective[moved] = self.objective.upper_bound(own[moved], rows[moved])
            # The proposed row was scored, not the row that it was projected to.
            chance[moved] = self.proposer.estimated_chance(rows[moved])
            undone[moved] = 0.0
        objective = self.objective.rounded(objective)
        objective -= self.state.surcharge(who, rows)
        useful = objective > self.result.objective[who]
        place = np.flatnonzero(useful)
        useful[place] = self._may_answer(who[place], rows[place])
        place = np.flatnonzero(useful)
        useful[place] = self.eligibility.is_eligible(rows[place])
        lowest = np.full(len(self.people), np.inf)
        np.minimum.at(lowest, who, objective)
        return QueryCandidates(
            who[useful],
            rows[useful],
            objective[useful],
            chance[useful],
            undone[useful],
            lowest - self.objective.loss_without_answer(self.config.no_answer_loss),
        )
