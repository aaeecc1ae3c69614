"""Fitting of all parts; nothing here is needed after ``fit``.

`fit_estimator` sets the attributes of PARRecourse. `RecourseFitter` fits densities,
surrogate and generator. The surrogate learns from the classifier's predictions
(distillation). The generator learns from the objective and from answers found by beam
search.
"""

from ._estimator import fit_estimator, with_new_classifier

__all__ = ["fit_estimator", "with_new_classifier"]
