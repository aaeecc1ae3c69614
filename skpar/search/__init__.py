"""Search: from proposals to answers that the classifier accepts.

`RecourseSearch` queries the classifier with proposals in order of expected improvement,
polishes answers, and enumerates small feasible sets. If nothing is found,
`InfeasibilityProver` tries to prove infeasibility. `OnePass` answers by proposals of
the generator alone. `FinalCheck` reads answers back from the user's table.
`FittedParts` are the parts that a fitted estimator holds.
"""

from ._alternatives import flags_of_ranked, rank_options
from ._final_check import FinalCheck
from ._fitted_parts import FittedParts
from ._infeasibility import InfeasibilityProver, Proofs
from ._one_pass import OnePass
from ._random_rows import RandomRows
from ._search import RecourseSearch
from .queries import SearchResult
from .reasons import (
    OWN_LIMITS,
    BindingRules,
    Broken,
    Demanded,
    NeighborComparison,
    NeighborTrial,
    attribute_changes,
    blocking_rules,
    broken_decisions,
    broken_demands,
    demands_of,
)

__all__ = [
    "BindingRules",
    "Broken",
    "Demanded",
    "FinalCheck",
    "FittedParts",
    "InfeasibilityProver",
    "NeighborComparison",
    "NeighborTrial",
    "OWN_LIMITS",
    "OnePass",
    "Proofs",
    "RandomRows",
    "RecourseSearch",
    "SearchResult",
    "attribute_changes",
    "blocking_rules",
    "broken_decisions",
    "broken_demands",
    "demands_of",
    "flags_of_ranked",
    "rank_options",
]
