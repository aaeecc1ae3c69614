"""A rooted tree over columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tree:
    """A rooted tree over columns.

    Parameters
    ----------
    parent : ndarray of shape (n_columns,), dtype int64
        Parent of every column, -1 at the root.
    order : ndarray of shape (n_columns,), dtype int64
        All columns, each after its parent; the root comes first.
    """

    parent: np.ndarray
    order: np.ndarray
