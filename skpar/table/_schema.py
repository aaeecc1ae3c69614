"""The schema of a table: infers columns, encodes and decodes tables."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import Cells, values_of
from ._columns import Column
from ._inference import infer_column
from ._write_back import as_array, rewrite_array, rewrite_cells

__all__ = ["Column", "TableSchema"]


@dataclass(frozen=True)
class TableSchema:
    """Names, kinds and levels of the columns of a table, from training rows.

    A table is the user's DataFrame or ndarray. Its codes are a float64 array of the
    same shape: numbers in their own unit, the level number for columns with levels, and
    NaN for missing cells.

    Parameters
    ----------
    columns : tuple of Column
        One per column.
    array_dtype : numpy dtype or None
        Dtype of the ndarray that `decode` returns, None for a DataFrame.

    Notes
    -----
    Kinds follow from dtypes: booleans are binary; strings and unordered categories are
    nominal; ordered categories are ordinal; integers are integer, and so are floats
    whose training values are all whole, because counts become floats where cells are
    missing; other floats are continuous. Object columns count as what they hold.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar import TableSchema
    >>> table = pd.DataFrame({"age": [31, 45], "job": ["cook", "clerk"]})
    >>> schema = TableSchema.infer(table)
    >>> [column.kind for column in schema.columns]
    ['integer', 'nominal']
    >>> codes = schema.encode(table)
    >>> codes
    array([[31.,  1.],
           [45.,  0.]])
    >>> schema.decode(codes).equals(table)
    True
    """

    columns: tuple[Column, ...]
    array_dtype: Any = None

    @classmethod
    def infer(
        cls,
        X: Any,
        *,
        categorical_features: Iterable[Hashable] | None = None,
        ordinal_features: Mapping[Hashable, Sequence[Any]] | None = None,
    ) -> TableSchema:
        """Infer the schema of training rows; unusable rows are a ValueError.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            Training rows.
        categorical_features : list of column names or positions, optional
            Columns whose values are names without order, even if they are numbers.
        ordinal_features : dict of column name to list of levels, optional
            Columns whose values are levels in the given order. Levels without a
            training row are legal too.

        Returns
        -------
        schema : TableSchema
        """
        table = _as_table(X)
        frame = isinstance(table, pd.DataFrame)
        names: list[Hashable] = [f"x{j}" for j in range(table.shape[1])]
        if frame:
            names = table.columns.tolist()
        if frame and table.columns.has_duplicates:
            twice = table.columns[table.columns.duplicated()].unique().tolist()
            raise ValueError(f"Column names must be unique; {twice} appear twice.")
        if table.shape[1] == 0:
            raise ValueError(
                f"Found array with 0 feature(s) (shape={table.shape}) while a minimum "
                "of 1 is required."
            )
        nominal, orders = _chosen_columns(names, categorical_features, ordinal_features)
        columns = tuple(
            infer_column(cells, nominal=j in nominal, order=orders.get(j))
            for j, cells in enumerate(_cells_of(table, names))
        )
        return cls(columns, None if frame else table.dtype)

    @property
    def is_frame(self) -> bool:
        """Whether tables are DataFrames."""
        return self.array_dtype is None

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Column labels; "x0", "x1", ... for ndarrays."""
        return tuple(column.name for column in self.columns)

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @property
    def is_double_precision(self) -> bool:
        """Whether every column keeps all digits of a float64."""
        return all(column.is_double_precision for column in self.columns)

    @property
    def numeric_dtype(self) -> Any:
        """Dtype of a numeric ndarray that holds every column, or None without one."""
        dtypes = [column.dtype for column in self.columns]
        if not all(types.is_numeric_dtype(dtype) for dtype in dtypes):
            return None
        extended = any(types.is_extension_array_dtype(dtype) for dtype in dtypes)
        return np.dtype(np.float64) if extended else np.result_type(*dtypes)

    def encode(self, X: Any) -> npt.NDArray[np.float64]:
        """Turn a table into codes, by value: dtypes may differ from training.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            An array is taken in the order of the training columns.

        Returns
        -------
        codes : ndarray of shape (n, d) and dtype float64
            NaN where missing.
        """
        table = _as_table(X)
        self._check_columns(table)
        codes = np.empty(table.shape, dtype=np.float64)
        for j, cells in enumerate(_cells_of(table, self.names)):
            codes[:, j] = self.columns[j].read(cells)
        return codes

    def _check_columns(self, table: Any) -> None:
        """Raise for missing, extra and reordered columns."""
        if not (self.is_frame and isinstance(table, pd.DataFrame)):
            if table.shape[1] != self.n_features:
                raise ValueError(
                    f"The table has {table.shape[1]} columns; training had "
                    f"{self.n_features}: {list(self.names)}."
                )
            return
        names = table.columns.tolist()
        if tuple(names) == self.names:
            return
        missing = [name for name in self.names if name not in names]
        extra = [name for name in names if name not in self.names]
        if missing or extra or len(names) != self.n_features:
            raise ValueError(
                f"The table's columns differ from training: missing {missing}, "
                f"unexpected {extra}, {len(names)} instead of {self.n_features} in all."
            )
        raise ValueError(
            f"The columns are in another order than in training: {names} instead of "
            f"{list(self.names)}; use X[names] to reorder them."
        )

    def decode(self, codes: npt.NDArray[np.float64], index: Any = None) -> Any:
        """Turn codes into a new table in the training container and dtypes.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Level numbers must be whole; codes of integer columns are rounded.
        index : pandas Index of length n, optional
            Row labels of a DataFrame.

        Returns
        -------
        table : DataFrame or ndarray of shape (n, d)
        """
        built = (column.build(codes[:, j]) for j, column in enumerate(self.columns))
        if not self.is_frame:
            table = np.empty(codes.shape, dtype=self.array_dtype)
            for j, cells in enumerate(built):
                table[:, j] = as_array(cells, self.array_dtype)
            return table
        index = pd.RangeIndex(len(codes)) if index is None else pd.Index(index)
        cells = {j: _kept_dtype(cells, index) for j, cells in enumerate(built)}
        frame = pd.DataFrame(cells, index=index, copy=False)
        frame.columns = self._labels
        return frame

    @cached_property
    def _labels(self) -> pd.Index:
        """Column labels as pandas keeps them."""
        return pd.Index(self.names)

    def holds(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether a table of the training dtypes can hold rows.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Without missing cells.

        Returns
        -------
        fits : ndarray of shape (n,) and dtype bool
            False for rows with a level that training did not have.
        """
        fits = [column.holds(codes[:, j]) for j, column in enumerate(self.columns)]
        return np.logical_and.reduce(fits)

    def write(
        self,
        X: Any,
        old: npt.NDArray[np.float64],
        new: npt.NDArray[np.float64],
    ) -> Any:
        """Copy a table and rewrite exactly the cells whose codes differ.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            A table that `encode` accepts.
        old, new : ndarray of shape (n, d) and dtype float64
            Codes of `X`, and codes to write.

        Returns
        -------
        table : DataFrame or ndarray of shape (n, d)
            All other cells, the index and the column labels are those of `X`, and so
            are dtypes that hold the new values exactly. A column whose dtype in `X`
            does not hold them comes back in its training dtype; an array, in the
            smallest dtype that holds all.
        """
        table = _as_table(X).copy()
        changed = (old != new) & ~(np.isnan(old) & np.isnan(new))
        if not isinstance(table, pd.DataFrame):
            return rewrite_array(self.columns, table, changed, new)
        for j in np.flatnonzero(changed.any(axis=0)).tolist():
            cells = values_of(table.iloc[:, j])
            fresh = rewrite_cells(self.columns[j], cells, changed[:, j], new[:, j])
            table.isetitem(j, _kept_dtype(fresh, table.index))
        return table

    def position(self, key: Hashable) -> int:
        """Find a column by its name, or by its number where tables are ndarrays.

        Parameters
        ----------
        key : Hashable
            A column label. For ndarrays an int from 0 to d - 1, or "x0", "x1", ...

        Returns
        -------
        position : int
            A ValueError names an unknown column and the closest names.
        """
        return _find(self.names, key, by_number=not self.is_frame)

    def code_of(self, j: int, value: Any) -> float:
        """Code of a level or number; anything else is a ValueError.

        Parameters
        ----------
        j : int
            Position of the column.
        value : object
            A level of the column, or a number.

        Returns
        -------
        code : float
        """
        return self.columns[j].code_of(value)

    def value_of(self, j: int, code: float) -> Any:
        """Python value of a code.

        Parameters
        ----------
        j : int
            Position of the column.
        code : float
            NaN stands for a missing cell.

        Returns
        -------
        value : int, float, level or None
            None for a missing cell.
        """
        return self.columns[j].value_of(code)


def _as_table(X: Any) -> Any:
    """Take a DataFrame as it is and anything else as a two-dimensional ndarray."""
    if not isinstance(X, pd.DataFrame):
        if hasattr(X, "toarray"):
            raise TypeError("Sparse tables are not supported; use X.toarray().")
        X = np.asarray(X)
        if X.ndim != 2:
            raise ValueError(
                f"Expected a table with two dimensions, got {X.ndim}; "
                "for one row use X.iloc[[0]] or X[[0]]."
            )
    if len(X) == 0:
        raise ValueError(
            f"Found array with 0 sample(s) (shape={X.shape}) while a minimum of 1 is "
            "required."
        )
    return X


def _cells_of(table: Any, names: Sequence[Hashable]) -> Iterable[Cells]:
    """Go through the columns of a table under the given names."""
    frame = isinstance(table, pd.DataFrame)
    rows = table.index if frame else np.arange(len(table))
    for j, name in enumerate(names):
        values = values_of(table.iloc[:, j]) if frame else table[:, j]
        yield Cells(name, values, rows)


def _kept_dtype(cells: Any, index: pd.Index) -> Any:
    """Keep the dtype of objects, for which pandas would infer another one."""
    if not types.is_object_dtype(cells.dtype):
        return cells
    return pd.Series(cells, index=index, dtype=object, copy=False)


def _find(names: Sequence[Hashable], key: Hashable, *, by_number: bool) -> int:
    """Find a column by name, or by number where numbers count as names."""
    if key in names:
        return names.index(key)
    if by_number and isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        if 0 <= key < len(names):
            return int(key)
        last = len(names) - 1
        raise ValueError(f"There is no column {key}; columns are 0 to {last}.")
    close = difflib.get_close_matches(str(key), [str(name) for name in names])
    known = f"columns are {list(names)}"
    hint = f"did you mean {' or '.join(close)}?" if close else f"{known}."
    raise ValueError(f"Unknown column {key!r}; {hint}")


def _chosen_columns(
    names: list[Hashable],
    categorical: Iterable[Hashable] | None,
    ordinal: Mapping[Hashable, Sequence[Any]] | None,
) -> tuple[set[int], dict[int, Sequence[Any]]]:
    """Find the columns whose kind the user has chosen."""
    if isinstance(categorical, str):
        raise ValueError(
            f"categorical_features must be a list of columns; use [{categorical!r}]."
        )
    by_number = not any(isinstance(name, int) for name in names)
    nominal = {_find(names, key, by_number=by_number) for key in categorical or ()}
    orders: dict[int, Sequence[Any]] = {}
    for key, levels in (ordinal or {}).items():
        j = _find(names, key, by_number=by_number)
        if isinstance(levels, str):
            raise ValueError(
                f"ordinal_features must give column {key!r} a list of levels, "
                f"not the string {levels!r}."
            )
        if j in nominal or j in orders:
            raise ValueError(
                f"Column {names[j]!r} is named twice in categorical_features and "
                "ordinal_features."
            )
        orders[j] = levels
    return nominal, orders
