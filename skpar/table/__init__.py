"""Conversion of tables to codes and tensors, and back.

A *table* is the user's frame (of pandas, polars or pyarrow) or array. Its *codes* are a
float64 array of the same shape: numbers in their own unit, level numbers, and NaN for a
missing cell. The *tensor* is the input of densities and networks. `TableSchema` infers
the columns and converts tables to codes and back. The rest of skpar builds on it.
"""

from ._cells import Cells, TableReading, as_python, refuse_masked
from ._codes import (
    TOLERANCE,
    are_among,
    in_tolerances,
    n_changed,
    numbered,
    pack,
    quantile_grids,
    round_decimals,
    round_to_tolerance,
    row_keys,
    same_cells,
    unpack,
    without_loss,
)
from ._columns import Column
from ._encoder import ColumnCells, TableEncoder, has_many_levels
from ._findings import Finding, find_in_columns
from ._inference import finest_step, rounding_error
from ._schema import TableSchema
from ._validation import (
    check_same_rows,
    compare_index,
    validate_table,
    warn_of_table,
)
from ._warnings import VersionStamp, warn_user
from ._write_back import with_training_dtypes
from .frames import (
    FrameFormat,
    as_pandas,
    cells_of_result,
    column_names,
    column_values,
    copied,
    dtypes_of,
    is_frame,
    is_other_frame,
    kind_of,
    loaded_kinds,
    refuse_lazy,
    take_rows,
    to_kind,
    without_dictionaries,
)

__all__ = [
    "TOLERANCE",
    "Cells",
    "Column",
    "ColumnCells",
    "Finding",
    "FrameFormat",
    "TableEncoder",
    "TableReading",
    "TableSchema",
    "VersionStamp",
    "are_among",
    "as_pandas",
    "cells_of_result",
    "as_python",
    "check_same_rows",
    "validate_table",
    "column_names",
    "column_values",
    "compare_index",
    "copied",
    "dtypes_of",
    "find_in_columns",
    "has_many_levels",
    "finest_step",
    "in_tolerances",
    "is_frame",
    "is_other_frame",
    "kind_of",
    "loaded_kinds",
    "n_changed",
    "numbered",
    "pack",
    "quantile_grids",
    "refuse_lazy",
    "refuse_masked",
    "round_decimals",
    "round_to_tolerance",
    "rounding_error",
    "row_keys",
    "same_cells",
    "take_rows",
    "to_kind",
    "unpack",
    "warn_of_table",
    "warn_user",
    "with_training_dtypes",
    "without_dictionaries",
    "without_loss",
]
