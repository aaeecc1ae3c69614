"""Learning of a circuit: tree, kernels, first states, expectation maximization.

The tree is a Chow-Liu tree. The first states are guessed from a score of the rows. The
parameters are learned by stepwise EM. `fit_circuit` takes encoded rows; `learn_circuit`
encodes the rows in small parts.
"""

from ._em import EMSettings
from ._fitting import (
    LearnedCircuit,
    columns_in_circuit,
    fit_circuit,
    learn_circuit,
)

__all__ = [
    "EMSettings",
    "LearnedCircuit",
    "columns_in_circuit",
    "fit_circuit",
    "learn_circuit",
]
