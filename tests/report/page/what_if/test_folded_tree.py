"""Folding keeps the likelihood of every row."""

import itertools

import numpy as np
import pytest

from skpar.report.page.what_if._folded_tree import FoldedTree

# A chain 0 - 1 - 2 with branches 3 (at 1), 4 (at 3) and 5 (at 0).
PARENT = [-1, 0, 1, 1, 3, 0]
ORDER = [0, 1, 2, 3, 4, 5]


def likelihood(parent, transition, prior, leaves):
    """Sum over all states of all columns."""
    total = 0.0
    for states in itertools.product(range(len(prior)), repeat=len(parent)):
        term = prior[states[0]] * leaves[0][states[0]]
        for j in range(1, len(parent)):
            term *= transition[j][states[parent[j]], states[j]] * leaves[j][states[j]]
        total += term
    return total


@pytest.mark.parametrize(
    "free", [[], [0], [2], [4], [2, 4], [1, 5], [4, 5], [0, 1, 2, 3, 4, 5]]
)
def test_folding_keeps_the_likelihood(free):
    rng = np.random.default_rng(len(free))
    transition = rng.dirichlet(np.ones(3), (6, 3))
    prior = rng.dirichlet(np.ones(3))
    leaves = rng.random((6, 3))
    expected = likelihood(PARENT, transition, prior, leaves)
    tree = FoldedTree(ORDER, PARENT, transition, prior, dict(enumerate(leaves)), free)
    nodes = tree.nodes
    cells = [
        node.bias * (leaves[node.column] if node.column in free else 1.0)
        for node in nodes
    ]
    parents = [node.parent for node in nodes]
    arrows = [node.transition for node in nodes]
    found = likelihood(parents, arrows, prior, cells)
    np.testing.assert_allclose(found * np.exp(tree.log_scale), expected)
    # The root, what may change, and at most one meeting point less than that.
    assert len(nodes) <= max(2 * len(free), 1)
    assert {node.column for node in nodes} >= set(free)
