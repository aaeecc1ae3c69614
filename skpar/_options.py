"""Genuinely different ways, none of which asks for more than another."""

from __future__ import annotations

import numpy as np

from ._actionability import Actionability
from ._effort import Effort, same_cells

_GRAIN = 1e-9


def is_other_way(
    actionability: Actionability,
    effort: Effort,
    own: np.ndarray,
    earlier: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """Tell rows that are another way than an earlier answer, and not a worse one.

    A row is the same way where it changes the same features, ordered ones in the
    same direction; it is worse where it asks as much or more in every feature.

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
    options, worth = _sorted(options, worth)
    for j in range(1, len(options)):
        for better in options[:j]:
            worth[
                j, ~is_other_way(actionability, effort, own, better, options[j])
            ] = -np.inf
        options[j] = np.where(np.isneginf(worth[j])[:, None], own, options[j])
    return _sorted(options, worth)


def _sorted(options: np.ndarray, worth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort by worth, person by person."""
    order = np.argsort(-worth, axis=0, kind="stable")
    return (
        np.take_along_axis(options, order[:, :, None], axis=0),
        np.take_along_axis(worth, order, axis=0),
    )
