"""The user's classifier and its fast surrogate.

`BlackBox` calls the classifier with the container that it was trained on. `decide`
sets it up: it fits the classifier if necessary, and finds its labels and decisions.
`refit_classifiers` fits clones on bootstrap samples; `Refits` are those that must
accept an answer as well. `LinearScore` writes a linear
pipeline as an exact sum over columns. `Surrogate` estimates the margin by
which a row is accepted, without a call of ``predict``. `PlattScale` converts margins to
probabilities. `RegionFinder` finds how far an accepted row may stray.
"""

from ._black_box import BlackBox
from ._decisions import Decisions, KnownRows, decide, split_by_demand
from ._predictions import stage
from ._refits import refit_classifiers
from ._robustness import fit_refits, refuse_without_refits
from ._setup import (
    check_labels,
    choose_classifier,
    choose_favorable,
    labels_of,
    refuse_mapping,
)
from ._spline_basis import SparseWeights, SplineBasis
from ._surrogate import AcceptanceModel, PlattScale, ProbabilityScale, Surrogate
from ._threshold import Threshold
from ._votes import Refits
from .linear import LinearScore
from .regions import (
    Axis,
    LinearJudge,
    Region,
    RegionFinder,
    TreeJudge,
    certifying_judge,
    draw_rows,
)

__all__ = [
    "AcceptanceModel",
    "Axis",
    "BlackBox",
    "Decisions",
    "KnownRows",
    "LinearJudge",
    "LinearScore",
    "PlattScale",
    "ProbabilityScale",
    "Refits",
    "Region",
    "RegionFinder",
    "SparseWeights",
    "SplineBasis",
    "Surrogate",
    "Threshold",
    "TreeJudge",
    "certifying_judge",
    "check_labels",
    "choose_classifier",
    "choose_favorable",
    "decide",
    "draw_rows",
    "fit_refits",
    "labels_of",
    "refit_classifiers",
    "refuse_mapping",
    "refuse_without_refits",
    "split_by_demand",
    "stage",
]
