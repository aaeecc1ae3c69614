"""What a row is worth to the person who asks.

`Effort` prices changes, `Plausibility` scales log-densities, `Outliers` tells rows
that lie far from accepted people, and `Objective` adds them up. `AcceptedNeighbors`
finds accepted people near a person. Eligibility says which rows may be answers.
"""

from ._effort import Effort, gower
from ._eligibility import Eligibility
from ._feature_space import FeatureSpace
from ._neighbors import AcceptedNeighbors
from ._objective import Objective, Weights
from ._outliers import Outliers, distinct, outlier_factor
from ._plausibility import Plausibility
from ._ranks import mid_rank
from ._rare_rows import RareRows

__all__ = [
    "AcceptedNeighbors",
    "Effort",
    "Eligibility",
    "FeatureSpace",
    "Objective",
    "Outliers",
    "Plausibility",
    "RareRows",
    "Weights",
    "distinct",
    "gower",
    "mid_rank",
    "outlier_factor",
]
