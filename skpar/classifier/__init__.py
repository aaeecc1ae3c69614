"""Who decides: the user's classifier, and a cheap surrogate for it.

`BlackBox` asks the classifier in the container that it was trained on. The set-up
finds the classifier, its labels and the favorable ones. Linear pipelines are taken
apart exactly. The surrogate estimates, without a call of `predict`, how far a row is
from being accepted.
"""

from ._black_box import BlackBox
from ._calibration import PlattScale
from ._linear import LinearScore, take_apart
from ._refits import share_of_refits
from ._setup import (
    check_labels,
    check_shares,
    choose_classifier,
    choose_favorable,
    fit_classifier,
    labels_of,
    warn_if_rows_were_seen,
)
from ._surrogate import SplineBasis, Surrogate

__all__ = [
    "BlackBox",
    "LinearScore",
    "PlattScale",
    "SplineBasis",
    "Surrogate",
    "check_labels",
    "check_shares",
    "choose_classifier",
    "choose_favorable",
    "fit_classifier",
    "labels_of",
    "share_of_refits",
    "take_apart",
    "warn_if_rows_were_seen",
]
