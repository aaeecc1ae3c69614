"""Training rows that few people share, so that an answer does not hand one out."""

from __future__ import annotations

import numpy as np


class RareRows:
    """Tell rows that equal a rare training row.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The training rows.
    at_least : int, default=5
        A row that occurs so often is not rare.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._rare_rows import RareRows
    >>> rare = RareRows(np.array([[1.0, np.nan], [2.0, 3.0], [2.0, 3.0]]), at_least=2)
    >>> rare(np.array([[1.0, np.nan], [2.0, 3.0], [4.0, 4.0]]))
    array([ True, False, False])
    """

    def __init__(self, codes: np.ndarray, at_least: int = 5) -> None:
        keys, counts = np.unique(_keys(codes), return_counts=True)
        self._keys = keys[counts < at_least]

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Look rows up.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64
            Any rows.

        Returns
        -------
        rare : ndarray of shape (...), dtype bool
            True for a row that is, in every cell, a rare training row.
        """
        keys = _keys(codes.reshape(-1, codes.shape[-1]))
        return np.isin(keys, self._keys).reshape(codes.shape[:-1])


def _keys(codes: np.ndarray) -> np.ndarray:
    """Turn rows into bytes that are equal where the rows are, (n,)."""
    # One NaN for all missing cells, and no negative zero.
    tidy = np.ascontiguousarray(np.where(np.isnan(codes), np.nan, codes + 0.0))
    width = tidy.dtype.itemsize * codes.shape[1]
    # Bytes compare and sort; a trailing zero byte does not count, so one is added.
    padded = np.ones((len(codes), width + 1), dtype=np.uint8)
    padded[:, :width] = tidy.view(np.uint8).reshape(len(codes), width)
    return padded.view(f"S{width + 1}")[:, 0]
