"""Linear splines of cells, the inputs of the surrogate."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ..table import TableSchema, quantile_grids


class SparseWeights(NamedTuple):
    """Weights of rows, without most of those that are 0.

    Parameters
    ----------
    place : ndarray of shape (n_samples, n_stored), dtype int32
        Indices of the stored weights among all weights of a row: two for a number, one
        for a level. All rows store as many, so some of these weights are 0.
    weight : ndarray of shape (n_samples, n_stored), float dtype
        The weights.
    """

    place: np.ndarray
    weight: np.ndarray

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.place)

    def take(self, rows: np.ndarray) -> SparseWeights:
        """Select rows by their numbers."""
        return SparseWeights(
            self.place.take(rows, axis=0), self.weight.take(rows, axis=0)
        )

    def latest(self, others: SparseWeights, n_rows: int) -> SparseWeights:
        """Append other rows, and keep the last `n_rows`."""
        place = np.concatenate([self.place, others.place])[-n_rows:]
        return SparseWeights(
            place, np.concatenate([self.weight, others.weight])[-n_rows:]
        )

    def compact(self, width: int) -> tuple[np.ndarray, SparseWeights]:
        """Renumber the weights that occur in these rows.

        Parameters
        ----------
        width : int
            Number of all weights of a row.

        Returns
        -------
        places : ndarray of shape (n_places,), dtype int64
            Indices that occur, in ascending order.
        weights : SparseWeights
            The same weights, with positions in `places` as indices.
        """
        occurs = np.zeros(width, dtype=bool)
        occurs[self.place] = True
        places = np.flatnonzero(occurs)
        number = np.empty(width, dtype=np.int32)
        number[places] = np.arange(len(places), dtype=np.int32)
        return places, SparseWeights(number.take(self.place), self.weight)

    def matrix(self, width: int) -> csr_array:
        """Make a sparse matrix of shape (n_samples, width)."""
        n_rows, n_stored = self.place.shape
        ends = np.arange(n_rows + 1, dtype=np.int32) * n_stored
        parts = self.weight.ravel(), self.place.ravel(), ends
        return csr_array(parts, shape=(n_rows, width))


class SplineBasis:
    """Linear splines of numbers and indicators of levels, the inputs of a network.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    n_knots : int
        Number of quantiles of the rows, and of their distinct values, to use as knots.

    Attributes
    ----------
    bounds : ndarray of shape (n_features + 1,), dtype int64
        Index of the first weight of each column among the weights of a row.

    Notes
    -----
    A number has two nonzero weights, on its two neighboring knots; they sum to 1. A
    number beyond the outermost knots has one weight of 1. The knots are quantiles of
    the training rows and of their distinct values. A level has one weight of 1. A
    missing cell, and a pattern that no group of columns allows, have one weight of 1.
    """

    def __init__(self, schema: TableSchema, codes: np.ndarray, n_knots: int) -> None:
        self.knots = [
            None if column.levels is not None else _knots(codes[:, j], n_knots)
            for j, column in enumerate(schema.columns)
        ]
        sizes = [
            1 + len(column.levels if knots is None else knots)  # type: ignore[arg-type]
            for column, knots in zip(schema.columns, self.knots, strict=True)
        ]
        self.bounds = np.cumsum([0, *sizes])
        self._prepare()

    @property
    def width(self) -> int:
        """Number of weights of a row."""
        return int(self.bounds[-1])

    def places(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the nonzero weights of rows: at most two next to each other per cell.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        first : ndarray of shape (n_samples, n_features), dtype int64
            Index of the first weight of each cell among the weights of a row.
        share : ndarray of shape (n_samples, n_features), dtype float64
            The next weight. The first weight is 1 minus this. It is 0 for levels,
            missing cells and knots.
        """
        present = ~np.isnan(codes)
        share = np.zeros(codes.shape)
        size = np.diff(self.bounds)
        # Numbers are replaced below; levels beyond the last one have the last weight.
        place = np.where(present, codes, size - 1.0).clip(0.0, size - 1.0)
        numbers = self._numbers
        if len(numbers):
            cells, known = codes[:, numbers], present[:, numbers]
            left, inner = self._between(np.where(known, cells, 0.0))
            place[:, numbers] = np.where(known, left, size[numbers] - 1)
            share[:, numbers] = np.where(known, inner, 0.0)
        return place.astype(np.int64) + self.bounds[:-1], share

    def _between(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the knots below numbers (n, n_numeric), and the shares of the next."""
        left = np.empty(cells.shape, dtype=np.int64)
        for k, (j, last) in enumerate(zip(self._numbers, self._last_left, strict=True)):
            knots: Any = self.knots[j]
            left[:, k] = knots[: last + 1].searchsorted(cells[:, k], side="right")
        left = np.maximum(left - 1, 0)
        below, gap = self._below, self._gap
        place = left + self._first_knot
        inner = (cells - below.take(place)) / gap.take(place)
        return left, inner.clip(0.0, 1.0)

    def _prepare(self) -> None:
        """Put the knots of all columns of numbers next to each other."""
        numbers = [j for j, knots in enumerate(self.knots) if knots is not None]
        self._numbers = np.array(numbers, dtype=np.int64)
        below, gap, first, last_left, end = [], [], [], [], 0
        for j in numbers:
            knots: Any = self.knots[j]
            # A column with fewer than two knots has one weight of 1.
            wide = knots if len(knots) > 1 else np.array([0.0, np.inf])
            below.append(wide[:-1])
            gap.append(np.diff(wide))
            first.append(end)
            last_left.append(len(wide) - 2)
            end += len(wide) - 1
        self._below = np.concatenate([np.empty(0), *below])
        self._gap = np.concatenate([np.empty(0), *gap])
        self._first_knot = np.array(first, dtype=np.int64)
        self._last_left = last_left

    def expand_rows(self, codes: np.ndarray) -> SparseWeights:
        """Expand rows into weights.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        weights : SparseWeights of n_samples rows
            In float32.
        """
        first, share = self.places(codes)
        n_stored = np.ones(codes.shape[1], dtype=np.int64)
        n_stored[self._numbers] = 2
        column = np.repeat(np.arange(codes.shape[1]), n_stored)
        is_second = np.concatenate([[False], column[1:] == column[:-1]])
        place, share = first[:, column], share[:, column]
        place += is_second & (share > 0.0)
        weight = np.where(is_second, share, 1.0 - share)
        # In the order of rows: else every batch that is taken copies all rows.
        return SparseWeights(
            place.astype(np.int32, order="C"), weight.astype(np.float32, order="C")
        )


def _knots(cells: np.ndarray, n_knots: int) -> np.ndarray:
    """Compute the knots of a column of numbers: all values if few, else quantiles."""
    present = cells[~np.isnan(cells)]
    values = np.unique(present)
    if len(values) <= 2 * n_knots:
        return values
    shares = np.linspace(0.0, 1.0, n_knots)
    return np.unique(quantile_grids(present, shares))
