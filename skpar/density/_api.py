"""Densities for the other packages; users have `HiddenChowLiuTree`.

`fit_circuit` learns a `Circuit` from encoded rows. `TabulatedCircuit` evaluates many
rows that are made of few distinct cells. `one_thread` keeps torch on one thread.
"""

from ._threads import one_thread
from .circuit import CellContexts, Circuit, LeafTable, TabulatedCircuit
from .learning import fit_circuit

__all__ = [
    "CellContexts",
    "Circuit",
    "LeafTable",
    "TabulatedCircuit",
    "fit_circuit",
    "one_thread",
]
