"""Reasons: which rules stand between a person and recourse.

`blocking_rules` names the rules that make recourse impossible, and `BindingRules` those
that bind at a row that the classifier denies.
"""

from ._binding_rules import BindingRules
from ._blocking_rules import NeighborTrial, blocking_rules

__all__ = ["BindingRules", "NeighborTrial", "blocking_rules"]
