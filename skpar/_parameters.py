"""Constraints of the parameters of PARRecourse, in the form of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from .density import HiddenChowLiuTree
from .objective import UNITS, Weights

_FLAGS = ("keep_relations", "only_needed", "round_numbers", "allow_training_rows")
_COUNTS = ("n_neighbors", "n_proposals", "max_iter", "max_queries", "n_refits")
_WEIGHTS = tuple(f"weight_{term.name}" for term in fields(Weights))

PARAMETER_CONSTRAINTS: dict[str, Any] = {
    "estimator": [HasMethods("predict"), None],
    "favorable_label": "no_validation",
    "actionability": [Mapping, None],
    "links": ["array-like", None],
    "categorical_features": ["array-like", None],
    "ordinal_features": [Mapping, None],
    "density": [HiddenChowLiuTree, None],
    "effort": [StrOptions({*UNITS, "price"})],
    **dict.fromkeys(_WEIGHTS, [Interval(Real, 0, None, closed="left")]),
    **dict.fromkeys(_FLAGS, ["boolean"]),
    **dict.fromkeys(_COUNTS, [Interval(Integral, 1, None, closed="left")]),
    "search": [StrOptions({"full", "none"})],
    "max_effort": [Interval(Real, 0, None, closed="left"), None],
    "min_percentile": [Interval(Real, 0, 1, closed="left")],
    "min_probability": [Interval(Real, 0, 1, closed="neither"), None],
    "max_probability": [Interval(Real, 0, 1, closed="neither"), None],
    "min_robustness": [Interval(Real, 0, 1, closed="right"), None],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
