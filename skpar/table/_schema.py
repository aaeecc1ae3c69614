"""The schema of a table: infers columns, encodes and decodes tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import TableReading, as_python, as_table, cells_of
from ._columns import Column, find_column, read_few
from ._inference import chosen_columns, infer_column
from ._validation import check_columns
from ._write_back import as_array, kept_dtype, rewrite_array, rewrite_cells
from .frames import (
    FrameFormat,
    NewCells,
    TextColumns,
    column_names,
    is_frame,
    is_other_frame,
    kind_of,
    rewrite_frame,
    take_rows,
    values_of,
)

__all__ = ["Column", "TableSchema"]


@dataclass(frozen=True)
class TableSchema:
    """Names, kinds and levels of the columns of a table, inferred from training rows.

    A table is the user's DataFrame or ndarray. Its codes are a float64 array of the
    same shape: numbers in their own unit, the level number for columns with levels, and
    NaN for missing cells.

    Parameters
    ----------
    columns : tuple of Column
        One per column of the table.
    array_dtype : numpy dtype or None
        Dtype of the ndarray that `decode` returns; None for a frame.
    frame_format : FrameFormat or None
        Library and dtypes of the frame that `decode` returns; None for a DataFrame of
        pandas, and for an ndarray.

    Notes
    -----
    The dtype of a column determines its kind. Booleans are binary. Strings and
    unordered categories are nominal. Ordered categories are ordinal. Integers are
    integer. Floats are integer if all training values are whole, because counts become
    floats if cells are missing. Other floats are continuous. In object columns, the
    type of the values determines the kind.

    The `step` of a column of numbers is learned from its values, such as 0.01 for
    cents. Whole numbers have at least the step 1. A column with at most ten different
    values and a gap among them, such as {0, 1, 666}, takes only these: its
    `few_values`.

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
    frame_format: FrameFormat | None = None

    @classmethod
    def infer(
        cls,
        X: Any,
        *,
        categorical_features: Iterable[Hashable] | None = None,
        ordinal_features: Mapping[Hashable, Sequence[Any]] | None = None,
    ) -> TableSchema:
        """Infer the schema of training rows.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            Training rows: a frame of pandas, polars or pyarrow, or an array.
        categorical_features : list of column names or positions, optional
            Columns with values that are names without order, even if they are numbers.
        ordinal_features : dict of column name to list of levels, optional
            Columns with ordered levels, and all their levels in that order. A level
            is legal even if no training row has it.

        Returns
        -------
        schema : TableSchema

        Raises
        ------
        ValueError
            If the rows cannot be used.
        """
        table = as_table(X)
        if len(table) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape={table.shape}) while a minimum "
                "of 1 is required."
            )
        names = column_names(table)
        twice = [name for name, n in Counter(names).items() if n > 1]
        if twice:
            raise ValueError(f"Column names must be unique; {twice} appear twice.")
        if table.shape[1] == 0:
            raise ValueError(
                f"Found array with 0 feature(s) (shape={table.shape}) while a minimum "
                "of 1 is required."
            )
        nominal, orders = chosen_columns(names, categorical_features, ordinal_features)
        columns = tuple(
            infer_column(cells, nominal=j in nominal, order=orders.get(j))
            for j, cells in enumerate(cells_of(table, names))
        )
        return cls(
            columns,
            None if is_frame(table) else table.dtype,
            FrameFormat.of(table) if is_other_frame(table) else None,
        )

    @property
    def is_frame(self) -> bool:
        """Whether tables are frames of pandas, polars or pyarrow."""
        return self.array_dtype is None

    @property
    def kind(self) -> str:
        """Kind of tables: "pandas", "polars", "pyarrow" or "array"."""
        if self.frame_format is not None:
            return self.frame_format.kind
        return "pandas" if self.is_frame else "array"

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
        """Whether every column stores all digits of a float64."""
        return all(column.is_double_precision for column in self.columns)

    @property
    def numeric_dtype(self) -> Any:
        """Dtype of a numeric ndarray that can hold all columns, None if impossible."""
        dtypes = [column.dtype for column in self.columns]
        if not all(types.is_numeric_dtype(dtype) for dtype in dtypes):
            return None
        extended = any(types.is_extension_array_dtype(dtype) for dtype in dtypes)
        return np.dtype(np.float64) if extended else np.result_type(*dtypes)

    def select(self, places: Sequence[int]) -> TableSchema:
        """Describe a table of some of the columns.

        Parameters
        ----------
        places : sequence of int
            Positions of the columns.

        Returns
        -------
        schema : TableSchema
        """
        own = self.frame_format
        return TableSchema(
            tuple(self.columns[j] for j in places),
            self.array_dtype,
            None if own is None else own.select(places),
        )

    def of_kind(self, library: str) -> TableSchema:
        """Describe the same table as a frame of another library.

        Parameters
        ----------
        library : {"pandas", "polars", "pyarrow"}
            The library.

        Returns
        -------
        schema : TableSchema
            As the library reads frames of pandas. In pandas, whole numbers with missing
            cells are floats.
        """
        if library == "pandas":
            return TableSchema(tuple(one.without_mask() for one in self.columns))
        lowest = [np.nan if c.may_be_missing else c.low for c in self.columns]
        row = TableSchema(self.columns).decode(np.array([lowest]))
        return TableSchema(self.columns, None, FrameFormat.of(row, library))

    def encode(self, X: Any) -> npt.NDArray[np.float64]:
        """Convert a table to codes.

        Only the values matter; the dtypes may differ from training.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            The columns of an array must be in training order.

        Returns
        -------
        codes : ndarray of shape (n, d) and dtype float64
            NaN where missing.

        Raises
        ------
        ValueError
            If a cell cannot be read. The message names the first ten.
        """
        reading = self.read(X)
        reading.refuse_unreadable()
        return reading.codes

    def read(self, X: Any) -> TableReading:
        """Convert the cells of a table that can be read.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            The columns of an array must be in training order.

        Returns
        -------
        reading : TableReading
            Codes, and what is wrong with the other cells.

        Raises
        ------
        ValueError
            If the columns differ from training, or if the dtype of a column is
            unsupported or holds only values of another type.
        """
        table = as_table(X)
        check_columns(table, self.names, is_frame=self.is_frame)
        few = read_few(self.columns, table)
        if few is not None:
            return TableReading(few, ())
        codes = np.empty(table.shape, dtype=np.float64)
        problems = []
        for j, cells in enumerate(cells_of(table, self.names)):
            codes[:, j], wrong = self.columns[j].inspect(cells)
            problems += [(row, j, text) for row, text in wrong.items()]
        rows = getattr(table, "index", np.arange(len(table)))
        return TableReading(
            codes,
            tuple(
                (row, as_python(rows[row]), self.names[j], text)
                for row, j, text in sorted(problems)
            ),
        )

    def readable_rows(self, X: Any, reading: TableReading) -> Any:
        """Take the rows of a table that could be read.

        Parameters
        ----------
        X : DataFrame or ndarray of shape (n, d)
            The table.
        reading : TableReading
            What was read of it.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_readable, d)
            A column of objects in which a cell could not be read gets its training
            dtype, because it may have been of objects only for this cell.
        """
        if not reading.problems:
            return X
        kept = ~reading.unreadable
        codes = reading.codes[kept]
        if is_other_frame(X):
            return take_rows(X, kept)
        if not isinstance(X, pd.DataFrame):
            is_plain = all(column.family == "number" for column in self.columns)
            table = X[kept]
            is_object = types.is_object_dtype(table.dtype)
            return table.astype(np.float64) if is_plain and is_object else table
        table = X[kept]
        names = {name for _, _, name, _ in reading.problems}
        for j, column in enumerate(self.columns):
            if column.name in names and types.is_object_dtype(table.dtypes.iloc[j]):
                table.isetitem(j, kept_dtype(column.build(codes[:, j]), table.index))
        return table

    def decode(self, codes: npt.NDArray[np.float64], index: Any = None) -> Any:
        """Convert codes to a new table with the container and dtypes of training.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Level numbers must be whole. Codes of integer columns are rounded.
        index : pandas Index of length n, optional
            Row labels of a DataFrame.

        Returns
        -------
        table : DataFrame or ndarray of shape (n, d)
        """
        if self.frame_format is not None:
            return self.frame_format.build(
                column.part(codes[:, j]) for j, column in enumerate(self.columns)
            )
        built = self._built(codes)
        if not self.is_frame:
            table = np.empty(codes.shape, dtype=self.array_dtype)
            for j, cells in enumerate(built):
                table[:, j] = as_array(cells, self.array_dtype)
            return table
        index = pd.RangeIndex(len(codes)) if index is None else pd.Index(index)
        cells = {j: kept_dtype(cells, index) for j, cells in enumerate(built)}
        frame = pd.DataFrame(cells, index=index, copy=False)
        frame.columns = self._labels
        return frame

    def _built(self, codes: npt.NDArray[np.float64]) -> list[Any]:
        """Cells of the training dtype, column by column."""
        texts = self._texts.take(codes)
        return [
            texts[j] if j in texts else column.build(codes[:, j])
            for j, column in enumerate(self.columns)
        ]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out arrays of pandas, which follow from the columns."""
        return {
            key: part
            for key, part in vars(self).items()
            if key not in ("_labels", "_texts")
        }

    @cached_property
    def _texts(self) -> TextColumns:
        """Columns whose cells are levels of a dtype for text."""
        return TextColumns(
            {
                j: (column.levels, column.stock)
                for j, column in enumerate(self.columns)
                if column.levels is not None
                and isinstance(column.dtype, pd.StringDtype)
            }
        )

    @cached_property
    def _labels(self) -> pd.Index:
        """Column labels as a pandas Index."""
        return pd.Index(self.names)

    def holds(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether a table with the training dtypes can hold it.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Codes without missing cells.

        Returns
        -------
        fits : ndarray of shape (n,) and dtype bool
            Also False if a row has a level that did not occur in training.
        """
        fits = [column.holds(codes[:, j]) for j, column in enumerate(self.columns)]
        return np.logical_and.reduce(fits)

    def write(
        self,
        X: Any,
        old: npt.NDArray[np.float64],
        new: npt.NDArray[np.float64],
    ) -> Any:
        """Copy a table and rewrite only the cells that have a new code.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n, d)
            A table that `encode` accepts.
        old : ndarray of shape (n, d) and dtype float64
            Codes of `X`.
        new : ndarray of shape (n, d) and dtype float64
            Codes to write.

        Returns
        -------
        table : DataFrame or ndarray of shape (n, d)
            All other cells, the index and the column labels are those of `X`. A dtype
            of `X` is kept if it holds the new values exactly. Otherwise, a column of a
            DataFrame gets its training dtype, and an array gets the smallest dtype that
            holds all values.
        """
        changed = (old != new) & ~(np.isnan(old) & np.isnan(new))
        if is_other_frame(X):
            return self._write_frame(X, changed, new)
        table = as_table(X).copy()
        if not isinstance(table, pd.DataFrame):
            return rewrite_array(self.columns, table, changed, new)
        for j in np.flatnonzero(changed.any(axis=0)).tolist():
            cells = values_of(table.iloc[:, j])
            fresh = rewrite_cells(self.columns[j], cells, changed[:, j], new[:, j])
            table.isetitem(j, kept_dtype(fresh, table.index))
        return table

    def _write_frame(
        self, X: Any, changed: npt.NDArray[np.bool_], new: npt.NDArray[np.float64]
    ) -> Any:
        """Write changed cells (n, d) into a frame of polars or pyarrow."""
        cells, own = {}, self.frame_format
        for j in np.flatnonzero(changed.any(axis=0)).tolist():
            rows = np.flatnonzero(changed[:, j])
            values = [self.value_of(j, code) for code in new[rows, j].tolist()]
            cells[j] = NewCells(rows, values)
        is_alike = own is not None and own.kind == kind_of(X)
        dtypes = dict(enumerate(own.columns)) if own is not None and is_alike else {}
        return rewrite_frame(X, cells, dtypes)

    def position(self, key: Hashable) -> int:
        """Find the position of a column.

        Parameters
        ----------
        key : Hashable
            A column label. For ndarrays, an int from 0 to d - 1, or "x0", "x1", ...

        Returns
        -------
        position : int

        Raises
        ------
        ValueError
            If the column is unknown. The message suggests the closest names.
        """
        return find_column(self.names, key, by_number=not self.is_frame)

    def code_of(self, j: int, value: Any) -> float:
        """Convert a level or number to its code.

        Parameters
        ----------
        j : int
            Position of the column.
        value : object
            A level of the column, or a number.

        Returns
        -------
        code : float

        Raises
        ------
        ValueError
            If the column cannot have this value.
        """
        return self.columns[j].code_of(value)

    def value_of(self, j: int, code: float) -> Any:
        """Convert a code to its Python value.

        Parameters
        ----------
        j : int
            Position of the column.
        code : float
            Code of the cell; NaN for a missing cell.

        Returns
        -------
        value : int, float, level or None
            None for a missing cell.
        """
        return self.columns[j].value_of(code)
