"""Marks of a scale: its levels, or round numbers between its ends."""

from __future__ import annotations

import numpy as np

from ....table import Column

_MAX_ROUND = 5
# A column of so few whole numbers is drawn like levels, with a position for each.
_MAX_POSITIONS = 8


def marked_codes(
    column: Column, low: float, high: float, is_each_drawn: bool
) -> tuple[list[float], bool]:
    """List the codes that a scale marks.

    Parameters
    ----------
    column : Column
        The column.
    low : float
        Code at the left end of the scale.
    high : float
        Code at its right end.
    is_each_drawn : bool
        Whether the histogram has a bar for every whole number.

    Returns
    -------
    codes : list of float
        All levels; or all whole numbers, if they are few; or a few round numbers.
    are_all : bool
        Whether these are all values that there are.
    """
    if column.levels is not None:
        return [float(code) for code in range(len(column.levels))], True
    if is_each_drawn and high - low <= _MAX_POSITIONS:
        return np.arange(np.ceil(low), np.floor(high) + 1.0).tolist(), True
    is_whole = column.kind == "integer"
    return round_numbers(low, high, is_whole=is_whole).tolist(), False


def round_numbers(low: float, high: float, is_whole: bool = False) -> np.ndarray:
    """List up to five round numbers in a range, evenly spaced.

    Parameters
    ----------
    low : float
        Lower end.
    high : float
        Upper end, above the lower one.
    is_whole : bool, default=False
        Whether only whole numbers count.

    Returns
    -------
    numbers : ndarray of shape (n,), dtype float64
        In ascending order; their distance is 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> from skpar.report.page.pictures._marks import round_numbers
    >>> round_numbers(407.0, 12553.0)
    array([ 5000., 10000.])
    >>> round_numbers(0.02, 0.352)
    array([0.1, 0.2, 0.3])
    """
    exponent = int(np.floor(np.log10((high - low) / _MAX_ROUND)))
    if is_whole:
        exponent = max(exponent, 0)
    for factor in (1, 2, 5, 10, 20):
        # Powers below one are divisors, which are exact.
        unit, divisor = 10.0 ** max(exponent, 0), 10.0 ** max(-exponent, 0)
        step = factor * unit
        first = np.ceil(low * divisor / step - 1e-9)
        last = np.floor(high * divisor / step + 1e-9)
        if last - first < _MAX_ROUND:
            break
    return np.asarray(np.arange(first, last + 1.0) * step / divisor + 0.0)
