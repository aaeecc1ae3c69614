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
        Parent of each column; -1 for the root.
    order : ndarray of shape (n_columns,), dtype int64
        All columns, each after its parent. The root comes first.
    """

    parent: np.ndarray
    order: np.ndarray

    @property
    def root(self) -> int:
        """The column without a parent."""
        return int(self.order[0])

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.order)

    def edges_down(self) -> list[tuple[int, int]]:
        """List the edges from the root to the bottom of the tree.

        Returns
        -------
        edges : list of tuple of int
            (column, its parent). Each edge comes after the edge above it.
        """
        columns = self.order[1:]
        return list(zip(columns.tolist(), self.parent[columns].tolist(), strict=True))

    def edges_up(self) -> list[tuple[int, int]]:
        """List the edges from the bottom of the tree to the root.

        Returns
        -------
        edges : list of tuple of int
            (column, its parent). Each edge comes before the edge above it.
        """
        return self.edges_down()[::-1]
