"""Interface of the densities for the other packages of skpar.

`fit_density` fits the density of an estimator that reads the table itself.
`fit_circuit` learns a circuit from encoded rows. `TabulatedCircuit` evaluates many
rows with few distinct cells. `RelationFactor` is the part of a density for relations
between columns. `one_thread` limits torch to one thread. Users work with
`HiddenChowLiuTree` instead.
"""

from ._fitting import check_density, fit_density
from ._relation_factor import RelationFactor
from ._threads import one_thread
from .circuit import CellContexts, Circuit, LeafTable, TabulatedCircuit
from .learning import fit_circuit

__all__ = [
    "CellContexts",
    "Circuit",
    "LeafTable",
    "RelationFactor",
    "TabulatedCircuit",
    "check_density",
    "fit_circuit",
    "fit_density",
    "one_thread",
]
