"""Metrics of the answers of any recourse method, and scorers for model selection.

A metric is a function of factuals, counterfactuals and the mask of answered rows. It
returns a mean, or the values of all rows. `_inputs` checks arguments, finds the rows
that count and takes the mean; `_docstrings` documents shared parameters. A new metric
is a function in a module here, a name below, and a line in `_evaluation`. `_recourse`
uses `recourse_score`; `report` uses the intervals.
"""

from __future__ import annotations

from ..classifier import refit_classifiers
from ._cost import Cost, MeteredClassifier, cost_per_person
from ._evaluation import evaluate
from ._intervals import Interval, mean_interval
from ._neighbors import knn_distance, outlier_share, ynn
from ._plausibility import log_density, percentile
from ._proximity import diversity, effort, gower_distance, n_changed
from ._scorers import (
    RecourseScorer,
    RecourseScorers,
    make_recourse_scorer,
    recourse_score,
    recourse_scorers,
)
from ._validity import (
    actionability,
    coverage,
    necessity,
    robustness,
    success,
    validity,
)

__all__ = [
    "Cost",
    "Interval",
    "MeteredClassifier",
    "RecourseScorer",
    "RecourseScorers",
    "actionability",
    "cost_per_person",
    "coverage",
    "diversity",
    "effort",
    "evaluate",
    "gower_distance",
    "knn_distance",
    "log_density",
    "make_recourse_scorer",
    "mean_interval",
    "n_changed",
    "necessity",
    "outlier_share",
    "percentile",
    "recourse_score",
    "recourse_scorers",
    "refit_classifiers",
    "robustness",
    "success",
    "validity",
    "ynn",
]
