"""Who finds and proves: from proposals to answers that the classifier accepts.

Candidates are asked about in order of expected improvement, answers are polished,
small feasible sets are enumerated, and where nothing was found, infeasibility is
proved where it can be.
"""

from ._alternatives import best_first, closings
from ._attribution import contributions
from ._fitted_parts import FittedParts
from ._infeasibility import InfeasibilityProver, opening_rules
from ._queries import SearchResult
from ._search import RecourseSearch

__all__ = [
    "FittedParts",
    "InfeasibilityProver",
    "RecourseSearch",
    "SearchResult",
    "best_first",
    "closings",
    "contributions",
    "opening_rules",
]
