"""Tree ensembles without the branches that one person cannot reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .....classifier import TreeJudge
from .._choices import Choice
from ._node_tests import NodeTest, NodeTests, start_of


class TooLarge(Exception):
    """The model would exceed the size of a page."""


class PrunedTrees:
    """The trees of a classifier, with the branches that one person can reach.

    Parameters
    ----------
    judge : TreeJudge
        The trees, and how their inputs follow columns.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    choices : sequence of Choice
        What may change.
    max_numbers : int
        Largest number of entries of `nodes`.

    Attributes
    ----------
    nodes : list of int
        All trees, one after the other. A leaf is ``-1 - k`` for value k. Another node
        is the number of its test and the distance to its right child; its left child
        follows.
    roots : list of int
        Where each tree begins.
    tests : list of NodeTest
        What nodes compare.
    values : list of tuple of float
        Values of leaves: one for each class, or one for the second of two classes.
    start : ndarray of shape (n_scores,), dtype float64
        Constant terms of the scores.

    Raises
    ------
    TooLarge
        If there are more entries.
    NotExact
        If an input does not follow its column as expected.

    Notes
    -----
    A test that all values a person may still try pass in the same way is cut. So is a
    test with two equal branches.
    """

    def __init__(
        self,
        judge: TreeJudge,
        own: np.ndarray,
        choices: Sequence[Choice],
        max_numbers: int,
    ) -> None:
        trees = judge.trees
        self.trees, self.max_numbers = trees, max_numbers
        found = NodeTests(judge, own, choices)
        self._of_node, self._goes_left = found.of_node, found.goes_left.tolist()
        self._feature = trees.feature.tolist()
        self._children = trees.left.tolist(), trees.right.tolist()
        is_leaf = trees.feature < 0
        noise = trees.rounding_error(np.flatnonzero(is_leaf))
        start = np.where(np.abs(trees.intercept) <= noise, 0.0, trees.intercept)
        values = trees.value
        if values.shape[1] == 2 and not values[is_leaf, 0].any() and not start[0]:
            values, start = values[:, 1:], start[1:]
        self.start = start
        self._value = values.tolist()
        self._tests: dict[NodeTest, int] = {}
        self._values: dict[tuple[float, ...], int] = {}
        self.nodes: list[int] = []
        self.roots: list[int] = []
        reachable = {one.feature: start_of(one) for one in choices}
        for root in trees.roots.tolist():
            self.roots.append(len(self.nodes))
            self.nodes += self._walk(root, reachable)
            if len(self.nodes) > max_numbers:
                raise TooLarge
        self.tests, self.values = list(self._tests), list(self._values)

    def _walk(self, node: int, reachable: dict[int, Any]) -> list[int]:
        """Write the part of a tree below a node that can be reached."""
        while self._feature[node] >= 0:
            test = self._of_node.get(node)
            if test is None:
                node = self._child(node, self._goes_left[node])
                continue
            left, right = test.divided(reachable[test.feature])
            if left is None or right is None:
                node = self._child(node, right is None)
                continue
            parts = [
                self._walk(self._child(node, side), {**reachable, test.feature: some})
                for side, some in ((True, left), (False, right))
            ]
            if parts[0] == parts[1]:
                return parts[0]
            number = self._tests.setdefault(test, len(self._tests))
            return [number, 2 + len(parts[0]), *parts[0], *parts[1]]
        value = tuple(self._value[node])
        return [-1 - self._values.setdefault(value, len(self._values))]

    def _child(self, node: int, is_left: bool) -> int:
        """Find a child of a node."""
        return int(self._children[0 if is_left else 1][node])

    @property
    def has_one_score(self) -> bool:
        """Whether there is one score, of the second of two classes."""
        return len(self.start) == 1

    def winners(self, rows: np.ndarray, choices: Sequence[Choice]) -> np.ndarray:
        """Find the class of rows, with nothing but what is written.

        Parameters
        ----------
        rows : ndarray of shape (n, n_features), dtype float64
            Rows that differ from the own row in what may change only.
        choices : sequence of Choice
            What may change.

        Returns
        -------
        winners : ndarray of shape (n,), dtype int64
        """
        codes = {one.feature: one.codes for one in choices}
        tests = [test.passes(rows, codes[test.feature]) for test in self.tests]
        goes_left = np.array(tests).reshape(len(tests), len(rows))
        nodes, value = np.array(self.nodes), np.array(self.values)
        dtype = self.trees.sum_precision
        scores = np.repeat(self.start[np.newaxis].astype(dtype), len(rows), axis=0)
        for root in self.roots:
            at = np.full(len(rows), root)
            while (inner := np.flatnonzero(nodes[at] >= 0)).size:
                here = at[inner]
                left = goes_left[nodes[here], inner]
                at[inner] = here + np.where(left, 2, nodes[here + 1])
            scores += value[-1 - nodes[at]].astype(dtype)
        scores /= self.trees.divisor
        if not self.has_one_score:
            return np.asarray(scores.argmax(axis=1))
        is_second = scores[:, 0] > 0
        if self.trees.last_at_ties:
            is_second |= scores[:, 0] == 0
        return is_second.astype(np.int64)

    def plain(self) -> dict[str, Any]:
        """Write the trees as plain data."""
        return {
            "tests": [test.plain() for test in self.tests],
            "nodes": self.nodes,
            "roots": self.roots,
            "values": [list(value) for value in self.values],
            "start": self.start.tolist(),
            "divisor": self.trees.divisor,
            "isSingle": self.trees.sum_precision == np.float32,
            "lastAtTies": self.trees.last_at_ties,
        }
