"""Nearest rows if columns have many levels, which are compared and not one-hot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BATCH = 256  # points whose distances are in memory at once
_STRETCH = 1e-7  # far below every real difference of distances


@dataclass(frozen=True)
class MixedPoints:
    """Points with coordinates, and with levels of which each would be a coordinate.

    Parameters
    ----------
    coordinates : ndarray of shape (n, n_coordinates), dtype float64
    levels : ndarray of shape (n, n_columns), dtype int64
        Numbers of levels; -1 for cells without a level.
    """

    coordinates: np.ndarray
    levels: np.ndarray

    def __len__(self) -> int:
        """Count the points."""
        return len(self.coordinates)

    def __add__(self, by: np.ndarray) -> MixedPoints:
        """Move the points by (n, n_coordinates)."""
        return MixedPoints(self.coordinates + by, self.levels)

    def __getitem__(self, rows: np.ndarray | slice) -> MixedPoints:
        """Select some of the points."""
        return MixedPoints(self.coordinates[rows], self.levels[rows])


def level_distances(levels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compute the squared distances of one-hot blocks, without the blocks.

    Parameters
    ----------
    levels : ndarray of shape (n, n_columns), dtype int64
        Numbers of levels. A cell of -1 has no level; its block would be 0.
    others : ndarray of shape (m, n_columns), dtype int64

    Returns
    -------
    squared : ndarray of shape (n, m), dtype float64
        For each column, 2 for different levels, 1 if one of two cells has a level.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._level_neighbors import level_distances
    >>> level_distances(np.array([[3], [-1]]), np.array([[3], [4], [-1]]))
    array([[0., 2., 1.],
           [1., 1., 0.]])
    """
    squared = (levels >= 0).sum(axis=1)[:, None] + (others >= 0).sum(axis=1)
    for one, other in zip(levels.T, others.T, strict=True):
        squared -= 2 * ((one[:, None] == other) & (one >= 0)[:, None])
    return squared.astype(np.float64)


class MixedNeighbors:
    """Find the nearest of some points, by comparing all of them.

    Parameters
    ----------
    points : MixedPoints
        The known points.
    n_neighbors : int
        Number of neighbors, less than the number of points.

    Notes
    -----
    The result is that of :class:`sklearn.neighbors.NearestNeighbors` with one
    coordinate per level, up to about 1e-7. Time and memory do not depend on the number
    of levels. Each known point stretches its distances between levels by a factor of
    its own, so that rounding errors do not decide between equal distances.
    """

    def __init__(self, points: MixedPoints, n_neighbors: int) -> None:
        self._points = points
        self._squares = (points.coordinates**2).sum(axis=1)
        self._n_neighbors = n_neighbors
        self._stretch = 1.0 + _STRETCH * np.random.RandomState(0).rand(len(points))

    def kneighbors(
        self, points: MixedPoints | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the nearest known points.

        Parameters
        ----------
        points : MixedPoints or None, default=None
            None stands for the known points; a point is then no neighbor of itself.

        Returns
        -------
        distance : ndarray of shape (n, n_neighbors), dtype float64
            In ascending order.
        index : ndarray of shape (n, n_neighbors), dtype int64
        """
        queries = self._points if points is None else points
        n_rows, k = len(queries), self._n_neighbors
        distance = np.empty((n_rows, k))
        index = np.empty((n_rows, k), dtype=np.int64)
        for start in range(0, n_rows, _BATCH):
            rows = slice(start, start + _BATCH)
            squared = self._squared(queries[rows])
            if points is None:
                here = np.arange(len(squared))
                squared[here, start + here] = np.inf
            near = np.argpartition(squared, k - 1, axis=1)[:, :k]
            found = np.take_along_axis(squared, near, axis=1)
            order = np.argsort(found, axis=1, kind="stable")
            index[rows] = np.take_along_axis(near, order, axis=1)
            distance[rows] = np.sqrt(np.take_along_axis(found, order, axis=1))
        return distance, index

    def _squared(self, queries: MixedPoints) -> np.ndarray:
        """Squared distances (n, n_points)."""
        known = self._points
        squared = (-2.0 * queries.coordinates) @ known.coordinates.T
        squared += (queries.coordinates**2).sum(axis=1)[:, None]
        squared += self._squares
        squared += level_distances(queries.levels, known.levels) * self._stretch
        return np.maximum(squared, 0.0, out=squared)
