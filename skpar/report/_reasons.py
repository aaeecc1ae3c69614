"""Reasons why people have no recourse, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._config import SearchConfig
from ..actionability import Actionability, People
from ..classifier import BlackBox, stage
from ..search import (
    BindingRules,
    Broken,
    Demanded,
    FittedParts,
    NeighborTrial,
    SearchResult,
    blocking_rules,
    broken_demands,
    demands_of,
)
from ..table import TableSchema, same_cells
from ._phrases import Phrases
from ._sentences import Writer, localized


class Reason(str):
    """A reason in the default words, which can be written again in other words.

    Parameters
    ----------
    text : str
        The reason.
    finding : Impossible, NotFound, NoProposal or AcceptedLacking, default=None
        What it says; None for a text that cannot be written in other words.
    """

    finding: Tried | None

    def __new__(cls, text: str, finding: Tried | None = None) -> Reason:
        """Make the text, and keep what it says."""
        reason = super().__new__(cls, text)
        reason.finding = finding
        return reason


@dataclass(frozen=True, eq=False)
class Impossible:
    """What is proved about a person without recourse.

    Parameters
    ----------
    blocking : tuple of str
        Rules. Dropping any single one of them would give a recourse.
    demands : list of Demanded
        What recourse of the person needs besides acceptance.
    can_change : bool
        Whether the rules allow any change.
    """

    blocking: tuple[str, ...]
    demands: list[Demanded]
    can_change: bool

    def text(self, writer: Writer) -> str:
        """Write it with the words of a writer."""
        text = why_impossible(self.blocking, self.demands, writer.phrases)
        return text if self.can_change else f"{writer.phrases.no_change}; {text}"


@dataclass(frozen=True, eq=False)
class NotFound:
    """What the search for the recourse of a person has tried.

    Parameters
    ----------
    n_queries : int
        Number of rows with which the classifier was queried.
    max_queries : int
        Largest number of such rows.
    row : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    miss : ndarray of shape (n_features,), dtype float64
        Codes of the nearest miss.
    is_miss : ndarray of shape (n_features,), dtype bool
        Its changes, without columns that follow from others.
    probability : float or None
        Probability of the nearest miss; None if the classifier gives none.
    binding : tuple of str
        The rules that bind at the nearest miss.
    demands : list of Demanded
        What recourse of the person needs besides acceptance.
    lacks : list of Broken
        Which of these demands the nearest miss breaks.
    """

    n_queries: int
    max_queries: int
    row: np.ndarray
    miss: np.ndarray
    is_miss: np.ndarray
    probability: float | None
    binding: tuple[str, ...]
    demands: list[Demanded]
    lacks: list[Broken]

    def text(self, writer: Writer) -> str:
        """Write it with the words of a writer."""
        return why_not_found(
            self.n_queries,
            self.max_queries,
            writer.actions(self.row, self.miss, self.is_miss),
            self.probability,
            self.binding,
            self.demands,
            self.lacks,
            writer.phrases,
        )


@dataclass(frozen=True)
class NoProposal:
    """What was tried for a person if there was no search.

    Parameters
    ----------
    n_queries : int
        Number of proposals with which the classifier was queried.
    """

    n_queries: int

    def text(self, writer: Writer) -> str:
        """Write it with the words of a writer."""
        phrases = writer.phrases
        return phrases.no_proposal.format(n=self.n_queries)


@dataclass(frozen=True)
class AcceptedLacking:
    """What the row of an accepted person lacks; search does not change it.

    Parameters
    ----------
    lacks : list of Broken
        The demands on recourse that it breaks.
    """

    lacks: list[Broken]

    def text(self, writer: Writer | None = None) -> str:
        """Write it; no word depends on the writer."""
        return f"accepted, so nothing changes: {' and '.join(map(str, self.lacks))}"


Tried = Impossible | NotFound | NoProposal | AcceptedLacking


def reason_in_words(reason: str, writer: Writer) -> str:
    """Write a reason of a report with other words, if it can be.

    Parameters
    ----------
    reason : str
        An entry of `reason`.
    writer : Writer
        The words.

    Returns
    -------
    text : str
        The reason itself if nothing else is known about it.
    """
    finding = getattr(reason, "finding", None)
    return str(reason) if finding is None else finding.text(writer)


def why_impossible(
    blocking: Sequence[str],
    demands: Sequence[Demanded] = (),
    phrases: Phrases | None = None,
) -> str:
    """Write that recourse is impossible, and which rules prevent it.

    Parameters
    ----------
    blocking : sequence of str
        Rules. Dropping any single one of them would give a recourse.
    demands : sequence of Demanded, default=()
        What recourse of the person needs besides acceptance.
    phrases : Phrases, default=None
        None stands for English.

    Returns
    -------
    reason : str

    Examples
    --------
    >>> from skpar.report._reasons import why_impossible
    >>> why_impossible(("age: 'immutable'",))
    "no feasible row is accepted; dropping one rule would help: age: 'immutable'"
    """
    phrases = phrases or Phrases()
    parts = [phrases.no_row]
    if demands:
        needed = phrases.conjunction.join(map(str, demands))
        parts = [phrases.no_row_with.format(demands=needed)]
    if blocking:
        rules = phrases.alternative.join(blocking)
        parts.append(phrases.one_rule.format(rules=rules))
    return "; ".join(parts)


def why_not_found(
    n_queries: int,
    max_queries: int,
    miss: str = "",
    probability: float | None = None,
    binding: Sequence[str] = (),
    demands: Sequence[Demanded] = (),
    lacks: Sequence[Broken] = (),
    phrases: Phrases | None = None,
) -> str:
    """Write that no recourse was found, and what was done.

    Parameters
    ----------
    n_queries : int
        Number of rows with which the classifier was queried.
    max_queries : int
        Largest number of such rows.
    miss : str, default=""
        The changes to the nearest miss; empty if no row was tried.
    probability : float, default=None
        Probability of the nearest miss; None if the classifier gives none.
    binding : sequence of str, default=()
        The rules that bind at the nearest miss.
    demands : sequence of Demanded, default=()
        What recourse of the person needs besides acceptance.
    lacks : sequence of Broken, default=()
        Which of these demands the nearest miss breaks.
    phrases : Phrases, default=None
        None stands for English.

    Returns
    -------
    reason : str

    Examples
    --------
    >>> from skpar.report._reasons import why_not_found
    >>> print(why_not_found(200, 200))
    no accepted row was found; 200 rows were tried, which is all that max_queries allows
    >>> reason = why_not_found(1, 9, "raise age from 20 to 25", 0.412, ("a rule",))
    >>> for part in reason.split("; "):
    ...     print(part)
    no accepted row was found
    1 row was tried, and max_queries allows 9
    the nearest miss has probability 0.41: raise age from 20 to 25
    rules that bind there: a rule
    >>> from skpar.search import Broken, Demanded
    >>> demands = [Demanded("min_probability", 0.7)]
    >>> lacks = [Broken("min_probability", 0.7, 0.6)]
    >>> reason = why_not_found(1, 9, "a change", demands=demands, lacks=lacks)
    >>> for part in reason.split("; "):
    ...     print(part)
    no accepted row with min_probability=0.7 was found
    1 row was tried, and max_queries allows 9
    the nearest miss: a change
    it is no recourse: probability 0.6 below min_probability=0.7
    """
    phrases = phrases or Phrases()
    both = phrases.conjunction
    rows = phrases.tried_one if n_queries == 1 else phrases.tried.format(n=n_queries)
    left = phrases.budget_left.format(n=max_queries)
    if n_queries >= max_queries:
        left = phrases.budget_spent
    parts = [phrases.nothing, f"{rows}, {left}"]
    if demands:
        parts[0] = phrases.nothing_with.format(demands=both.join(map(str, demands)))
    if miss and probability is None:
        parts.append(phrases.miss.format(changes=miss))
    elif miss:
        known = localized(f"{probability:.2f}", phrases, is_quantity=False)
        parts.append(phrases.miss_with.format(probability=known, changes=miss))
    if miss and lacks:
        parts.append(phrases.lacks.format(demands=both.join(map(str, lacks))))
    if miss and binding:
        parts.append(phrases.binding.format(rules=both.join(binding)))
    return "; ".join(parts)


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
        demands, writer = demands_of(self.black_box), Writer(self.schema)
        for row, rules, can_change in zip(rows, blocking, able, strict=True):
            proved = Impossible(tuple(rules), demands, bool(can_change.any()))
            reason[row] = Reason(proved.text(writer), proved)
        rows = np.flatnonzero(~impossible & ~result.found)
        for row, tried in zip(
            rows, self._near_misses(people[rows], result, rows), strict=True
        ):
            reason[row] = Reason(tried.text(writer), tried)
        return reason

    def _near_misses(
        self, people: People, result: SearchResult, rows: np.ndarray
    ) -> list[NotFound | NoProposal]:
        """Collect what was tried for people (n,) at some rows of a result."""
        if not self.searches:
            return [NoProposal(n) for n in result.n_queries[rows].tolist()]
        search, objective = self.parts.search, self.parts.objective
        misses, tried = result.nearest_miss[rows], result.n_queries[rows]
        rules = BindingRules(self.parts.proposer, self.config.max_binding_rules)
        binding = rules.of(self.actionability, people, misses)
        probability: Any = None
        if self.black_box.score_method == "predict_proba":
            probability = self.black_box.score(misses)
        is_miss = ~same_cells(people.codes, misses) & objective.acting
        demands, lacks = demands_of(self.black_box), self._lacks(people, misses)
        max_queries, most = search.max_queries, people.limits.max_effort
        most = np.full(len(people), np.inf) if most is None else most
        return [
            NotFound(
                int(tried[k]),
                max_queries,
                own.copy(),
                miss.copy(),
                is_miss[k],
                None if probability is None else float(probability[k]),
                tuple(binding[k]),
                _with_effort(demands, float(most[k])),
                lacks[k],
            )
            for k, (own, miss) in enumerate(zip(people.codes, misses, strict=True))
        ]

    def _lacks(self, people: People, rows: np.ndarray) -> list[list[Broken]]:
        """Say which demands near misses break, unless the classifier denies them."""
        accepted = self.black_box.accepted(rows)
        everybody = replace(people.limits, demands=None)
        people = People(people.codes, everybody)
        lacks = broken_demands(
            self.black_box, self.parts.eligibility, people, rows, accepted
        )
        return [
            [] if not yes else some for yes, some in zip(accepted, lacks, strict=True)
        ]


def _with_effort(demands: list[Demanded], max_effort: float) -> list[Demanded]:
    """Add the largest effort of a person to demands."""
    if max_effort == np.inf:
        return demands
    return [Demanded("max_effort", max_effort), *demands]
