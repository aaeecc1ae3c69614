"""Codes as tensors, and back, exactly."""

from __future__ import annotations

import numpy as np
import torch

from ._schema import TableSchema

_LARGEST = np.finfo(np.float64).max
_LARGEST_EXPONENT = 1000


class TableEncoder:
    """Turn codes into the tensors that densities and networks work on.

    A column of numbers takes one cell, ``z = code / scale`` with ``scale`` a
    power of two, so that dividing and multiplying lose no bit. A column with
    levels takes a one-hot block. Columns whose cells may be missing have one
    indicator more, behind all blocks: 1 where the cell is missing, and then the
    cells of its block are 0.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows; the scale of a column of numbers is the power of two
        nearest to the standard deviation of its present cells.

    Attributes
    ----------
    n_features : int
        Number of columns.
    width : int
        Number of tensor cells per row.
    numeric : ndarray of shape (n_numeric,), dtype int64
        The columns that are numbers, in order.
    slices : tuple of slice
        The tensor cells of each column, its indicator left out.
    missing : ndarray of shape (n_features,), dtype int64
        Tensor position of the missing indicator of each column, -1 for none.
    scale : ndarray of shape (n_features,), dtype float64
        Units of a code per unit of ``z``; 1 for columns with levels.

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
        numeric, slices, start = [], [], 0
        for j, column in enumerate(schema.columns):
            width = 1 if column.levels is None else len(column.levels)
            if column.levels is None:
                numeric.append(j)
                self.scale[j] = _power_of_two_near_spread(codes[:, j])
            slices.append(slice(start, start + width))
            start += width
        for j, column in enumerate(schema.columns):
            if column.may_be_missing:
                self.missing[j] = start
                start += 1
        self.numeric = np.array(numeric, dtype=np.int64)
        self.slices = tuple(slices)
        self.width = start

    def encode(self, codes: np.ndarray) -> torch.Tensor:
        """Write codes as tensors.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Numbers in own units, level numbers, NaN where missing.

        Returns
        -------
        tensor : Tensor of shape (n_samples, width), dtype float64
        """
        out = np.zeros((len(codes), self.width))
        absent = np.isnan(codes)
        for j, block in enumerate(self.slices):
            present = ~absent[:, j]
            if self.schema.columns[j].levels is None:
                with np.errstate(over="ignore"):
                    z = codes[present, j] / self.scale[j]
                out[present, block.start] = np.clip(z, -_LARGEST, _LARGEST)
            else:
                rows = np.flatnonzero(present)
                out[rows, block.start + codes[rows, j].astype(np.int64)] = 1.0
        has_indicator = self.missing >= 0
        out[:, self.missing[has_indicator]] = absent[:, has_indicator]
        return torch.from_numpy(out)

    def decode(self, tensor: torch.Tensor) -> np.ndarray:
        """Read tensors as codes: the exact inverse of `encode`.

        On relaxed rows the likeliest level is taken, a cell is missing where its
        indicator is above one half, and integer columns are rounded.

        Parameters
        ----------
        tensor : Tensor of shape (n_samples, width), dtype float64

        Returns
        -------
        codes : ndarray of shape (n_samples, n_features), dtype float64
        """
        cells = tensor.detach().cpu().numpy()
        codes = np.empty((len(cells), self.n_features))
        for j, block in enumerate(self.slices):
            column = self.schema.columns[j]
            if column.levels is not None:
                codes[:, j] = cells[:, block].argmax(axis=1)
            else:
                codes[:, j] = cells[:, block.start] * self.scale[j]
                if column.kind == "integer":
                    codes[:, j] = np.rint(codes[:, j])
            if self.missing[j] >= 0:
                codes[cells[:, self.missing[j]] > 0.5, j] = np.nan
        return codes

    def log_units(self, codes: np.ndarray) -> np.ndarray:
        """Log of the size of a tensor's unit cell in own units.

        To be taken from a log-density over tensors to have it per own unit.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        log_units : ndarray of shape (n_samples,), dtype float64
            Summed over the numbers that are present.
        """
        present: np.ndarray = ~np.isnan(codes)
        return present @ np.log(self.scale)


def _power_of_two_near_spread(values: np.ndarray) -> float:
    """Take the power of two nearest to the standard deviation, in logarithms."""
    present = values[~np.isnan(values)]
    largest = np.abs(present).max(initial=0.0)
    if largest == 0.0:
        return 1.0
    spread = float((present / largest).std()) * largest
    exponent = np.rint(np.log2(spread)) if spread > 0.0 else np.rint(np.log2(largest))
    return float(2.0 ** np.clip(exponent, -_LARGEST_EXPONENT, _LARGEST_EXPONENT))
