"""The circuit of a density: kernels, leaves, messages along the tree, log-density.

Nothing here learns. A `Circuit` is a tree, leaves and learned probabilities, and
evaluates and samples rows exactly. `TabulatedCircuit` does so from tables of leaves.
"""

from ._circuit import Circuit
from ._factors import Factors
from ._kernels import quantiles
from ._leaves import Leaves
from ._tabulated import CellContexts, LeafTable, TabulatedCircuit
from ._tree import Tree

__all__ = [
    "CellContexts",
    "Circuit",
    "Factors",
    "LeafTable",
    "Leaves",
    "TabulatedCircuit",
    "Tree",
    "quantiles",
]
