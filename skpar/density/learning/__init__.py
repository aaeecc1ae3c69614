"""Learning a circuit: tree, kernels, first states, expectation maximisation.

The tree is a Chow-Liu tree, the first states are cut from a score of the rows, and
parameters are learned by stepwise EM. `fit_circuit` takes encoded rows; `learn_circuit`
has them encoded a few at a time.
"""

from ._em import EMSettings
from ._fitting import LearnedCircuit, fit_circuit, learn_circuit

__all__ = [
    "EMSettings",
    "LearnedCircuit",
    "fit_circuit",
    "learn_circuit",
]
