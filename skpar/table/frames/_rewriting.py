"""Replacement of cells in a frame of polars or pyarrow; all others are unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from ._format import ColumnFormat
from ._frames import column_names


@dataclass(frozen=True)
class NewCells:
    """New cells of one column.

    Parameters
    ----------
    rows : ndarray of shape (n_changed,), dtype int64
        Positions of the rows.
    values : list of length n_changed
        Python values; None for a missing cell.
    """

    rows: npt.NDArray[np.intp]
    values: list[Any]


def rewrite_frame(
    frame: Any,
    cells: Mapping[int, NewCells],
    dtypes: Mapping[int, ColumnFormat],
) -> Any:
    """Copy a frame and replace some of its cells.

    Parameters
    ----------
    frame : polars.DataFrame or pyarrow.Table of shape (n, d)
        The frame. It is not changed.
    cells : dict of int to NewCells
        New cells by the position of their column.
    dtypes : dict of int to ColumnFormat
        Dtype of training of these columns, if the frame that was trained on is of the
        same library.

    Returns
    -------
    frame : polars.DataFrame or pyarrow.Table of shape (n, d)
        A column keeps its dtype if this holds the new values exactly. Otherwise it
        gets the dtype of training, or a wider one.

    Examples
    --------
    >>> import numpy as np
    >>> import pyarrow as pa
    >>> from skpar.table.frames import NewCells, rewrite_frame
    >>> frame = pa.table({"age": [31, None], "job": ["cook", "clerk"]})
    >>> new = rewrite_frame(frame, {1: NewCells(np.array([1]), ["cook"])}, {})
    >>> new.to_pylist()
    [{'age': 31, 'job': 'cook'}, {'age': None, 'job': 'cook'}]
    """
    whole, names = nw.from_native(frame, eager_only=True), column_names(frame)
    rewritten = [
        _rewrite(whole[:, j], new, dtypes.get(j)).alias(str(names[j]))
        for j, new in cells.items()
    ]
    return whole.with_columns(*rewritten).to_native()


def _rewrite(
    series: nw.Series[Any], new: NewCells, training: ColumnFormat | None
) -> nw.Series[Any]:
    """Replace cells of one column, in the first dtype that holds them."""
    wider: list[Any] = [nw.String()]
    if not any(isinstance(value, str) for value in new.values):
        wider = [nw.Int64(), nw.Float64()]
    if training is not None:
        wider.insert(0, training.to_dtype())
    for dtype in (series.dtype, *wider):
        try:
            fresh = nw.new_series("", new.values, dtype, backend=series.implementation)
            if fresh.to_list() == new.values:
                own = series if dtype == series.dtype else series.cast(dtype)
                return _scattered(own, new.rows, fresh)
        except Exception:  # each library has errors of its own
            continue
    raise ValueError(
        f"Column {series.name!r} of dtype {series.dtype} cannot hold its new values, "
        f"such as {new.values[0]!r}. Use the dtypes of training."
    )


def _scattered(
    own: nw.Series[Any], rows: np.ndarray, fresh: nw.Series[Any]
) -> nw.Series[Any]:
    """Write new values into rows; with pyarrow, into any dtype of text, too."""
    if not own.implementation.is_pyarrow():
        return own.scatter(rows, fresh)
    pa: Any = own.implementation.to_native_namespace()
    kept = own.to_native()
    chunks = [*kept.chunks, *fresh.to_native().cast(kept.type).chunks]
    both = pa.chunked_array(chunks, type=kept.type).unify_dictionaries()
    order = np.arange(len(kept))
    order[rows] = len(kept) + np.arange(len(rows))
    return nw.from_native(both.take(pa.array(order)), series_only=True)
