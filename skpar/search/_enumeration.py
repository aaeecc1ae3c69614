"""Enumeration of the feasible set of a person, if it is small."""

from __future__ import annotations

import numpy as np

from ..actionability import Actionability, Bounds, CountConstraint, LinkSet, People


def feasible_rows(
    actionability: Actionability, person: People, max_rows: int, max_partial_rows: int
) -> np.ndarray | None:
    """List all feasible rows of a person; they keep rules, links and limits.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    person : People
        One person.
    max_rows : int
        Size of the largest feasible set to list.
    max_partial_rows : int
        Largest number of incomplete rows during the enumeration; at least 8 times
        `max_rows` are allowed.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features), dtype float64, or None
        Every feasible row once, the own row first. None if there are more than
        `max_rows` rows, or too many incomplete ones.

    Notes
    -----
    Rows are built column by column, columns of links first. A link prunes rows as soon
    as all of its columns are filled. A limit on the number of changes prunes rows at
    every column.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.actionability import Actionability, People
    >>> from skpar.search._enumeration import feasible_rows
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"rooms": [1, 3], "owner": [False, True]})
    >>> able = Actionability(TableSchema.infer(table), {"rooms": "increasing"})
    >>> feasible_rows(able, People.unlimited(np.array([[2.0, 0.0]])), 2000, 10_000)
    array([[2., 0.],
           [2., 1.],
           [3., 0.],
           [3., 1.]])
    """
    bound = max(max_partial_rows, 8 * max_rows)
    try:
        others = _other_values(actionability, person, bound)
    except OverflowError:
        return None
    link_set, known, own = actionability.link_set, set(), person.codes[0]
    if (
        not link_set.constraints
        and np.prod([1.0 + len(codes) for codes in others]) > max_rows
    ):
        return None
    rows, unlimited = person.codes, People.unlimited(person.codes)
    for j in _order(link_set, len(own)):
        if len(rows) * (1 + len(others[j])) > 4 * bound:
            return None
        rows = _grown(rows, j, others[j])
        known.add(j)
        if j in link_set.sources:
            link_set.compute_derived(person.codes, rows)
            later = [k for k in link_set.derived if k not in known]
            rows[:, later] = own[later]
        for one in link_set.constraints:
            if known.issuperset(one.depends_on) or isinstance(one, CountConstraint):
                rows = rows[~one.broken(unlimited, rows)]
        if len(rows) > bound:
            return None
    rows = rows[link_set.holds(person, rows)]
    return rows if len(rows) <= max_rows else None


def rows_of_small_sets(
    actionability: Actionability, people: People, max_rows: int, max_partial_rows: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List all feasible rows of the people with small feasible sets.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    people : People
    max_rows : int
        Size of the largest feasible set to list, links aside.
    max_partial_rows : int
        As in `feasible_rows`.

    Returns
    -------
    who : ndarray of shape (n_rows,), dtype int64
        The person of each row, in ascending order.
    rows : ndarray of shape (n_rows, n_features), dtype float64
        Their feasible rows, without the own row.
    is_listed : ndarray of shape (n_people,), dtype bool
        Whether all rows of the person are listed.
    """
    sizes = count_feasible(actionability, people, max_rows)
    rows, owners = [people.codes[:0]], [np.empty(0, dtype=np.int64)]
    is_listed = np.zeros(len(people), dtype=bool)
    for person in np.flatnonzero(sizes <= max_rows):
        found = feasible_rows(
            actionability, people[[person]], max_rows, max_partial_rows
        )
        if found is not None:
            rows.append(found[1:])
            owners.append(np.full(len(found) - 1, person))
            is_listed[person] = True
    return np.concatenate(owners), np.concatenate(rows), is_listed


def _order(link_set: LinkSet, n_features: int) -> list[int]:
    """Order columns; columns of links come first, so that links prune early."""
    order: list[int] = []

    def add(column: int) -> None:
        if column not in order:
            for source in link_set.sources.get(column, ()):
                add(source)
            order.append(column)

    pruning = [
        one.depends_on
        for one in link_set.constraints
        if not isinstance(one, CountConstraint)
    ]
    for columns in sorted(pruning, key=len):
        for column in columns:
            add(column)
    for column in range(n_features):
        add(column)
    return order


def _other_values(
    actionability: Actionability, person: People, max_values: int
) -> list[np.ndarray]:
    """Values that each column may change to; none for derived columns."""
    found = []
    for j, rule in enumerate(actionability.rules):
        if j in actionability.derived:
            found.append(np.empty(0))
        else:
            low, high, frozen, closed = person.limits[0].of_column(j)
            bounds = Bounds(float(low), float(high), bool(frozen), closed)
            found.append(
                rule.alternatives(float(person.codes[0, j]), bounds, max_values)
            )
    return found


def _grown(rows: np.ndarray, column: int, others: np.ndarray) -> np.ndarray:
    """Add a copy of every row for each other value of a column."""
    copies = np.repeat(rows, 1 + len(others), axis=0)
    cells = np.concatenate([rows[:1, column], others])
    copies[:, column] = np.tile(cells, len(rows))
    return copies


def count_feasible(
    actionability: Actionability, people: People, enough: float = np.inf
) -> np.ndarray:
    """Count the feasible rows of each person, without regard to links.

    Parameters
    ----------
    actionability : Actionability
        The rules.
    people : People
    enough : float, default=inf
        Columns are left out as soon as all numbers are above this one.

    Returns
    -------
    sizes : ndarray of shape (n_people,), dtype float64
        Number of rows, including the own row; infinite if a column is continuous. Links
        can only reduce the number.
    """
    sizes = np.ones(len(people))
    for j, rule in enumerate(actionability.rules):
        if (sizes > enough).all():
            break
        if rule.immutable or j in actionability.derived:
            continue
        bounds = people.limits.of_column(j)
        own = people.codes[:, j]
        count = rule.count_alternatives(own, bounds)
        sizes *= np.where(rule.can_change(own, bounds), 1.0 + count, 1.0)
    return sizes
