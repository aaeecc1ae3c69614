"""Metrics of recourse, of any method, and scorers for model selection."""

from __future__ import annotations

from ._actionable import actionability
from ._answers import Mean
from ._change import effort, features_changed, gower_distance
from ._cost import Cost, MeteredClassifier, cost_per_person
from ._diversity import diversity
from ._nearness import knn_distance, outlier_share, ynn
from ._robustness import robustness
from ._scorers import (
    RecourseScorer,
    RecourseScorers,
    make_recourse_scorer,
    recourse_score,
    recourse_scorers,
)
from ._success import coverage, success, validity
from ._typicality import percentile, plausibility

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
