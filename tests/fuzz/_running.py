"""Run of one case, and what switches the checks of the engine off."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from skpar.actionability import Actionability
from skpar.classifier import BlackBox
from skpar.search import FinalCheck
from skpar.search._final_check import CheckedAnswers

from ._case import draw_case
from ._checks import check_report, check_same_answers
from ._classifiers import Wrapper
from ._plans import check_plans
from ._proofs import check_proofs
from ._session import Ended, Session, Violation
from ._tables import plain_rows, take

N_ALONE = 3
N_TRIES = 4


@dataclass(frozen=True)
class Outcome:
    """What happened in one case.

    Parameters
    ----------
    seed : int
        Seed of the case.
    violations : list of Violation
        All broken promises.
    n_denied, n_found : int
        Number of people.
    seconds : float
        CPU time.
    title : str
        Classifier and table.
    description : str
        What was drawn.
    """

    seed: int
    violations: list[Violation]
    n_denied: int
    n_found: int
    seconds: float
    title: str
    description: str


def run_case(seed: int) -> Outcome:
    """Draw, fit and check one case."""
    start = time.process_time()
    case = draw_case(seed)
    session = Session(case)
    counts = (0, 0)
    try:
        par = fit(session)
        report = answer(session, par)
        counts = (int(report.denied.sum()), int(report.answered.sum()))
    except Ended:
        pass
    seconds = time.process_time() - start
    shown = (case.title(), case.describe())
    return Outcome(seed, session.violations, *counts, seconds, *shown)


def fit(session: Session) -> Any:
    """Fit the estimator; a classifier that raises gets a few tries."""
    case, drawn = session.case, session.case.classifier
    clf = drawn.given if drawn.how == "clf" else None
    for k in range(N_TRIES):
        par = case.estimator()
        fitting = partial(par.fit, case.drawn.train, drawn.labels, clf)
        try:
            session.call("fit", fitting)
            break
        except Ended:
            if drawn.name != "raises" or k == N_TRIES - 1:
                raise
    case.found.extend(par.relations_)
    schema = par.schema_
    members = getattr(schema, "members", [(j,) for j in range(len(schema.names))])
    case.features.update(zip(schema.names, members, strict=True))
    case.refits.extend(copy.deepcopy(par.refits_ or []))
    if drawn.judge is None:
        drawn.judge = copy.deepcopy(par.estimator_)
    for one in (drawn.given, par.estimator_):
        if isinstance(one, Wrapper):
            one.is_armed = True
    return par


def answer(session: Session, par: Any) -> Any:
    """Answer people in several ways, and check the answers."""
    case = session.case
    ask = case.drawn.ask

    def recourse(rows: Any = None, n_options: int = case.n_options) -> Any:
        some, people, name = case.arguments(rows), ask, "recourse"
        if rows is not None:
            people, name = take(ask, rows), "recourse of some"
        return session.call(
            name, lambda: par.recourse(people, n_options=n_options, **some)
        )

    report = recourse()
    if case.drawn.unreadable:
        check_unreadable(session, par, report)
        return report
    check_report(session, report, ask)
    check_transform(session, par, recourse(n_options=1))
    if case.classifier.is_predictable:
        check_plans(session, par, report)
        rng = np.random.default_rng(case.seed)
        denied = np.flatnonzero(report.denied)
        for i in rng.permutation(denied)[:N_ALONE].tolist():
            check_same_answers(session, "alone", [i], report, recourse([i]))
        some = rng.permutation(len(ask))[: len(ask) // 2].tolist()
        check_same_answers(session, "batch", some, report, recourse(some))
        check_proofs(session, par, report)
    return report


def check_transform(session: Session, par: Any, report: Any) -> None:
    """Compare `transform` with the first option."""
    case = session.case
    table = session.call(
        "transform", lambda: par.transform(case.drawn.ask, **case.arguments())
    )
    pairs = zip(plain_rows(table), plain_rows(report.counterfactuals), strict=True)
    different = [i for i, (one, other) in enumerate(pairs) if one != other]
    if different and case.classifier.is_predictable:
        session.report("transform", f"rows {different} differ from recourse")


def check_unreadable(session: Session, par: Any, report: Any) -> None:
    """Check that unreadable rows are named, and spare the others."""
    for i, cell in session.case.drawn.unreadable.items():
        if report.status[i] != "unreadable" or cell not in report.reason[i]:
            session.report(
                "unreadable", f"row {i}: {report.status[i]}, {report.reason[i]}"
            )
        try:
            par.transform(session.case.drawn.ask, **session.case.arguments())
        except ValueError as error:
            if cell in str(error):
                continue
        session.report("unreadable", f"transform does not name {cell!r} in row {i}")


@contextmanager
def without_checks() -> Iterator[None]:
    """Switch off all checks of rules, links and decisions, and the final check."""

    def project(self: Any, people: Any, proposal: np.ndarray) -> np.ndarray:
        return proposal.copy()

    def keeps_rules(self: Any, people: Any, rows: np.ndarray) -> np.ndarray:
        return np.ones(rows.shape, dtype=bool)

    def accepts(self: Any, codes: np.ndarray) -> np.ndarray:
        return np.ones(len(codes), dtype=bool)

    def check(self: Any, people: Any, who: np.ndarray, result: Any) -> CheckedAnswers:
        codes = people.codes
        rows = who[result.found]
        proposed, passed = codes.copy(), np.zeros(len(codes), dtype=bool)
        proposed[rows] = result.codes[result.found]
        passed[rows] = True
        table = self.schema.write(people.table, codes, proposed)
        none = np.zeros(len(codes), dtype=bool)
        return CheckedAnswers(table, proposed, passed, none, none)

    with (
        mock.patch.object(Actionability, "project", project),
        mock.patch.object(Actionability, "keeps_rules", keeps_rules),
        mock.patch.object(BlackBox, "meets_demands", accepts),
        mock.patch.object(FinalCheck, "check", check),
    ):
        yield


def run_seed(seed: int, has_checks: bool = True) -> Outcome:
    """Run one case, with or without the checks of the engine."""
    if has_checks:
        return run_case(seed)
    with without_checks():
        return run_case(seed)
