import numpy as np
import pytest

from skpar.density.circuit._tree import Tree

TREES = {
    "one column": ([-1], [0]),
    "chain": ([-1, 0, 1, 2], [0, 1, 2, 3]),
    "star": ([2, 2, -1, 2], [2, 3, 0, 1]),
    "deep": ([3, 0, 3, -1, 2], [3, 0, 2, 4, 1]),
}


@pytest.fixture(params=TREES)
def tree(request):
    parent, order = TREES[request.param]
    return Tree(np.array(parent), np.array(order))


def test_every_column_but_the_root_has_one_edge(tree):
    edges = dict(tree.edges_down())
    assert edges == {j: p for j, p in enumerate(tree.parent.tolist()) if p >= 0}
    assert tree.root not in edges
    assert len(edges) == tree.n_columns - 1


def test_edges_go_down_after_and_up_before_the_edge_above(tree):
    reached = {tree.root}
    for column, parent in tree.edges_down():
        assert parent in reached
        reached.add(column)
    left = set(range(tree.n_columns))
    for column, parent in tree.edges_up():
        assert {column, parent} <= left
        left.remove(column)
    assert left == {tree.root}


def test_a_placed_tree_has_the_same_edges_and_lonely_columns(tree):
    n = tree.n_columns
    columns = np.arange(n) * 2 + 1
    placed = tree.placed(columns, 2 * n + 2)
    assert placed.n_columns == 2 * n + 2
    assert placed.order.tolist() == columns[tree.order].tolist()
    pairs = [(int(columns[j]), int(columns[p])) for j, p in tree.edges_down()]
    assert placed.edges_down() == pairs
    left_out = np.setdiff1d(np.arange(2 * n + 2), columns)
    assert (placed.parent[left_out] == -1).all()
    same = tree.placed(np.arange(n), n)
    np.testing.assert_array_equal(same.parent, tree.parent)
