"""The way from people to a report, and the judgement of proposals.

A row takes this way through `PARRecourse.recourse`:

1. `read_request` checks table and limits, and encodes them as `People`. Rows with
   a cell that cannot be read go no further; `with_unreadable_rows` reports them.
2. `Answerer.report` takes the rows that the classifier denies.
3. `RecourseSearch.find` searches for an answer. If the feasible set is small, it is
   enumerated. Otherwise `Proposer.propose` proposes rows, `Actionability.project`
   makes them feasible, and `QueryScheduler.run` queries the classifier with the rows
   of largest expected improvement. If nothing was found, fallback proposals follow;
   `Proposer.propose_near` polishes the answers, and `Rounding` rounds their numbers.
   With ``search="none"``, `OnePass.find` replaces this step and the next one.
4. For people without an answer, `InfeasibilityProver.prove` proves that there is no
   recourse, or finds one. `blocking_rules` names the rules that prevent it.
5. `FinalCheck.check` writes answers into the user's table, reads them back and checks
   them. An answer that fails is dropped.
6. `measure_answers` measures the answers: effort, plausibility, contribution of each
   change. `RecourseReport` holds them with status, reasons and measures.

For further options, steps 3, 5 and 6 are repeated with the answers taken so far.
`assess` judges proposals of other origin by the same rules and measures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ._config import SearchConfig
from ._jobs import run_tasks, split_groups
from ._progress import Progress
from .actionability import Actionability, Demand, People
from .classifier import BlackBox, KnownRows, stage
from .report import (
    ACCEPTED,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    AcceptedLacking,
    Measures,
    Reason,
    ReasonWriter,
    RecourseReport,
    ReportContext,
    RowDetails,
    measure_answers,
    scatter_measures,
    with_unreadable_rows,
)
from .search import (
    FinalCheck,
    FittedParts,
    OnePass,
    Proofs,
    SearchResult,
    attribute_changes,
    broken_decisions,
    flags_of_ranked,
    rank_options,
)
from .table import (
    TableReading,
    TableSchema,
    copied,
    same_cells,
    warn_user,
)

_CONTRADICTED = "the classifier predicted the same row in two ways"


class Answerer:
    """Answers people: search, proof, check, report.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    actionability : Actionability
        Rules and links that answers keep.
    black_box : BlackBox
        The user's classifier.
    parts : FittedParts
        Fitted densities, objective, proposer and search.
    context : ReportContext
        Data that all reports share.
    config : SearchConfig
        Constants of the explanation that there is no recourse.
    known_rows : KnownRows
        Rows that show a retrained classifier.
    searches : bool, default=True
        Whether to search and to prove. If not, the generator answers in one pass.
    n_jobs : int or None, default=None
        Number of processes that answer people, as in joblib.
    verbose : int, default=0
        1 shows the progress.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        black_box: BlackBox,
        parts: FittedParts,
        context: ReportContext,
        config: SearchConfig,
        known_rows: KnownRows,
        searches: bool = True,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.schema = schema
        self.actionability = actionability
        self.final_check = FinalCheck(
            schema, actionability, black_box, parts.eligibility
        )
        self.black_box = black_box
        self.known_rows = known_rows
        self.parts = parts
        self.config = config
        self.context = replace(context, is_searched=searches)
        self.objective = parts.objective
        self.searches = searches
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.search = parts.search if searches else OnePass.of_search(parts.search)
        self.prover = parts.prover
        self.eligibility = parts.eligibility
        self.rare_rows = parts.rare_rows
        self.reasons = ReasonWriter(
            schema, actionability, black_box, parts, config, searches
        )

    @classmethod
    def of_estimator(cls, par: Any) -> Answerer:
        """Make an answerer of the parts of a fitted `PARRecourse`."""
        return cls(
            par.schema_,
            par._actionability,
            par._black_box,
            par._parts,
            par._report_context,
            par.search_config,
            par._known_rows,
            par.search == "full",
            par.n_jobs,
            par.verbose,
        )

    def full_report(
        self, people: People, X: Any, reading: TableReading, n_options: int
    ) -> RecourseReport:
        """Answer every denied person, and report the rows that cannot be read too."""
        return with_unreadable_rows(self.report(people, n_options), X, reading)

    def report(self, people: People, n_options: int) -> RecourseReport:
        """Answer every denied person of a table.

        Parameters
        ----------
        people : People
            With their table.
        n_options : int
            Number of options to find for each.

        Returns
        -------
        report : RecourseReport
        """
        denied = self.denied(people)
        status = np.full(len(people), ACCEPTED, dtype="<U10")
        reason = self._why_accepted(people, denied)
        result, impossible, why = self._answer(people[denied], is_reported=True)
        status[denied] = np.where(impossible, IMPOSSIBLE, NOT_FOUND)
        reason[denied] = why
        report = self._checked_report(people, denied, result, status, reason)
        options = self._options(people, report, n_options)
        if any((one.reason == _CONTRADICTED).any() for one in options):
            options = [_without_proofs(one) for one in options]
        # Options that nobody has share one report.
        options += options[-1:] * (n_options - len(options))
        return replace(options[0], further=tuple(options[1:]))

    def change(self, people: People) -> Any:
        """Change every denied row into its recourse, without a report.

        A warning counts denied rows without recourse.

        Parameters
        ----------
        people : People
            With their table.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
        """
        denied = self.denied(people)
        result, _, _ = self._answer(people[denied], is_reported=False)
        checked = self.final_check.check(people, denied, result)
        n_unchanged = len(denied) - int(checked.passed.sum())
        if n_unchanged:
            warn_user(
                f"No recourse was found for {n_unchanged} of {len(denied)} denied "
                "rows. They are returned unchanged; recourse(X) shows which."
            )
        return checked.table

    def _answer(
        self, people: People, is_reported: bool
    ) -> tuple[SearchResult, np.ndarray, np.ndarray]:
        """Answer denied people in tasks; find those without recourse, and why."""
        n = len(people)
        result = SearchResult.none(people.codes)
        impossible, reason = np.zeros(n, dtype=bool), np.full(n, "", dtype=object)
        tasks = split_groups(self._by_demand(people), self.n_jobs, self.config)
        arguments = ((one, people[rows], is_reported) for rows, one in tasks)
        n_jobs = self.n_jobs if len(tasks) > 1 else 1
        with Progress(self.verbose, n, "people") as progress:
            done = 0
            for (rows, _), (found, proved, why) in zip(
                tasks, run_tasks(_answer_task, arguments, n_jobs), strict=True
            ):
                result.replace(rows, found, np.ones(len(rows), dtype=bool))
                impossible[rows], reason[rows] = proved, why
                done += len(rows)
                progress.report(f"answered {done} of {n} denied people", len(rows))
        return result, impossible, reason

    def _by_demand(self, people: People) -> list[tuple[np.ndarray, Answerer]]:
        """Group people by demand, each group with the answerer that it needs."""
        demands = people.limits.demands
        if demands is None:
            return [(np.arange(len(people)), self)]
        return [(rows, self._of_demand(demand)) for demand, rows in demands.groups()]

    def _of_demand(self, demand: Demand) -> Answerer:
        """Make an answerer of people with one demand."""
        box = self.black_box.of_demand(demand)
        parts = self.parts.of_demand(demand, box)
        rest = self.context, self.config, self.known_rows, self.searches
        return Answerer(self.schema, self.actionability, box, parts, *rest)

    @stage("the decision who is denied")
    def denied(self, people: People) -> np.ndarray:
        """Rows of the people whom the classifier denies."""
        labels = self.known_rows.predict_with(self.black_box, people.codes)
        demands = people.limits.demands
        return np.flatnonzero(~self.black_box.are_wanted(labels, demands))

    @stage("the look at what accepted people lack")
    def _why_accepted(self, people: People, denied: np.ndarray) -> np.ndarray:
        """Write for accepted people which demands on recourse their rows break."""
        reason = np.full(len(people), "", dtype=object)
        if people.limits.demands is None and not self.black_box.has_demands:
            return reason
        rest = np.setdiff1d(np.arange(len(people)), denied)
        yes = np.ones(len(rest), dtype=bool)
        some = people[rest]
        broken = broken_decisions(self.black_box, some, some.codes, yes)
        for row, lacks in zip(rest, broken, strict=True):
            if lacks:
                finding = AcceptedLacking(lacks)
                reason[row] = Reason(finding.text(), finding)
        return reason

    @stage("search")
    def _find(
        self, people: People, is_reported: bool
    ) -> tuple[SearchResult, np.ndarray]:
        """Answer denied people, and find those for whom recourse is impossible."""
        result = self.search.find(people, is_reported=is_reported)
        impossible = result.exhausted & ~result.found
        if self.eligibility.is_active:
            # Rows that are not eligible were not queried; the prover queries them.
            impossible[:] = False
        left = np.flatnonzero(~result.found & ~impossible)
        if not self.searches or not len(left):
            return result, impossible
        proofs = self.prover.prove(
            self.actionability, people[left], self._objective_of_answers
        )
        impossible[left] = proofs.impossible
        self._take_near_misses(people, result, left, proofs, is_reported)
        found, witness = left[proofs.possible], proofs.witness[proofs.possible]
        if len(found):
            search = self.parts.search
            budget = is_reported * search.max_queries - result.n_queries[found]
            refined = search.refine(people[found], witness, budget)
            kept = same_cells(refined.codes, witness).all(axis=1)
            refined.exhausted[:] = proofs.is_optimal[proofs.possible] & kept
            result.replace(found, refined, np.ones(len(found), dtype=bool))
        return result, impossible

    def _take_near_misses(
        self,
        people: People,
        result: SearchResult,
        left: np.ndarray,
        proofs: Proofs,
        is_reported: bool,
    ) -> None:
        """Take accepted rows that must not be answers as near misses, if none is."""
        is_barred = ~proofs.possible & ~proofs.impossible
        is_barred &= ~same_cells(proofs.witness, people.codes[left]).all(axis=1)
        is_barred[is_barred] = ~self.black_box.meets_demands(
            result.nearest_miss[left[is_barred]]
        )
        result.nearest_miss[left[is_barred]] = proofs.witness[is_barred]
        # A witness may be the safest row of all; what a larger effort finds is nearer.
        rows, limits = left[is_barred], people.limits
        if is_reported and len(rows) and limits.max_effort is not None:
            free = People(people.codes, replace(limits, max_effort=None))[rows]
            beyond = self.search.find(free)
            result.n_queries[rows] += beyond.n_queries
            found = rows[beyond.found]
            result.nearest_miss[found] = beyond.codes[beyond.found]

    def _objective_of_answers(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Objective of rows, -inf for rows that must not be answers."""
        codes, max_effort = people.codes, people.limits.max_effort
        is_eligible = self.eligibility.is_eligible(rows)
        is_eligible &= self.eligibility.excess(codes, rows, max_effort) == 0.0
        return np.where(is_eligible, self.objective.evaluate(codes, rows), -np.inf)

    def _options(
        self, people: People, report: RecourseReport, n_options: int
    ) -> list[RecourseReport]:
        """Find further options, each an alternative to all before."""
        options = [report]
        while len(options) < n_options:
            who = np.flatnonzero(options[-1].answered)
            taken = tuple(one.codes_after[who] for one in options)
            result = SearchResult.none(people.codes[who])
            for rows, one in self._by_demand(people[who]):
                given = tuple(codes[rows] for codes in taken)
                found = one.search.find_alternative(people[who[rows]], given)
                result.replace(rows, found, np.ones(len(rows), dtype=bool))
            options.append(self._report_of_option(people, who, result, report))
            if not options[-1].answered.any():
                break
        return self._in_order(people, options)

    def _in_order(
        self, people: People, options: list[RecourseReport]
    ) -> list[RecourseReport]:
        """Sort options, because the search for a further one may find a better one."""
        first = options[0]
        value = np.stack([np.where(o.answered, o.objective, -np.inf) for o in options])
        value = self.objective.rounded(value)  # rounding errors must not decide ties
        if not ((value[1:] >= value[:-1]) & np.isfinite(value[1:])).any():
            return options
        codes = np.stack([one.codes_after for one in options])
        effort = self.objective.effort
        rows, value = rank_options(
            self.actionability, effort, people.codes, codes, value
        )
        flags = [
            flags_of_ranked(rows, codes, np.stack([getattr(o, name) for o in options]))
            for name in ("needed", "accompanying", "unchecked")
        ]
        who = np.flatnonzero(first.denied)
        is_first = same_cells(rows[0], first.codes_after).all(axis=1)
        kept = (first.status.copy(), first.reason.copy())
        results = [
            SearchResult(
                rows[k][who],
                value[k][who],
                one.n_queries[who],
                (one.optimal & is_first)[who],
                first.codes_before[who],
                *(flag[k][who] for flag in flags),
            )
            for k, one in enumerate(options)
        ]
        ordered = [self._checked_report(people, who, results[0], *kept)]
        for result in results[1:]:
            # If an answer fails now, the options after it are dropped.
            result.objective[~ordered[-1].answered[who]] = -np.inf
            ordered.append(self._report_of_option(people, who, result, first))
        return ordered

    def _report_of_option(
        self,
        people: People,
        who: np.ndarray,
        result: SearchResult,
        report: RecourseReport,
    ) -> RecourseReport:
        """Report of a further option."""
        status = np.where(report.denied, NOT_FOUND, ACCEPTED).astype("<U10")
        reason = np.full(len(people), "", dtype=object)
        reason[report.denied] = "no further option was found"
        return self._checked_report(people, who, result, status, reason)

    def _checked_report(
        self,
        people: People,
        who: np.ndarray,
        result: SearchResult,
        status: np.ndarray,
        reason: np.ndarray,
    ) -> RecourseReport:
        """Check answers in the user's table, measure them, and report them."""
        checked = self.final_check.check(people, who, result)
        answered, codes = checked.passed, people.codes
        new = checked.codes
        status[(status == FOUND) | checked.contradicted] = NOT_FOUND
        status[answered], reason[answered] = FOUND, ""
        reason[checked.failed] = "the answer did not pass the final check"
        reason[checked.contradicted] = _CONTRADICTED
        measures = self.measure(people[answered], new[answered])
        denied = status != ACCEPTED
        return RecourseReport(
            factuals=copied(people.table),
            counterfactuals=checked.table,
            status=status,
            reason=reason,
            **scatter_measures(measures, answered),
            **result.columns(who, answered),
            codes_before=codes,
            codes_after=new,
            schema=self.schema,
            favorable_label=self.black_box.favorable,
            context=self.context,
            details=RowDetails.of_rows(
                self.objective, self.black_box, people, new, denied, answered
            ),
        )

    def measure(self, people: People, after: np.ndarray) -> Measures:
        """Measure answers, one row for each of some people."""
        before, contributions = people.codes, np.zeros(after.shape)
        demands = people.limits.demands
        groups = [] if demands is None else demands.of_decision.groups()
        for demand, rows in groups or [(Demand(), np.arange(len(after)))]:
            score = self.parts.acceptance_of(demand).surrogate.decision_function
            contributions[rows] = attribute_changes(score, before[rows], after[rows])
        return measure_answers(
            self.schema,
            self.objective,
            self.rare_rows.contains,
            contributions,
            before,
            after,
        )


def _answer_task(
    answerer: Answerer, people: People, is_reported: bool
) -> tuple[SearchResult, np.ndarray, np.ndarray | str]:
    """Answer some people, in any process; write reasons if they are reported."""
    found, impossible = answerer._find(people, is_reported)
    if not is_reported:
        return found, impossible, ""
    return found, impossible, answerer.reasons.write(people, impossible, found)


def _without_proofs(report: RecourseReport) -> RecourseReport:
    """Withdraw what was proved by queries to a classifier that contradicts itself."""
    impossible = report.status == IMPOSSIBLE
    return replace(
        report,
        status=np.where(impossible, NOT_FOUND, report.status),
        reason=np.where(impossible, _CONTRADICTED, report.reason),
        optimal=np.zeros(len(report), dtype=bool),
    )
