"""One pass: the best accepted proposal of the generator, without a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..actionability import Actionability, People
from ..generator import Proposer, best_of_each
from ..objective import Eligibility, Objective
from ..table import same_cells
from ._alternatives import is_alternative
from ._search import Accepts, RecourseSearch, batch_size
from .queries import SearchResult


class _Rows(NamedTuple):
    """Feasible rows (n, n_features) of people (n,), and their objective (n,).

    The objective is without the penalty for outliers, and NaN if it is unknown.
    """

    who: np.ndarray
    codes: np.ndarray
    objective: np.ndarray

    def some(self, places: np.ndarray) -> _Rows:
        """Take some of the rows."""
        return _Rows(*(column[places] for column in self))


@dataclass(frozen=True)
class OnePass:
    """Answer denied people by one pass of the generator, without a search.

    Parameters
    ----------
    proposer : Proposer
        Proposes rows with one pass of the network.
    actionability : Actionability
        Rules and links. Every proposal is projected onto them.
    objective : Objective
        Objective of rows.
    accepts : callable
        The classifier, as in `RecourseSearch`.
    eligibility : Eligibility
        Says which rows may be answers.

    Notes
    -----
    The classifier is queried twice for all people of a batch. The first call has all
    proposals; the accepted one of largest objective is the answer. The second call has
    the answers with one change undone. If such a row is accepted and has a larger
    objective, it becomes the answer. Other parts of the changes are not tried, so it is
    not known whether all changes are needed.
    """

    proposer: Proposer
    actionability: Actionability
    objective: Objective
    accepts: Accepts
    eligibility: Eligibility

    @classmethod
    def of_search(cls, search: RecourseSearch) -> OnePass:
        """Make a pass with the parts of a search."""
        return cls(
            search.proposer,
            search.actionability,
            search.objective,
            search.queries.accepts,
            search.eligibility,
        )

    def find(
        self,
        people: People,
        taken: tuple[np.ndarray, ...] = (),
        *,
        is_reported: bool = False,
    ) -> SearchResult:
        """Find answers of some denied people.

        Parameters
        ----------
        people : People
        taken : tuple of ndarray of shape (n_people, n_features), dtype float64
            Answers that they already have. Only alternatives to these are answers.
        is_reported : bool, default=False
            Has no effect: no change is checked in addition.

        Returns
        -------
        result : SearchResult
            It is not known whether changes are needed. There are no near misses.
        """
        parts = [SearchResult.none(people.codes[:0])]
        size = batch_size(people.codes.shape[1])
        for start in range(0, len(people), size):
            rows = slice(start, start + size)
            parts.append(self._pass(people[rows], tuple(one[rows] for one in taken)))
        return SearchResult.joined(parts)

    def find_alternative(
        self, people: People, taken: tuple[np.ndarray, ...]
    ) -> SearchResult:
        """Find one more option; the arguments are those of `find`."""
        return self.find(people, taken)

    def _pass(self, people: People, taken: tuple[np.ndarray, ...]) -> SearchResult:
        """Query proposals, then the best accepted ones with one change undone."""
        result = SearchResult.none(people.codes)
        drawn = self.proposer.draw(people)
        codes = self.actionability.project(people[drawn.who], drawn.codes)
        moved = ~same_cells(codes, drawn.codes).all(axis=1)
        value = np.where(moved, np.nan, drawn.objective)
        self._query(people, taken, result, _Rows(drawn.who, codes, value))
        self._query(people, taken, result, self._undone(people, result))
        return result

    def _undone(self, people: People, result: SearchResult) -> _Rows:
        """Undo each change of the answers that make at least two."""
        changed = ~same_cells(people.codes, result.codes) & self.objective.acting
        changed[changed.sum(axis=1) < 2] = False
        who, feature = np.nonzero(changed)
        codes = result.codes[who]
        codes[np.arange(len(who)), feature] = people.codes[who, feature]
        codes = self.actionability.project(people[who], codes)
        kept = np.asarray(~same_cells(codes, result.codes[who]).all(axis=1))
        return _Rows(who, codes, np.full(len(who), np.nan)).some(kept)

    def _query(
        self,
        people: People,
        taken: tuple[np.ndarray, ...],
        result: SearchResult,
        rows: _Rows,
    ) -> None:
        """Query rows that may be answers; keep the best accepted row of each person."""
        rows = rows.some(self._may_answer(people, taken, rows))
        if not len(rows.who):
            return
        np.add.at(result.n_queries, rows.who, 1)
        rows = rows.some(self.accepts(rows.codes))
        rows = self._best(self._with_objective(people, rows), result)
        rows = rows.some(rows.objective > result.objective[rows.who])
        result.codes[rows.who] = rows.codes
        result.objective[rows.who] = rows.objective

    def _may_answer(
        self, people: People, taken: tuple[np.ndarray, ...], rows: _Rows
    ) -> np.ndarray:
        """Find rows that may be answers if the classifier accepts them, (n,), bool."""
        own, most = people.codes[rows.who], people.limits.max_effort
        kept = np.asarray(~same_cells(rows.codes, own).all(axis=1))
        kept &= self.eligibility.is_eligible(rows.codes)
        if most is not None:
            kept &= self.eligibility.excess(own, rows.codes, most[rows.who]) == 0.0
        for earlier in taken:
            kept &= is_alternative(
                self.actionability,
                self.objective.effort,
                own,
                earlier[rows.who],
                rows.codes,
            )
        return kept

    def _with_objective(self, people: People, rows: _Rows) -> _Rows:
        """Compute the objective of rows that have none yet."""
        who, codes, value = rows
        new = np.flatnonzero(np.isnan(value))
        value[new] = self.objective.rounded(
            self.objective.upper_bound(people.codes[who[new]], codes[new])
        )
        return rows

    def _best(self, rows: _Rows, result: SearchResult) -> _Rows:
        """Find the row of largest objective of each person, outliers penalized.

        The penalty takes time, so only rows that lead without it get one.
        """
        rows = rows.some(rows.objective > result.objective[rows.who])
        who, codes, value = rows
        has_penalty = np.zeros(len(who), dtype=bool)
        while True:
            best = best_of_each(who, value, 1)
            left = best[~has_penalty[best]]
            if not len(left):
                return rows.some(best)
            value[left] -= self.objective.outlier_penalty(codes[left])
            has_penalty[left] = True
