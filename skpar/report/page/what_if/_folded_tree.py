"""The tree of a density in which everything that cannot change is folded together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class FoldedNode(NamedTuple):
    """A column of a folded tree.

    Attributes
    ----------
    column : int
        Position of the column.
    parent : int
        Position of its parent among the nodes; -1 for the root.
    bias : ndarray of shape (n_states,), dtype float64
        Likelihood, up to a factor, of all folded cells at and below it.
    transition : ndarray of shape (n_states, n_states), dtype float64
        State probabilities given the state of the parent; without rows for the root.
    """

    column: int
    parent: int
    bias: np.ndarray
    transition: np.ndarray


class FoldedTree:
    r"""Messages of fixed cells, computed once.

    Parameters
    ----------
    order : sequence of int
        Columns of the tree, each after its parent.
    parent : sequence of int
        Parent of each column of the table; -1 for none.
    transition : ndarray of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given those of its parent.
    prior : ndarray of shape (n_states,), dtype float64
        State probabilities of the root.
    leaves : dict of int to ndarray of shape (n_states,), dtype float64
        Likelihoods of the fixed cells.
    free : sequence of int
        Columns of which the cells may change.

    Attributes
    ----------
    nodes : list of FoldedNode
        The columns that may change, and those where their paths meet, each after its
        parent. The root comes first.
    log_scale : float
        Logarithm of the factor that is left out of all biases.

    Notes
    -----
    A fixed column without free columns below it sends the message
    :math:`m(a) = \sum_b T(a, b) f(b)`, which is a constant. A fixed column with one
    child is passed by: its parent and its child are connected by
    :math:`\sum_b T(a, b) f(b) T'(b, c)`.
    """

    def __init__(
        self,
        order: Sequence[int],
        parent: Sequence[int],
        transition: np.ndarray,
        prior: np.ndarray,
        leaves: Mapping[int, np.ndarray],
        free: Sequence[int],
    ) -> None:
        self.log_scale = 0.0
        self.prior = prior
        bias = {
            j: np.ones(len(prior)) if j in free else self._scaled(leaves[j])
            for j in order
        }
        children: dict[int, list[int]] = {j: [] for j in order}
        link = {j: transition[j] for j in order}
        for j in reversed(order):
            if j == order[0]:
                break
            above, kept = parent[j], children[j]
            if j in free or len(kept) > 1:
                children[above].append(j)
            elif kept:
                (child,) = kept
                link[child] = link[j] @ (bias[j][:, np.newaxis] * link[child])
                children[above].append(child)
            else:
                bias[above] = self._scaled(bias[above] * (link[j] @ bias[j]))
        self.nodes = self._listed(order[0], children, bias, link)

    def _listed(
        self,
        root: int,
        children: Mapping[int, Sequence[int]],
        bias: Mapping[int, np.ndarray],
        link: Mapping[int, np.ndarray],
    ) -> list[FoldedNode]:
        """List the nodes from the root on."""
        nodes: list[FoldedNode] = []
        waiting = [(root, -1)]
        while waiting:
            j, above = waiting.pop()
            waiting += [(child, len(nodes)) for child in children[j]]
            arrow = link[j] if above >= 0 else np.empty((0, 0))
            nodes.append(FoldedNode(j, above, bias[j], arrow))
        return nodes

    def _scaled(self, likelihood: np.ndarray) -> np.ndarray:
        """Divide likelihoods by the largest, and remember its logarithm."""
        peak = float(likelihood.max())
        self.log_scale += float(np.log(peak))
        return np.asarray(likelihood / peak)
