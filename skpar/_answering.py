"""From people to a report: search, proof, the final check, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .actionability import Actionability, Limits, with_frozen
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

    def __call__(
        self, X: Any, codes: np.ndarray, limits: Limits | None, n_options: int
    ) -> RecourseReport:
        """Answer every denied person of a table.

        Parameters
        ----------
        X : DataFrame or ndarray of shape (n_samples, n_features)
            The table.
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Its codes.
        limits : Limits or None
            Limits of the people.
        n_options : int
            How many different ways to find for each.

        Returns
        -------
        report : RecourseReport
        """
        denied, answers, impossible = self._search(codes, limits)
        some = None if limits is None else limits[denied]
        status = np.full(len(codes), ACCEPTED, dtype="<U10")
        status[denied] = np.where(impossible, IMPOSSIBLE, NOT_FOUND)
        reason = np.full(len(codes), "", dtype=object)
        reason[denied] = self._reasons(codes[denied], some, impossible)
        report = self._tell(X, codes, denied, answers, limits, status, reason)
        if n_options < 2:
            return report
        options = self._options(X, codes, limits, report, n_options)
        return replace(options[0], options=tuple(options))

    def change(
        self, X: Any, codes: np.ndarray, limits: Limits | None
    ) -> tuple[Any, int, int]:
        """Change every denied row into its recourse, without a report.

        Parameters
        ----------
        X : DataFrame or ndarray of shape (n_samples, n_features)
            The table.
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Its codes.
        limits : Limits or None
            Limits of the people.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
        n_denied, n_changed : int
            How many rows are denied, and how many of these are changed.
        """
        denied, answers, _ = self._search(codes, limits)
        checked = self._check(X, codes, denied, answers, limits)
        return checked.table, len(denied), int(checked.kept.sum())

    def _search(
        self, codes: np.ndarray, limits: Limits | None
    ) -> tuple[np.ndarray, SearchResult, np.ndarray]:
        """Answer the denied rows; tell which these are, and who has no recourse."""
        denied = np.flatnonzero(~self.black_box.accepted(codes))
        some = None if limits is None else limits[denied]
        answers = self.parts.search(codes[denied], some)
        return denied, answers, self._prove(codes[denied], some, answers)

    def _options(
        self,
        X: Any,
        codes: np.ndarray,
        limits: Limits | None,
        report: RecourseReport,
        n_options: int,
    ) -> list[RecourseReport]:
        """Find further ways, each different from all before."""
        options = [report]
        for _ in range(n_options - 1):
            who = np.flatnonzero(options[-1].answered)
            some = None if limits is None else limits[who]
            taken = tuple(one.codes_after[who] for one in options)
            answers = self._find_other(codes[who], some, taken)
            options.append(self._tell_other(X, codes, who, answers, limits, report))
        return self._in_order(X, codes, limits, options)

    def _find_other(
        self, codes: np.ndarray, limits: Limits | None, taken: tuple[np.ndarray, ...]
    ) -> SearchResult:
        """Find one more way; close what the taken ones change where that is needed."""
        answers = self.parts.search(codes, limits, taken)
        free = self.actionability.freedom(codes, limits)
        for closed in closings(codes, np.stack(taken), free):
            left = np.flatnonzero(~answers.found & closed.any(axis=1))
            if len(left):
                some = None if limits is None else limits[left]
                frozen = with_frozen(some, closed[left])
                before = tuple(one[left] for one in taken)
                more = self.parts.search(codes[left], frozen, before)
                answers.codes[left], answers.worth[left] = more.codes, more.worth
                answers.classifier_rows[left] += more.classifier_rows
        answers.settled[:] = False  # what is taken may be better
        return answers

    def _in_order(
        self,
        X: Any,
        codes: np.ndarray,
        limits: Limits | None,
        options: list[RecourseReport],
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
            codes,
            np.stack([one.codes_after for one in options]),
            worth,
        )
        answers = [
            SearchResult(rows[k], worth[k], one.classifier_rows, one.optimal)
            for k, one in enumerate(options)
        ]
        who, said = np.arange(len(codes)), (first.status.copy(), first.reason.copy())
        return [
            self._tell(X, codes, who, answers[0], limits, *said),
            *(self._tell_other(X, codes, who, a, limits, first) for a in answers[1:]),
        ]

    def _tell_other(
        self,
        X: Any,
        codes: np.ndarray,
        who: np.ndarray,
        answers: SearchResult,
        limits: Limits | None,
        report: RecourseReport,
    ) -> RecourseReport:
        """Write the report of further answers."""
        status = np.where(report.asked, NOT_FOUND, ACCEPTED).astype("<U10")
        reason = np.full(len(codes), "", dtype=object)
        reason[report.asked] = "no other way was found"
        return self._tell(X, codes, who, answers, limits, status, reason)

    def _prove(
        self, codes: np.ndarray, limits: Limits | None, answers: SearchResult
    ) -> np.ndarray:
        """Prove that there is no recourse, or take the one that the attempt found."""
        impossible = answers.settled & ~answers.found
        if self.parts.refusals.is_active:
            # Rows that are refused were not asked about; they may be accepted.
            impossible[:] = False
        left = np.flatnonzero(~answers.found & ~impossible)
        if not len(left):
            return impossible
        some = None if limits is None else limits[left]
        proofs = self.parts.prover(
            self.actionability, codes[left], some, self._worth_as_answers
        )
        impossible[left] = proofs.impossible
        shown, witness = left[proofs.possible], proofs.witness[proofs.possible]
        if len(shown):
            answers.codes[shown] = witness
            answers.worth[shown] = self.parts.objective(codes[shown], witness)
            answers.settled[shown] = proofs.is_best[proofs.possible]
        return impossible

    def _worth_as_answers(self, codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Objective of rows, -inf where they must not be answers."""
        refused = self.parts.refusals(rows)
        return np.where(refused, -np.inf, self.parts.objective(codes, rows))

    def _reasons(
        self, codes: np.ndarray, limits: Limits | None, impossible: np.ndarray
    ) -> np.ndarray:
        """Say why somebody without an answer has none."""
        reason = np.full(len(codes), "", dtype=object)
        reason[:] = "no accepted row was found within reach and budget"
        free = np.asarray(self.actionability.freedom(codes, limits).any(axis=1))
        which = np.flatnonzero(impossible)
        some = None if limits is None else limits[which]
        opening = opening_rules(self.actionability, codes[which], self._tries, some)
        for person, rules in zip(which, opening, strict=True):
            reason[person] = why_impossible(rules)
            if not free[person]:
                reason[person] = f"the rules leave nothing to change; {reason[person]}"
        return reason

    def _tries(
        self, actionability: Actionability, codes: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell for whom a row near an accepted neighbour is accepted."""
        if not len(codes):
            return np.zeros(0, dtype=bool)
        neighborhood = self.parts.proposer.surveyor.maker.neighborhood
        near = neighborhood.nearest(codes, _NEIGHBORS_TRIED)
        rows = actionability.project(codes, near, limits)
        accepted = self.black_box.suffices(rows.reshape(-1, codes.shape[1]))
        moved = (rows != codes[:, None]).any(axis=2)
        return (accepted.reshape(moved.shape) & moved).any(axis=1)

    def _tell(
        self,
        X: Any,
        codes: np.ndarray,
        who: np.ndarray,
        answers: SearchResult,
        limits: Limits | None,
        status: np.ndarray,
        reason: np.ndarray,
    ) -> RecourseReport:
        """Write the report of some people's answers, checked once more."""
        checked = self._check(X, codes, who, answers, limits)
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
            factuals=X.copy(),
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

    def _check(
        self,
        X: Any,
        codes: np.ndarray,
        who: np.ndarray,
        answers: SearchResult,
        limits: Limits | None,
    ) -> Checked:
        """Read the answers back from the user's own table; keep what is as promised."""
        rows = who[answers.found]
        proposed, kept = codes.copy(), np.zeros(len(codes), dtype=bool)
        proposed[rows] = answers.codes[answers.found]
        failed, table = kept.copy(), self.schema.write(X, codes, proposed)
        if len(rows):
            read = self.schema.encode(table)[rows]
            some = None if limits is None else limits[rows]
            allowed = self.actionability.allows(codes[rows], read, some)
            accepted = self.black_box.accepts_table(table)[rows]
            if self.black_box.least is not None:
                accepted &= self.black_box.suffices(read)
            kept[rows] = allowed & accepted & ~self.parts.refusals(read)
            failed[rows] = ~kept[rows]
        if failed.any():
            proposed[failed] = codes[failed]
            table = self.schema.write(X, codes, proposed)
        return Checked(table, kept, failed)
