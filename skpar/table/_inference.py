"""Inference of a column's kind, and of the step of its numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from .._config import TrainingConfig
from ._cells import EXACT_LIMIT, Cells, as_python, family_of
from ._columns import Column, find_column

_STEPS = [
    Fraction(f"{digits}e{power}")
    for power in range(18, -6, -1)
    for digits in ("5", "2.5", "2", "1")
    if power > -5 or digits != "2.5"
]
_ROUNDING = 5e-15
_FINEST = 1e-12
# Number of values that reveal nearly every wrong step.
_FIRST_LOOK = 16


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


def chosen_columns(
    names: list[Hashable],
    categorical: Iterable[Hashable] | None,
    ordinal: Mapping[Hashable, Sequence[Any]] | None,
) -> tuple[set[int], dict[int, Sequence[Any]]]:
    """Find the columns for which the user chose the kind."""
    if isinstance(categorical, str):
        raise ValueError(
            f"categorical_features must be a list of columns; use [{categorical!r}]."
        )
    by_number = not any(isinstance(name, int) for name in names)
    keys = () if categorical is None else categorical
    nominal = {find_column(names, key, by_number=by_number) for key in keys}
    orders: dict[int, Sequence[Any]] = {}
    for key, levels in (ordinal or {}).items():
        j = find_column(names, key, by_number=by_number)
        if isinstance(levels, str):
            raise ValueError(
                f"ordinal_features must give column {key!r} a list of levels, "
                f"not the string {levels!r}."
            )
        if j in nominal or j in orders:
            raise ValueError(
                f"Column {names[j]!r} is named twice in categorical_features and "
                "ordinal_features; name it once."
            )
        orders[j] = levels
    return nominal, orders


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


class Grid(NamedTuple):
    """The values that a column of numbers takes.

    Parameters
    ----------
    step : float or None
        All values are multiples of `step`. None if there is no step.
    few_values : tuple of float or None
        All values, in ascending order. None if there may be others.
    low : float
        Smallest value seen, without rounding errors.
    high : float
        Largest value seen, without rounding errors.
    """

    step: float | None
    few_values: tuple[float, ...] | None
    low: float
    high: float


def learn_grid(
    present: npt.NDArray[np.float64], is_whole: bool, dtype: np.dtype[Any] | None
) -> Grid:
    r"""Learn which values a column of numbers takes.

    Parameters
    ----------
    present : ndarray of shape (n,), dtype float64
        Training cells, none missing, at least one.
    is_whole : bool
        Whether the column holds whole numbers. It then has at least the step 1.
    dtype : numpy dtype or None
        The dtype of the column if it is less precise than float64.

    Returns
    -------
    grid : Grid

    Notes
    -----
    **Step.** The candidates are 1, 2, 2.5 and 5 times a power of ten, at least 0.00001.
    The coarsest candidate counts of which all cells are multiples. Cells are compared
    as they are written, with 15 significant digits, so that 0.1 + 0.2 is 0.3. A
    candidate is left out if the largest cell has so many steps that its precision does
    not show whether it is a multiple.

    The step is learned if the column has at least 10 different values, without 0.
    Suppose that the true step is finer, by a factor of :math:`k \ge 2`, and that the
    values are evenly spread over its multiples. Then :math:`n` different values are all
    multiples of the coarser step with a probability of at most :math:`k^{-n}`, which
    is below 0.001. If the values cluster on round numbers and a share :math:`s` of the
    rows is round, the probability in :math:`m` rows is :math:`s^m`. Measurements with
    all digits of a float64 pass with a probability below :math:`10^{-20}`.

    **Few values.** A column of at most 10 different values takes only these if there
    are enough rows. Let :math:`m` be the number of values and :math:`n` the number of
    rows. One more value, as frequent as the average value, is missed with a probability
    of :math:`(m / (m + 1))^n`, which must be at most 0.001: 18 rows for two values, 25
    for three, 73 for ten. In addition, values must be missing between the smallest and
    the largest, and this must not be an accident. If each of the missing multiples of
    the step were as frequent as the rarer one of the two values next to it, which
    occurs in :math:`c` rows, all would be missed with a probability of about
    :math:`\exp(-\sum c)`, which must also be at most 0.001. So counts such as 0, 1, 2,
    3, 5 keep the 4 if the values next to it are rare. Such a column of numbers that are
    not whole has its step even if it has fewer than 10 values.

    **Tiny tables.** With fewer than 10 different values and fewer than 18 rows, nothing
    is learned: whole numbers have the step 1, and all others have no step.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._inference import learn_grid
    >>> learn_grid(np.arange(3.0, 15.0) / 100, False, None)
    Grid(step=0.01, few_values=None, low=0.03, high=0.14)
    >>> learn_grid(np.array([0.0, 1.0, 666.0] * 10), True, None)
    Grid(step=1.0, few_values=(0.0, 1.0, 666.0), low=0.0, high=666.0)
    >>> learn_grid(np.array([5.0, 10.0, 10.0]), True, None).step
    1.0
    """
    coarsest = _coarsest_step(np.unique(present), dtype)
    places = present if coarsest is None else np.rint(present / float(coarsest))
    places, counts = np.unique(places + 0.0, return_counts=True)
    values = places if coarsest is None else _multiples(places, coarsest, dtype)
    is_few = len(counts) <= TrainingConfig.max_few_values
    is_few &= counts.sum() * math.log1p(1 / len(counts)) >= -math.log(
        TrainingConfig.false_grid_share
    )
    step = 1.0 if is_whole else None
    has_step = np.count_nonzero(places) >= TrainingConfig.min_values_of_step or (
        is_few and not is_whole
    )
    if coarsest is not None and has_step:
        step = float(coarsest)
    few_values = None
    if is_few and _has_gap(values, counts, step):
        few_values = tuple(values.tolist())
    ends = values if step is not None else present
    return Grid(step, few_values, float(ends.min()), float(ends.max()))


def rounding_error(dtype: np.dtype[Any] | None) -> float:
    """Bound the rounding error of a number as it is written, as a share of the number.

    Parameters
    ----------
    dtype : numpy dtype or None
        The dtype of the column if it is less precise than float64.

    Returns
    -------
    share : float
        For float64, the precision of 15 significant digits.
    """
    return _ROUNDING if dtype is None else 4 * float(np.finfo(dtype).eps)


def finest_step(dtype: np.dtype[Any] | None) -> float:
    """Find the smallest step that can be counted, as a share of the value.

    Parameters
    ----------
    dtype : numpy dtype or None
        The dtype of the column if it is less precise than float64.

    Returns
    -------
    share : float
    """
    return _FINEST if dtype is None else 16 * float(np.finfo(dtype).eps)


def _coarsest_step(
    values: npt.NDArray[np.float64], dtype: np.dtype[Any] | None
) -> Fraction | None:
    """Find the coarsest candidate of which all values are multiples; None if none."""
    reach = float(np.abs(values).max())
    nearest = float(np.abs(values[values != 0]).min(initial=np.inf))
    for step in _STEPS:
        if step > 2 * nearest or nearest == np.inf:
            continue
        if float(step) <= 4 * reach * finest_step(dtype):
            return None
        if all(
            _are_multiples(some, float(step), dtype)
            for some in (values[:_FIRST_LOOK], values)
        ):
            return step
    return None


def _are_multiples(
    values: npt.NDArray[np.float64], step: float, dtype: np.dtype[Any] | None
) -> bool:
    """Check whether all values are multiples of a step, as they are written."""
    counts = values / step
    error = np.abs(counts - np.rint(counts))
    return bool(np.all(error <= rounding_error(dtype) * np.abs(counts)))


def _multiples(
    places: npt.NDArray[np.float64], step: Fraction, dtype: np.dtype[Any] | None
) -> npt.NDArray[np.float64]:
    """Compute multiples of a step as they are written, such as 0.3 for 3 times 0.1."""
    values: npt.NDArray[np.float64] = places * step.numerator / step.denominator
    return values if dtype is None else values.astype(dtype).astype(np.float64)


def _has_gap(
    values: npt.NDArray[np.float64], counts: npt.NDArray[np.intp], step: float | None
) -> bool:
    """Check whether values are missing between others, and not by accident."""
    if step is None:
        return len(values) > 1
    n_missing = np.rint(np.diff(values) / step) - 1
    rarer = np.minimum(counts[1:], counts[:-1])
    return bool(n_missing @ rarer >= _least_evidence())


def _least_evidence() -> float:
    """Logarithm of the odds from which on a list of values is complete."""
    return -math.log(TrainingConfig.false_grid_share)
