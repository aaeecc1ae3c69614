"""Nearest accepted people of a factual."""

from __future__ import annotations

import numpy as np

from ..table import TableSchema
from ._effort import Effort

_MAX_PEOPLE = 10_000
_CHUNK = 64
_STRIDE = 16
_GRAIN = 1e-9
_FAR = 1e3
_FARTHEST = 1e5


class AcceptedNeighbors:
    r"""Accepted people, to be looked up by how near they are.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    effort : Effort
        Gives the scale of every ordered column.
    accepted : ndarray of shape (n_accepted, n_features), dtype float64
        Codes of accepted people.
    rng : numpy.random.RandomState
        Draws the people to keep where there are more than 10,000.

    Attributes
    ----------
    people : ndarray of shape (n_people, n_features), dtype float64
        The accepted people kept, equal rows once.

    Notes
    -----
    The squared distance is the sum over features of the squared effort: the share
    of people in between for an ordered column, 1 for another level, about 1 for a
    cell that is missing in one row only. It is rounded to 1e-9 and ties go to the
    person who comes first, so that the neighbours of a row do not depend on its batch.
    """

    def __init__(
        self,
        schema: TableSchema,
        effort: Effort,
        accepted: np.ndarray,
        rng: np.random.RandomState,
    ) -> None:
        self._schema = schema
        self._effort = effort
        comparable = np.where(np.isnan(accepted), np.inf, accepted)
        first = np.sort(np.unique(comparable, axis=0, return_index=True)[1])
        if len(first) > _MAX_PEOPLE:
            first = np.sort(rng.choice(first, _MAX_PEOPLE, replace=False))
        self.people = people = accepted[first]
        self._points = self._embed(people)
        self._squares = (self._points**2).sum(axis=1)

    def nearest(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Look up the nearest accepted people.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        k : int
            How many; where fewer accepted people are known, the nearest is repeated.

        Returns
        -------
        neighbors : ndarray of shape (n_samples, k, n_features), dtype float64
            Codes of the neighbours, the nearest first.
        """
        found = min(k, len(self.people))
        index = np.zeros((len(codes), k), dtype=np.int64)
        for start in range(0, len(codes), _CHUNK):
            rows = slice(start, start + _CHUNK)
            index[rows, :found] = self._nearest_index(codes[rows], found)
            index[rows, found:] = index[rows, :1]
        return self.people[index]

    def _nearest_index(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Find the k nearest people, ordered by (distance, index)."""
        points = self._embed(codes)
        distance = (-2.0 * points) @ self._points.T
        distance += (points**2).sum(axis=1)[:, None]
        distance += self._squares
        np.minimum(distance, _FARTHEST, out=distance)
        distance /= _GRAIN
        n_people = len(self.people)
        key = np.rint(distance, out=distance).astype(np.int64)
        key *= n_people
        key += np.arange(n_people)
        return _smallest(key, k) % n_people

    def _embed(self, codes: np.ndarray) -> np.ndarray:
        """Place rows so that squared differences are squared efforts."""
        places = np.clip(self._effort.transform(codes), -_FAR, _FAR)
        absent = np.isnan(codes)
        blocks: list[np.ndarray] = []
        for j, column in enumerate(self._schema.columns):
            if column.kind in ("nominal", "binary"):
                level = np.where(absent[:, j], len(column.levels or ()), codes[:, j])
                one_hot = level[:, None] == np.arange(len(column.levels or ()) + 1)
                blocks.append(one_hot * np.sqrt(0.5))
            else:
                blocks.append(np.where(absent[:, j], 0.5, places[:, j])[:, None])
                if column.may_be_missing:
                    blocks.append(absent[:, [j]] * np.sqrt(0.75))
        return np.hstack(blocks)


def _smallest(key: np.ndarray, k: int) -> np.ndarray:
    """Find the k smallest of different whole numbers (n, m), rising: (n, k).

    Each of the k groups with the smallest least members has a member up to the k-th
    least member, so that nothing above it counts: that leaves few to be sorted.
    """
    n, m = key.shape
    size = m // _STRIDE
    if size > k:
        least = key[:, : _STRIDE * size].reshape(n, _STRIDE, size).min(axis=1)
        bound = np.partition(least, k - 1, axis=1)[:, [k - 1]]
        row, place = np.nonzero(key <= bound)
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        few = np.full((n, rank.max() + 1), np.iinfo(key.dtype).max)
        few[row, rank] = key[row, place]
        key = few
    elif k < m:
        key = np.partition(key, k - 1, axis=1)[:, :k]
    return np.sort(key, axis=1)[:, :k]
