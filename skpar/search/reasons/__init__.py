"""Reasons: which rules stand between a person and recourse.

`blocking_rules` names the rules that make recourse impossible, and `BindingRules` those
that bind at a row that the classifier denies. `broken_demands` says which other demands
rows break. `attribute_changes` says how much each change of an answer helps.
`NeighborComparison` says what each feature contributes to the denial of a person.
"""

from ._attribution import attribute_changes
from ._binding_rules import BindingRules
from ._blocking_rules import OWN_LIMITS, NeighborTrial, blocking_rules
from ._broken_demands import (
    Broken,
    Demanded,
    broken_decisions,
    broken_demands,
    demands_of,
)
from ._comparison import NeighborComparison

__all__ = [
    "BindingRules",
    "Broken",
    "Demanded",
    "NeighborComparison",
    "NeighborTrial",
    "OWN_LIMITS",
    "attribute_changes",
    "blocking_rules",
    "broken_decisions",
    "broken_demands",
    "demands_of",
]
