"""Functions that compare, number, hash and round codes and computed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

TOLERANCE = 1e-9
"""Smaller differences are rounding errors: the batch of rows affects the last bits."""

_DECIMALS = 9
_GOLDEN_GAMMA = 0x9E3779B97F4A7C15
# Rows that are hashed at once; they fit in the processor's cache.
_HASHED_ROWS = 1024
# Up to this number of pairs, all are compared.
_FEW_PAIRS = 1000


def n_changed(codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
    """Count the features in which rows differ.

    Parameters
    ----------
    codes : ndarray of shape (..., n_features), dtype float64
        Rows.
    codes2 : ndarray of shape (..., n_features), dtype float64
        Rows to compare with, broadcast against `codes`.

    Returns
    -------
    count : ndarray of shape (...), dtype int64
        Number of features that differ. Two missing cells do not differ.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import n_changed
    >>> n_changed(np.array([[1.0, np.nan]]), np.array([[2.0, np.nan]]))
    array([1])
    """
    return np.count_nonzero(~same_cells(codes, codes2), axis=-1)


def same_cells(codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
    """Compare rows cell by cell.

    Parameters
    ----------
    codes : ndarray of shape (..., n_features), dtype float64
        Rows.
    codes2 : ndarray of shape (..., n_features), dtype float64
        Rows to compare with, broadcast against `codes`.

    Returns
    -------
    same : ndarray of shape (..., n_features), dtype bool
        Whether the cells are equal. Two missing cells are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import same_cells
    >>> same_cells(np.array([1.0, np.nan]), np.array([2.0, np.nan]))
    array([False,  True])
    """
    same: np.ndarray = codes == codes2
    return same | (np.isnan(codes) & np.isnan(codes2))


def are_among(values: npt.NDArray[Any], others: npt.NDArray[Any]) -> np.ndarray:
    """Check for each value whether it is one of some others.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Values to look up, none missing.
    others : ndarray of shape (n_others,)
        Values to look for.

    Returns
    -------
    are_among : ndarray of shape (n_values,), dtype bool
        As by ``np.isin``, which takes several times as long for few values.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import are_among
    >>> are_among(np.array([3, 5]), np.array([1, 3]))
    array([ True, False])
    """
    if len(values) * len(others) > _FEW_PAIRS or values.dtype.kind != others.dtype.kind:
        return np.isin(values, others)
    among: np.ndarray = (values[:, None] == others).any(axis=1)
    return among


def numbered(
    values: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Assign a number to each distinct code, including NaN; faster than by sorting.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
        Codes.

    Returns
    -------
    different : ndarray of shape (n_different,), dtype float64
        Distinct codes in order of first appearance.
    place : ndarray of the shape of values, dtype intp
        Position of each value in `different`.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import numbered
    >>> numbered(np.array([[3.0, np.nan], [3.0, 1.0]]))
    (array([ 3., nan,  1.]), array([[0, 1],
           [0, 2]]))
    """
    place, different = pd.factorize(values.ravel(), use_na_sentinel=False)
    return different, place.reshape(values.shape)


def row_keys(
    rows: npt.NDArray[np.float64] | npt.NDArray[np.int64],
    owner: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.int64]:
    """Hash rows to 64 bits; rows with equal cells have equal keys.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_cells), dtype float64 or int64
        Codes or whole numbers. Missing cells are equal; 0.0 and -0.0 are equal.
    owner : ndarray of shape (n_rows,), dtype int64, optional
        Owner of each row. Rows of different owners are different rows.

    Returns
    -------
    keys : ndarray of shape (n_rows,), dtype int64
        The order of the keys has no meaning.

    Notes
    -----
    The bits of each cell and the position of its column are mixed by the finalizer of
    SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014), in which every bit changes about half of all bits. The
    key is the mixed sum over the columns. All columns are mixed at once.
    Among a million different rows, two share a key with a probability of about 3e-8.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import row_keys
    >>> one, two, three = row_keys(np.array([[0.0, np.nan], [-0.0, np.nan], [0.0, 1]]))
    >>> bool(one == two), bool(one == three)
    (True, False)
    """
    cells = np.ascontiguousarray(rows.T)
    if np.issubdtype(cells.dtype, np.floating):
        cells = np.add(cells, 0.0)  # turns -0.0 into 0.0
        cells[np.isnan(cells)] = np.nan
    bits = cells.view(np.uint64)
    offset = np.arange(1, 2 + len(bits), dtype=np.uint64) * np.uint64(_GOLDEN_GAMMA)
    keys = np.full(len(rows), offset[-1])
    if owner is not None:
        keys += owner.view(np.uint64)
        _mix(keys)
    for start in range(0, len(rows), _HASHED_ROWS):
        block = slice(start, start + _HASHED_ROWS)
        mixed = bits[:, block] + offset[:-1, None]
        _mix(mixed)
        keys[block] += mixed.sum(axis=0, dtype=np.uint64)
    _mix(keys)
    return keys.view(np.int64)


