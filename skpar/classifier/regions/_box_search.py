"""The largest box of permitted cells around a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Box = tuple[tuple[int, int], ...]


def largest_box(
    permitted: np.ndarray,
    place: Sequence[int],
    lows: Sequence[np.ndarray],
    highs: Sequence[np.ndarray],
    floor: float,
) -> Box | None:
    """Find the box of permitted cells with the largest product of sides.

    Parameters
    ----------
    permitted : ndarray of shape (n_cells, ...), dtype bool
        Cells that the box may hold.
    place : sequence of int
        The cell that it must hold.
    lows : sequence of ndarray of shape (n_cells,), dtype float64
        For each axis, position of the lower end of each cell.
    highs : sequence of ndarray of shape (n_cells,), dtype float64
        For each axis, position of the upper end of each cell.
    floor : float
        Added to every side, so that a box without width in one axis still counts.

    Returns
    -------
    box : tuple of (int, int), or None
        First and last cell of each axis; None if the cell itself is not permitted. It
        is optimal. Of equal boxes, one that was met first.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.classifier.regions._box_search import largest_box
    >>> permitted = np.array([[True, True, False], [True, True, True]])
    >>> ends = [np.arange(2.0), np.arange(3.0)]
    >>> largest_box(permitted, (1, 1), ends, [end + 1 for end in ends], 0.0)
    ((0, 1), (0, 1))
    """
    if not permitted[tuple(place)]:
        return None
    return _search(permitted, list(place), list(lows), list(highs), floor)[1]


def _search(
    permitted: np.ndarray,
    place: list[int],
    lows: list[np.ndarray],
    highs: list[np.ndarray],
    floor: float,
) -> tuple[float, Box]:
    """Find the largest product of sides, and its box."""
    own = place[0]
    if permitted.ndim == 1:
        first, last = _run(permitted, own)
        return float(highs[0][last] - lows[0][first] + floor), ((first, last),)
    if permitted.ndim == 2:
        return _plane(permitted, place, lows, highs, floor)
    rest = (place[1:], lows[1:], highs[1:], floor)
    best: tuple[float, Box] = (-np.inf, ())
    others: tuple[Any, ...] = (slice(None), *place[1:])
    first_run, last_run = _run(permitted[others], own)
    below = permitted[own]
    for first in range(own, first_run - 1, -1):
        below = below & permitted[first]
        inside = below
        for last in range(own, last_run + 1):
            inside = inside & permitted[last]
            size, box = _search(inside, *rest)
            size *= float(highs[0][last] - lows[0][first] + floor)
            if size > best[0]:
                best = size, ((first, last), *box)
    return best


def _run(permitted: np.ndarray, own: int) -> tuple[int, int]:
    """Find the ends of the run of permitted cells around a cell."""
    refused = np.flatnonzero(~permitted)
    place = int(np.searchsorted(refused, own))
    first = int(refused[place - 1]) + 1 if place else 0
    last = int(refused[place]) - 1 if place < len(refused) else len(permitted) - 1
    return first, last


def _plane(
    permitted: np.ndarray,
    place: list[int],
    lows: list[np.ndarray],
    highs: list[np.ndarray],
    floor: float,
) -> tuple[float, Box]:
    """Find the largest rectangle: try all pairs of ends of the first axis at once."""
    own, column = place
    first_run, last_run = _run(permitted[:, column], own)
    below, above = permitted[:, :column][:, ::-1], permitted[:, column + 1 :]
    left = column - np.cumprod(below, axis=1).sum(axis=1, dtype=np.int64)
    right = column + np.cumprod(above, axis=1).sum(axis=1, dtype=np.int64)
    down = slice(first_run, own + 1)
    up = slice(own, last_run + 1)
    least = np.maximum(
        np.maximum.accumulate(left[down][::-1])[:, np.newaxis],
        np.maximum.accumulate(left[up]),
    )
    most = np.minimum(
        np.minimum.accumulate(right[down][::-1])[:, np.newaxis],
        np.minimum.accumulate(right[up]),
    )
    height = highs[0][up] - lows[0][down][::-1, np.newaxis] + floor
    size = height * (highs[1][most] - lows[1][least] + floor)
    i, k = np.unravel_index(int(np.argmax(size)), size.shape)
    rows = (own - int(i), own + int(k))
    return float(size[i, k]), (rows, (int(least[i, k]), int(most[i, k])))
