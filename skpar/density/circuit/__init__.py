"""The circuit of a density: kernels, leaves, messages along the tree, log-density.

Nothing here learns. A `Circuit` is a tree, leaves and their parameters; it evaluates
and samples rows exactly. `TabulatedCircuit` evaluates rows from tables of leaves.
"""

from ._circuit import Circuit, CircuitParameters
from ._kernels import quantiles
from ._leaves import Leaves
from ._tabulated import CellContexts, LeafTable, TabulatedCircuit
from ._tree import Tree

__all__ = [
    "CellContexts",
    "Circuit",
    "CircuitParameters",
    "LeafTable",
    "Leaves",
    "TabulatedCircuit",
    "Tree",
    "quantiles",
]
