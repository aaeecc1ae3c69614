"""Exact densities of mixed tables.

`HiddenChowLiuTree` is the density estimator for users. Inside, `circuit` evaluates and
samples a density and `learning` fits one; the other packages use both by `_api`.
"""

from ._hidden_chow_liu_tree import HiddenChowLiuTree

__all__ = ["HiddenChowLiuTree"]
