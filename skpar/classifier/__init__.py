"""The user's classifier, and a cheap surrogate of it.

`BlackBox` calls the classifier in the container that it was trained on. The set-up
finds the classifier, its labels and the favorable ones. Linear pipelines become exact
sums over columns (`LinearScore`). `Surrogate` estimates, without a call of ``predict``,
the margin by which a row is accepted; `PlattScale` turns margins into probabilities.
"""

from ._black_box import BlackBox
from ._calibration import PlattScale
from ._linear import LinearScore
from ._refits import refit_acceptance
from ._setup import (
    check_acceptance_rate,
    check_labels,
    choose_classifier,
    choose_favorable,
    find_classes,
    fit_classifier,
    warn_if_trained_on,
)
from ._spline_basis import SplineBasis
from ._surrogate import Surrogate

__all__ = [
    "BlackBox",
    "LinearScore",
    "PlattScale",
    "SplineBasis",
    "Surrogate",
    "check_acceptance_rate",
    "check_labels",
    "choose_classifier",
    "choose_favorable",
    "find_classes",
    "fit_classifier",
    "refit_acceptance",
    "warn_if_trained_on",
]
