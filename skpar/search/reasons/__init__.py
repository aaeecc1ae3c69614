"""Reasons: which rules stand between a person and recourse.

`blocking_rules` names the rules that make recourse impossible, and `BindingRules` those
that bind at a row that the classifier denies. `broken_demands` says which other demands
rows break. `attribute_changes` says how much each change of an answer helps.
"""

from ._attribution import attribute_changes
from ._binding_rules import BindingRules
from ._blocking_rules import NeighborTrial, blocking_rules
from ._broken_demands import broken_decisions, broken_demands, demands_in_words

__all__ = [
    "BindingRules",
    "NeighborTrial",
    "attribute_changes",
    "blocking_rules",
    "broken_decisions",
    "broken_demands",
    "demands_in_words",
]
