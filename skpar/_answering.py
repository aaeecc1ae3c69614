"""From people to a report: search, proof, the final check, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .actionability import Actionability, People
from .classifier import BlackBox
from .objective import gower
from .report import (
    ACCEPTED,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    Background,
    RecourseReport,
    Scene,
    probabilities,
    why_impossible,
)
from .search import (
    FittedParts,
    SearchResult,
    best_first,
    closings,
    contributions,
    opening_rules,
)
from .table import TableSchema, n_changed

_NEIGHBORS_TRIED = 16
_WITHOUT_ANSWER = {"training_row": False, "_contributions": 0.0}


@dataclass(frozen=True)
class Checked:
    """Answers in the user's own table, after the final check.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n_samples, n_features)
        The table with the answers that passed in it.
    kept : ndarray of shape (n_samples,), dtype bool
        Who has an answer that passed.
    failed : ndarray of shape (n_samples,), dtype bool
        Who had one that did not.
    """

    table: Any
    kept: np.ndarray
    failed: np.ndarray


class Answerer:
    """Answer people, and tell the truth about it.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    actionability : Actionability
        Rules and links.
    black_box : BlackBox
        The user's classifier.
    parts : FittedParts
        What was fitted.
    scene : Scene
        What is shown beside the answers.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        black_box: BlackBox,
        parts: FittedParts,
        scene: Scene,
    ) -> None:
        self.schema = schema
        self.actionability = actionability
        self.black_box = black_box
        self.parts = parts
        self.scene = scene

    def report(self, people: People, n_options: int) -> RecourseReport:
        """Answer every denied person of a table.

        Parameters
        ----------
        people : People
            With their table.
        n_options : int
            How many different ways to find for each.

        Returns
        -------
        report : RecourseReport
        """
        denied, answers, impossible = self._search(people)
        status = np.full(len(people), ACCEPTED, dtype="<U10")
        status[denied] = np.where(impossible, IMPOSSIBLE, NOT_FOUND)
        reason = np.full(len(people), "", dtype=object)
        reason[denied] = self._reasons(people[denied], impossible)
        report = self._tell(people, denied, answers, status, reason)
        if n_options < 2:
            return report
        options = self._options(people, report, n_options)
        return replace(options[0], options=tuple(options))

    def change(self, people: People) -> tuple[Any, int, int]:
        """Change every denied row into its recourse, without a report.

        Parameters
        ----------
        people : People
            With their table.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
        n_denied, n_changed : int
            How many rows are denied, and how many of these are changed.
        """
        denied, answers, _ = self._search(people)
        checked = self._check(people, denied, answers)
        return checked.table, len(denied), int(checked.kept.sum())

    def _search(self, people: People) -> tuple[np.ndarray, SearchResult, np.ndarray]:
        """Answer the denied rows; tell which these are, and who has no recourse."""
        denied = np.flatnonzero(~self.black_box.accepted(people.codes))
        answers = self.parts.search.find(people[denied])
        return denied, answers, self._prove(people[denied], answers)

    def _options(
        self, people: People, report: RecourseReport, n_options: int
    ) -> list[RecourseReport]:
        """Find further ways, each different from all before."""
        options = [report]
        for _ in range(n_options - 1):
            who = np.flatnonzero(options[-1].answered)
            taken = tuple(one.codes_after[who] for one in options)
            answers = self._find_other(people[who], taken)
            options.append(self._tell_other(people, who, answers, report))
        return self._in_order(people, options)

    def _find_other(
        self, people: People, taken: tuple[np.ndarray, ...]
    ) -> SearchResult:
        """Find one more way; close what the taken ones change where that is needed."""
        answers = self.parts.search.find(people, taken)
        free = self.actionability.can_change(people)
        for closed in closings(people.codes, np.stack(taken), free):
            left = np.flatnonzero(~answers.found & closed.any(axis=1))
            if len(left):
                restricted = people[left].with_frozen(closed[left])
                before = tuple(one[left] for one in taken)
                more = self.parts.search.find(restricted, before)
                answers.codes[left], answers.worth[left] = more.codes, more.worth
                answers.classifier_rows[left] += more.classifier_rows
        answers.settled[:] = False  # what is taken may be better
        return answers

    def _in_order(
        self, people: People, options: list[RecourseReport]
    ) -> list[RecourseReport]:
        """Put the best first: a search for another way finds a better one at times."""
        first = options[0]
        worth = np.stack([np.where(o.answered, o.objective, -np.inf) for o in options])
        worth = np.round(worth, 9)  # equals are equal, whatever the last bits say
        if not ((worth[1:] >= worth[:-1]) & np.isfinite(worth[1:])).any():
            return options
        rows, worth = best_first(
            self.actionability,
            self.parts.objective.effort,
            people.codes,
            np.stack([one.codes_after for one in options]),
            worth,
        )
        answers = [
            SearchResult(rows[k], worth[k], one.classifier_rows, one.optimal)
            for k, one in enumerate(options)
        ]
        who, said = np.arange(len(people)), (first.status.copy(), first.reason.copy())
        return [
            self._tell(people, who, answers[0], *said),
            *(self._tell_other(people, who, a, first) for a in answers[1:]),
        ]

    def _tell_other(
        self,
        people: People,
        who: np.ndarray,
        answers: SearchResult,
        report: RecourseReport,
    ) -> RecourseReport:
        """Write the report of further answers."""
        status = np.where(report.asked, NOT_FOUND, ACCEPTED).astype("<U10")
        reason = np.full(len(people), "", dtype=object)
        reason[report.asked] = "no other way was found"
        return self._tell(people, who, answers, status, reason)

    def _prove(self, people: People, answers: SearchResult) -> np.ndarray:
        """Prove that there is no recourse, or take the one that the attempt found."""
        impossible = answers.settled & ~answers.found
        if self.parts.refusals.is_active:
            # Rows that are refused were not asked about; they may be accepted.
            impossible[:] = False
        left = np.flatnonzero(~answers.found & ~impossible)
        if not len(left):
            return impossible
        proofs = self.parts.prover.prove(
            self.actionability, people[left], self._worth_as_answers
        )
        impossible[left] = proofs.impossible
        shown, witness = left[proofs.possible], proofs.witness[proofs.possible]
        if len(shown):
            answers.codes[shown] = witness
            answers.worth[shown] = self.parts.objective(people.codes[shown], witness)
            answers.settled[shown] = proofs.is_best[proofs.possible]
        return impossible

    def _worth_as_answers(self, codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Objective of rows, -inf where they must not be answers."""
        refused = self.parts.refusals(rows)
        return np.where(refused, -np.inf, self.parts.objective(codes, rows))

    def _reasons(self, people: People, impossible: np.ndarray) -> np.ndarray:
        """Say why somebody without an answer has none."""
        reason = np.full(len(people), "", dtype=object)
        reason[:] = "no accepted row was found within reach and budget"
        free = np.asarray(self.actionability.can_change(people).any(axis=1))
        which = np.flatnonzero(impossible)
        opening = opening_rules(self.actionability, people[which], self._tries)
        for person, rules in zip(which, opening, strict=True):
            reason[person] = why_impossible(rules)
            if not free[person]:
                reason[person] = f"the rules leave nothing to change; {reason[person]}"
        return reason

    def _tries(self, actionability: Actionability, people: People) -> np.ndarray:
        """Tell for whom a row near an accepted neighbour is accepted."""
        codes = people.codes
        if not len(codes):
            return np.zeros(0, dtype=bool)
        neighborhood = self.parts.proposer.surveyor.maker.neighborhood
        near = neighborhood.nearest(codes, _NEIGHBORS_TRIED)
        rows = actionability.project(people, near)
        accepted = self.black_box.suffices(rows.reshape(-1, codes.shape[1]))
        moved = (rows != codes[:, None]).any(axis=2)
        return (accepted.reshape(moved.shape) & moved).any(axis=1)

    def _tell(
        self,
        people: People,
        who: np.ndarray,
        answers: SearchResult,
        status: np.ndarray,
        reason: np.ndarray,
    ) -> RecourseReport:
        """Write the report of some people's answers, checked once more."""
        codes = people.codes
        checked = self._check(people, who, answers)
        kept, new = checked.kept, self.schema.encode(checked.table)
        status[kept], reason[kept] = FOUND, ""
        reason[checked.failed] = "the answer did not pass the final check"
        asked = np.zeros(len(codes), dtype=np.int64)
        asked[who] = answers.classifier_rows
        optimal = np.zeros(len(codes), dtype=bool)
        optimal[who] = answers.settled
        measures: dict[str, Any] = {}
        for name, values in self._measures(codes[kept], new[kept]).items():
            empty = _WITHOUT_ANSWER.get(name, np.nan)
            measures[name] = np.full((len(codes), *values.shape[1:]), empty)
            measures[name][kept] = values
        return RecourseReport(
            factuals=people.table.copy(),
            counterfactuals=checked.table,
            status=status,
            reason=reason,
            classifier_rows=asked,
            optimal=optimal & kept,
            codes_before=codes,
            codes_after=new,
            _schema=self.schema,
            _favorable=self.black_box.favorable,
            _background=self._background(codes, new, status != ACCEPTED, kept),
            **measures,
        )

    def _measures(self, old: np.ndarray, new: np.ndarray) -> dict[str, Any]:
        """Measure answers, by name in the report."""
        objective = self.parts.objective
        plausibility = objective.plausibility
        log_density = plausibility.log_densities(new)[0]
        return {
            "effort": objective.effort.per_feature(old, new).sum(axis=-1),
            "gower": gower(self.schema, old, new),
            "n_changed": n_changed(old, new),
            "objective": objective(old, new),
            "log_density": log_density - plausibility.encoder.log_units(new),
            "percentile": plausibility.percentile(log_density),
            "training_row": self.parts.rare(new),
            "_contributions": self._contributions(old, new),
        }

    def _background(
        self, codes: np.ndarray, new: np.ndarray, denied: np.ndarray, kept: np.ndarray
    ) -> Background:
        """Gather what is shown of people besides the figures."""
        objective = self.parts.objective
        percentile = np.full(len(codes), np.nan)
        log_density = objective.plausibility.log_densities(codes[denied])[0]
        percentile[denied] = objective.plausibility.percentile(log_density)
        has_probabilities = hasattr(self.black_box.classifier, "predict_proba")
        score = self.black_box.score if has_probabilities else None
        return Background(
            self.scene,
            probabilities(score, codes, new, denied, kept),
            percentile,
            objective.effort.per_feature(codes, new),
        )

    def _contributions(self, old: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Measure what each change adds to being accepted, by the stand-in."""
        return contributions(self.parts.proposer.surveyor.stand_in, old, new)

    def _check(self, people: People, who: np.ndarray, answers: SearchResult) -> Checked:
        """Read the answers back from the user's own table; keep what is as promised."""
        X, codes = people.table, people.codes
        rows = who[answers.found]
        proposed, kept = codes.copy(), np.zeros(len(codes), dtype=bool)
        proposed[rows] = answers.codes[answers.found]
        failed, table = kept.copy(), self.schema.write(X, codes, proposed)
        if len(rows):
            read = self.schema.encode(table)[rows]
            allowed = self.actionability.is_feasible(people[rows], read)
            accepted = self.black_box.accepts_table(table)[rows]
            if self.black_box.least is not None:
                accepted &= self.black_box.suffices(read)
            kept[rows] = allowed & accepted & ~self.parts.refusals(read)
            failed[rows] = ~kept[rows]
        if failed.any():
            proposed[failed] = codes[failed]
            table = self.schema.write(X, codes, proposed)
        return Checked(table, kept, failed)
