"""How a crowd is spread over every column: shares, and no single rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..table import TableSchema

_BINS = 24
_TAIL = 0.01


@dataclass(frozen=True, eq=False)
class Spread:
    """How the people of a crowd are spread over one column.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,), dtype float64
        Where the bins of codes begin and end; those of levels lie half way between.
    shares : ndarray of shape (n_bins,), dtype float64
        Share of the present cells in each bin. The outermost hundredth on each side of
        a column of numbers counts in the first and the last bin.
    """

    edges: np.ndarray
    shares: np.ndarray


def spreads_of(schema: TableSchema, codes: np.ndarray) -> tuple[Spread, ...]:
    """Count a crowd, column by column.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_people, n_features), dtype float64
        The crowd.

    Returns
    -------
    spreads : tuple of Spread
        One per column.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.report._crowd import spreads_of
    >>> from skpar.table._schema import TableSchema
    >>> table = pd.DataFrame({"job": ["cook", "clerk", "cook", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> spreads_of(schema, schema.encode(table))[0].shares
    array([0.25, 0.75])
    """
    spreads = []
    for column, cells in zip(schema.columns, codes.T, strict=True):
        present = cells[~np.isnan(cells)]
        if column.levels is not None:
            edges = np.arange(len(column.levels) + 1) - 0.5
        else:
            edges = _edges(present, column.kind == "integer")
        counts = np.histogram(present.clip(edges[0], edges[-1]), edges)[0]
        spreads.append(Spread(edges, counts / max(1, len(present))))
    return tuple(spreads)


def _edges(present: np.ndarray, is_whole: bool) -> np.ndarray:
    """Cut a column of numbers into bins, each whole number alone where they are few."""
    if len(present) == 0:
        return np.array([0.0, 1.0])
    low, high = np.quantile(present, [_TAIL, 1.0 - _TAIL])
    if is_whole and high - low < _BINS:
        return np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, _BINS + 1)
