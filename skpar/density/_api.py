"""Densities for the other packages; users have `HiddenChowLiuTree`.

`fit_density` fits the density of an estimator that reads the table itself, and
`fit_circuit` a `Circuit` to encoded rows. `TabulatedCircuit` evaluates many
rows that are made of few distinct cells. `one_thread` keeps torch on one thread.
"""

from ._fitting import check_density, fit_density
from ._threads import one_thread
from .circuit import CellContexts, Circuit, LeafTable, TabulatedCircuit
from .learning import fit_circuit

__all__ = [
    "CellContexts",
    "Circuit",
    "LeafTable",
    "TabulatedCircuit",
    "check_density",
    "fit_circuit",
    "fit_density",
    "one_thread",
]
