"""Linear splines of cells, the inputs of the surrogate."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import TableSchema, quantile_grids


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

    def expand(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Expand the cells of one column into weights.

        Parameters
        ----------
        j : int
            Index of the column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes of the cells.

        Returns
        -------
        weights : ndarray of shape (n_cells, width_of_column), dtype float64
        """
        weights = np.zeros((len(cells), int(self.bounds[j + 1] - self.bounds[j])))
        knots = self.knots[j]
        present = ~np.isnan(cells)
        if knots is None:
            present &= cells < weights.shape[1] - 1
        weights[~present, -1] = 1.0
        rows, known = np.flatnonzero(present), cells[present]
        if knots is None:
            weights[rows, known.astype(np.int64)] = 1.0
        elif len(knots) < 2:
            weights[rows, 0] = 1.0
        else:
            known = known.clip(knots[0], knots[-1])
            left = np.searchsorted(knots, known, side="right") - 1
            left = left.clip(0, len(knots) - 2)
            share = (known - knots[left]) / (knots[left + 1] - knots[left])
            weights[rows, left] = 1.0 - share
            weights[rows, left + 1] = share
        return weights

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

    def expand_rows(self, codes: np.ndarray) -> np.ndarray:
        """Expand rows into weights.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        weights : ndarray of shape (n_samples, width), dtype float64
        """
        parts = [self.expand(j, codes[:, j]) for j in range(codes.shape[1])]
        return np.concatenate(parts, axis=1)


def _knots(cells: np.ndarray, n_knots: int) -> np.ndarray:
    """Compute the knots of a column of numbers: all values if few, else quantiles."""
    present = cells[~np.isnan(cells)]
    values = np.unique(present)
    if len(values) <= 2 * n_knots:
        return values
    shares = np.linspace(0.0, 1.0, n_knots)
    return np.unique(quantile_grids(present, shares))
