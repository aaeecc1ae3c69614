"""Who finds and proves: from proposals to answers that the classifier accepts.

Candidates are asked about in order of expected improvement, answers are polished,
small feasible sets are enumerated, and where nothing was found, infeasibility is
proved where it can be.
"""

from ._alternatives import best_first, closings
from ._attribution import contributions
from ._infeasibility import Prover, opening_rules
from ._parts import Parts
from ._queries import Answers
from ._search import Search

__all__ = [
    "Answers",
    "Parts",
    "Prover",
    "Search",
    "best_first",
    "closings",
    "contributions",
    "opening_rules",
]
