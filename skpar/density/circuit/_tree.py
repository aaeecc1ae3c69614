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
        Parent of each column; -1 for the root and for columns outside of the tree.
    order : ndarray of shape (n_in_tree,), dtype int64
        The columns in the tree, each after its parent. The root comes first.
    """

    parent: np.ndarray
    order: np.ndarray

    @property
    def root(self) -> int:
        """The column without a parent."""
        return int(self.order[0])

    @property
    def n_columns(self) -> int:
        """Number of columns, including those outside of the tree."""
        return len(self.parent)

    def placed(self, columns: np.ndarray, n_columns: int) -> Tree:
        """Rename the columns: make column i of this tree column ``columns[i]``.

        Parameters
        ----------
        columns : ndarray of shape (n_in_tree,), dtype int64
            New numbers of the columns.
        n_columns : int
            Number of columns of the table; the others are outside of the tree.

        Returns
        -------
        Tree

        Examples
        --------
        >>> import numpy as np
        >>> from skpar.density.circuit._tree import Tree
        >>> pair = Tree(np.array([-1, 0]), np.array([0, 1]))
        >>> tree = pair.placed(np.array([0, 2]), 3)
        >>> tree.parent.tolist(), tree.order.tolist()
        ([-1, -1, 0], [0, 2])
        """
        parent = np.full(n_columns, -1, dtype=np.int64)
        parent[columns] = np.where(self.parent < 0, -1, columns[self.parent])
        return Tree(parent, columns[self.order])

    def path_to(self, column: int) -> list[int]:
        """List the columns below the root on the way to a column.

        Parameters
        ----------
        column : int

        Returns
        -------
        path : list of int
            The last one is `column`. Empty for the root and for columns outside of the
            tree.

        Examples
        --------
        >>> import numpy as np
        >>> from skpar.density.circuit._tree import Tree
        >>> Tree(np.array([-1, 0, 1, 0]), np.array([0, 1, 2, 3])).path_to(2)
        [1, 2]
        """
        path: list[int] = []
        while self.parent[column] >= 0:
            path.append(column)
            column = int(self.parent[column])
        return path[::-1]

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
