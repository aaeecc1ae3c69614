"""OutlierScorer: scores rows that are outliers among accepted people."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

from .._config import SearchConfig
from ..table import TableSchema, pack, unpack
from ._feature_space import FeatureSpace
from ._level_neighbors import MixedNeighbors, MixedPoints

_USUAL_NEIGHBORS = 20
_DIGITS = 6
_NOT_ZERO = 1e-10
_JITTER = 1e-7
# Distances of so few points are computed without an index, for the same result.
_FEW_POINTS = 8
# Rounding errors of products are smaller, as a share of the squared lengths.
_ROUGH = 1e-9


class OutlierScorer:
    r"""Score rows from 0 (similar to accepted people) to 1 (outlier).

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows, which define the scales.
    accepted : ndarray of shape (n_samples,), dtype bool
        Rows that the classifier accepts.
    config : SearchConfig
        Gives `outlier_neighbors`, `max_outlier_rows` and the two bounds of the factor.
    rng : numpy.random.RandomState
        Draws the accepted rows to keep if there are more than `max_outlier_rows`.

    Notes
    -----
    The local outlier factor of a row (M. M. Breunig and others, "LOF: identifying
    density-based local outliers", SIGMOD 2000) compares densities: it is the density at
    the nearest accepted people, divided by the density at the row. As its authors
    advise, the largest factor over several sizes of neighbourhood is used. The score is
    0 up to a factor of `inlier_factor`, 1 from `outlier_factor` on, and linear in
    between. Distances are Euclidean in `FeatureSpace`. Equal rows count once.

    If many rows are equally far away, rounding errors would decide which of them are
    the nearest, and rounding errors depend on the batch. So every accepted row is moved
    once by about 1e-7 of a unit.
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        accepted: np.ndarray,
        config: SearchConfig,
        rng: np.random.RandomState,
    ) -> None:
        self._config = config
        self._space = FeatureSpace(schema, codes)
        drawn_from = evenly_spaced(codes[accepted], config.max_drawn_from)
        points = self._points(drawn_from)
        points = points[_first_of_equal(points)]
        if len(points) > config.max_outlier_rows:
            points = points[rng.permutation(len(points))[: config.max_outlier_rows]]
        self._factor = None
        if len(points) > 1:
            self._factor = LargestOutlierFactor(
                points, config.outlier_neighbors, _JITTER
            )

    def score(self, codes: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        score : ndarray of shape (n_rows,), dtype float64
            From 0 to 1. All 0 if there are fewer than two different accepted rows.
        """
        if self._factor is None or not len(codes):
            return np.zeros(len(codes))
        factor = self._factor.score(self._points(codes))
        low, high = self._config.inlier_factor, self._config.outlier_factor
        score: np.ndarray = (np.round(factor, _DIGITS) - low) / (high - low)
        return score.clip(0.0, 1.0)

    def _points(self, codes: np.ndarray) -> np.ndarray | MixedPoints:
        """Points of rows; levels are compared if a column has many."""
        if self._space.many_levels:
            return self._space.mixed_points(codes)
        return self._space.points(codes)


class LargestOutlierFactor:
    r"""Largest local outlier factor of new points over several sizes of neighbourhood.

    Parameters
    ----------
    points : MixedPoints, or ndarray of shape (n_points, n_coordinates), dtype float64
        At least two different points.
    sizes : tuple of int
        Numbers of neighbours. A number above that of the other points is reduced to it.
    jitter : float, default=0.0
        Factor of the random numbers by which coordinates are moved. They are always the
        same.

    Notes
    -----
    For each size, the factor is that of
    :class:`sklearn.neighbors.LocalOutlierFactor` with ``novelty=True``. All sizes
    together take as long as the largest one, because the neighbours are looked up only
    once. Let :math:`d_k(o)` be the distance of a known point to its k-th neighbour, and
    :math:`N_k(p)` the k known points nearest to a new point :math:`p`. The density and
    the factor of :math:`p` are

    .. math::
        \rho_k(p) = \Big(\frac1k \sum_{o \in N_k(p)}
        \max(|p - o|, d_k(o)) + 10^{-10}\Big)^{-1} ,
        \qquad \frac1k \sum_{o \in N_k(p)} \rho_k(o) / \rho_k(p) .

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._outliers import LargestOutlierFactor
    >>> factor = LargestOutlierFactor(np.arange(9.0)[:, None], sizes=(2, 3))
    >>> factor.score(np.array([[4.5], [20.0]])).round(1)
    array([1. , 8.3])
    """

    def __init__(
        self,
        points: np.ndarray | MixedPoints,
        sizes: tuple[int, ...],
        jitter: float = 0.0,
    ) -> None:
        self._sizes = sorted({min(size, len(points) - 1) for size in sizes})
        self._given, self._jitter = points, jitter
        self._prepare()
        distance, near = self._index.kneighbors()
        self._reach = [distance[:, size - 1] for size in self._sizes]
        self._density = [
            self._density_at(distance, near, k) for k in range(len(self._sizes))
        ]

    def _prepare(self) -> None:
        """Move the points, and index them."""
        points = self._given
        draws = np.random.RandomState(0).randn(*_coordinates(points).shape)
        self._points = points = points + self._jitter * draws
        cells = _coordinates(points)
        self._norms = np.einsum("pc,pc->p", cells, cells)
        self._index: NearestNeighbors | MixedNeighbors
        if isinstance(points, MixedPoints):
            self._index = MixedNeighbors(points, self._sizes[-1])
        else:
            self._index = NearestNeighbors(n_neighbors=self._sizes[-1]).fit(points)

    def __getstate__(self) -> dict[str, Any]:
        """Return the points as they were given, in few bytes, without their index."""
        derived = ("_points", "_norms", "_index")
        state = {name: part for name, part in vars(self).items() if name not in derived}
        if isinstance(self._given, np.ndarray):
            state["_given"] = [pack(cells) for cells in self._given.T]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpack the points, and index them again."""
        if isinstance(state["_given"], list):
            columns = [unpack(packed) for packed in state["_given"]]
            state["_given"] = np.ascontiguousarray(np.stack(columns, axis=1))
        vars(self).update(state)
        self._prepare()

    def score(self, points: np.ndarray | MixedPoints) -> np.ndarray:
        """Compute the largest factor of new points.

        Parameters
        ----------
        points : MixedPoints, or ndarray of shape (n, n_coordinates), dtype float64
            New points.

        Returns
        -------
        factor : ndarray of shape (n,), dtype float64
            About 1 among the known points, larger far from them.
        """
        distance, near = self._nearest(points)
        factors = [
            self._density[k].take(near[:, :size]).sum(axis=1)
            / size
            / self._density_at(distance, near, k)
            for k, size in enumerate(self._sizes)
        ]
        largest: np.ndarray = np.max(factors, axis=0)
        return largest

    def _nearest(
        self, points: np.ndarray | MixedPoints
    ) -> tuple[np.ndarray, np.ndarray]:
        """Distances and indices (n, largest_size) of the nearest known points."""
        if isinstance(points, MixedPoints) or len(points) > _FEW_POINTS:
            index: Any = self._index  # of the kind of points that it was fitted with
            found: tuple[np.ndarray, np.ndarray] = index.kneighbors(points)
            return found
        # For few points, the fixed costs of an index are larger than all distances.
        known, size = _coordinates(self._points), self._sizes[-1]
        # Products are fast and miss squares by rounding errors. So they choose a few
        # more points than are wanted, and the distances of these are computed exactly.
        # Whatever overflows leaves every point a choice.
        with np.errstate(over="ignore", invalid="ignore"):
            rough = self._norms - 2.0 * (points @ known.T)
            bound = np.partition(rough, size - 1)[:, size - 1]
            largest = self._norms.max() + np.einsum("nc,nc->n", points, points)
            bound += _ROUGH * largest
        pairs = [
            self._sorted(point, np.flatnonzero(~(one > most)))
            for point, one, most in zip(points, rough, bound, strict=True)
        ]
        distance, near = (np.stack(parts) for parts in zip(*pairs, strict=True))
        return distance, near

    def _sorted(
        self, point: np.ndarray, some: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Distances and indices (largest_size,) of the nearest of some known points."""
        apart = self._points[some] - point
        squares = np.einsum("pc,pc->p", apart, apart)
        order = np.argsort(squares, kind="stable")[: self._sizes[-1]]
        return np.sqrt(squares[order]), some[order]

    def _density_at(self, distance: np.ndarray, near: np.ndarray, k: int) -> np.ndarray:
        """Density at points (n,), from their nearest neighbours (n, largest_size)."""
        size = self._sizes[k]
        reached = np.maximum(distance[:, :size], self._reach[k].take(near[:, :size]))
        density: np.ndarray = 1.0 / (reached.sum(axis=1) / size + _NOT_ZERO)
        return density


def evenly_spaced(rows: np.ndarray, most: int) -> np.ndarray:
    """Keep evenly spaced rows, `most` or fewer; all of them if they are no more.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_columns)
    most : int
        At least 1.

    Returns
    -------
    some : ndarray of shape (n_kept, n_columns)

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._outliers import evenly_spaced
    >>> evenly_spaced(np.arange(7)[:, None], 3)[:, 0]
    array([0, 3, 6])
    """
    return rows[:: max(1, -(-len(rows) // most))]


def distinct_points(points: np.ndarray) -> np.ndarray:
    """Remove duplicate points, because the density at duplicates would be infinite."""
    return np.unique(points, axis=0)


def _first_of_equal(points: np.ndarray | MixedPoints) -> np.ndarray:
    """Find the first of equal points (n_different,), in ascending order of points."""
    cells = _coordinates(points)
    if isinstance(points, MixedPoints):
        cells = np.hstack([cells, points.levels])
    first: np.ndarray = np.unique(cells, axis=0, return_index=True)[1]
    return first


def _coordinates(points: np.ndarray | MixedPoints) -> np.ndarray:
    """Coordinates (n, n_coordinates) of points."""
    return points.coordinates if isinstance(points, MixedPoints) else points


def fit_outlier_factor(points: np.ndarray) -> LocalOutlierFactor:
    """Fit scikit-learn's local outlier factor with its default parameters.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_coordinates), dtype float64
        At least two different points.

    Returns
    -------
    factor : LocalOutlierFactor
        Fitted with ``novelty=True``, to score new points.
    """
    n_neighbors = min(_USUAL_NEIGHBORS, len(points) - 1)
    return LocalOutlierFactor(n_neighbors=n_neighbors, novelty=True).fit(points)
