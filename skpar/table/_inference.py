"""Inference of a column's kind from its training cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import EXACT_LIMIT, Cells, as_python, family_of
from ._columns import Column
from ._steps import learn_grid


def infer_column(
    cells: Cells, *, nominal: bool = False, order: Sequence[Any] | None = None
) -> Column:
    """Decide a column's kind from the dtype and the values of its training cells.

    Parameters
    ----------
    cells : Cells of n cells, n > 0
        The training cells.
    nominal : bool, default=False
        Whether to treat the values as names without order.
    order : sequence of levels, optional
        All levels of the column in order.

    Returns
    -------
    column : Column
        Its levels are the sorted values if neither the dtype nor the user gives an
        order.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._cells import Cells
    >>> from skpar.table._inference import infer_column
    >>> cells = Cells("rooms", np.array([3.0, np.nan, 5.0]), np.arange(3))
    >>> infer_column(cells).kind
    'integer'
    >>> infer_column(cells, order=[3, 4, 5]).levels
    (3, 4, 5)
    """
    if cells.missing.all():
        raise cells.error("every cell is missing; drop the column")
    family = cells.family
    dtype = cells.values.dtype
    categorical = isinstance(dtype, pd.CategoricalDtype)
    if order is not None:
        return _ordinal_column(cells, [as_python(level) for level in order])
    if family == "number" and not categorical:
        numbers = cells.numbers()
        if not nominal:
            return _numeric_column(cells, numbers)
    positions, values = cells.distinct()
    if categorical:
        _check_one_family(cells, values)
        kind = "ordinal" if dtype.ordered and not nominal else "nominal"
        seen = np.isin(np.arange(len(values)), positions)
        return _level_column(cells, kind, values, seen)
    if family == "bool":
        kind = "nominal" if nominal else "binary"
        seen = np.isin([False, True], values)
        return _level_column(cells, kind, [False, True], seen)
    return _level_column(cells, "nominal", sorted(values), np.ones(len(values), bool))


def _numeric_column(cells: Cells, codes: npt.NDArray[np.float64]) -> Column:
    """Create a continuous or integer column."""
    present = codes[~cells.missing]
    whole = np.all(present == np.rint(present)) and np.abs(present).max() < EXACT_LIMIT
    column = Column(
        name=cells.name,
        kind="integer" if whole else "continuous",
        levels=None,
        low=float(present.min()),
        high=float(present.max()),
        may_be_missing=bool(cells.missing.any()),
        dtype=cells.values.dtype,
        missing_value=_missing_value(cells),
    )
    return replace(
        column, **learn_grid(present, bool(whole), column.coarse_dtype)._asdict()
    )


def _level_column(
    cells: Cells, kind: str, levels: list[Any], seen: npt.NDArray[np.bool_]
) -> Column:
    """Create a column with levels."""
    return Column(
        name=cells.name,
        kind=kind,
        levels=tuple(levels),
        low=0.0,
        high=float(len(levels) - 1),
        may_be_missing=bool(cells.missing.any()),
        dtype=cells.values.dtype,
        seen=tuple(seen.tolist()),
        missing_value=_missing_value(cells),
    )


def _ordinal_column(cells: Cells, levels: list[Any]) -> Column:
    """Create a column with levels that the user listed in order."""
    _check_one_family(cells, levels)
    given = family_of(levels[0])
    if given != cells.family:
        raise cells.error(
            f"ordinal_features lists {given}s such as {levels[0]!r}, but the cells "
            f"are {cells.family}s; list the values of the cells"
        )
    if len(set(levels)) < len(levels):
        raise cells.error(f"ordinal_features lists a level twice: {levels!r}")
    positions, values = cells.distinct()
    unlisted = ~np.isin(positions, [i for i, v in enumerate(values) if v in levels])
    unlisted &= ~cells.missing
    if unlisted.any():
        row = int(np.argmax(unlisted))
        raise cells.error(
            f"{values[positions[row]]!r} is not among the levels that ordinal_features "
            f"lists, {levels!r}; add it",
            row,
        )
    seen = np.ones(len(levels), dtype=bool)
    column = _level_column(cells, "ordinal", levels, seen)
    _check_restorable(cells, column)
    return column


def _check_one_family(cells: Cells, levels: list[Any]) -> None:
    """Raise a ValueError if levels are absent, or of mixed or unsupported types."""
    families = {family_of(level) for level in levels}
    if len(families) != 1 or None in families:
        found = ", ".join(sorted({type(level).__name__ for level in levels}))
        raise cells.error(
            "levels must be all strings, all numbers or all booleans, and not empty, "
            f"but found {found or 'none'}; convert them to strings"
        )


def _check_restorable(cells: Cells, column: Column) -> None:
    """Raise a ValueError for listed levels that the training dtype cannot hold."""
    assert column.levels is not None
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        known = dtype.categories.tolist()
        lost = [level for level in column.levels if level not in known]
    else:
        try:
            codes = np.arange(len(column.levels), dtype=np.float64)
            restored = column.build(codes).tolist()
        except (OverflowError, TypeError, ValueError):
            restored = []
        pairs = zip(column.levels, restored or [None] * len(codes), strict=True)
        lost = [level for level, value in pairs if level != value]
    if lost:
        raise cells.error(
            f"the training dtype {dtype} cannot hold the level {lost[0]!r} that "
            "ordinal_features lists; convert the column first"
        )


def _missing_value(cells: Cells) -> Any:
    """Value that stands for a missing cell in the training column."""
    dtype = cells.values.dtype
    if types.is_object_dtype(dtype) and cells.missing.any():
        return cells.values[int(np.argmax(cells.missing))]
    if types.is_extension_array_dtype(dtype):
        return dtype.na_value
    return np.nan
