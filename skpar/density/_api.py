"""Interface of the densities for the other packages of skpar.

`fit_circuit` learns a `Circuit` from encoded rows. `TabulatedCircuit` evaluates many
rows with few distinct cells. `one_thread` limits torch to one thread. Users work with
`HiddenChowLiuTree` instead.
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
