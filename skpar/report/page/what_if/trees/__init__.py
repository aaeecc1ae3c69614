"""Tree ensembles as plain data, without the branches that one person cannot reach."""

from ._node_tests import NotExact
from ._pruned_trees import PrunedTrees, TooLarge

__all__ = ["NotExact", "PrunedTrees", "TooLarge"]
