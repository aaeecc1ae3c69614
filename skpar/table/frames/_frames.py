"""Kinds of tables, their column names and rows; polars and pyarrow by narwhals."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2 import dependencies

OTHER_KINDS = ("polars", "pyarrow")


def kind_of(table: Any) -> str:
    """Name the kind of a table.

    Parameters
    ----------
    table : DataFrame or array-like

    Returns
    -------
    kind : {"pandas", "polars", "pyarrow", "array"}
        "array" for anything that is no frame of these libraries.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table.frames import kind_of
    >>> kind_of(pd.DataFrame({"age": [31, 45]})), kind_of([[31], [45]])
    ('pandas', 'array')
    """
    if isinstance(table, pd.DataFrame):
        return "pandas"
    if dependencies.is_polars_dataframe(table):
        return "polars"
    return "pyarrow" if dependencies.is_pyarrow_table(table) else "array"


def is_frame(table: Any) -> bool:
    """Whether a table is a DataFrame of pandas or polars, or a Table of pyarrow."""
    return kind_of(table) != "array"


def is_other_frame(table: Any) -> bool:
    """Whether a table is a frame of another library than pandas."""
    return kind_of(table) in OTHER_KINDS


def loaded_kinds() -> list[str]:
    """List the libraries beside pandas that this process has imported."""
    return [kind for kind in OTHER_KINDS if kind in sys.modules]


def refuse_lazy(name: str, table: Any) -> None:
    """Raise a TypeError for a LazyFrame, which has no rows yet, or a RecordBatch."""
    if dependencies.is_polars_lazyframe(table):
        raise TypeError(
            f"{name} is a LazyFrame, which has no rows yet. Pass {name}.collect()."
        )
    pa: Any = dependencies.get_pyarrow()
    if pa is not None and isinstance(table, pa.RecordBatch):
        raise TypeError(
            f"{name} is a RecordBatch. Pass pyarrow.Table.from_batches([{name}])."
        )


def column_names(table: Any) -> list[Hashable]:
    """List the names of columns, also those that occur twice.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)

    Returns
    -------
    names : list of length d
        "x0", "x1", ... for an array.
    """
    kind = kind_of(table)
    if kind == "array":
        return [f"x{j}" for j in range(table.shape[1])]
    return list(table.column_names if kind == "pyarrow" else table.columns)


def dtypes_of(table: Any) -> list[Any]:
    """List the dtypes of the columns; one for all columns of an array.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)

    Returns
    -------
    dtypes : list
        As the library names them.
    """
    kind = kind_of(table)
    if kind == "array":
        return [table.dtype]
    return list(table.schema.types if kind == "pyarrow" else table.dtypes)


def copied(table: Any) -> Any:
    """Copy a table, so that foreign code may write into it."""
    kind = kind_of(table)
    if kind == "pyarrow":
        return table  # nobody can write into it
    return table.clone() if kind == "polars" else table.copy()


def take_rows(table: Any, rows: Any) -> Any:
    """Select rows of a table.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)
    rows : slice, or ndarray of dtype bool or int64
        A mask of shape (n,), or positions.

    Returns
    -------
    table : DataFrame or ndarray
        Of the same kind.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.table.frames import take_rows
    >>> take_rows(pd.DataFrame({"age": [31, 45, 52]}), np.array([2, 0]))
       age
    2   52
    0   31
    """
    kind = kind_of(table)
    if kind == "array":
        return table[rows]
    if kind == "pandas":
        return table.iloc[rows]
    places = np.arange(len(table))[rows]
    return nw.from_native(table, eager_only=True)[places].to_native()
