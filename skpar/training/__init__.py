"""Fitting of all parts; nothing here is needed after ``fit``.

`RecourseFitter` fits densities, surrogate and generator. The surrogate learns from the
classifier's predictions (distillation). The generator learns from the objective and
from answers found by beam search. `Progress` shows the progress of a fit.
"""

from ._fitting import RecourseFitter
from ._progress import Progress

__all__ = [
    "Progress",
    "RecourseFitter",
]
