"""AcceptedNeighbors: the accepted people nearest to a row."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema, has_many_levels, in_tolerances, pack, unpack
from ._effort import Effort
from ._level_neighbors import level_distances
from ._outliers import evenly_spaced

_BATCH = 64
_STRIDE = 16
_MAX_POSITION = 1e3
_MAX_DISTANCE = 1e5
# Up to this squared length of points, and this number of neighbors, distances in single
# precision leave few people. In the default unit, each feature adds at most 1.
_MAX_SCREENED = 32.0
_MAX_SCREENED_NEIGHBORS = 32


class AcceptedNeighbors:
    """Find the accepted people nearest to any row.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    effort : Effort
        Gives the positions of cells in ordered columns.
    accepted : ndarray of shape (n_accepted, n_features), dtype float64
        Codes of accepted people.
    config : SearchConfig
        Gives `max_neighbor_rows`.
    rng : numpy.random.RandomState
        Draws the people to keep if there are more than `max_neighbor_rows`.

    Attributes
    ----------
    people : ndarray of shape (n_people, n_features), dtype float64
        The accepted people that are kept; equal rows are kept once.

    Notes
    -----
    The squared distance is the sum of the squared efforts over features. In the default
    unit, the effort in an ordered column is the share of people in between. The effort
    is 1 for another level, and about 1 for a cell that is missing in one row only. The
    squared distance is rounded to 1e-9. Of equally near people, the first in the table
    comes first. So the neighbors of a row do not depend on its batch.
    """

    def __init__(
        self,
        schema: TableSchema,
        effort: Effort,
        accepted: np.ndarray,
        config: SearchConfig,
        rng: np.random.RandomState,
    ) -> None:
        self._schema = schema
        self._effort = effort
        accepted = evenly_spaced(accepted, config.max_drawn_from)
        comparable = np.where(np.isnan(accepted), np.inf, accepted)
        first = np.sort(np.unique(comparable, axis=0, return_index=True)[1])
        if len(first) > config.max_neighbor_rows:
            first = np.sort(rng.choice(first, config.max_neighbor_rows, replace=False))
        self.people = accepted[first]
        self._many_levels = [
            j
            for j, column in enumerate(schema.columns)
            if column.kind == "nominal" and has_many_levels(column.levels)
        ]
        self._prepare()

    def _prepare(self) -> None:
        """Embed the people."""
        self._points = self._embed(self.people)
        self._levels = self._numbers(self.people)
        self._squares = (self._points**2).sum(axis=1)
        self._longest = float(self._squares.max(initial=0.0))
        screen = np.hstack([-2.0 * self._points, self._squares[:, None]])
        self._screen = np.ascontiguousarray(screen.T, dtype=np.float32)

    def __getstate__(self) -> dict[str, Any]:
        """Return the people in few bytes, without what follows from them."""
        derived = ("people", "_points", "_levels", "_squares", "_longest", "_screen")
        state = {name: part for name, part in vars(self).items() if name not in derived}
        state["packed"] = [pack(cells) for cells in self.people.T]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpack the people and embed them again."""
        columns = [unpack(packed) for packed in state.pop("packed")]
        vars(self).update(state)
        self.people = np.ascontiguousarray(np.stack(columns, axis=1))
        self._prepare()

    def nearest(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Find the nearest accepted people.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of any rows.
        k : int
            Number of neighbors. If there are fewer people, the nearest is repeated.

        Returns
        -------
        neighbors : ndarray of shape (n_samples, k, n_features), dtype float64
            Codes of the neighbors, the nearest first.
        """
        found = min(k, len(self.people))
        index = np.zeros((len(codes), k), dtype=np.int64)
        for start in range(0, len(codes), _BATCH):
            rows = slice(start, start + _BATCH)
            index[rows, :found] = self._nearest_index(codes[rows], found)
            index[rows, found:] = index[rows, :1]
        return self.people[index]

    def _nearest_index(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Find the k nearest people, sorted by distance and then by index, (n, k)."""
        points, index = self._embed(codes), np.empty((len(codes), k), dtype=np.int64)
        short = (points**2).sum(axis=1) <= _MAX_SCREENED
        short &= self._longest <= _MAX_SCREENED and k <= _MAX_SCREENED_NEIGHBORS
        short &= not self._many_levels
        if short.any():
            index[short] = self._screened_index(points[short], k)
        if not short.all():
            index[~short] = self._compared_index(points[~short], codes[~short], k)
        return index

    def _compared_index(
        self, points: np.ndarray, codes: np.ndarray, k: int
    ) -> np.ndarray:
        """Find the nearest people of points, by comparison with everybody."""
        distance = (-2.0 * points) @ self._points.T
        distance += (points**2).sum(axis=1)[:, None]
        distance += self._squares
        if self._many_levels:
            levels = self._numbers(codes)
            distance += 0.5 * level_distances(levels, self._levels)
        np.minimum(distance, _MAX_DISTANCE, out=distance)
        n_people = len(self.people)
        key = in_tolerances(distance, out=distance).astype(np.int64)
        key *= n_people
        key += np.arange(n_people)
        return _smallest(key, k) % n_people

    def _screened_index(self, points: np.ndarray, k: int) -> np.ndarray:
        """Find the nearest people of short points, in less time.

        Squared distances in single precision, less a constant of each row, leave few
        people, whose distances are then computed exactly.
        """
        n, width = points.shape
        rows = np.ones((n, width + 1), dtype=np.float32)
        rows[:, :width] = points
        rough = rows @ self._screen
        # Rounded factors and sums err by less than this, in any order of the sum.
        error = 4.0 * _MAX_SCREENED * (width + 4) * np.finfo(np.float32).eps
        bound = _upper_bound(rough, k) + np.float32(2.0 * error)
        row, near = np.nonzero(rough <= bound)
        apart = points[row] - self._points[near]
        distance = np.minimum(np.einsum("nc,nc->n", apart, apart), _MAX_DISTANCE)
        key = in_tolerances(distance, out=distance).astype(np.int64)
        order = np.lexsort((near, key, row))
        first = np.searchsorted(row, np.arange(n))  # rows are in ascending order
        nearest: np.ndarray = near[order[first[:, None] + np.arange(k)]]
        return nearest

    def _embed(self, codes: np.ndarray) -> np.ndarray:
        """Map rows to points so that squared distances are squared efforts."""
        positions = np.clip(
            self._effort.transform(codes), -_MAX_POSITION, _MAX_POSITION
        )
        absent = np.isnan(codes)
        blocks: list[np.ndarray] = []
        for j, column in enumerate(self._schema.columns):
            if j in self._many_levels:
                continue
            if column.kind in ("nominal", "binary"):
                level = np.where(absent[:, j], len(column.levels or ()), codes[:, j])
                one_hot = level[:, None] == np.arange(len(column.levels or ()) + 1)
                blocks.append(one_hot * np.sqrt(0.5))
            else:
                blocks.append(np.where(absent[:, j], 0.5, positions[:, j])[:, None])
                if column.may_be_missing:
                    blocks.append(absent[:, [j]] * np.sqrt(0.75))
        return np.hstack([np.zeros((len(codes), 0)), *blocks])

    def _numbers(self, codes: np.ndarray) -> np.ndarray:
        """Levels (n, n_many_levels) of columns of many levels; missing is one more."""
        columns = self._schema.columns
        sizes = np.array([len(columns[j].levels or ()) for j in self._many_levels])
        cells = codes[:, self._many_levels]
        cells = np.where(np.isnan(cells), sizes, cells)
        return np.where(cells <= sizes, cells, -1.0).astype(np.int64)


def _upper_bound(values: np.ndarray, k: int) -> np.ndarray:
    """Bound the k smallest numbers of each row (n, m) from above, (n, 1).

    The numbers are split into groups. The k-th smallest of the group minima is a bound
    that few other numbers keep, so only a few numbers have to be sorted.
    """
    n, m = values.shape
    size = m // _STRIDE
    if size > k:
        values = values[:, : _STRIDE * size].reshape(n, _STRIDE, size).min(axis=1)
    return np.partition(values, k - 1, axis=1)[:, [k - 1]]


def _smallest(key: np.ndarray, k: int) -> np.ndarray:
    """Find the k smallest of different integers (n, m), in ascending order, (n, k)."""
    n, m = key.shape
    if m // _STRIDE > k:
        row, place = np.nonzero(key <= _upper_bound(key, k))
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        few = np.full((n, rank.max() + 1), np.iinfo(key.dtype).max)
        few[row, rank] = key[row, place]
        key = few
    elif k < m:
        key = np.partition(key, k - 1, axis=1)[:, :k]
    return np.sort(key, axis=1)[:, :k]
