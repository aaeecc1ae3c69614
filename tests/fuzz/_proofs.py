"""Rows that people can reach, listed by the oracle, against optima and proofs."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd

from ._case import Case, own_rows
from ._checks import FOUND, rare_rows
from ._oracle import Oracle, same, sources_of
from ._session import Session
from ._tables import plain_rows, take

MAX_ROWS = 300
N_PEOPLE = 5
N_SAMPLED = 60
MAX_VALUES = 60
FEW_VALUES = 10
# Of more changes, not all parts are tried.
MAX_CHANGES = 5


def check_proofs(session: Session, par: Any, report: Any) -> None:
    """Look for accepted feasible rows that contradict the report."""
    case = session.case
    rng = np.random.default_rng(case.seed)
    denied = np.flatnonzero(np.isin(report.status, [FOUND, "not found", "impossible"]))
    is_claimed = report.optimal | (report.status == "impossible")
    order = denied[np.argsort(~is_claimed[denied], kind="stable")]
    for i in order[:N_PEOPLE].tolist():
        values = [
            reachable(case, case.oracle(), i, j) for j in range(len(case.drawn.facts))
        ]
        check_person(session, par, report, i, values, rng)


def reachable(
    case: Case, oracle: Oracle, i: int, j: int
) -> tuple[list[Any], bool, int]:
    """List values that a cell may surely take, own first, and whether these are all.

    The number is that of the values that it may take at most: at the bounds, rounding
    leaves room for doubt.
    """
    fact, own = case.drawn.facts[j], own_rows(case)[i][j]
    limit = case.limits_of_people()[i][j]
    is_listed = True
    if not fact.is_number:
        values: list[Any] = list(fact.seen)
    elif fact.is_whole and fact.high - fact.low < MAX_VALUES:
        values = [float(v) for v in range(int(fact.low), int(fact.high) + 1)]
        seen = {row[j] for row in plain_rows(case.drawn.train)} - {None}
        if len(seen) <= FEW_VALUES:  # perhaps no other value is proposed
            values = [value for value in values if value in seen]
    else:
        seen = {row[j] for row in plain_rows(case.drawn.train)} - {None}
        values, is_listed = sorted(seen)[:: max(1, len(seen) // 20)], False
    surely, perhaps = (
        [
            value
            for value in values
            if not same(value, own)
            and not oracle.broken_by_cell(j, own, value, limit, slack)
        ]
        for slack in (-1, 1)
    )
    stays = limit.is_frozen or "immutable" in oracle.rules[j]
    return [own, *surely], is_listed or stays, 1 + len(perhaps)


def check_person(
    session: Session,
    par: Any,
    report: Any,
    i: int,
    values: list[tuple[list[Any], bool, int]],
    rng: np.random.Generator,
) -> None:
    """Compare the answer of one person with other rows."""
    case, derived = session.case, session.case.oracle().derived()
    features = [
        features_of(case, i, columns, values)
        for columns in sorted(set(case.features.values()))
        if not derived & set(columns)
    ]
    n_rows = math.prod(len(some) for some, _, _ in features)
    is_listed = all(is_complete for _, is_complete, _ in features)
    if is_listed and n_rows <= (40 if derived else MAX_ROWS):
        chosen = list(itertools.product(*(some for some, _, _ in features)))
    elif report.optimal[i] or report.status[i] == "impossible":
        chosen = [
            tuple(some[rng.integers(len(some))] for some, _, _ in features)
            for _ in range(N_SAMPLED)
        ]
    else:
        return
    rows = feasible(case, i, chosen)
    if not rows:
        return
    objective, is_answer, is_enough = judge_rows(session, par, i, rows)
    check_needed(session, report, i, [rows[k] for k in np.flatnonzero(is_enough)])
    if not is_answer.any():
        return
    best = int(np.argmax(np.where(is_answer, objective, -np.inf)))
    is_needed = is_answer
    if case_needs(session):
        is_needed = is_answer & surely_needed(case, i, rows, is_enough, is_listed)
    if is_needed.any():
        place = int(np.argmax(np.where(is_needed, objective, -np.inf)))
        check_optimum(session, report, i, rows[place], float(objective[place]))
    most = math.prod(value[2] for value in features)
    is_small = is_listed and most <= case.parameters["max_queries"] and not derived
    compare(session, report, i, rows[best], is_small)


def actions_of(case: Case, i: int, row: list[Any]) -> dict[tuple[int, ...], Any]:
    """List the changed features of a row with their new cells; none that follow."""
    own, derived = own_rows(case)[i], case.oracle().derived()
    return {
        columns: [row[j] for j in columns]
        for columns in set(case.features.values())
        if not derived & set(columns) and any(not same(own[j], row[j]) for j in columns)
    }


def is_part(one: dict[Any, Any], other: dict[Any, Any]) -> bool:
    """Check whether a row makes some, but not all, of the changes of another."""
    return len(one) < len(other) and one.items() <= other.items()


def surely_needed(
    case: Case, i: int, rows: list[list[Any]], is_enough: np.ndarray, is_listed: bool
) -> np.ndarray:
    """Find rows whose changes are all needed; of samples, those with one change."""
    actions = [actions_of(case, i, row) for row in rows]
    parts = [actions[k] for k in np.flatnonzero(is_enough)]
    return np.array(
        [
            len(one) == 1 or (is_listed and not any(is_part(p, one) for p in parts))
            for one in actions
        ],
        dtype=bool,
    )


def check_needed(session: Session, report: Any, i: int, parts: list[Any]) -> None:
    """Look for rows that make part of the changes of an answer, and are enough."""
    case = session.case
    for k, option in enumerate(report.options):
        if not option.needed[i]:
            continue
        row = plain_rows(take(option.counterfactuals, [i]))[0]
        actions = actions_of(case, i, row)
        for part in parts if len(actions) <= MAX_CHANGES else []:
            if is_part(actions_of(case, i, part), actions):
                session.report("needed", f"row {i}, option {k}: {part} is enough")


def check_optimum(
    session: Session, report: Any, i: int, best: list[Any], objective: float
) -> None:
    """Compare an optimum with the best row that the oracle knows."""
    room = 1e-7 * (1 + abs(objective))
    for k, option in enumerate(report.options):
        if option.optimal[i] and option.objective[i] < objective - room:
            text = f"row {i}, option {k} has {option.objective[i]}, but {best} has "
            session.report("optimal", text + f"{objective}")


def features_of(
    case: Case,
    i: int,
    columns: tuple[int, ...],
    values: list[tuple[list[Any], bool, int]],
) -> tuple[list[dict[int, Any]], bool, int]:
    """List values that a feature may surely take, as `reachable` does for a column."""
    if len(columns) == 1:
        some, is_listed, most = values[columns[0]]
        return [{columns[0]: cell} for cell in some], is_listed, most
    oracle, own = case.oracle(), own_rows(case)[i]
    limits = case.limits_of_people()[i]
    seen = {tuple(row[j] for j in columns) for row in oracle.training}
    counts = []
    for slack in (-1, 1):
        counts.append(
            [
                dict(zip(columns, cells, strict=True))
                for cells in sorted(seen)
                if any(not same(own[j], c) for j, c in zip(columns, cells, strict=True))
                and not any(
                    oracle.broken_by_cell(j, own[j], cell, limits[j], slack)
                    for j, cell in zip(columns, cells, strict=True)
                    if not same(own[j], cell)
                )
            ]
        )
    start = {j: own[j] for j in columns}
    return [start, *counts[0]], True, 1 + len(counts[1])


def compare(
    session: Session,
    report: Any,
    i: int,
    best: list[Any],
    is_small: bool,
) -> None:
    """Compare the answer of one person with the best row that the oracle knows."""
    status, known = report.status[i], f"{best} is accepted and feasible"
    if status == "impossible":
        session.report("impossible", f"row {i}: {known}")
    if is_small and status == "not found":
        session.report("missed", f"row {i}: {known}")
    if is_small and len(report.options) == 1 and status == FOUND:
        # An answer whose changes may not be needed is no optimum.
        is_known = report.needed[i] or not case_needs(session)
        if not report.optimal[i] and is_known:
            session.report("not optimal", f"row {i}: few rows are feasible")


def case_needs(session: Session) -> bool:
    """Whether all changes must be needed."""
    return bool(session.case.parameters.get("only_needed", True))


def feasible(
    case: Case, i: int, chosen: list[tuple[dict[int, Any], ...]]
) -> list[list[Any]]:
    """Compute derived cells; keep rows that surely keep everything, with a change."""
    oracle, own = case.oracle(), own_rows(case)[i]
    limits, followers = case.limits_of_people()[i], oracle.followers()
    kept = []
    for features in chosen:
        row = list(own)
        for cells in features:
            for j, cell in cells.items():
                row[j] = cell
        for link in followers:
            sources = [j for key in sources_of(link) for j in oracle.feature(key)]
            if any(not same(row[j], own[j]) for j in sources):
                value = oracle.computed(link, own, row)
                for j, cell in zip(
                    oracle.feature(link.column), value or [], strict=False
                ):
                    row[j] = cell
        if row != own and not oracle.broken(own, row, limits, slack=-1):
            kept.append(row)
    return kept


def judge_rows(
    session: Session, par: Any, i: int, rows: list[list[Any]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Objective of rows by `assess`; whether they are answers, or enough as a part."""
    case = session.case
    people = take(case.drawn.ask, np.full(len(rows), i))
    if isinstance(people, pd.DataFrame):
        people.index = pd.RangeIndex(len(rows))
    table = write(people, rows)
    limits = {
        name: given.iloc[np.full(len(rows), i)].reset_index(drop=True)
        for name, given in case.limits.items()
    }
    limits |= {name: [given[i]] * len(rows) for name, given in case.demands.items()}
    assessed = session.call("assess", lambda: par.assess(people, table, **limits))
    broken = case.wishes(i).broken(
        case.classifier, case.refits, table, assessed["effort"].to_numpy(), slack=-1
    )
    is_good = np.array([not texts for texts in broken])
    for place in np.flatnonzero(~assessed["feasible"]).tolist()[:1]:
        text = f"row {i}: {rows[place]} breaks {assessed['broken'].iloc[place]!r}"
        session.report("assess", text)
    parameters = case.parameters
    is_answer = is_good & (
        assessed["percentile"].to_numpy() > parameters.get("min_percentile", 0.0) + 1e-6
        if "min_percentile" in parameters
        else True
    )
    is_enough = is_answer.copy()
    if not parameters.get("allow_training_rows", False):
        rare = rare_rows(case)
        is_answer &= np.array([tuple(row) not in rare for row in rows])
    return assessed["objective"].to_numpy(), is_answer, is_enough


def write(people: Any, rows: list[list[Any]]) -> Any:
    """Write rows with the container and the dtypes of people."""
    if not isinstance(people, pd.DataFrame):
        cells = [[np.nan if cell is None else cell for cell in row] for row in rows]
        return np.array(cells, dtype=people.dtype)
    table = people.copy()
    for j in range(table.shape[1]):
        cells = pd.Series([row[j] for row in rows], index=table.index, dtype=object)
        table.isetitem(j, cells.astype(people.dtypes.iloc[j]))
    return table
