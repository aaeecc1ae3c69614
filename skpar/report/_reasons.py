"""Reasons why people have no recourse, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._config import SearchConfig
from ..actionability import Actionability, People
from ..classifier import BlackBox, stage
from ..search import (
    BindingRules,
    FittedParts,
    NeighborTrial,
    SearchResult,
    blocking_rules,
    broken_demands,
    demands_in_words,
)
from ..table import TableSchema, same_cells
from ._wording import Wording, why_impossible, why_no_proposal, why_not_found


@dataclass(frozen=True)
class ReasonWriter:
    """Writes why people have no recourse.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    actionability : Actionability
        Rules and links.
    black_box : BlackBox
        The user's classifier, with the demands of the people.
    parts : FittedParts
        The parts that searched for recourse.
    config : SearchConfig
        Number of neighbors to try, and of rules to name.
    searches : bool, default=True
        Whether there was a search.
    """

    schema: TableSchema
    actionability: Actionability
    black_box: BlackBox
    parts: FittedParts
    config: SearchConfig
    searches: bool = True

    @stage("the search for rules that prevent recourse")
    def write(
        self, people: People, impossible: np.ndarray, result: SearchResult
    ) -> np.ndarray:
        """Write for each person without an answer why there is none.

        Parameters
        ----------
        people : People
            Denied people with the demands of `black_box`.
        impossible : ndarray of shape (n_people,), dtype bool
            Whether it is proved that there is no recourse.
        result : SearchResult
            Their answers and near misses.

        Returns
        -------
        reason : ndarray of shape (n_people,), dtype object
            Empty for people with an answer.
        """
        reason = np.full(len(people), "", dtype=object)
        rows = np.flatnonzero(impossible)
        n_neighbors = self.config.n_trial_neighbors
        accepts, proposer = self.black_box.meets_demands, self.parts.proposer
        trial = NeighborTrial(proposer, accepts, n_neighbors)
        able = self.actionability.can_change(people[rows])
        blocking = blocking_rules(self.actionability, people[rows], trial.is_possible)
        for row, rules, can_change in zip(rows, blocking, able, strict=True):
            reason[row] = why_impossible(rules, demands_in_words(self.black_box))
            if not can_change.any():
                reason[row] = f"the rules allow no change; {reason[row]}"
        rows = np.flatnonzero(~impossible & ~result.found)
        reason[rows] = self._near_misses(people[rows], result, rows)
        return reason

    def _near_misses(
        self, people: People, result: SearchResult, rows: np.ndarray
    ) -> list[str]:
        """Write what was tried for people (n,) at some rows of a result."""
        if not self.searches:
            return [why_no_proposal(n) for n in result.n_queries[rows].tolist()]
        search, objective = self.parts.search, self.parts.objective
        misses, tried = result.nearest_miss[rows], result.n_queries[rows]
        rules = BindingRules(self.parts.proposer, self.config.max_binding_rules)
        binding = rules.of(self.actionability, people, misses)
        probability: Any = None
        if self.black_box.score_method == "predict_proba":
            probability = self.black_box.score(misses)
        wording, acting = Wording(self.schema), objective.acting
        is_miss = ~same_cells(people.codes, misses) & acting
        demands, lacks = demands_in_words(self.black_box), self._lacks(people, misses)
        max_queries, most = search.max_queries, people.limits.max_effort
        most = np.full(len(people), np.inf) if most is None else most
        return [
            why_not_found(
                int(tried[k]),
                max_queries,
                wording.actions(own, miss, is_miss[k]),
                None if probability is None else float(probability[k]),
                binding[k],
                _with_effort(demands, float(most[k])),
                lacks[k],
            )
            for k, (own, miss) in enumerate(zip(people.codes, misses, strict=True))
        ]

    def _lacks(self, people: People, rows: np.ndarray) -> list[list[str]]:
        """Say which demands near misses break, unless the classifier denies them."""
        accepted = self.black_box.accepted(rows)
        everybody = replace(people.limits, demands=None)
        people = People(people.codes, everybody)
        lacks = broken_demands(
            self.black_box, self.parts.eligibility, people, rows, accepted
        )
        return [
            [] if not yes else texts for yes, texts in zip(accepted, lacks, strict=True)
        ]


def _with_effort(demands: list[str], max_effort: float) -> list[str]:
    """Add the largest effort of a person to demands in words."""
    if max_effort == np.inf:
        return demands
    return [f"an effort of at most max_effort={max_effort:.6g}", *demands]
