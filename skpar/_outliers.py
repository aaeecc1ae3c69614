"""Rows that lie apart from accepted people."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import LocalOutlierFactor

from ._schema import TableSchema
from ._space import Space

_NEIGHBORS = 20
_MOST_PEOPLE = 2000
_LARGEST_FACTOR = 1.3
_DIGITS = 6


class Outliers:
    r"""Tell which rows are outliers among accepted people.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows, which fix the scales.
    accepted : ndarray of shape (n_samples,), dtype bool
        Whom the classifier accepts.
    rng : numpy.random.RandomState
        Draws the people to keep where more than 2,000 are accepted.

    Notes
    -----
    A row is an outlier where its local outlier factor (M. M. Breunig and others, "LOF:
    identifying density-based local outliers", SIGMOD 2000) exceeds 1.3: where its
    nearest accepted people are 1.3 times as dense as it is. The customary bound is 1.5;
    among other accepted people the same row has another factor, and the smaller bound
    leaves room for that. Distances are those of `Space`, to the 20 nearest of different
    people.
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        accepted: np.ndarray,
        rng: np.random.RandomState,
    ) -> None:
        self._space = Space(schema, codes)
        points = distinct(self._space.points(codes[accepted]))
        if len(points) > _MOST_PEOPLE:
            points = points[rng.permutation(len(points))[:_MOST_PEOPLE]]
        self._factor = outlier_factor(points) if len(points) > 1 else None

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Judge rows.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        outlying : ndarray of shape (n_rows,), dtype bool
        """
        if self._factor is None or not len(codes):
            return np.zeros(len(codes), dtype=bool)
        factor = -self._factor.score_samples(self._space.points(codes))
        outlying: np.ndarray = np.round(factor, _DIGITS) > _LARGEST_FACTOR
        return outlying


def distinct(points: np.ndarray) -> np.ndarray:
    """Keep equal points once: among copies all distances are 0, and all else is far."""
    return np.unique(points, axis=0)


def outlier_factor(points: np.ndarray) -> LocalOutlierFactor:
    """Fit the factor of new points among at least two different ones, (n, d)."""
    n_neighbors = min(_NEIGHBORS, len(points) - 1)
    return LocalOutlierFactor(n_neighbors=n_neighbors, novelty=True).fit(points)
