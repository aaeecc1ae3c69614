"""Exact conversion of codes to tensors and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from .._config import TrainingConfig
from ._schema import TableSchema

_LARGEST = np.finfo(np.float64).max
_LARGEST_EXPONENT = 1000
MOST_ONE_HOT = TrainingConfig.max_one_hot_levels


def has_many_levels(levels: tuple[Any, ...] | None) -> bool:
    """Say whether a column has so many levels that look-ups replace one-hot blocks.

    Parameters
    ----------
    levels : tuple or None
        Levels of the column; None for a column of numbers.

    Returns
    -------
    has_many_levels : bool
        Whether there are more than ``TrainingConfig.max_one_hot_levels``.
    """
    return levels is not None and len(levels) > MOST_ONE_HOT


class ColumnCells(NamedTuple):
    """Tensor cells of one column.

    Parameters
    ----------
    block : Tensor of shape (n_rows, n_cells), dtype float64
        The cells, without the missing indicator.
    absent : Tensor of shape (n_rows,), dtype float64, or None
        The missing indicator; None if the column has none.
    """

    block: torch.Tensor
    absent: torch.Tensor | None


class TableEncoder:
    """Convert codes to the tensors that densities and networks work on.

    A column of numbers has one tensor cell, ``z = code / scale``. The ``scale``
    is a power of two, so that division and multiplication are exact. A column
    with levels has a one-hot block. If it has more than 64 levels, it has one cell
    instead: the number of the level. A column with possibly missing cells also
    has an indicator, placed after all blocks. The indicator is 1 if the cell is
    missing; the cells of its block are then 0. The cells of a block are also 0 if the
    code is no level, such as a broken pattern of a group. In both cases, a level number
    is -1.

    Parameters
    ----------
    schema : TableSchema
        Kinds and levels of the columns.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows. The scale of a column of numbers is the power of two
        nearest to the standard deviation of its present cells.

    Attributes
    ----------
    n_features : int
        Number of columns.
    width : int
        Number of tensor cells per row.
    numeric : ndarray of shape (n_numeric,), dtype int64
        Positions of the columns of numbers, in order.
    slices : tuple of slice
        Tensor cells of each column, without its indicator.
    missing : ndarray of shape (n_features,), dtype int64
        Tensor position of the missing indicator of each column, -1 for none.
    scale : ndarray of shape (n_features,), dtype float64
        Code units per unit of ``z``; 1 for columns with levels.
    numbered : ndarray of shape (n_numbered,), dtype int64
        Positions of the columns with one cell for the number of the level.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.table import TableSchema
    >>> from skpar.table._encoder import TableEncoder
    >>> table = pd.DataFrame({"age": [20, 36], "job": ["clerk", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> encoder = TableEncoder(schema, schema.encode(table))
    >>> encoder.encode(schema.encode(table))
    tensor([[2.5000, 1.0000, 0.0000],
            [4.5000, 0.0000, 1.0000]], dtype=torch.float64)
    """

    def __init__(self, schema: TableSchema, codes: np.ndarray) -> None:
        self.schema = schema
        self.n_features = len(schema.columns)
        self.scale = np.ones(self.n_features)
        self.missing = np.full(self.n_features, -1)
        numeric, numbered, slices, start = [], [], [], 0
        for j, column in enumerate(schema.columns):
            width = 1 if column.levels is None else len(column.levels)
            if column.levels is None:
                numeric.append(j)
                self.scale[j] = _power_of_two_near_spread(codes[:, j])
            elif has_many_levels(column.levels):
                numbered.append(j)
                width = 1
            slices.append(slice(start, start + width))
            start += width
        for j, column in enumerate(schema.columns):
            if column.may_be_missing:
                self.missing[j] = start
                start += 1
        self.numeric = np.array(numeric, dtype=np.int64)
        self.numbered = np.array(numbered, dtype=np.int64)
        self.slices = tuple(slices)
        self.width = start
        self._first = np.array([cut.start for cut in slices], dtype=np.int64)
        self._n_levels = np.array([cut.stop - cut.start for cut in slices], dtype=float)
        self._n_levels[[*numeric, *numbered]] = -np.inf
        sizes = [len(schema.columns[j].levels or ()) for j in numbered]
        self._n_numbered = np.array(sizes, dtype=np.int64)

    def encode(self, codes: np.ndarray) -> torch.Tensor:
        """Convert codes to a tensor.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Numbers in the unit of their column, level numbers, NaN where missing.

        Returns
        -------
        tensor : Tensor of shape (n_samples, width), dtype float64
        """
        out = self._quantities(codes)
        out[:, self._first[self.numbered]] = _level_numbers(
            codes[:, self.numbered], self._n_numbered
        )
        return torch.from_numpy(out)

    def _quantities(self, codes: np.ndarray) -> np.ndarray:
        """Encode codes, but leave the cells (n_samples, width) of numbered levels 0."""
        out = np.zeros((len(codes), self.width))
        out[:, self._first[self.numeric]] = self.numbers(codes)[0]
        rows, columns = np.nonzero(codes < self._n_levels)
        cells = codes[rows, columns].astype(np.int64)
        out[rows, self._first.take(columns) + cells] = 1.0
        has_indicator = self.missing >= 0
        out[:, self.missing[has_indicator]] = np.isnan(codes[:, has_indicator])
        return out

    def numbers(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Convert the columns of numbers alone.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            As in `encode`.

        Returns
        -------
        z : ndarray of shape (n_samples, n_numeric), dtype float64
            Their tensor cells, 0 where missing.
        absent : ndarray of shape (n_samples, n_numeric), dtype bool
            Missing cells.
        """
        cells = codes[:, self.numeric]
        return _scaled(cells, self.scale[self.numeric]), np.isnan(cells)

    def encode_quantities(self, codes: np.ndarray) -> torch.Tensor:
        """Convert codes to a tensor for networks, in which each cell is a quantity.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            As in `encode`.

        Returns
        -------
        tensor : Tensor of shape (n_samples, width), dtype float64
            As from `encode`, but the cells of numbered levels are 0: these numbers have
            no meaning.
        """
        return torch.from_numpy(self._quantities(codes))

    def encode_column(self, j: int, cells: np.ndarray) -> ColumnCells:
        """Convert cells of one column; the others are not needed.

        Parameters
        ----------
        j : int
            Position of the column.
        cells : ndarray of shape (n_cells,), dtype float64
            Codes of the column.

        Returns
        -------
        cells : ColumnCells
        """
        levels = self.schema.columns[j].levels
        if levels is None:
            out = _scaled(cells[:, None], self.scale[[j]])
        elif j in self.numbered:
            out = _level_numbers(cells[:, None], np.array([len(levels)]))
        else:
            out = np.zeros((len(cells), len(levels)))
            rows = np.flatnonzero(cells < len(levels))
            out[rows, cells[rows].astype(np.int64)] = 1.0
        absent = None
        if self.missing[j] >= 0:
            absent = torch.from_numpy(np.isnan(cells).astype(np.float64))
        return ColumnCells(torch.from_numpy(out), absent)

    def decode(self, tensor: torch.Tensor) -> np.ndarray:
        """Convert a tensor to codes; the exact inverse of `encode` for known levels.

        Relaxed rows are discretized. Each column with levels takes the level with the
        largest cell. A cell is missing if its indicator exceeds one half. Integer
        columns are rounded.

        Parameters
        ----------
        tensor : Tensor of shape (n_samples, width), dtype float64
            Encoded or relaxed rows.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            A column with levels always gets one of them, or is missing.
        """
        cells = tensor.detach().cpu().numpy()
        codes = np.empty((len(cells), self.n_features))
        for j, block in enumerate(self.slices):
            column = self.schema.columns[j]
            if j in self.numbered:
                last = len(column.levels or ()) - 1.0
                codes[:, j] = cells[:, block.start].clip(0.0, last)
            elif column.levels is not None:
                codes[:, j] = cells[:, block].argmax(axis=1)
            else:
                codes[:, j] = cells[:, block.start] * self.scale[j]
                if column.kind == "integer":
                    codes[:, j] = np.rint(codes[:, j])
            if self.missing[j] >= 0:
                codes[cells[:, self.missing[j]] > 0.5, j] = np.nan
        return codes

    def log_units(self, codes: np.ndarray, without: Sequence[int] = ()) -> np.ndarray:
        """Compute the log-volume of a unit cell of the tensor in units of the table.

        A log-density over tensors minus this value is a log-density per unit of the
        table's columns.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.
        without : sequence of int
            Columns that do not count.

        Returns
        -------
        log_units : ndarray of shape (n_samples,), dtype float64
            Sum of ``log(scale)`` over the present numbers of each row.
        """
        present: np.ndarray = ~np.isnan(codes)
        present[:, list(without)] = False
        return present @ np.log(self.scale)


def _power_of_two_near_spread(values: np.ndarray) -> float:
    """Return the power of two nearest to the standard deviation on a log scale."""
    present = values[~np.isnan(values)]
    largest = np.abs(present).max(initial=0.0)
    if largest == 0.0:
        return 1.0
    spread = float((present / largest).std()) * largest
    exponent = np.rint(np.log2(spread)) if spread > 0.0 else np.rint(np.log2(largest))
    return float(2.0 ** np.clip(exponent, -_LARGEST_EXPONENT, _LARGEST_EXPONENT))


def _scaled(cells: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Divide numbers (n, c) by their scale (c,); 0 where missing."""
    with np.errstate(over="ignore"):
        z = np.where(np.isnan(cells), 0.0, cells) / scale
    return z.clip(-_LARGEST, _LARGEST)


def _level_numbers(codes: np.ndarray, n_levels: np.ndarray) -> np.ndarray:
    """Numbers (n, c) of levels; -1 for codes that are no level of the column."""
    return np.where(codes < n_levels, codes, -1.0)
