"""Fitting all parts in order; nothing here is needed to answer people.

`PartsFitter` fits densities, surrogate and generator. The surrogate learns from the
classifier's own answers (distillation); the generator learns from the objective and
from answers that beam search found. `Progress` tells how far the fit is.
"""

from ._fitting import FitSettings, PartsFitter
from ._progress import Progress

__all__ = [
    "FitSettings",
    "PartsFitter",
    "Progress",
]
