"""Linear splines of cells, the inputs of the surrogate."""

from __future__ import annotations

from typing import NamedTuple

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

    @property
    def width(self) -> int:
        """Number of weights of a row."""
        return int(self.bounds[-1])

    def expand(self, j: int, cells: np.ndarray) -> SparseWeights:
        """Expand the cells of one column into weights.

        Parameters
        ----------
        j : int
            Index of the column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes of the cells.

        Returns
        -------
        weights : SparseWeights of n_cells rows
            In float64, two per cell of a number and one per cell of a level.
        """
        first, last = int(self.bounds[j]), int(self.bounds[j + 1]) - 1
        knots = self.knots[j]
        present = ~np.isnan(cells)
        if knots is None:
            present &= cells < last - first
            place = np.where(present, first + cells, last)
            index = place.astype(np.int32)[:, None]
            return SparseWeights(index, np.ones(index.shape))
        index = np.full((len(cells), 2), last, dtype=np.int32)
        weight = np.tile([1.0, 0.0], (len(cells), 1))
        if len(knots) < 2:
            index[present] = first
            return SparseWeights(index, weight)
        known = cells[present].clip(knots[0], knots[-1])
        left = np.searchsorted(knots, known, side="right") - 1
        left = left.clip(0, len(knots) - 2)
        share = (known - knots[left]) / (knots[left + 1] - knots[left])
        index[present] = first + left[:, None] + [0, 1]
        weight[present] = np.stack([1.0 - share, share], axis=1)
        return SparseWeights(index, weight)

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
        parts = [self.expand(j, codes[:, j]) for j in range(codes.shape[1])]
        weights = [part.weight.astype(np.float32) for part in parts]
        index = np.concatenate([part.place for part in parts], axis=1)
        return SparseWeights(index, np.concatenate(weights, axis=1))


def _knots(cells: np.ndarray, n_knots: int) -> np.ndarray:
    """Compute the knots of a column of numbers: all values if few, else quantiles."""
    present = cells[~np.isnan(cells)]
    values = np.unique(present)
    if len(values) <= 2 * n_knots:
        return values
    shares = np.linspace(0.0, 1.0, n_knots)
    return np.unique(quantile_grids(present, shares))
