"""Rows that lie apart from accepted people."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

from ..table import TableSchema
from ._feature_space import FeatureSpace

_USUAL_NEIGHBORS = 20
_NEIGHBORS = (15, 20, 30, 40)
_MOST_PEOPLE = 1500
_NOT_APART = 1.15
_FULLY_APART = 1.55
_DIGITS = 6
_NOT_ZERO = 1e-10
_NUDGE = 1e-7


class Outliers:
    r"""Tell how far rows are outliers among accepted people.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows, which fix the scales.
    accepted : ndarray of shape (n_samples,), dtype bool
        Whom the classifier accepts.
    rng : numpy.random.RandomState
        Draws the people to keep where more than 1,500 are accepted.

    Notes
    -----
    The local outlier factor of a row (M. M. Breunig and others, "LOF: identifying
    density-based local outliers", SIGMOD 2000) tells how many times as dense its
    nearest accepted people are as it is. As its authors advise, it is the largest one
    over a range of neighbourhoods; here of 15, 20, 30 and 40 people. It counts from
    1.15 on, in full from 1.55, and in between in proportion. The customary bound is
    1.5; among other accepted people the same row has another factor, and what counts
    early leaves room for that. Distances are those of `FeatureSpace`, to the nearest of
    different people. Where many of these are equally far away, the last bits would tell
    which of them are the nearest, and last bits depend on the batch: so every person is
    nudged, once, by some 1e-7 of a unit.
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        accepted: np.ndarray,
        rng: np.random.RandomState,
    ) -> None:
        self._space = FeatureSpace(schema, codes)
        points = distinct(self._space.points(codes[accepted]))
        if len(points) > _MOST_PEOPLE:
            points = points[rng.permutation(len(points))[:_MOST_PEOPLE]]
        self._factor = None
        if len(points) > 1:
            nudges = np.random.RandomState(0).randn(*points.shape)
            self._factor = LargestOutlierFactor(points + _NUDGE * nudges, _NEIGHBORS)

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Judge rows.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        apart : ndarray of shape (n_rows,), dtype float64
            From 0, among them, to 1, an outlier.
        """
        if self._factor is None or not len(codes):
            return np.zeros(len(codes))
        factor = self._factor(self._space.points(codes))
        beyond = np.round(factor, _DIGITS) - _NOT_APART
        apart: np.ndarray = (beyond / (_FULLY_APART - _NOT_APART)).clip(0.0, 1.0)
        return apart


class LargestOutlierFactor:
    r"""Largest local outlier factor of new points over some sizes of neighbourhood.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_coordinates), dtype float64
        At least two different points.
    sizes : tuple of int
        Numbers of neighbours; where there are fewer other points, these.

    Notes
    -----
    As :class:`sklearn.neighbors.LocalOutlierFactor` has it with ``novelty=True``, for
    all sizes at the price of the largest: the neighbours are looked up once. With
    :math:`d_k(o)` the distance of a point from its k-th neighbour, density and factor
    of a new one, :math:`p`, are

    .. math::
        \rho_k(p) = \Big(\frac1k \sum_{o \in N_k(p)}
        \max(|p - o|, d_k(o)) + 10^{-10}\Big)^{-1} ,
        \qquad \frac1k \sum_{o \in N_k(p)} \rho_k(o) / \rho_k(p) .

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._outliers import LargestOutlierFactor
    >>> factor = LargestOutlierFactor(np.arange(9.0)[:, None], sizes=(2, 3))
    >>> factor(np.array([[4.5], [20.0]])).round(1)
    array([1. , 8.3])
    """

    def __init__(self, points: np.ndarray, sizes: tuple[int, ...]) -> None:
        self._sizes = sorted({min(size, len(points) - 1) for size in sizes})
        self._index = NearestNeighbors(n_neighbors=self._sizes[-1]).fit(points)
        distance, near = self._index.kneighbors()
        self._reach = [distance[:, size - 1] for size in self._sizes]
        self._density = [
            self._dense(distance, near, k) for k in range(len(self._sizes))
        ]

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Judge new points (n, n_coordinates); the factors have shape (n,)."""
        distance, near = self._index.kneighbors(points)
        factors = [
            self._density[k].take(near[:, :size]).mean(axis=1)
            / self._dense(distance, near, k)
            for k, size in enumerate(self._sizes)
        ]
        largest: np.ndarray = np.max(factors, axis=0)
        return largest

    def _dense(self, distance: np.ndarray, near: np.ndarray, k: int) -> np.ndarray:
        """Density (n,) by the nearest neighbours (n, most) and how far they are."""
        size = self._sizes[k]
        reached = np.maximum(distance[:, :size], self._reach[k].take(near[:, :size]))
        dense: np.ndarray = 1.0 / (reached.mean(axis=1) + _NOT_ZERO)
        return dense


def distinct(points: np.ndarray) -> np.ndarray:
    """Keep equal points once: among copies all distances are 0, and all else is far."""
    return np.unique(points, axis=0)


def outlier_factor(points: np.ndarray) -> LocalOutlierFactor:
    """Fit the factor of new points among at least two different ones, (n, d)."""
    n_neighbors = min(_USUAL_NEIGHBORS, len(points) - 1)
    return LocalOutlierFactor(n_neighbors=n_neighbors, novelty=True).fit(points)
