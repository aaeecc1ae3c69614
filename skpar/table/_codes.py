"""Comparing and numbering codes: what is the same cell, and what has changed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def n_changed(codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
    """Count the features in which rows differ.

    Parameters
    ----------
    codes, codes2 : ndarray of shape (..., n_features), dtype float64
        Rows; they are broadcast against each other.

    Returns
    -------
    count : ndarray of shape (...), dtype int64
        Two missing cells do not differ.

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
    codes, codes2 : ndarray of shape (..., n_features), dtype float64
        Rows; they are broadcast against each other.

    Returns
    -------
    same : ndarray of shape (..., n_features), dtype bool
        Two missing cells are the same.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._codes import same_cells
    >>> same_cells(np.array([1.0, np.nan]), np.array([2.0, np.nan]))
    array([False,  True])
    """
    same: np.ndarray = codes == codes2
    return same | (np.isnan(codes) & np.isnan(codes2))


def numbered(
    values: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Give the different codes numbers, NaN one too; five times as fast as sorting.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64

    Returns
    -------
    different : ndarray of shape (n_different,), dtype float64
        In order of first appearance.
    place : ndarray of the shape of values, dtype intp
        Where each value stands among these.

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
