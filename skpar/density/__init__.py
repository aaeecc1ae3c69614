"""Exact densities of mixed tables."""

from skpar.density._circuit import Circuit
from skpar.density._hidden_chow_liu_tree import HiddenChowLiuTree
from skpar.density._learning import fit_circuit
from skpar.density._tabulated import Surroundings, Table, TabulatedCircuit

__all__ = [
    "Circuit",
    "HiddenChowLiuTree",
    "Surroundings",
    "Table",
    "TabulatedCircuit",
    "fit_circuit",
]
