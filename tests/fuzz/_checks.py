"""Checks of answers, row by row, against the oracle and the judge."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from ._case import Case, own_rows
from ._demands import ROUNDING
from ._oracle import same
from ._session import Session
from ._tables import plain_rows, take

FOUND = "found"
MAX_COPIES = 5


def check_report(
    session: Session, report: Any, ask: Any, is_batch: bool = True
) -> None:
    """Check every option of every person."""
    case = session.case
    judge = case.classifier
    if judge.is_predictable:
        accepted = np.array(
            [
                bool(judge.accepts(take(ask, [i]), case.wishes(i).labels)[0])
                for i in range(len(ask))
            ]
        )
        wrong = np.flatnonzero((report.status == "accepted") != accepted)
        for i in wrong.tolist():
            if report.status[i] != "unreadable":
                said = "accepts" if accepted[i] else "denies"
                text = (
                    f"row {i} is {report.status[i]!r}; alone, the classifier {said} it"
                )
                session.report("status", text)
    for k, option in enumerate(report.options):
        check_container(session, k, option.counterfactuals, ask)
        check_option(session, k, option, ask)
    check_options(session, report)


def check_container(session: Session, k: int, table: Any, ask: Any) -> None:
    """Check that container, columns, dtypes and index are those of people."""
    if type(table) is not type(ask) or table.shape != ask.shape:
        session.report("container", f"option {k}: {type(table)} of shape {table.shape}")
    elif isinstance(ask, pd.DataFrame):
        for what, old, new in (
            ("index", ask.index, table.index),
            ("columns", ask.columns, table.columns),
        ):
            if not old.identical(new):
                session.report("container", f"option {k}: other {what}")
        dtypes = [(old, new) for old, new in zip(ask.dtypes, table.dtypes, strict=True)]
        if any(old != new for old, new in dtypes):
            session.report("dtype", f"option {k}: {dtypes}")
    elif ask.dtype != table.dtype:
        session.report("dtype", f"option {k}: {ask.dtype} became {table.dtype}")


def check_option(session: Session, k: int, option: Any, ask: Any) -> None:
    """Check the rows of one option."""
    case, oracle = session.case, session.case.oracle()
    limits, own = case.limits_of_people(), own_rows(case)
    new = plain_rows(option.counterfactuals)
    for i in range(len(ask)):
        where = f"row {i}, option {k}"
        check_unchanged(session, where, ask, option.counterfactuals, i, own[i], new[i])
        changed = [not same(a, b) for a, b in zip(own[i], new[i], strict=True)]
        if option.status[i] != FOUND:
            if any(changed):
                text = f"{where}: status {option.status[i]!r}, but the row changed"
                session.report("status", text)
            continue
        n_acting = oracle.count_actions(changed)
        if sum(changed) == 0 or n_acting != option.n_changed[i]:
            text = f"{where}: {n_acting} features changed, n_changed is "
            session.report("n_changed", text + f"{option.n_changed[i]}")
        for kind, text in oracle.broken(own[i], new[i], limits[i]):
            session.report(kind, f"{where}: {text}")
        check_decision(session, where, option, i)
        check_demands(session, where, option, i, new[i])


def check_unchanged(
    session: Session, where: str, before: Any, after: Any, i: int, own: Any, new: Any
) -> None:
    """Check that unchanged cells are the same to the last bit."""
    for j, (a, b) in enumerate(zip(own, new, strict=True)):
        if not same(a, b):
            continue
        cells = []
        for table in (before, after):
            is_frame = isinstance(table, pd.DataFrame)
            cells.append(table.iloc[i, j] if is_frame else table[i, j])
        if repr(cells[0]) != repr(cells[1]):
            session.report("bits", f"{where}: {cells[0]!r} became {cells[1]!r}")


def check_decision(session: Session, where: str, option: Any, i: int) -> None:
    """Ask pristine copies of the classifier and its refits about the row alone."""
    case = session.case
    if not case.classifier.is_predictable:
        return
    row = take(option.counterfactuals, [i])
    effort = option.effort[[i]]
    wishes = case.wishes(i)
    for kind, text in wishes.broken(case.classifier, case.refits, row, effort)[0]:
        session.report(kind, f"{where}: {plain_rows(row)[0]}: {text}")


def check_demands(session: Session, where: str, option: Any, i: int, new: Any) -> None:
    """Check plausibility and rare rows."""
    parameters = session.case.parameters
    if option.percentile[i] < parameters.get("min_percentile", 0.0) - ROUNDING:
        session.report("min_percentile", f"{where}: {option.percentile[i]}")
    is_rare = tuple(new) in rare_rows(session.case)
    if is_rare and not parameters.get("allow_training_rows", False):
        session.report("training row", f"{where}: {new}")
    if is_rare != option.training_row[i]:
        text = (
            f"{where}: training_row is {option.training_row[i]}, but {is_rare}: {new}"
        )
        session.report("training_row flag", text)


def rare_rows(case: Case) -> set[tuple[Any, ...]]:
    """List training rows that fewer than five people share."""
    counts = Counter(tuple(row) for row in plain_rows(case.drawn.train))
    return {row for row, count in counts.items() if count < MAX_COPIES}


def check_options(session: Session, report: Any) -> None:
    """Check that options fall in objective and are different."""
    facts = session.case.drawn.facts
    own = own_rows(session.case)
    tables = [plain_rows(option.counterfactuals) for option in report.options]
    for k in range(1, len(report.options)):
        better, option = report.options[k - 1], report.options[k]
        for i in np.flatnonzero(option.status == FOUND).tolist():
            if better.status[i] != FOUND:
                session.report("options", f"row {i}: option {k} without option {k - 1}")
                continue
            room = 1e-7 * (1 + abs(better.objective[i]))
            if option.objective[i] > better.objective[i] + room:
                session.report("options", f"row {i}: option {k} is better than {k - 1}")
            for earlier in range(k):
                pair = (tables[earlier][i], tables[k][i])
                if directions(own[i], pair[0], facts) == directions(
                    own[i], pair[1], facts
                ):
                    text = f"row {i}: options {earlier} and {k} change the same"
                    session.report("options", text)


def directions(own: Any, new: Any, facts: Any) -> list[Any]:
    """Say for each cell whether it rises, falls, changes or stays."""
    found: list[Any] = []
    for a, b, fact in zip(own, new, facts, strict=True):
        if same(a, b):
            found.append("stays")
        elif a is None or not (fact.is_number or fact.order):
            found.append("changes")
        else:
            order = fact.order
            rises = b > a if fact.is_number else order.index(b) > order.index(a)
            found.append("rises" if rises else "falls")
    return found


def check_same_answers(
    session: Session, kind: str, rows: list[int], whole: Any, part: Any
) -> None:
    """Check that some people get in a part of the batch what they get in the whole."""
    if len(whole.options) != len(part.options):
        session.report(kind, f"{len(part.options)} options, not {len(whole.options)}")
        return
    for k, (one, other) in enumerate(zip(whole.options, part.options, strict=True)):
        all_rows, some_rows = map(
            plain_rows, (one.counterfactuals, other.counterfactuals)
        )
        for place, i in enumerate(rows):
            pair = (one.status[i], other.status[place])
            if pair[0] != pair[1]:
                session.report(kind, f"row {i}, option {k}: {pair[0]} and {pair[1]}")
            elif all_rows[i] != some_rows[place]:
                text = f"row {i}, option {k}: {all_rows[i]} and {some_rows[place]}"
                session.report(kind, text)
