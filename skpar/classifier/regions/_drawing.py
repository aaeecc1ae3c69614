"""Rows drawn inside a box, and boxes that shrink until none of them is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from ..._search_config import RegionConfig
from ._axes import Axis

Accepts = Callable[[np.ndarray], np.ndarray]


def draw_rows(
    row: np.ndarray,
    axes: Sequence[Axis],
    box: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw rows that a person can take inside a box.

    Parameters
    ----------
    row : ndarray of shape (n_features,), dtype float64
        The other columns have its values.
    axes : sequence of Axis
        The numbers that vary.
    box : ndarray of shape (n_axes, 2), dtype float64
        Smallest and largest value of each.
    n : int
        Number of rows.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    rows : ndarray of shape (n, n_features), dtype float64
        The corners of a box of few axes come first. Of the other rows, every second is
        even in the values, the others in the shares of people.
    """
    n_axes = len(axes)
    places = rng.random((n, n_axes))
    rows = np.repeat(row[np.newaxis], n, axis=0)
    for k, axis in enumerate(axes):
        low, high = box[k]
        drawn = low + (high - low) * places[:, k]
        shares = axis.share(box[k])
        likely = axis.value_at(shares[0] + (shares[1] - shares[0]) * places[:, k])
        drawn[::2] = np.clip(likely, low, high)[::2]
        below, above = axis.around(drawn)
        near = np.where(above - drawn < drawn - below, above, below)
        near = np.where(near < low, above, np.where(near > high, below, near))
        inside = (near >= low) & (near <= high)
        rows[:, axis.column] = np.where(inside, near, axis.value)
    if 2**n_axes < n:
        columns = [axis.column for axis in axes]
        corners = np.array(list(product(*box.tolist())))
        rows[: len(corners), columns] = corners
    return rows


def shrunk_box(
    accepts: Accepts,
    row: np.ndarray,
    axes: Sequence[Axis],
    box: np.ndarray,
    n: int,
    rng: np.random.Generator,
    config: RegionConfig,
) -> np.ndarray:
    """Shrink a box until no drawn row is refused.

    Parameters
    ----------
    accepts : callable
        Says which rows (n, n_features) are accepted, (n,).
    row : ndarray of shape (n_features,), dtype float64
        An accepted row.
    axes : sequence of Axis
        The numbers that vary.
    box : ndarray of shape (n_axes, 2), dtype float64
        The box to start from.
    n : int
        Number of rows to draw.
    rng : numpy.random.Generator
        Source of randomness.
    config : RegionConfig
        Largest number of draws; then only the row is left.

    Returns
    -------
    box : ndarray of shape (n_axes, 2), dtype float64
        None of the last `n` rows drawn in it was refused.
    """
    box = box.copy()
    for _ in range(config.max_rounds):
        rows = draw_rows(row, axes, box, n, rng)
        refused = rows[~accepts(rows)]
        if not len(refused):
            return box
        _leave_out(refused[:, [axis.column for axis in axes]], axes, box, config)
    return np.array([[axis.value, axis.value] for axis in axes])


def _leave_out(
    refused: np.ndarray, axes: Sequence[Axis], box: np.ndarray, config: RegionConfig
) -> None:
    """Move the faces of a box before refused rows, the nearest first; in place."""
    floor = config.side_floor
    shares = np.stack(
        [axis.share(refused[:, k]) for k, axis in enumerate(axes)], axis=1
    )
    own = np.array([float(axis.share(np.array(axis.value))) for axis in axes])
    for point in refused[np.argsort(np.abs(shares - own).max(axis=1), kind="stable")]:
        if not ((box[:, 0] <= point) & (point <= box[:, 1])).all():
            continue
        best: tuple[float, int, int, float] | None = None
        for k, axis in enumerate(axes):
            if point[k] == axis.value:
                continue
            is_upper = int(point[k] > axis.value)
            goal = np.array([axis.value + config.shrinking * (point[k] - axis.value)])
            face = float(axis.around(goal)[1 - is_upper][0])
            if not min(axis.value, point[k]) < face < max(axis.value, point[k]):
                face = axis.value
            kept = box[k].copy()
            kept[is_upper] = face
            left, whole = np.diff(axis.share(kept))[0], np.diff(axis.share(box[k]))[0]
            share = float((left + floor) / (whole + floor))
            if best is None or share > best[0]:
                best = share, k, is_upper, face
        if best is not None:
            box[best[1], best[2]] = best[3]
