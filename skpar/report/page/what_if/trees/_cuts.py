"""Cuts: thresholds of inputs as the largest numbers of a column that stay below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

_SIGN = np.int64(-(2**63))
# Brackets of a cut begin at the bound of its rounding error, and grow by this factor.
_GROWTH = 1000.0
_MAX_ROUNDS = 4
# Above the smallest float32, so that the bracket of a cut at 0 has both its sides.
_SMALLEST_ERROR = 1e-44
# Rows that are computed at once, and parts of a bracket.
_ROWS_AT_ONCE = 8192
_MAX_PARTS = 64


class Inputs(Protocol):
    """Computes the inputs of a model as it compares them."""

    def values(self, codes: np.ndarray, precision: np.dtype) -> np.ndarray:
        """Compute the inputs (n, n_inputs) of rows (n, n_features), all float64."""
        ...


class Thresholds(NamedTuple):
    """Thresholds of one input that follows one column of numbers.

    Attributes
    ----------
    column : int
        The column.
    number : int
        The input.
    slope : float
        The input is about ``slope * number + shift``; positive.
    shift : float
        Its constant term.
    values : ndarray of shape (n,), dtype float64
        The thresholds, all finite.
    is_whole : bool
        Whether the column may round numbers to whole ones.
    """

    column: int
    number: int
    slope: float
    shift: float
    values: np.ndarray
    is_whole: bool

    @property
    def near(self) -> np.ndarray:
        """The cuts up to rounding errors, (n,), dtype float64."""
        return np.asarray((self.values - self.shift) / self.slope)


def find_cuts(
    inputs: Inputs, row: np.ndarray, wanted: Sequence[Thresholds], precision: np.dtype
) -> list[np.ndarray] | None:
    """Find the largest number whose input is not above each threshold.

    Inputs are computed by the fitted steps themselves, and every step keeps the order
    of two numbers. So a comparison with a cut decides as the model does, in whatever
    precision it compares.

    Parameters
    ----------
    inputs : Inputs
        Computes inputs.
    row : ndarray of shape (n_features,), dtype float64
        Codes of any row.
    wanted : sequence of Thresholds
        Of different columns. All of them are bisected together.
    precision : numpy dtype
        Precision in which the model compares.

    Returns
    -------
    cuts : list of ndarray of shape (n,), dtype float64, or None
        None if an input does not cross a threshold near its cut.
    """
    if not wanted:
        return []
    n_rows = max(len(one.values) for one in wanted)
    columns = [one.column for one in wanted]
    numbers = [one.number for one in wanted]
    limits = np.column_stack([_padded(one.values, n_rows) for one in wanted])
    near = np.column_stack([_padded(one.near, n_rows) for one in wanted])

    def is_below(places: np.ndarray) -> np.ndarray:
        flat = _numbers(places).reshape(-1, len(wanted))
        rows = np.repeat(row[np.newaxis], len(flat), axis=0)
        rows[:, columns] = flat
        found = inputs.values(rows, precision)[:, numbers]
        return np.asarray(found.reshape(places.shape) <= limits)

    moved = np.array([abs(one.shift / one.slope) for one in wanted])
    error = 4 * np.finfo(precision).eps * (np.abs(near) + moved)
    least = np.where([one.is_whole for one in wanted], 1.0, _SMALLEST_ERROR)
    bracket = _bracket(is_below, near, np.maximum(error, least))
    if bracket is None:
        return None
    cuts = _numbers(_last_below(is_below, *bracket))
    return [cuts[: len(one.values), k] for k, one in enumerate(wanted)]


def _bracket(
    is_below: Callable[[np.ndarray], np.ndarray], near: np.ndarray, error: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Find places below and above the cuts; None if they are not near."""
    for _ in range(_MAX_ROUNDS):
        low, high = _places(near - error), _places(near + error)
        is_inside = is_below(low) & ~is_below(high)
        if is_inside.all():
            return low, high
        error = np.where(is_inside, error, error * _GROWTH)
    return None


def _last_below(
    is_below: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Narrow brackets until the upper end follows the lower one; return this one.

    A call for many rows takes little longer than a call for one. So every bracket is
    divided into many parts at once.
    """
    n_parts = int(np.clip(_ROWS_AT_ONCE // len(low), 2, _MAX_PARTS))
    parts = np.arange(n_parts + 1, dtype=np.uint64)[:, np.newaxis, np.newaxis]
    while True:
        span = (high - low).view(np.uint64)  # the largest do not fit in an int64
        if (span <= 1).all():
            return low
        whole, rest = np.divmod(span, np.uint64(n_parts))
        offset = whole * parts + rest * parts // np.uint64(n_parts)
        places = (low.view(np.uint64) + offset).view(np.int64)
        n_below = is_below(places[1:-1]).sum(axis=0)[np.newaxis]
        low = np.take_along_axis(places, n_below, axis=0)[0]
        high = np.take_along_axis(places, n_below + 1, axis=0)[0]


def _padded(values: np.ndarray, n_rows: int) -> np.ndarray:
    """Repeat the last of some values, (n,), up to a number of rows."""
    return np.pad(values, (0, n_rows - len(values)), mode="edge")


def _places(numbers: np.ndarray) -> np.ndarray:
    """Convert float64 to their places in ascending order; 0.0 and -0.0 are at 0."""
    bits = np.ascontiguousarray(numbers).view(np.int64)
    return np.where(bits < 0, _SIGN - bits, bits)


def _numbers(places: np.ndarray) -> np.ndarray:
    """Turn places back into float64; the inverse of `_places`."""
    bits = np.where(places < 0, _SIGN - places, places)
    return np.asarray(bits.view(np.float64))
