"""Columns of text, whose cells are taken from one array at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


class TextColumns:
    """Columns whose cells are levels of a dtype for text.

    Taking cells from an extension array of pandas has a fixed cost, which is paid once
    for all columns.

    Parameters
    ----------
    stocks : mapping of int to (sequence, ExtensionArray)
        Levels of columns by their positions, and the same levels as an array, followed
        by the missing value if there is one. Columns of another dtype than the first
        one are left out.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.table.frames import TextColumns
    >>> columns = TextColumns({1: (["no", "yes"], pd.array(["no", "yes"]))})
    >>> columns.take(np.array([[7.0, 1.0], [8.0, 0.0]]))[1].tolist()
    ['yes', 'no']
    """

    def __init__(self, stocks: Mapping[int, tuple[Sequence[Any], Any]]) -> None:
        dtype = next((stock.dtype for _, stock in stocks.values()), None)
        alike = {j: pair for j, pair in stocks.items() if pair[1].dtype == dtype}
        self._columns = list(alike)
        self._n_levels = np.array([len(levels) for levels, _ in alike.values()])
        self._sizes = np.array([len(stock) for _, stock in alike.values()])
        self._first = np.cumsum(self._sizes) - self._sizes
        cells = [cell for _, stock in alike.values() for cell in stock]
        self._stock = pd.array(cells, dtype=dtype) if alike else None

    def take(self, codes: np.ndarray) -> dict[int, Any]:
        """Convert codes to cells.

        Parameters
        ----------
        codes : ndarray of shape (n, d), dtype float64
            Level numbers, NaN where missing.

        Returns
        -------
        cells : dict of int to ExtensionArray of shape (n,)
            By the position of the column. Empty if a column that cannot have missing
            cells has one.
        """
        if self._stock is None:
            return {}
        cells, n = codes[:, self._columns], len(codes)
        places = np.where(np.isnan(cells), self._n_levels, cells).astype(np.intp)
        if (places >= self._sizes).any():
            return {}
        taken = self._stock.take((places + self._first).T.ravel())
        parts = enumerate(self._columns)
        return {j: taken[k * n : (k + 1) * n] for k, j in parts}
