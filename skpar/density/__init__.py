"""Exact densities of mixed tables.

`HiddenChowLiuTree` is the density estimator for users. The package `circuit` evaluates
and samples a density. The package `learning` fits a density. Other packages of skpar
use both through `_api`.
"""

from ._hidden_chow_liu_tree import HiddenChowLiuTree
from .circuit import Circuit

__all__ = ["Circuit", "HiddenChowLiuTree"]