def _mix(keys: npt.NDArray[np.uint64]) -> None:
    """Apply the finalizer of SplitMix64 in place."""
    keys ^= keys >> np.uint64(30)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= keys >> np.uint64(27)
    keys *= np.uint64(0x94D049BB133111EB)
    keys ^= keys >> np.uint64(31)


def in_tolerances(
    values: npt.NDArray[np.float64], out: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.float64]:
    """Divide values by `TOLERANCE` and round to whole numbers.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
        Values to convert.
    out : ndarray of the shape of values, dtype float64, optional
        Array for the result; may be `values`.

    Returns
    -------
    counts : ndarray of the shape of values, dtype float64
        Whole numbers.
    """
    counts = np.divide(values, TOLERANCE, out=out)
    return np.rint(counts, out=counts)


def round_to_tolerance(
    values: npt.NDArray[np.float64], out: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.float64]:
    """Round to multiples of `TOLERANCE`.

    Comparisons of rounded values do not depend on the batch of rows.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
        Values to round.
    out : ndarray of the shape of values, dtype float64, optional
        Array for the result; may be `values`.

    Returns
    -------
    rounded : ndarray of the shape of values, dtype float64
        In the unit of `values`.
    """
    counts = in_tolerances(values, out=out)
    return np.multiply(counts, TOLERANCE, out=counts)


def round_decimals(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round to as many decimals as `TOLERANCE` has.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
        Values to round.

    Returns
    -------
    rounded : ndarray of the shape of values, dtype float64
        The float64 nearest to each decimal number. `round_to_tolerance` is faster, but
        its result may differ in the last bit, so compare only values that were rounded
        by the same function.
    """
    return np.round(values, _DECIMALS)


def quantile_grids(
    present: npt.NDArray[np.float64], shares: Sequence[float] | npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Compute quantiles of the cells of a column and of its distinct values.

    If many rows share one value, most quantiles of the cells equal that value. The
    quantiles of the distinct values avoid this.

    Parameters
    ----------
    present : ndarray of shape (n,), dtype float64
        Cells, none missing.
    shares : array-like of shape (n_shares,), dtype float64
        Levels of the quantiles, from 0 to 1.

    Returns
    -------
    grids : ndarray of shape (2, n_shares), dtype float64
        Quantiles of the cells, then of the distinct values. All of them are values of
        the column.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import quantile_grids
    >>> quantile_grids(np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0]), [0.25, 0.75])
    array([[0., 2.],
           [0., 2.]])
    """
    samples = (present, np.unique(present))
    return np.stack([np.quantile(s, shares, method="inverted_cdf") for s in samples])


def without_loss(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Store numbers in single precision, if they are the same numbers there.

    Parameters
    ----------
    values : ndarray of any shape

    Returns
    -------
    stored : ndarray of the same shape, dtype float32 or that of `values`

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import without_loss
    >>> without_loss(np.array([0.5, 3.0])).dtype, without_loss(np.array([0.1])).dtype
    (dtype('float32'), dtype('float64'))
    """
    if values.dtype != np.float64:
        return values
    with np.errstate(over="ignore", under="ignore"):
        stored = values.astype(np.float32)
    return stored if np.array_equal(stored, values, equal_nan=True) else values


def pack(cells: npt.NDArray[np.float64]) -> tuple[np.ndarray, np.ndarray | None]:
    """Store the cells of a column as numbers of their values, if this is smaller.

    Parameters
    ----------
    cells : ndarray of shape (n,), dtype float64

    Returns
    -------
    values : ndarray of shape (n_values,), dtype float64
        The different values; all cells if `place` is None.
    place : ndarray of shape (n,), dtype uint8 or uint16, or None
        Position of each cell among the values.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import pack, unpack
    >>> values, place = pack(np.array([3.5, np.nan] * 50))
    >>> place.nbytes
    100
    >>> unpack((values, place))[:3]
    array([3.5, nan, 3.5])
    """
    bits = np.ascontiguousarray(cells).view(np.int64)  # keeps NaN and -0.0 apart
    values, place = np.unique(bits, return_inverse=True)
    small = np.uint8 if len(values) <= 2**8 else np.uint16
    size = values.nbytes + len(cells) * small().nbytes
    if len(values) > 2**16 or size >= bits.nbytes:
        return cells.copy(), None
    return values.view(np.float64), place.astype(small)


def unpack(packed: tuple[np.ndarray, np.ndarray | None]) -> np.ndarray:
    """Restore the cells (n,) of `pack`, bit by bit."""
    values, place = packed
    return values if place is None else values[place]
