"""Alternatives: further answers that are different and not dominated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .._config import SearchConfig
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
    """Find rows that are alternatives to an earlier answer.

    An alternative changes other features, or changes an ordered feature in the other
    direction. It is also not dominated. An answer dominates a row if its objective is
    at least as large and its effort at most as large in every feature.

    Earlier answers have larger objectives. An alternative therefore needs less effort
    than each of them in some feature. A row that needs less effort in every feature
    does not dominate the earlier answer, because its objective is smaller: the row
    costs less, and the earlier answer is more plausible. If two options have equal
    objectives, `rank_options` prefers the one with less effort.

    Parameters
    ----------
    actionability : Actionability
        Says which columns are ordered.
    effort : Effort
        Effort of a change.
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    earlier : ndarray of shape (n, n_features), dtype float64
        Codes of an earlier answer of each person; their own codes if there is none.
    rows : ndarray of shape (n, n_features), dtype float64
        Codes of the rows.

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

    Options that are not alternatives to a better option are removed. Later options move
    up.

    Parameters
    ----------
    actionability : Actionability
        Says which columns are ordered.
    effort : Effort
        Effort of a change.
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    options : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of their options; their own codes if there is none.
    objective : ndarray of shape (n_options, n), dtype float64
        Objective of each option; -inf if there is none.

    Returns
    -------
    options : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of the options, sorted.
    objective : ndarray of shape (n_options, n), dtype float64
        Objective of each option, sorted.
    """
    needed = effort.per_feature(own, options).sum(axis=-1)
    options, objective = _sorted(options, objective, in_tolerances(needed))
    for j in range(1, len(options)):
        for better in options[:j]:
            kept = is_alternative(actionability, effort, own, better, options[j])
            objective[j, ~kept] = -np.inf
        options[j] = np.where(np.isneginf(objective[j])[:, None], own, options[j])
    return _sorted(options, objective, np.zeros(objective.shape))


def flags_of_ranked(
    ranked: np.ndarray, options: np.ndarray, flags: np.ndarray
) -> np.ndarray:
    """Find the flags of options after `rank_options`.

    Parameters
    ----------
    ranked : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of the sorted options.
    options : ndarray of shape (n_options, n, n_features), dtype float64
        Codes of the options before.
    flags : ndarray of shape (n_options, n, ...), dtype bool
        Flags of each option before.

    Returns
    -------
    flags : ndarray of shape (n_options, n, ...), dtype bool
        The flags of each sorted option.
    """
    found = np.zeros(flags.shape, dtype=bool)
    for codes, flag in zip(options, flags, strict=True):
        is_same = np.asarray(same_cells(ranked, codes).all(axis=2))
        found |= is_same.reshape(is_same.shape + (1,) * (flag.ndim - 1)) & flag
    return found


def freezing_sets(
    own: np.ndarray, taken: np.ndarray, can_change: np.ndarray, max_sets: int
) -> Iterator[np.ndarray]:
    """List sets of features to freeze, so that all remaining answers are alternatives.

    Parameters
    ----------
    own : ndarray of shape (n, n_features), dtype float64
        Codes of people.
    taken : ndarray of shape (n_taken, n, n_features), dtype float64
        Answers that each person already has.
    can_change : ndarray of shape (n, n_features), dtype bool
        Cells that can be frozen.
    max_sets : int
        Largest number of sets per person.

    Yields
    ------
    frozen : ndarray of shape (n, n_features), dtype bool
        A minimal set of features that has at least one changed feature of every answer
        in `taken`. Small sets come first. The set is empty for people without further
        sets.

    Notes
    -----
    An alternative needs less effort than each earlier answer in some feature. Either it
    does not change that feature, or it changes it less. A search among all rows rarely
    finds alternatives of the first kind. They remain feasible when these features are
    frozen.
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
    """Minimal sets of columns that have a change in every row of `changed`.

    They are extended row by row. If there are many, the smallest are kept.
    """
    sets: list[frozenset[int]] = [frozenset()]
    for row in np.unique(changed, axis=0):
        columns = np.flatnonzero(row).tolist()
        hit = [s for s in sets if not s.isdisjoint(columns)]
        grown = {s | {j} for s in sets if s.isdisjoint(columns) for j in columns}
        new = [s for s in grown if not any(other <= s for other in hit)]
        sets = sorted(hit + new, key=_size_and_columns)[: SearchConfig.max_growing_sets]
    return sets


def _size_and_columns(columns: frozenset[int]) -> tuple[int, list[int]]:
    """Sort key of a set of columns: small sets come first."""
    return len(columns), sorted(columns)


def _sorted(
    options: np.ndarray, objective: np.ndarray, effort: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sort each person's options by objective; ties go to less effort."""
    order = np.lexsort((effort, -objective), axis=0)
    return (
        np.take_along_axis(options, order[:, :, None], axis=0),
        np.take_along_axis(objective, order, axis=0),
    )
