"""Frames: tables of pandas, polars and pyarrow, read and written alike."""

from ._format import FrameFormat, to_kind
from ._frames import (
    column_names,
    copied,
    dtypes_of,
    is_frame,
    is_other_frame,
    kind_of,
    loaded_kinds,
    refuse_lazy,
    take_rows,
)
from ._reading import (
    as_pandas,
    cells_of_result,
    column_values,
    values_of,
    without_dictionaries,
)
from ._rewriting import NewCells, rewrite_frame
from ._stored_dtypes import dtype_of, plain_dtype
from ._text_columns import TextColumns

__all__ = [
    "FrameFormat",
    "NewCells",
    "TextColumns",
    "as_pandas",
    "cells_of_result",
    "column_names",
    "column_values",
    "copied",
    "dtype_of",
    "dtypes_of",
    "is_frame",
    "is_other_frame",
    "kind_of",
    "loaded_kinds",
    "plain_dtype",
    "refuse_lazy",
    "rewrite_frame",
    "take_rows",
    "to_kind",
    "values_of",
    "without_dictionaries",
]
