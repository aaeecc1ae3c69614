"""Genuinely different ways, none of which another one makes pointless."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from ..actionability import Actionability
from ..objective import Effort
from ..table import same_cells

_GRAIN = 1e-9
_MOST_CLOSINGS = 12


def is_other_way(
    actionability: Actionability,
    effort: Effort,
    own: np.ndarray,
    earlier: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """Tell rows that are another way than an earlier answer, and not a pointless one.

    A row is the same way where it changes the same features, ordered ones in the
    same direction. It is dominated by an answer that is worth at least as much and
    asks as little or less in every feature. Earlier answers are worth more, so a row
    must ask less than each of them in some feature. A row that asks less than an
    earlier answer in every feature does not dominate it, being worth less: it is the
    cheaper way, and the earlier one is the more plausible way. Of two that are worth
    the same, `best_first` takes the one that asks less.

    Parameters
    ----------
    actionability : Actionability
        Tells which columns are ordered.
    effort : Effort
        What a change asks.
    own, earlier, rows : ndarray of shape (n, n_features), dtype float64
        Codes of people, of an answer that each has (their own where there is none),
        and of the rows.

    Returns
    -------
    is_other : ndarray of shape (n,), dtype bool
    """
    directions = []
    for new in (earlier, rows):
        changed = ~same_cells(own, new)
        rising = np.where(new > own, 1, np.where(new < own, -1, 2))
        is_ordered = actionability.is_ordered
        directions.append(np.where(changed, np.where(is_ordered, rising, 2), 0))
    asks, asked = effort.per_feature(own, rows), effort.per_feature(own, earlier)
    other = (directions[0] != directions[1]).any(axis=1)
    has_earlier = (directions[0] != 0).any(axis=1)
    return (other & (asks < asked - _GRAIN).any(axis=1)) | ~has_earlier


def best_first(
    actionability: Actionability,
    effort: Effort,
    own: np.ndarray,
    options: np.ndarray,
    worth: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Put the options of each person in falling order.

    Parameters
    ----------
    actionability, effort
        As in `is_other_way`.
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    options : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of their options; their own where there is none.
    worth : ndarray of shape (n_options, n), dtype float64
        Objective of each; -inf where there is none.

    Returns
    -------
    options, worth : ndarray
        Of the same shapes. An option that is no other way than a better one is left
        out, and later ones close up.
    """
    asks = effort.per_feature(own, options).sum(axis=-1)
    options, worth = _sorted(options, worth, np.rint(asks / _GRAIN))
    for j in range(1, len(options)):
        for better in options[:j]:
            worth[
                j, ~is_other_way(actionability, effort, own, better, options[j])
            ] = -np.inf
        options[j] = np.where(np.isneginf(worth[j])[:, None], own, options[j])
    return _sorted(options, worth, np.zeros(worth.shape))


def closings(own: np.ndarray, taken: np.ndarray, free: np.ndarray) -> Iterator:
    """Close columns, so that whatever remains is another way than all before.

    Parameters
    ----------
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    taken : ndarray of shape (n_taken, n, n_features), dtype float64
        Answers that each has.
    free : ndarray of shape (n, n_features), dtype bool
        Cells that can be closed.

    Yields
    ------
    closed : ndarray of shape (n, n_features), dtype bool
        Of every answer of a person at least one change, and none in vain; small sets
        first, at most 12 a person. Nothing for those who had all of theirs.

    Notes
    -----
    A row that asks less than each earlier answer in some feature leaves that feature
    alone, or changes it less. So all rows of the first kind, which a search among
    everything seldom meets, remain within reach when these features are closed.
    """
    changed = ~same_cells(own, taken) & free
    sets = [_crossing_sets(changed[:, i]) for i in range(len(own))]
    for k in range(max(map(len, sets), default=0)):
        closed = np.zeros(own.shape, dtype=bool)
        for i, some in enumerate(sets):
            if k < len(some):
                closed[i, list(some[k])] = True
        yield closed


def _crossing_sets(changed: np.ndarray) -> list[frozenset[int]]:
    """List small sets of columns with a change of each row of (n_taken, n_features)."""
    changes = [np.flatnonzero(row).tolist() for row in changed]
    sets = sorted({frozenset(s) for s in product(*changes)}, key=_size_and_columns)
    least = [s for s in sets if not any(other < s for other in sets)]
    return least[:_MOST_CLOSINGS]


def _size_and_columns(columns: frozenset[int]) -> tuple[int, list[int]]:
    """Order sets of columns, small ones first."""
    return len(columns), sorted(columns)


def _sorted(
    options: np.ndarray, worth: np.ndarray, asks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sort by worth, person by person; of equals, what asks less comes first."""
    order = np.lexsort((asks, -worth), axis=0)
    return (
        np.take_along_axis(options, order[:, :, None], axis=0),
        np.take_along_axis(worth, order, axis=0),
    )
