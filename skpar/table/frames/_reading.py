"""Columns of any table as arrays of numpy or pandas, and frames as DataFrames."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from narwhals.stable.v2 import dependencies

from ._frames import column_names, is_other_frame, kind_of

# The type of text that pandas reads files with.
_TEXT = pd.StringDtype(na_value=np.nan)


def values_of(series: Any) -> Any:
    """Return the cells of a Series as an ndarray or as a pandas array of its dtype."""
    return series.to_numpy() if isinstance(series.dtype, np.dtype) else series.array


def column_values(table: Any, j: int) -> Any:
    """Read a column of a table.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)
    j : int
        Position of the column.

    Returns
    -------
    values : ndarray or pandas ExtensionArray of shape (n,)
        The dtype is the one that pandas would have: text is ``str``, categories are
        categorical, and an Enum is an ordered categorical. Whole numbers with nulls
        are masked, such as Int64, and booleans with nulls are objects. A null among
        floats is NaN.
    """
    kind = kind_of(table)
    if kind == "array":
        return table[:, j]
    if kind == "pandas":
        return values_of(table.iloc[:, j])
    native = table.column(j) if kind == "pyarrow" else table.to_series(j)
    return _values(nw.from_native(native, series_only=True))


def cells_of_result(result: Any) -> Any:
    """Read a column that a function returned, as a Series or a frame of one column.

    Parameters
    ----------
    result : object
        What is no column of polars or pyarrow is returned as it is.

    Returns
    -------
    values : ndarray or pandas ExtensionArray of shape (n,), or object
        As `column_values` gives it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from skpar.table.frames import cells_of_result
    >>> cells_of_result(pa.array([1.5, None]))
    array([1.5, nan])
    """
    if is_other_frame(result) and len(column_names(result)) == 1:
        return column_values(result, 0)
    pa: Any = dependencies.get_pyarrow()
    if pa is not None and isinstance(result, pa.Array):
        result = pa.chunked_array([result])
    is_column = dependencies.is_polars_series(result)
    if is_column or dependencies.is_pyarrow_chunked_array(result):
        return _values(nw.from_native(result, series_only=True))
    return result


def as_pandas(table: Any) -> Any:
    """Turn a frame of polars or pyarrow into a DataFrame; return others unchanged.

    Parameters
    ----------
    table : object
        Also None, or an array.

    Returns
    -------
    table : object
        A frame has the row labels 0, 1, ...
    """
    if not is_other_frame(table):
        return table
    names = column_names(table)
    values = {j: column_values(table, j) for j in range(len(names))}
    cells = {
        j: pd.Series(one, dtype=one.dtype, copy=False) for j, one in values.items()
    }
    frame = pd.DataFrame(cells, index=pd.RangeIndex(len(table)))
    return frame.set_axis(pd.Index(names), axis=1)


def without_dictionaries(table: Any) -> tuple[Any, list[str]]:
    """Write dictionary columns of pyarrow that have nulls as plain cells.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)

    Returns
    -------
    table : DataFrame or ndarray of shape (n, d)
        The same cells. `table` itself if there are no such columns.
    names : list of str
        Names of these columns.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from skpar.table.frames import without_dictionaries
    >>> jobs = pa.array(["cook", None]).dictionary_encode()
    >>> table, names = without_dictionaries(pa.table({"job": jobs}))
    >>> table.schema.types, names
    ([DataType(string)], ['job'])
    """
    names = []
    if kind_of(table) == "pyarrow":
        types: Any = dependencies.get_pyarrow().types
        for j, name in enumerate(table.column_names):
            cells = table.column(j)
            if types.is_dictionary(cells.type) and cells.null_count:
                plain = cells.cast(cells.type.value_type)
                table = table.set_column(j, name, plain)
                names.append(name)
    return table, names


def _values(series: nw.Series[Any]) -> Any:
    """Read a column of polars or pyarrow."""
    dtype = series.dtype
    if dtype.is_integer() and not isinstance(dtype, (nw.Int128, nw.UInt128)):
        return _whole_numbers(series)
    if dtype.is_float():
        missing = series.is_null().to_numpy()
        values = _filled(series, 0.0).to_numpy()
        return np.where(missing, values.dtype.type(np.nan), values)
    if isinstance(dtype, nw.Boolean) and not series.null_count():
        return series.to_numpy()
    if isinstance(dtype, nw.String):
        return pd.array(series.to_list(), dtype=_TEXT)
    if isinstance(dtype, (nw.Categorical, nw.Enum)):
        return _categories(series)
    if isinstance(dtype, (nw.Date, nw.Datetime)):
        return _moments(series, "datetime64[us]")
    if isinstance(dtype, nw.Duration):
        return _moments(series, "timedelta64[us]")
    return _objects(series.to_list())


def _filled(series: nw.Series[Any], value: float) -> nw.Series[Any]:
    """Replace nulls."""
    return series.fill_null(value) if series.null_count() else series


def _whole_numbers(series: nw.Series[Any]) -> Any:
    """Read whole numbers; they are masked if some are null."""
    values = np.array(_filled(series, 0).to_numpy())
    if not series.null_count():
        return values
    return pd.arrays.IntegerArray(values, np.array(series.is_null().to_numpy()))


def _categories(series: nw.Series[Any]) -> pd.Categorical:
    """Read categories in their order, if they have one, and sorted otherwise.

    polars and pyarrow list unordered categories as they come, and polars also those of
    other columns.
    """
    cells, dtype = series.to_list(), series.dtype
    if isinstance(dtype, nw.Enum):
        return pd.Categorical(cells, categories=list(dtype.categories), ordered=True)
    if not series.implementation.is_pyarrow():
        return pd.Categorical(cells, categories=sorted({*cells} - {None}))
    native = series.to_native()
    known = list(
        dict.fromkeys(
            level for part in native.chunks for level in part.dictionary.to_pylist()
        )
    )
    ordered = native.type.ordered
    return pd.Categorical(cells, known if ordered else sorted(known), ordered=ordered)


def _moments(series: nw.Series[Any], dtype: str) -> npt.NDArray[Any]:
    """Read dates and durations, which are refused later by their dtype."""
    return np.array(series.to_list(), dtype=dtype)


def _objects(cells: list[Any]) -> npt.NDArray[np.object_]:
    """Keep cells as Python objects."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    return values
