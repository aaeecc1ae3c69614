"""Replacement of changed cells in the user's table; all other cells are unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import Cells
from ._columns import Column
from .frames import values_of


def rewrite_cells(
    column: Column,
    cells: Any,
    changed: npt.NDArray[np.bool_],
    codes: npt.NDArray[np.float64],
) -> Any:
    """Replace cells of a column of a DataFrame.

    Parameters
    ----------
    column : Column
        The column as inferred from training.
    cells : ndarray or pandas ExtensionArray of shape (n,)
        The user's cells, in any dtype that `column` reads.
    changed : ndarray of shape (n,) and dtype bool
        Which cells to replace.
    codes : ndarray of shape (n,) and dtype float64
        Codes of all cells: new codes where `changed`, codes of `cells` elsewhere. NaN
        for present cells that cannot be read; these stay.

    Returns
    -------
    cells : ndarray or pandas ExtensionArray of shape (n,)
        Has the dtype of `cells` if it holds the new values exactly, otherwise the
        training dtype, or the dtype object if cells cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._cells import Cells
    >>> from skpar.table._inference import infer_column
    >>> from skpar.table._write_back import rewrite_cells
    >>> column = infer_column(Cells("age", np.array([31, 45]), np.arange(2)))
    >>> cells = np.array([31.0, 45.0], dtype=np.float32)
    >>> changed, codes = np.array([True, False]), np.array([33.0, 45.0])
    >>> rewrite_cells(column, cells, changed, codes)
    array([33., 45.], dtype=float32)
    """
    fresh = column.build(codes[changed])
    if cells.dtype != column.dtype:
        fresh = _cast_exactly(column, fresh, cells.dtype)
        unread = np.isnan(codes) & ~changed
        if column.may_be_missing:
            unread &= ~np.asarray(pd.isna(cells))
        if fresh is None and not unread.any():
            return column.build(codes)
        if fresh is None:
            fresh = np.array(column.build(codes[changed]), dtype=object)
            cells = np.array(cells, dtype=object)
    cells = cells.copy()
    cells[changed] = fresh
    return cells


def with_training_dtypes(columns: Sequence[Column], frame: pd.DataFrame) -> None:
    """Give columns of a DataFrame their dtypes of training, if these hold all cells.

    Parameters
    ----------
    columns : sequence of d Column
        The columns as inferred from training.
    frame : DataFrame of shape (n, d)
        It is changed. All its cells can be read.
    """
    for j, column in enumerate(columns):
        cells = values_of(frame.iloc[:, j])
        if cells.dtype != column.dtype:
            cast = _cast_exactly(column, cells, column.dtype)
            if cast is not None:
                frame.isetitem(j, kept_dtype(cast, frame.index))


def rewrite_array(
    columns: Sequence[Column],
    table: npt.NDArray[Any],
    changed: npt.NDArray[np.bool_],
    codes: npt.NDArray[np.float64],
) -> npt.NDArray[Any]:
    """Replace cells of an ndarray, in place if its dtype holds the new values.

    Parameters
    ----------
    columns : sequence of d Column
        The columns as inferred from training.
    table : ndarray of shape (n, d)
        The user's table.
    changed : ndarray of shape (n, d) and dtype bool
        Which cells to replace.
    codes : ndarray of shape (n, d) and dtype float64
        Codes of the new cells.

    Returns
    -------
    table : ndarray of shape (n, d)
        Has the dtype of `table` if it holds the new values exactly, otherwise the
        smallest common dtype, or object if that changes cells that cannot be read.
    """
    places = np.flatnonzero(changed.any(axis=0)).tolist()
    fresh = [
        as_array(columns[j].build(codes[changed[:, j], j]), table.dtype) for j in places
    ]
    for cells in fresh:
        with np.errstate(all="ignore"):
            held = cells.astype(table.dtype)
        if not np.array_equal(held, cells, equal_nan=cells.dtype.kind == "f"):
            wider = table.astype(np.result_type(table.dtype, cells.dtype))
            # Integers that cannot be read may have no exact float.
            is_whole = table.dtype.kind in "iu"
            exact = not is_whole or (wider.astype(table.dtype) == table).all()
            table = wider if exact else table.astype(object)
    for j, cells in zip(places, fresh, strict=True):
        table[changed[:, j], j] = cells
    return table


def as_array(cells: Any, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Convert built cells to an ndarray for lossless assignment to a table.

    Parameters
    ----------
    cells : array of shape (n,)
        Cells as returned by `Column.build`.
    dtype : numpy dtype
        Dtype of the table.

    Returns
    -------
    cells : ndarray of shape (n,)
        Objects for object tables, strings of full width for tables of strings,
        numbers otherwise.
    """
    if dtype.kind == "U":
        return np.array(list(cells), dtype=np.str_)
    if types.is_object_dtype(dtype):
        return np.asarray(cells, dtype=object)
    if isinstance(cells, np.ndarray) and cells.dtype.kind != "O":
        return cells
    return Cells(None, cells, np.arange(len(cells))).numbers()


def _cast_exactly(column: Column, cells: Any, dtype: Any) -> Any:
    """Cast built cells to another dtype; return None if that changes a value."""
    wanted = pd.Series(cells, dtype=object)
    if isinstance(dtype, pd.CategoricalDtype):
        if not wanted.dropna().isin(dtype.categories).all():
            return None
    try:
        cast = values_of(wanted.astype(dtype))
        back = column.read(Cells(column.name, cast, np.arange(len(cast))))
    except (OverflowError, TypeError, ValueError):
        return None
    codes = column.read(Cells(column.name, cells, np.arange(len(cells))))
    return cast if np.array_equal(back, codes, equal_nan=True) else None


def kept_dtype(cells: Any, index: pd.Index) -> Any:
    """Keep the dtype of object cells; pandas would infer another one."""
    if not types.is_object_dtype(cells.dtype):
        return cells
    return pd.Series(cells, index=index, dtype=object, copy=False)
