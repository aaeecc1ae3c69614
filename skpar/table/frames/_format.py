"""FrameFormat: the library and dtypes of a frame, as plain data, to build others."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from narwhals.stable.v2 import dependencies

from ._frames import kind_of
from ._reading import as_pandas

Part = tuple[Hashable, Any, "npt.NDArray[np.intp] | None"]
"""Name of a column, its cells, and if the cells are levels, the level of each row."""

_DICTIONARY = re.compile(r"dictionary<values=(\w+), indices=(\w+), ordered=([01])>")


@dataclass(frozen=True)
class ColumnFormat:
    """Dtype of one column.

    Parameters
    ----------
    dtype : str
        Its name in narwhals.
    categories : tuple of str or None
        Of an Enum.
    has_null : bool
        Whether a missing number is null; otherwise it is NaN.
    arrow : str or None
        The type as pyarrow writes it, if the frame is of pyarrow: several of its types
        have one name in narwhals.
    """

    dtype: str
    categories: tuple[str, ...] | None = None
    has_null: bool = False
    arrow: str | None = None

    @classmethod
    def of(cls, series: nw.Series[Any], kind: str) -> ColumnFormat:
        """Describe a column, as a frame of some library has it."""
        dtype, has_null = series.dtype, series.null_count() > 0
        is_arrow = series.implementation.is_pyarrow() and kind == "pyarrow"
        arrow = str(series.to_native().type) if is_arrow else None
        if not isinstance(dtype, nw.Enum):
            return cls(type(dtype).__name__, None, has_null, arrow)
        if kind == "pyarrow":  # It has no Enum.
            return cls("Categorical", None, has_null, arrow)
        return cls("Enum", tuple(dtype.categories), has_null)

    def to_dtype(self) -> Any:
        """Make the dtype of narwhals."""
        if self.categories is not None:
            return nw.Enum(self.categories)
        return getattr(nw, self.dtype)()

    def finished(self, series: nw.Series[Any]) -> nw.Series[Any]:
        """Give a column of pyarrow its exact type, if this holds the cells."""
        pa: Any = dependencies.get_pyarrow()
        if self.arrow is None or str(series.to_native().type) == self.arrow:
            return series
        parts = _DICTIONARY.fullmatch(self.arrow)
        if parts is None:
            exact = pa.type_for_alias(self.arrow)
        else:
            values, indices = (pa.type_for_alias(parts[place]) for place in (1, 2))
            exact = pa.dictionary(indices, values, ordered=parts[3] == "1")
        try:
            cast = series.to_native().cast(exact)
        except pa.ArrowInvalid:  # more levels than small indices count
            return series
        return nw.from_native(cast, series_only=True)


@dataclass(frozen=True)
class FrameFormat:
    """Library and dtypes of a frame.

    It holds no object of the library, so that it can be stored anywhere.

    Parameters
    ----------
    kind : {"polars", "pyarrow"}
        The library.
    columns : tuple of ColumnFormat

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table.frames import FrameFormat
    >>> frame = pd.DataFrame({"age": [31, 45], "job": ["cook", "clerk"]})
    >>> [column.dtype for column in FrameFormat.of(frame, "polars").columns]
    ['Int64', 'String']
    """

    kind: str
    columns: tuple[ColumnFormat, ...]

    @classmethod
    def of(cls, frame: Any, kind: str | None = None) -> FrameFormat:
        """Describe a frame, or what another library would make of it.

        Parameters
        ----------
        frame : DataFrame of shape (n, d)
            Its column names are strings, none of them twice.
        kind : {"polars", "pyarrow"}, optional
            Another library.

        Returns
        -------
        format : FrameFormat
        """
        columns = nw.from_native(frame, eager_only=True).iter_columns()
        kind = kind or kind_of(frame)
        return cls(kind, tuple(ColumnFormat.of(column, kind) for column in columns))

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> FrameFormat:
        """Make a format of plain data, as ``dataclasses.asdict`` writes it."""
        columns = [
            ColumnFormat(
                one["dtype"],
                None if one["categories"] is None else tuple(one["categories"]),
                one["has_null"],
                one.get("arrow"),
            )
            for one in plain["columns"]
        ]
        return cls(plain["kind"], tuple(columns))

    def build(self, parts: Iterable[Part]) -> Any:
        """Build a frame with these dtypes.

        Parameters
        ----------
        parts : iterable of d (Hashable, array, ndarray or None)
            Name of each column; its cells of shape (n,), or its levels; and if these
            are levels, the position of the level of each row, of shape (n,) and dtype
            int64: the number of levels where a cell is missing.

        Returns
        -------
        frame : DataFrame of shape (n, d)
        """
        first, *others = [
            (
                column.finished(self._numbers(column, cells))
                if places is None
                else self._levels(column, cells, places)
            ).alias(str(name))
            for column, (name, cells, places) in zip(self.columns, parts, strict=True)
        ]
        return first.to_frame().with_columns(*others).to_native()

    def convert(self, frame: pd.DataFrame) -> Any:
        """Turn a DataFrame of pandas with the same columns into one of this library."""
        return self.build(
            (name, cells.astype(object).to_numpy(), None)
            for name, cells in frame.items()
        )

    def select(self, places: Sequence[int]) -> FrameFormat:
        """Describe some of the columns, by position."""
        return FrameFormat(self.kind, tuple(self.columns[j] for j in places))

    def _levels(
        self, column: ColumnFormat, levels: Any, places: npt.NDArray[np.intp]
    ) -> nw.Series[Any]:
        """Build a column of levels."""
        stock = column.finished(self._series([*levels, None], column.to_dtype()))
        return stock[places]

    def _numbers(self, column: ColumnFormat, cells: Any) -> nw.Series[Any]:
        """Build a column of cells, mostly numbers."""
        dtype = column.to_dtype()
        missing: npt.NDArray[np.bool_] = np.asarray(pd.isna(cells), dtype=bool)
        if cells.dtype.kind == "O":
            values = cells.copy()
            values[missing] = None
            return self._series(values.tolist(), dtype)
        if isinstance(cells, pd.arrays.IntegerArray):
            cells = cells.to_numpy(dtype=np.int64, na_value=0)
        series = self._series(cells, dtype)
        if not missing.any() or (dtype.is_float() and not column.has_null):
            return series
        rows = missing.nonzero()[0]
        return series.scatter(rows, self._series([None] * len(rows), dtype))

    def _series(self, values: Any, dtype: Any) -> nw.Series[Any]:
        """Build a column of the library."""
        backend: Any = self.kind
        return nw.new_series("", values, dtype, backend=backend)


def to_kind(table: Any, kind: str) -> Any:
    """Turn a frame into one of another library.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n, d)
        Of any library. An array is returned unchanged.
    kind : {"pandas", "polars", "pyarrow"}
        The library.

    Returns
    -------
    table : DataFrame or ndarray of shape (n, d)
        `table` itself if it is of this library.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table.frames import to_kind
    >>> to_kind(pd.DataFrame({"age": [31, 45]}), "pyarrow").to_pydict()
    {'age': [31, 45]}
    """
    if kind_of(table) in (kind, "array"):
        return table
    frame = as_pandas(table)
    return frame if kind == "pandas" else FrameFormat.of(frame, kind).convert(frame)
