"""The user's classifier and its fast surrogate.

`BlackBox` calls the classifier with the container that it was trained on. The setup
functions find the classifier, its labels and the favorable labels. `LinearScore` writes
a linear pipeline as an exact sum over columns. `Surrogate` estimates the margin by
which a row is accepted, without a call of ``predict``. `PlattScale` converts margins to
probabilities.
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
