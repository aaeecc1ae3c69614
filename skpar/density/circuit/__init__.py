"""The circuit of a density: tree, kernels, leaves, message passing.

A `Circuit` consists of a tree, leaves and their parameters. It evaluates and samples
rows exactly. `TabulatedCircuit` evaluates rows from precomputed tables of leaves. The
package `learning` fits the parameters.
"""

from ._circuit import Circuit, CircuitParameters
from ._kernels import ColumnDensities, quantiles, robust_scale
from ._leaf_lookup import LeafTable
from ._leaves import Leaves
from ._tabulated import CellContexts, TabulatedCircuit
from ._tree import Tree

__all__ = [
    "CellContexts",
    "Circuit",
    "CircuitParameters",
    "ColumnDensities",
    "LeafTable",
    "Leaves",
    "TabulatedCircuit",
    "Tree",
    "quantiles",
    "robust_scale",
]
