"""All rows that a person can reach, where the rules make them finitely many."""

from __future__ import annotations

import numpy as np

from ..actionability import (
    Actionability,
    CountConstraint,
    FeasibleLevels,
    FeasibleNumbers,
    FeasibleValues,
    Limit,
    Limits,
    LinkSet,
    bounds_of,
)

_ON_THE_WAY = 100_000


def reachable(
    actionability: Actionability,
    own: np.ndarray,
    limits: Limits | None = None,
    most: int = 2000,
) -> np.ndarray | None:
    """List all rows that keep a person's rules, links and limits.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    limits : Limits of shape (n_features,), optional
        Limits of the person.
    most : int, default=2000
        Size of the longest list of use.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features), dtype float64, or None
        Every row once, the own one first; None where there are more than `most`, or
        where more than 100,000 (and 8 times `most`) rows came up on the way.

    Notes
    -----
    Rows grow column by column, those of links first. A link prunes them as soon as its
    columns are there, a limit on the number of changes at once.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.actionability._actionability import Actionability
    >>> from skpar.search._enumeration import reachable
    >>> from skpar.table._schema import TableSchema
    >>> table = pd.DataFrame({"rooms": [1, 3], "owner": [False, True]})
    >>> able = Actionability(TableSchema.infer(table), {"rooms": "increasing"})
    >>> reachable(able, np.array([2.0, 0.0]))
    array([[2., 0.],
           [2., 1.],
           [3., 0.],
           [3., 1.]])
    """
    bound = max(_ON_THE_WAY, 8 * most)
    try:
        others = _others(actionability, own, limits, bound)
    except OverflowError:
        return None
    linking, known = actionability.linking, set()
    if not linking.ties and np.prod([1.0 + len(codes) for codes in others]) > most:
        return None
    rows = own[np.newaxis]
    for j in _order(linking, len(own)):
        if len(rows) * (1 + len(others[j])) > 4 * bound:
            return None
        rows = _grown(rows, j, others[j])
        known.add(j)
        if j in linking.sources:
            linking.compute_derived(own[np.newaxis], rows)
            later = [k for k in linking.derived if k not in known]
            rows[:, later] = own[later]
        for tie in linking.ties:
            if known.issuperset(tie.reads) or isinstance(tie, CountConstraint):
                rows = rows[~tie.broken(own[np.newaxis], rows, None)]
        if len(rows) > bound:
            return None
    alone = None if limits is None else limits[np.newaxis]
    rows = rows[linking.holds(own[np.newaxis], rows, alone)]
    return rows if len(rows) <= most else None


def _order(linking: LinkSet, n_features: int) -> list[int]:
    """Put columns that links read first, so that these prune early."""
    order: list[int] = []

    def add(column: int) -> None:
        if column not in order:
            for source in linking.sources.get(column, ()):
                add(source)
            order.append(column)

    pruning = [tie for tie in linking.ties if not isinstance(tie, CountConstraint)]
    for tie in sorted(pruning, key=lambda tie: len(tie.reads)):
        for column in tie.reads:
            add(column)
    for column in range(n_features):
        add(column)
    return order


def _others(
    actionability: Actionability, own: np.ndarray, limits: Limits | None, most: int
) -> list[np.ndarray]:
    """List what each column may change to; nothing where it is derived."""
    found = []
    for j, rule in enumerate(actionability.rules):
        low, high = -np.inf, np.inf
        if limits is not None:
            low, high = float(limits.low[j]), float(limits.high[j])
        if j in actionability.linking.derived:
            found.append(np.empty(0))
        else:
            found.append(rule.others(float(own[j]), low, high, most))
    return found


def _grown(rows: np.ndarray, column: int, others: np.ndarray) -> np.ndarray:
    """Give each row, besides its own cell of a column, every other one."""
    copies = np.repeat(rows, 1 + len(others), axis=0)
    cells = np.concatenate([rows[:1, column], others])
    copies[:, column] = np.tile(cells, len(rows))
    return copies


def reach_sizes(
    actionability: Actionability, codes: np.ndarray, limits: Limits | None = None
) -> np.ndarray:
    """Count how many rows each person can reach, links aside.

    Parameters
    ----------
    actionability : Actionability
        The rules.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        People.
    limits : Limits, optional
        Their limits.

    Returns
    -------
    sizes : ndarray of shape (n_samples,), dtype float64
        The own row included; infinite where a column is dense. Links can only leave
        fewer.
    """
    sizes = np.ones(len(codes))
    free = actionability.freedom(codes, limits)
    for j, rule in enumerate(actionability.rules):
        if rule.immutable or j in actionability.linking.derived:
            continue
        others = _count_others(rule, codes[:, j], *bounds_of(limits, j))
        sizes *= np.where(free[:, j], 1.0 + others, 1.0)
    return sizes


def _count_others(
    rule: FeasibleValues, own: np.ndarray, low: Limit, high: Limit
) -> np.ndarray:
    """Count the values that each person's cell may change to."""
    if isinstance(rule, FeasibleLevels):
        levels = [np.full(own.shape, float(k)) for k in range(len(rule.moves[0]))]
        reached = [rule.nearest(own, k, low, high) == k for k in levels]
        moved = [own != k for k in levels]
        return np.sum(np.logical_and(reached, moved), axis=0)
    assert isinstance(rule, FeasibleNumbers)
    first, last = rule.ends(own, low, high)
    steps = np.inf if rule.step is None else 1.0 / rule.step
    with np.errstate(invalid="ignore"):
        members = np.where(first < last, np.rint((last - first) * steps) + 1.0, 0.0)
    members[first == last] = 1.0
    is_member = (first <= own) & (own <= last) & (rule.around(own, own)[0] == own)
    return members - is_member
