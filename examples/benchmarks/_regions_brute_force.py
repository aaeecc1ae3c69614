"""The largest boxes without a refused row, by brute force apart from skpar.

For trees, an axis is cut at all thresholds of the ensemble. A tree treats all values
between two thresholds alike, so one prediction per cell of the grid decides the whole
cell, and the largest box of the grid is the largest box there is. For other classifiers
the cells are single values of a fine grid; if the classifier is linear, no row inside
a box of accepted grid points is refused.

Of skpar, only the description of columns is used: their ends, and the values that they
can take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

N_POINTS = {1: 1_000, 2: 120, 3: 40}
MAX_VALUES = 100_000


@dataclass(frozen=True)
class CutAxis:
    """A column cut into cells: ends and one value of each, and shares of people."""

    name: str
    low: np.ndarray
    high: np.ndarray
    inside: np.ndarray
    known: np.ndarray
    """Values of training rows, in ascending order."""

    @property
    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """Shares of training rows below the ends of each cell."""
        return self.share(self.low), self.share(self.high)

    def share(self, values: np.ndarray) -> np.ndarray:
        """Share of training rows below values, halves of ties, linear in between."""
        distinct, counts = np.unique(self.known, return_counts=True)
        below = (np.cumsum(counts) - counts / 2) / len(self.known)
        return np.interp(values, distinct, below)

    @property
    def reach(self) -> np.ndarray:
        """Smallest and largest value, (2,)."""
        return np.array([self.low[0], self.high[-1]])

    def place(self, value: float) -> int:
        """Cell of a value."""
        inside = (self.low <= value) & (value <= self.high)
        return int(np.argmax(inside)) if inside.any() else -1


def thresholds(model: Any, name: str) -> np.ndarray | None:
    """Thresholds of a column in a pipeline of encoder and trees; None without trees."""
    encoder, trees = model[0], model[-1]
    numbers = list(encoder.transformers_[0][2])
    place = numbers.index(name)
    if hasattr(trees, "estimators_"):
        parts = [one.tree_ for one in np.ravel(trees.estimators_)]
        found = [part.threshold[part.feature == place] for part in parts]
    elif hasattr(trees, "_predictors"):
        nodes = [one.nodes for row in trees._predictors for one in row]
        found = [
            some["num_threshold"][
                (some["is_leaf"] == 0) & (some["feature_idx"] == place)
            ]
            for some in map(np.asarray, nodes)
        ]
    else:
        return None
    return np.unique(np.concatenate(found))


def cut_axis(column: Any, known: Any, cuts: np.ndarray | None, n: int) -> CutAxis:
    """Cut a column at thresholds, or into points without any."""
    known = np.sort(known[~np.isnan(known)])
    values = _values(column)
    if cuts is not None:
        return _cut_at(column, known, values, cuts)
    if values is None or len(values) > n:
        even = np.linspace(column.low, column.high, n)
        likely = np.quantile(known, np.linspace(0.0, 1.0, n))
        points = np.clip(np.union1d(even, likely), column.low, column.high)
        if values is not None:
            points = values[np.searchsorted(values, points).clip(0, len(values) - 1)]
        values = np.unique(points)
        values = values[np.unique(np.linspace(0, len(values) - 1, n).astype(int))]
    return CutAxis(column.name, values, values, values, known)


def _values(column: Any) -> np.ndarray | None:
    """Values that a column can take; None if they are dense."""
    if column.few_values is not None:
        return np.asarray(column.few_values, dtype=float)
    if column.step is None:
        return None
    first, last = np.ceil(column.low / column.step), np.floor(column.high / column.step)
    if last - first > MAX_VALUES:
        return None
    return np.arange(first, last + 1) * column.step


def _cut_at(
    column: Any, known: np.ndarray, values: np.ndarray | None, cuts: np.ndarray
) -> CutAxis:
    """Cut a column at thresholds; cells without a value are left out."""
    edges = np.concatenate([[-np.inf], cuts, [np.inf]])
    low, high, inside = [], [], []
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        if values is None:
            least, most = (
                max(np.nextafter(start, np.inf), column.low),
                min(end, column.high),
            )
            if least > most:
                continue
            middle = (least + most) / 2
        else:
            some = values[(values > start) & (values <= end)]
            if not len(some):
                continue
            least, most, middle = some[0], some[-1], some[len(some) // 2]
        low.append(least)
        high.append(most)
        inside.append(middle)
    return CutAxis(column.name, *map(np.array, (low, high, inside)), known)


def with_value(axis: CutAxis, value: float) -> CutAxis:
    """Give the value of the row a cell: itself, if no cell holds it."""
    if axis.place(value) >= 0:
        return axis
    k = int(np.searchsorted(axis.low, value))
    parts = [np.insert(part, k, value) for part in (axis.low, axis.high, axis.inside)]
    return CutAxis(axis.name, *parts, axis.known)


def largest(
    accepts: Callable[[pd.DataFrame], np.ndarray],
    row: pd.DataFrame,
    axes: Sequence[CutAxis],
    floor: float,
) -> float:
    """Geometric mean side of the largest box around a row without a refused cell."""
    own = [axis.place(float(row[axis.name].iloc[0])) for axis in axes]
    grid = np.meshgrid(*(axis.inside for axis in axes), indexing="ij")
    table = row.iloc[np.zeros(grid[0].size, dtype=int)].reset_index(drop=True)
    for axis, cells in zip(axes, grid, strict=True):
        table[axis.name] = cells.ravel()
    refused = ~accepts(table).reshape(grid[0].shape)
    if refused[tuple(own)]:
        return np.nan
    lows, highs = zip(*(axis.sides for axis in axes), strict=True)
    return _search(refused, own, lows, highs, floor) ** (1 / len(axes))


def mean_side(axes: Sequence[CutAxis], box: Any, floor: float) -> float:
    """Geometric mean side of a box (n_axes, 2), in shares of training rows."""
    sides = [np.diff(axis.share(ends))[0] for axis, ends in zip(axes, box, strict=True)]
    return float(np.exp(np.mean(np.log(np.array(sides) + floor))))


def _search(
    refused: np.ndarray,
    own: Sequence[int],
    lows: Sequence[np.ndarray],
    highs: Sequence[np.ndarray],
    floor: float,
) -> float:
    """Largest product of sides, over all runs of cells of all axes."""
    k, low, high = own[0], lows[0], highs[0]
    if len(own) == 1:
        below, above = refused[:k][::-1], refused[k + 1 :]
        first = k - (int(np.argmax(below)) if below.any() else k)
        last = k + (int(np.argmax(above)) if above.any() else len(above))
        return float(high[last] - low[first] + floor)
    best, down = 0.0, refused[k]
    for first in range(k, -1, -1):
        down = down | refused[first]
        merged = down
        for last in range(k, len(refused)):
            merged = merged | refused[last]
            if merged[tuple(own[1:])]:
                break
            rest = _search(merged, own[1:], lows[1:], highs[1:], floor)
            best = max(best, float(high[last] - low[first] + floor) * rest)
        if down[tuple(own[1:])]:
            break
    return best
