"""Alternatives: further answers that differ and are not dominated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from ..actionability import Actionability
from ..objective import Effort
from ..table import TOLERANCE, in_tolerances, same_cells


def is_alternative(
    actionability: Actionability,
    effort: Effort,
    own: np.ndarray,
    earlier: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """Tell which rows are alternatives to an earlier answer.

    An alternative changes other features, or an ordered one in the other direction,
    and is not dominated: an answer dominates a row if its objective is at least as
    large and its effort at most as large in every feature. Earlier answers have larger
    objectives, so an alternative needs less effort than each of them in some feature.
    A row that needs less effort in every feature does not dominate the earlier answer,
    whose objective is larger: it is cheaper, and the earlier one more plausible. Of two
    of equal objective, `rank_options` takes the one of less effort.

    Parameters
    ----------
    actionability : Actionability
        Tells which columns are ordered.
    effort : Effort
        Effort of a change.
    own, earlier, rows : ndarray of shape (n, n_features), dtype float64
        Codes of people, of an answer that each has (their own where there is none),
        and of the rows.

    Returns
    -------
    is_alternative : ndarray of shape (n,), dtype bool
    """
    directions = []
    for new in (earlier, rows):
        changed = ~same_cells(own, new)
        rising = np.where(new > own, 1, np.where(new < own, -1, 2))
        is_ordered = actionability.is_ordered
        directions.append(np.where(changed, np.where(is_ordered, rising, 2), 0))
    needed, of_earlier = effort.per_feature(own, rows), effort.per_feature(own, earlier)
    differs = (directions[0] != directions[1]).any(axis=1)
    has_earlier = (directions[0] != 0).any(axis=1)
    return (differs & (needed < of_earlier - TOLERANCE).any(axis=1)) | ~has_earlier


def rank_options(
    actionability: Actionability,
    effort: Effort,
    own: np.ndarray,
    options: np.ndarray,
    objective: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Sort the options of each person, the largest objective first.

    Parameters
    ----------
    actionability, effort
        As in `is_alternative`.
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    options : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of their options; their own where there is none.
    objective : ndarray of shape (n_options, n), dtype float64
        Objective of each; -inf where there is none.

    Returns
    -------
    options, objective : ndarray
        Of the same shapes. Options that are no alternatives to a better one are left
        out, and later ones close up.
    """
    needed = effort.per_feature(own, options).sum(axis=-1)
    options, objective = _sorted(options, objective, in_tolerances(needed))
    for j in range(1, len(options)):
        for better in options[:j]:
            kept = is_alternative(actionability, effort, own, better, options[j])
            objective[j, ~kept] = -np.inf
        options[j] = np.where(np.isneginf(objective[j])[:, None], own, options[j])
    return _sorted(options, objective, np.zeros(objective.shape))


def freezing_sets(
    own: np.ndarray, taken: np.ndarray, can_change: np.ndarray, max_sets: int
) -> Iterator[np.ndarray]:
    """Freeze features, so that every answer that remains feasible is an alternative.

    Parameters
    ----------
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    taken : ndarray of shape (n_taken, n, n_features), dtype float64
        Answers that each has.
    can_change : ndarray of shape (n, n_features), dtype bool
        Cells that can be frozen.
    max_sets : int
        Largest number of sets per person.

    Yields
    ------
    frozen : ndarray of shape (n, n_features), dtype bool
        A minimal set of features that meets the changes of every answer taken; small
        sets first. No features for people who had all of theirs.

    Notes
    -----
    A row of less effort than each earlier answer in some feature does not change that
    feature, or changes it less. All rows of the first kind, which a search among all
    rows rarely meets, remain feasible when these features are frozen.
    """
    changed = ~same_cells(own, taken) & can_change
    sets = [_minimal_sets(changed[:, i])[:max_sets] for i in range(len(own))]
    for k in range(max(map(len, sets), default=0)):
        frozen = np.zeros(own.shape, dtype=bool)
        for i, some in enumerate(sets):
            if k < len(some):
                frozen[i, list(some[k])] = True
        yield frozen


def _minimal_sets(changed: np.ndarray) -> list[frozenset[int]]:
    """Minimal sets of columns that meet every row of (n_taken, n_features)."""
    changes = [np.flatnonzero(row).tolist() for row in changed]
    sets = sorted({frozenset(s) for s in product(*changes)}, key=_size_and_columns)
    return [s for s in sets if not any(other < s for other in sets)]


def _size_and_columns(columns: frozenset[int]) -> tuple[int, list[int]]:
    """Order sets of columns, small ones first."""
    return len(columns), sorted(columns)


def _sorted(
    options: np.ndarray, objective: np.ndarray, effort: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sort each person's options by objective; of equals, less effort comes first."""
    order = np.lexsort((effort, -objective), axis=0)
    return (
        np.take_along_axis(options, order[:, :, None], axis=0),
        np.take_along_axis(objective, order, axis=0),
    )
