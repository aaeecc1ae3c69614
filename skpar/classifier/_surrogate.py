"""A surrogate of the user's classifier in plain numpy, evaluated cell by cell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..table import TableSchema, quantile_grids


class SplineBasis:
    """Linear splines of numbers and indicators of levels, as inputs of a network.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    n_knots : int
        Quantiles of the rows, and of their distinct values, that become knots.

    Attributes
    ----------
    bounds : ndarray of shape (n_features + 1,), dtype int64
        Index of the first weight of each column among those of a row.

    Notes
    -----
    A number has two weights, which sum to 1, on the knots next to it; beyond the last
    knot it has one. Knots are quantiles of the training rows and of their distinct
    values. A level has one weight of 1, and so has a missing cell.
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

    def expand(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Expand the cells of one column into weights.

        Parameters
        ----------
        j : int
            Index of the column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes.

        Returns
        -------
        weights : ndarray of shape (n_cells, width_of_column), dtype float64
        """
        weights = np.zeros((len(cells), int(self.bounds[j + 1] - self.bounds[j])))
        present = ~np.isnan(cells)
        weights[~present, -1] = 1.0
        rows, known, knots = np.flatnonzero(present), cells[present], self.knots[j]
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

    def expand_rows(self, codes: np.ndarray) -> np.ndarray:
        """Expand rows into weights, column by column.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        weights : ndarray of shape (n_samples, width), dtype float64
        """
        parts = [self.expand(j, codes[:, j]) for j in range(codes.shape[1])]
        return np.concatenate(parts, axis=1)


class Surrogate:
    """The fitted surrogate network in plain numpy.

    Parameters
    ----------
    basis : SplineBasis
        Expands cells into weights.
    arrays : mapping of str to ndarray, dtype float64
        Parameters of `SurrogateNetwork`, by its names for them.

    Attributes
    ----------
    start : ndarray of shape (n_hidden,), dtype float64
        Hidden values before any cell is added.

    Notes
    -----
    Hidden values of a row are the sum of `start` and those of its cells. If a cell
    changes, only its own summand has to be replaced.
    """

    def __init__(self, basis: SplineBasis, arrays: Mapping[str, np.ndarray]) -> None:
        self.basis = basis
        self._embedding = np.ascontiguousarray(arrays["embed.weight"].T)
        self.start = arrays["embed.bias"]
        self._inner = np.ascontiguousarray(arrays["middle.weight"].T)
        self._inner_bias = arrays["middle.bias"]
        self._outer = arrays["last.weight"][0]
        self._outer_bias = float(arrays["last.bias"][0])

    def embed(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Hidden values of cells of one column.

        Parameters
        ----------
        j : int
            Index of the column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes.

        Returns
        -------
        hidden : ndarray of shape (n_cells, n_hidden), dtype float64
        """
        first, last = self.basis.bounds[j : j + 2]
        return self.basis.expand(j, cells) @ self._embedding[first:last]

    def margin(self, hidden: np.ndarray) -> np.ndarray:
        """Margin of rows, given the sum of their hidden values.

        Parameters
        ----------
        hidden : ndarray of shape (n_samples, n_hidden), dtype float64

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
        """
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        np.maximum(bent, 0.0, out=bent)
        margin: np.ndarray = hidden[:, -1] + bent @ self._outer + self._outer_bias
        return margin

    def slope(self, hidden: np.ndarray) -> np.ndarray:
        """Gradient of the margin with respect to hidden values.

        Parameters
        ----------
        hidden : ndarray of shape (n_samples, n_hidden), dtype float64

        Returns
        -------
        slope : ndarray of shape (n_samples, n_hidden), dtype float64
        """
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        inner = ((bent > 0) * self._outer) @ self._inner.T
        slope = np.ones(hidden.shape)
        slope[:, :-1] = inner * (hidden[:, :-1] > 0)
        return slope

    def decision_function(self, codes: np.ndarray) -> np.ndarray:
        """Margin of rows; positive if the surrogate expects acceptance.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
        """
        hidden = self.start + sum(
            self.embed(j, codes[:, j]) for j in range(codes.shape[1])
        )
        return self.margin(hidden)


def _knots(cells: np.ndarray, n_knots: int) -> np.ndarray:
    """Quantiles of the present cells of a column of numbers, and of their values."""
    present = cells[~np.isnan(cells)]
    values = np.unique(present)
    if len(values) <= 2 * n_knots:
        return values
    shares = np.linspace(0.0, 1.0, n_knots)
    return np.unique(quantile_grids(present, shares))
