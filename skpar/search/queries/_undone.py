"""Answers with one change undone: which changes accompany the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...table import row_keys
from ._partial_rows import PartialRows
from ._scheduler import rank_in_person
from ._state import ACCEPTED, UNKNOWN, QueryState

Accepts = Callable[[np.ndarray], np.ndarray]


def find_accompanying(
    state: QueryState,
    partial_rows: PartialRows,
    accepts: Accepts,
    max_queries: int | np.ndarray,
) -> None:
    """Find the changes of answers that accompany the others.

    A change accompanies the others if the classifier also accepts the answer with this
    change alone undone. If that row is infeasible or not plausible enough, the change
    is needed. Answers with only needed changes are not queried again.

    Parameters
    ----------
    state : QueryState
        At the end of a search. `accompanying`, `unchecked` and `n_queries` of its
        result are updated in place.
    partial_rows : PartialRows
        Undoes single changes.
    accepts : callable
        The classifier. Takes codes of shape (n, n_features), returns bool of shape
        (n,).
    max_queries : int or ndarray of shape (n_people,), dtype int64
        Largest number of rows to query for one person, with those that were queried
        before. The rows most likely to be accepted come first; the changes of the
        others stay unchecked.
    """
    result = state.result
    result.unchecked[result.found] = False
    who = np.flatnonzero(result.found & ~result.needed)
    parent, feature, rows = partial_rows.without_one(
        state.people[who], result.codes[who]
    )
    who = who[parent]
    decision = state.decisions(row_keys(rows, owner=who))
    left = np.flatnonzero(decision == UNKNOWN)
    budget = max_queries - result.n_queries
    left = left[rank_in_person(who[left]) < budget[who[left]]]
    if len(left):
        decision[left] = accepts(rows[left])
        np.add.at(result.n_queries, who[left], 1)
    result.accompanying[who, feature] = decision == ACCEPTED
    result.unchecked[who, feature] = decision == UNKNOWN
