"""Where a value stands among others."""

from __future__ import annotations

import numpy as np


def mid_rank(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of a reference that is smaller than each value, ties counted half.

    Parameters
    ----------
    reference : ndarray of shape (n_reference,), dtype float64
        In rising order.
    values : ndarray of shape (n,), dtype float64

    Returns
    -------
    rank : ndarray of shape (n,), dtype float64
        In [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._ranks import mid_rank
    >>> mid_rank(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.0, 2.0, 9.0]))
    array([0. , 0.5, 1. ])
    """
    below = np.searchsorted(reference, values, side="left")
    not_above = np.searchsorted(reference, values, side="right")
    return (below + not_above) / (2.0 * len(reference))
