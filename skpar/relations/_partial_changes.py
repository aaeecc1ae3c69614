"""Partial changes: rows that make only some of the changes of a row."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from ..table import same_cells

# Beyond the exact size, subsets that make or undo at most this number of changes.
_N_AT_ONCE = 2


def partial_changes(
    own: np.ndarray,
    new: np.ndarray,
    acting: np.ndarray,
    max_enumerated: int,
) -> tuple[np.ndarray, np.ndarray]:
    """List the rows that make some, but not all, of the changes of each row.

    Parameters
    ----------
    own : ndarray of shape (n, n_features), dtype float64
        Codes before the changes.
    new : ndarray of shape (n, n_features), dtype float64
        Codes after the changes.
    acting : ndarray of shape (n_features,), dtype bool
        Features that a person changes directly. Other features follow from them.
    max_enumerated : int
        If a row changes at most this number of acting features, all proper subsets of
        its changes are listed. Otherwise, only those that make or undo one or two
        changes are listed.

    Returns
    -------
    parent : ndarray of shape (n_partial,), dtype int64
        The row that each partial change comes from, in ascending order.
    rows : ndarray of shape (n_partial, n_features), dtype float64
        Codes. At least one change is made and at least one is undone. Features that
        are not acting have the values of `own`; the caller computes them.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import partial_changes
    >>> own, new = np.zeros((1, 3)), np.array([[1.0, 2.0, 0.0]])
    >>> partial_changes(own, new, np.ones(3, dtype=bool), max_enumerated=5)
    (array([0, 0]), array([[0., 2., 0.],
           [1., 0., 0.]]))
    """
    changed = ~same_cells(own, new) & acting
    counts = changed.sum(axis=1)
    parents, rows = [np.empty(0, dtype=np.int64)], [own[:0]]
    for k in np.unique(counts[counts > 1]).tolist():
        which = np.flatnonzero(counts == k)
        kept = _subsets(k, k <= max_enumerated)
        column = np.nonzero(changed[which])[1].reshape(-1, k)
        partial = np.repeat(own[which][:, None, :], len(kept), axis=1)
        cells = np.take_along_axis(new[which], column, axis=1)[:, None, :]
        before = np.take_along_axis(own[which], column, axis=1)[:, None, :]
        place = np.broadcast_to(column[:, None, :], (len(which), *kept.shape))
        np.put_along_axis(partial, place, np.where(kept, cells, before), axis=2)
        parents.append(np.repeat(which, len(kept)))
        rows.append(partial.reshape(-1, own.shape[1]))
    parent = np.concatenate(parents)
    order = np.argsort(parent, kind="stable")
    return parent[order], np.concatenate(rows)[order]


@cache
def _subsets(k: int, is_exact: bool) -> np.ndarray:
    """List proper subsets of k changes, (n_subsets, k), dtype bool; see above."""
    if is_exact:
        numbers = np.arange(1, 2**k - 1)
        return (numbers[:, None] >> np.arange(k)[::-1]) % 2 == 1
    sizes = {*range(1, _N_AT_ONCE + 1), *range(k - _N_AT_ONCE, k)}
    subsets = [
        chosen for size in sorted(sizes) for chosen in combinations(range(k), size)
    ]
    kept = np.zeros((len(subsets), k), dtype=bool)
    for row, chosen in zip(kept, subsets, strict=True):
        row[list(chosen)] = True
    return kept
