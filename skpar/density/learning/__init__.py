"""Learning a circuit: tree, kernels, first guess, expectation maximisation.

`fit_circuit` and `learn` are the ways in. The tree is a Chow-Liu tree, states are
initialised from clusters of rows, and parameters are learned by stepwise EM.
"""

from ._em import SAMPLE_ROWS, LearningSettings, fit_circuit, learn

__all__ = [
    "LearningSettings",
    "SAMPLE_ROWS",
    "fit_circuit",
    "learn",
]
