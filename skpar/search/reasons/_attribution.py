"""How much each change of an answer raises the score of the classifier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...table import same_cells


def attribute_changes(
    score: Callable[[np.ndarray], np.ndarray], own: np.ndarray, new: np.ndarray
) -> np.ndarray:
    """Compute how much the score falls if a single change is undone.

    Parameters
    ----------
    score : callable
        Takes codes (n, d). Returns scores (n,); a higher score is more favorable. It is
        called once, with the answers and one row for each change.
    own : ndarray of shape (n_samples, n_features), dtype float64
        Codes before the changes.
    new : ndarray of shape (n_samples, n_features), dtype float64
        Codes after the changes.

    Returns
    -------
    contribution : ndarray of shape (n_samples, n_features), dtype float64
        How much the score falls; 0 for cells that do not change.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.search.reasons._attribution import attribute_changes
    >>> own, new = np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, 9.0, 3.0]])
    >>> attribute_changes(lambda codes: codes.sum(axis=1), own, new)
    array([[1., 7., 0.]])
    """
    contribution = np.zeros(own.shape)
    row, j = np.nonzero(~same_cells(own, new))
    if not len(row):
        return contribution
    without = new[row]
    without[np.arange(len(row)), j] = own[row, j]
    values = score(np.concatenate([new, without]))
    contribution[row, j] = values[row] - values[len(new) :]
    return contribution
