"""Exact densities of mixed tables."""

from skpar.density._circuit import Circuit
from skpar.density._hidden_chow_liu_tree import HiddenChowLiuTree
from skpar.density._learning import fit_circuit

__all__ = ["Circuit", "HiddenChowLiuTree", "fit_circuit"]
