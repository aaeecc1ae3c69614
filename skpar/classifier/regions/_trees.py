"""Trees: any ensemble of decision trees as flat arrays, and its leaves in a box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ._axes import Cells


@dataclass(frozen=True)
class Trees:
    """An ensemble of decision trees as flat arrays; node numbers are global.

    A row goes left at a node if its input is not above the threshold. The scores of a
    row are the sum of the values of the leaves it reaches, divided by the divisor, plus
    the intercept.

    Attributes
    ----------
    roots : ndarray of shape (n_trees,), dtype int64
        Root of each tree.
    feature : ndarray of shape (n_nodes,), dtype int64
        Input that an inner node compares; -1 for leaves.
    threshold : ndarray of shape (n_nodes,), dtype float64
        Largest value of the input that goes left.
    left : ndarray of shape (n_nodes,), dtype int64
        Left child.
    right : ndarray of shape (n_nodes,), dtype int64
        Right child.
    missing_left : ndarray of shape (n_nodes,), dtype bool
        Whether a missing input goes left.
    value : ndarray of shape (n_nodes, n_classes), dtype float64
        What a leaf adds to the score of each class.
    precision : numpy dtype
        Inputs are converted to this dtype before they are compared.
    sum_precision : numpy dtype
        The ensemble adds up values in this dtype.
    intercept : ndarray of shape (n_classes,), dtype float64
        Constant terms of the scores.
    categories : dict of int to tuple of (ndarray, ndarray), dtype int64
        For nodes that compare categories: those that go left, and those that go right.
        Others are treated as missing.
    divisor : float
        The ensemble divides the sum of the values by it, before the intercept.
    last_at_ties : bool
        Whether the last of several largest scores decides, not the first.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    value: np.ndarray
    intercept: np.ndarray
    precision: np.dtype = np.dtype(np.float64)
    sum_precision: np.dtype = np.dtype(np.float64)
    categories: Mapping[int, tuple[np.ndarray, np.ndarray]] | None = None
    divisor: float = 1.0
    last_at_ties: bool = False

    @classmethod
    def joined(cls, trees: Sequence[Trees]) -> Trees:
        """Join ensembles of the same inputs and classes to one; intercepts add up."""
        starts = np.cumsum([0, *(len(one.feature) for one in trees[:-1])])
        pairs = list(zip(trees, starts.tolist(), strict=True))
        categories = {
            node + start: sets
            for one, start in pairs
            for node, sets in (one.categories or {}).items()
        }
        return cls(
            np.concatenate([one.roots + start for one, start in pairs]),
            np.concatenate([one.feature for one in trees]),
            np.concatenate([one.threshold for one in trees]),
            np.concatenate([one.left + start for one, start in pairs]),
            np.concatenate([one.right + start for one, start in pairs]),
            np.concatenate([one.missing_left for one in trees]),
            np.concatenate([one.value for one in trees]),
            np.sum([one.intercept for one in trees], axis=0),
            trees[0].precision,
            trees[0].sum_precision,
            categories or None,
        )

    def with_intercept(self, intercept: np.ndarray) -> Trees:
        """Make a copy with other constant terms, (n_classes,)."""
        return replace(self, intercept=intercept)

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        """Compute the scores of rows.

        Parameters
        ----------
        inputs : ndarray of shape (n, n_inputs), dtype float64
            Inputs in the precision of the ensemble.

        Returns
        -------
        scores : ndarray of shape (n, n_classes), dtype float64
        """
        rows = []
        for row in inputs:
            leaves = self.leaves(row, {})
            total = self.value[leaves.node].sum(axis=0)
            rows.append(total / self.divisor + self.intercept)
        return np.array(rows).reshape(len(inputs), len(self.intercept))

    def rounding_error(self, leaves: np.ndarray) -> float:
        """Bound the rounding error of sums of some leaves, (n_leaves,) of int64."""
        n_trees = len(self.roots)
        size = n_trees * np.abs(self.value[leaves]).max(initial=0.0) / self.divisor
        size += np.abs(self.intercept).max(initial=0.0)
        return float(2 * (n_trees + 4) * np.finfo(self.sum_precision).eps * size)

    def leaves(self, row: np.ndarray, free: Mapping[int, FreeInput]) -> Leaves:
        """Find the leaves that rows of a box can reach.

        Parameters
        ----------
        row : ndarray of shape (n_inputs,), dtype float64
            Inputs that are fixed.
        free : dict of int to FreeInput
            The inputs that may vary.

        Returns
        -------
        leaves : Leaves
        """
        n_axes = 1 + max((one.axis for one in free.values()), default=-1)
        tops = np.zeros(n_axes, dtype=np.int64)
        for one in free.values():
            tops[one.axis] = len(one.cells.first) - 1
        axis_of = np.full(len(row), -1)
        axis_of[list(free)] = [one.axis for one in free.values()]
        node, tree = self.roots, np.arange(len(self.roots))
        low = np.zeros((len(node), n_axes), dtype=np.int64)
        high = np.broadcast_to(tops, low.shape)
        found: list[tuple[np.ndarray, ...]] = []
        compared: list[np.ndarray] = []
        while len(node):
            is_leaf = self.feature[node] < 0
            found.append((node[is_leaf], tree[is_leaf], low[is_leaf], high[is_leaf]))
            inner = ~is_leaf
            node, tree, low, high = node[inner], tree[inner], low[inner], high[inner]
            axis = axis_of[self.feature[node]]
            compared.append(np.unique(node[axis >= 0]))
            parts = [self._fixed(row, node, tree, low, high, axis < 0)]
            for number, one in free.items():
                some = self.feature[node] == number
                if some.any():
                    parts += self._split(one, node, tree, low, high, some)
            node, tree, low, high = map(np.concatenate, zip(*parts, strict=True))
        node, tree, low, high = map(np.concatenate, zip(*found, strict=True))
        order = np.argsort(tree, kind="stable")
        nodes = np.unique(np.concatenate(compared)) if compared else node[:0]
        return Leaves(node[order], tree[order], low[order], high[order], nodes)

    def _fixed(
        self,
        row: np.ndarray,
        node: np.ndarray,
        tree: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        some: np.ndarray,
    ) -> tuple[np.ndarray, ...]:
        """Follow the nodes that compare fixed inputs."""
        node = node[some]
        goes_left = self.goes_left(node, row[self.feature[node]])
        child = np.where(goes_left, self.left[node], self.right[node])
        return child, tree[some], low[some], high[some]

    def goes_left(self, node: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Say which inputs go left.

        Parameters
        ----------
        node : ndarray of shape (n,), dtype int64
            Inner nodes.
        cells : ndarray of shape (n,), dtype float64
            The input that each of them compares, in the precision of the ensemble.

        Returns
        -------
        goes_left : ndarray of shape (n,), dtype bool
        """
        goes_left = cells <= self.threshold[node]
        goes_left |= np.isnan(cells) & self.missing_left[node]
        for k in np.flatnonzero(np.isin(node, list(self.categories or ()))):
            goes_left[k] = self._category_goes_left(int(node[k]), float(cells[k]))
        return np.asarray(goes_left)

    def _category_goes_left(self, node: int, cell: float) -> bool:
        """Say whether a category goes left at a node."""
        assert self.categories is not None
        lefts, rights = self.categories[node]
        if cell in lefts:
            return True
        return bool(self.missing_left[node]) and cell not in rights

    def _split(
        self,
        one: FreeInput,
        node: np.ndarray,
        tree: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        some: np.ndarray,
    ) -> Iterator[tuple[np.ndarray, ...]]:
        """Follow the nodes that compare one free input, to both sides if possible."""
        node, tree, low, high = node[some], tree[some], low[some], high[some]
        ends_left, ends_right = one.ranges(self.threshold[node])
        for child, (first, last) in (
            (self.left, ends_left),
            (self.right, ends_right),
        ):
            lower, upper = low.copy(), high.copy()
            lower[:, one.axis] = np.maximum(lower[:, one.axis], first)
            upper[:, one.axis] = np.minimum(upper[:, one.axis], last)
            kept = lower[:, one.axis] <= upper[:, one.axis]
            yield child[node[kept]], tree[kept], lower[kept], upper[kept]


@dataclass(frozen=True)
class FreeInput:
    """An input that varies, because its column does.

    Attributes
    ----------
    axis : int
        The number of its column among the columns that vary.
    values : ndarray of shape (n_candidates,), dtype float64
        The input at each candidate of the column. It never falls from one candidate to
        the next, or it never rises.
    rises : bool
        Whether it rises with the column.
    cells : Cells
        The cells of the column.
    """

    axis: int
    values: np.ndarray
    rises: bool
    cells: Cells

    def ranges(
        self, threshold: np.ndarray
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Find the cells in which a value may go left, and may go right.

        Parameters
        ----------
        threshold : ndarray of shape (n,), dtype float64

        Returns
        -------
        left : tuple of two ndarray of shape (n,), dtype int64
            First and last such cell.
        right : tuple of two ndarray of shape (n,), dtype int64
        """
        first, last = self.cells.first, self.cells.last
        n = len(first)
        start, end = np.zeros(len(threshold), np.int64), np.full(len(threshold), n - 1)
        if self.rises:
            place = np.searchsorted(self.values, threshold, side="right")
            left = start, np.searchsorted(first, place) - 1
            return left, (np.searchsorted(last, place), end)
        n_left = np.searchsorted(self.values[::-1], threshold, side="right")
        place = len(self.values) - n_left
        return (np.searchsorted(last, place), end), (
            start,
            np.searchsorted(first, place) - 1,
        )

    def crossed(self, threshold: np.ndarray) -> np.ndarray:
        """Find the gap after candidate k in which each threshold is; -1 if in none."""
        if self.rises:
            place = np.searchsorted(self.values, threshold, side="right") - 1
        else:
            n_left = np.searchsorted(self.values[::-1], threshold, side="right")
            place = len(self.values) - n_left - 1
        return np.where(place < len(self.values) - 1, place, -1)


@dataclass(frozen=True)
class Leaves:
    """The leaves that rows of a box can reach, ordered by tree.

    Attributes
    ----------
    node : ndarray of shape (n_leaves,), dtype int64
        Nodes of the ensemble.
    tree : ndarray of shape (n_leaves,), dtype int64
        Tree of each leaf.
    low : ndarray of shape (n_leaves, n_axes), dtype int64
        First cell of each varying column from which the leaf can be reached.
    high : ndarray of shape (n_leaves, n_axes), dtype int64
        Last such cell.
    compared : ndarray of shape (n_nodes,), dtype int64
        Nodes on the way that compare a varying input.
    """

    node: np.ndarray
    tree: np.ndarray
    low: np.ndarray
    high: np.ndarray
    compared: np.ndarray

    def lower_bound(self, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Bound a score from below in every cell.

        Parameters
        ----------
        values : ndarray of shape (n_leaves,), dtype float64
            What each leaf adds.
        shape : tuple of int
            Number of cells of each varying column.

        Returns
        -------
        bound : ndarray of shape `shape`, dtype float64
            The sum over trees of the smallest value that is reached.
        """
        total = np.zeros(shape)
        ends = np.flatnonzero(np.diff(self.tree, append=-1)) + 1
        start, lows, highs = 0, self.low.tolist(), (self.high + 1).tolist()
        for end in ends.tolist():
            if end == start + 1:
                total += values[start]
                start = end
                continue
            least = np.full(shape, np.inf)
            for k in range(start, end):
                box = tuple(map(slice, lows[k], highs[k]))
                np.minimum(least[box], values[k], out=least[box])
            total += least
            start = end
        return total
