"""The objective of recourse, and its terms.

`Effort` measures changes, `Plausibility` scales and bounds log-densities, and
`OutlierScorer` scores outliers among accepted people; `Objective` combines them.
`AcceptedNeighbors` finds accepted people near a row. `Eligibility` tells which rows
may be answers. `FeatureSpace` and the functions also serve the metrics.
"""

from ._effort import Effort, gower
from ._eligibility import Eligibility, RareRows
from ._feature_space import FeatureSpace
from ._neighbors import AcceptedNeighbors
from ._objective import Objective, Weights
from ._outliers import OutlierScorer, distinct_points, fit_outlier_factor
from ._plausibility import Plausibility, mid_rank

__all__ = [
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
