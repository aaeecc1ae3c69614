"""Rows that lie apart from accepted people."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import LocalOutlierFactor

from ._schema import TableSchema
from ._space import Space

_USUAL_NEIGHBORS = 20
_NEIGHBORS = 30
_MOST_PEOPLE = 1500
_NOT_APART = 1.15
_FULLY_APART = 1.55
_DIGITS = 6


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
    nearest accepted people are as it is. It counts from 1.15 on, in full from 1.55, and
    in between in proportion. The customary bound is 1.5; among other accepted people
    the same row has another factor, and what counts early leaves room for that. So do
    30 neighbours instead of the customary 20: the mean of more changes less from crowd
    to crowd. Distances are those of `Space`, to the nearest of different people.
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
        self._factor = None
        if len(points) > 1:
            self._factor = outlier_factor(points, _NEIGHBORS)

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
        factor = -self._factor.score_samples(self._space.points(codes))
        beyond = np.round(factor, _DIGITS) - _NOT_APART
        apart: np.ndarray = (beyond / (_FULLY_APART - _NOT_APART)).clip(0.0, 1.0)
        return apart


def distinct(points: np.ndarray) -> np.ndarray:
    """Keep equal points once: among copies all distances are 0, and all else is far."""
    return np.unique(points, axis=0)


def outlier_factor(
    points: np.ndarray, n_neighbors: int = _USUAL_NEIGHBORS
) -> LocalOutlierFactor:
    """Fit the factor of new points among at least two different ones, (n, d)."""
    n_neighbors = min(n_neighbors, len(points) - 1)
    return LocalOutlierFactor(n_neighbors=n_neighbors, novelty=True).fit(points)
