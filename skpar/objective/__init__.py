"""The objective of recourse, and its terms.

`Effort` measures changes. `Plausibility` scales and bounds log-densities.
`OutlierScorer` scores rows that are outliers among accepted people. `Objective`
combines these terms. `AcceptedNeighbors` finds accepted people near a row.
`Eligibility` checks which rows may be answers. The metrics also use `FeatureSpace` and
the functions.
"""

from ._effort import UNITS, Effort, gower
from ._eligibility import Eligibility, RareRows
from ._feature_space import FeatureSpace
from ._neighbors import AcceptedNeighbors
from ._objective import Objective, Weights
from ._outliers import OutlierScorer, distinct_points, fit_outlier_factor
from ._plausibility import Plausibility, mid_rank

__all__ = [
    "UNITS",
    "AcceptedNeighbors",
    "Effort",
    "Eligibility",
    "FeatureSpace",
    "Objective",
    "OutlierScorer",
    "Plausibility",
    "RareRows",
    "Weights",
    "distinct_points",
    "fit_outlier_factor",
    "gower",
    "mid_rank",
]
