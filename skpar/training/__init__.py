"""Fitting, step by step; nothing here is needed to answer people.

`RecourseFitter` fits densities, surrogate and generator. The surrogate learns from the
classifier's predictions (distillation); the generator learns from the objective and
from answers that beam search found. `Progress` shows how far the fit is.
"""

from ._fitting import FitSettings, RecourseFitter
from ._progress import Progress

__all__ = [
    "FitSettings",
    "Progress",
    "RecourseFitter",
]
