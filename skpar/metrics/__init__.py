"""Metrics of the answers of any recourse method, and scorers for model selection.

A metric is a function of factuals, counterfactuals and the mask of answered rows; it
returns a `Mean` or the values of all rows. `_inputs` checks arguments, finds the rows
that count and takes the mean; `_docstrings` documents shared parameters. A new metric
is a function in a module here, and a name below. `_recourse` uses `recourse_score`.
"""

from __future__ import annotations

from ._cost import Cost, MeteredClassifier, cost_per_person
from ._diversity import diversity
from ._inputs import Mean
from ._neighbors import knn_distance, outlier_share, ynn
from ._plausibility import percentile, plausibility
from ._proximity import effort, features_changed, gower_distance
from ._robustness import robustness
from ._scorers import (
    RecourseScorer,
    RecourseScorers,
    make_recourse_scorer,
    recourse_score,
    recourse_scorers,
)
from ._validity import actionability, coverage, success, validity

__all__ = [
    "Cost",
    "Mean",
    "MeteredClassifier",
    "RecourseScorer",
    "RecourseScorers",
    "actionability",
    "cost_per_person",
    "coverage",
    "diversity",
    "effort",
    "features_changed",
    "gower_distance",
    "knn_distance",
    "make_recourse_scorer",
    "outlier_share",
    "percentile",
    "plausibility",
    "recourse_score",
    "recourse_scorers",
    "robustness",
    "success",
    "validity",
    "ynn",
]
