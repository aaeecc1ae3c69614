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
4. For people without an answer, `InfeasibilityProver.prove` proves that there is no
   recourse, or finds one. `blocking_rules` names the rules that prevent it.
5. `FinalCheck.check` writes answers into the user's table, reads them back and checks
   them. An answer that fails is dropped.
6. `measure_answers` measures the answers: effort, plausibility, contribution of each
   change. `RecourseReport` holds them with status, reasons and measures.

For further options, steps 3, 5 and 6 are repeated with the answers taken so far.
`Answerer.assess` judges proposals of other origin by the same rules and measures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ._config import SearchConfig
from .actionability import Actionability, People, find_violations
from .classifier import BlackBox, KnownRows, stage
from .report import (
    ACCEPTED,
    FLAGS,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    NUMBERS,
    Measures,
    RecourseReport,
    ReportContext,
    RowDetails,
    Wording,
    measure_answers,
    scatter_measures,
    why_impossible,
    why_not_found,
    with_unread_rows,
)
from .search import (
    BindingRules,
    FinalCheck,
    FittedParts,
    NeighborTrial,
    SearchResult,
    attribute_changes,
    blocking_rules,
    broken_demands,
    flags_of_ranked,
    rank_options,
)
from .table import (
    TableReading,
    TableSchema,
    check_same_rows,
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
    ) -> None:
        self.schema = schema
        self.actionability = actionability
        self.final_check = FinalCheck(
            schema, actionability, black_box, parts.eligibility
        )
        self.black_box = black_box
        self.known_rows = known_rows
        self.context = context
        self.objective = parts.objective
        self.search = parts.search
        self.prover = parts.prover
        self.eligibility = parts.eligibility
        self.rare_rows = parts.rare_rows
        self.surrogate = parts.proposer.surrogate
        self.trial = NeighborTrial(
            parts.proposer, black_box.meets_demands, config.n_trial_neighbors
        )
        self.binding = BindingRules(parts.proposer, config.max_binding_rules)

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
        )

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
        denied = self._denied(people)
        result, impossible = self._find(people[denied], is_reported=True)
        status = np.full(len(people), ACCEPTED, dtype="<U10")
        status[denied] = np.where(impossible, IMPOSSIBLE, NOT_FOUND)
        reason = np.full(len(people), "", dtype=object)
        reason[denied] = self._reasons(people[denied], impossible, result)
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
        denied = self._denied(people)
        result, _ = self._find(people[denied], is_reported=False)
        checked = self.final_check.check(people, denied, result)
        n_unchanged = len(denied) - int(checked.passed.sum())
        if n_unchanged:
            warn_user(
                f"No recourse was found for {n_unchanged} of {len(denied)} denied "
                "rows. They are returned unchanged; recourse(X) shows which."
            )
        return checked.table

    @stage("assess")
    def assess(
        self, table: Any, people: People, reading: TableReading, proposals: Any
    ) -> pd.DataFrame:
        """Judge one proposal per person.

        Parameters
        ----------
        table : DataFrame or ndarray of shape (n_samples, n_features)
            The rows of all people.
        people : People
            The people whose rows can be read.
        reading : TableReading
            Of `table`.
        proposals : DataFrame or ndarray of shape (n_samples, n_features)
            Rows of all people.

        Returns
        -------
        table : DataFrame of shape (n_samples, 11)
            As :meth:`skpar.PARRecourse.assess` says.
        """
        check_same_rows(table, proposals)
        other = self.schema.read(proposals)
        read = ~(reading.unreadable | other.unreadable)
        if read.all() and len(read):
            accepted = self.black_box.accepts_table(proposals)
        else:
            accepted = self.black_box.accepted(other.codes[read])
        people = people[read[~reading.unreadable]]
        judged = self._judge(people, other.codes[read], accepted)
        if not read.all():
            judged = with_unread_rows(judged, read, reading.reasons(), other.reasons())
        index = getattr(table, "index", None)
        return judged if index is None else judged.set_axis(index)

    def _judge(
        self, people: People, rows: np.ndarray, accepted: np.ndarray
    ) -> pd.DataFrame:
        """Judge proposals that can be read, one row of codes per person."""
        denied = ~self.black_box.accepted(people.codes)
        measures = self._measure(people.codes, rows)
        violations = find_violations(self.actionability, people, rows)
        feasible = np.array([not broken for broken in violations], dtype=bool)
        demands = self._broken_demands(rows, accepted, measures)
        too_much = self._efforts_above(people, rows, measures.effort)
        for broken, *more in zip(violations, demands, too_much, strict=True):
            broken += [text for texts in more for text in texts]
        columns = {
            "recourse": denied & np.array([not broken for broken in violations], bool),
            "accepted": accepted,
            "feasible": feasible,
            "broken": ["; ".join(broken) for broken in violations],
            **{name: getattr(measures, name) for name in (*NUMBERS, *FLAGS)},
        }
        return pd.DataFrame(columns)

    def _broken_demands(
        self, rows: np.ndarray, accepted: np.ndarray, measures: Measures
    ) -> list[list[str]]:
        """Say which demands on answers each row breaks, besides being feasible."""
        eligibility = self.eligibility
        broken: list[list[str]] = [[] for _ in rows]
        is_rare = np.zeros(len(rows), dtype=bool)
        if eligibility.rare_rows is not None:
            is_rare = measures.training_row
        implausible = ~eligibility.is_eligible(rows) & ~is_rare
        for mask, text in (
            *broken_demands(self.black_box, rows, accepted),
            (implausible, "percentile below min_percentile"),
            (is_rare, "equal to a training row that fewer than five people share"),
        ):
            for row in np.flatnonzero(mask):
                broken[row].append(text)
        return broken

    def _efforts_above(
        self, people: People, rows: np.ndarray, effort: np.ndarray
    ) -> list[list[str]]:
        """Say for each row whether its effort is above the largest of its person."""
        broken: list[list[str]] = [[] for _ in rows]
        most = people.limits.max_effort
        if most is not None:
            excess = self.eligibility.excess(people.codes, rows, most)
            for row in np.flatnonzero(excess > 0.0):
                text = f"effort {effort[row]:.6g} above max_effort={most[row]:.6g}"
                broken[row].append(text)
        return broken

    @stage("the decision who is denied")
    def _denied(self, people: People) -> np.ndarray:
        """Rows of the people whom the classifier denies."""
        known, n_people = self.known_rows.some(people.codes), len(people)
        labels = self.black_box.predict(np.concatenate([people.codes, known.codes]))
        known.warn_of_changes(labels[n_people:])
        is_accepted = np.isin(labels[:n_people], np.asarray(self.black_box.favorable))
        return np.flatnonzero(~is_accepted)

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
        if not len(left):
            return result, impossible
        proofs = self.prover.prove(
            self.actionability, people[left], self._objective_of_answers
        )
        impossible[left] = proofs.impossible
        found, witness = left[proofs.possible], proofs.witness[proofs.possible]
        if len(found):
            budget = is_reported * self.search.max_queries - result.n_queries[found]
            refined = self.search.refine(people[found], witness, budget)
            kept = same_cells(refined.codes, witness).all(axis=1)
            refined.exhausted[:] = proofs.is_optimal[proofs.possible] & kept
            result.replace(found, refined, np.ones(len(found), dtype=bool))
        return result, impossible

    def _objective_of_answers(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Objective of rows, -inf for rows that must not be answers."""
        codes, max_effort = people.codes, people.limits.max_effort
        is_eligible = self.eligibility.is_eligible(rows)
        is_eligible &= self.eligibility.excess(codes, rows, max_effort) == 0.0
        return np.where(is_eligible, self.objective.evaluate(codes, rows), -np.inf)

    @stage("the search for rules that prevent recourse")
    def _reasons(
        self, people: People, impossible: np.ndarray, result: SearchResult
    ) -> np.ndarray:
        """Write for each person without an answer why there is none."""
        reason = np.full(len(people), "", dtype=object)
        rows = np.flatnonzero(impossible)
        able = self.actionability.can_change(people[rows])
        blocking = blocking_rules(
            self.actionability, people[rows], self.trial.is_possible
        )
        for row, rules, can_change in zip(rows, blocking, able, strict=True):
            reason[row] = why_impossible(rules)
            if not can_change.any():
                reason[row] = f"the rules allow no change; {reason[row]}"
        rows = np.flatnonzero(~impossible & ~result.found)
        reason[rows] = self._near_misses(people[rows], result, rows)
        return reason

    def _near_misses(
        self, people: People, result: SearchResult, rows: np.ndarray
    ) -> list[str]:
        """Write what was tried for people (n,) at some rows of a result."""
        misses, tried = result.nearest_miss[rows], result.n_queries[rows]
        binding = self.binding.of(self.actionability, people, misses)
        probability: Any = None
        if self.black_box.score_method == "predict_proba":
            probability = self.black_box.score(misses)
        wording, acting = Wording(self.schema), self.objective.acting
        most = people.limits.max_effort
        most = np.full(len(people), np.inf) if most is None else most
        return [
            why_not_found(
                int(tried[k]),
                self.search.max_queries,
                wording.actions(own, miss, ~same_cells(own, miss) & acting),
                None if probability is None else float(probability[k]),
                binding[k],
                float(most[k]),
            )
            for k, (own, miss) in enumerate(zip(people.codes, misses, strict=True))
        ]

    def _options(
        self, people: People, report: RecourseReport, n_options: int
    ) -> list[RecourseReport]:
        """Find further options, each an alternative to all before."""
        options = [report]
        while len(options) < n_options:
            who = np.flatnonzero(options[-1].answered)
            taken = tuple(one.codes_after[who] for one in options)
            result = self.search.find_alternative(people[who], taken)
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
        new = self.schema.encode(checked.table)
        status[(status == FOUND) | checked.contradicted] = NOT_FOUND
        status[answered], reason[answered] = FOUND, ""
        reason[checked.failed] = "the answer did not pass the final check"
        reason[checked.contradicted] = _CONTRADICTED
        measures = self._measure(codes[answered], new[answered])
        denied = status != ACCEPTED
        return RecourseReport(
            factuals=people.table.copy(),
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

    def _measure(self, before: np.ndarray, after: np.ndarray) -> Measures:
        """Measure answers."""
        return measure_answers(
            self.schema,
            self.objective,
            self.rare_rows.contains,
            attribute_changes(self.surrogate.decision_function, before, after),
            before,
            after,
        )


def _without_proofs(report: RecourseReport) -> RecourseReport:
    """Withdraw what was proved by queries to a classifier that contradicts itself."""
    impossible = report.status == IMPOSSIBLE
    return replace(
        report,
        status=np.where(impossible, NOT_FOUND, report.status),
        reason=np.where(impossible, _CONTRADICTED, report.reason),
        optimal=np.zeros(len(report), dtype=bool),
    )
