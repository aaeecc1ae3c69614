"""The published settings of skpar: few, and the same for all tables and classifiers."""

from __future__ import annotations

from typing import Any

SETTINGS: dict[str, dict[str, Any]] = {
    "skpar": {},
    "skpar-near": {
        "effort": "range",
        "min_probability": 0.52,
        "weight_plausibility": 1.5,
        "weight_effort": 10.0,
        "weight_sparsity": 1.5,
        "weight_outlier": 0.4,
    },
    "skpar-sparse": {
        "effort": "range",
        "weight_plausibility": 1.0,
        "weight_denied": 3.0,
        "weight_effort": 1.5,
        "weight_sparsity": 2.0,
        "weight_outlier": 4.0,
    },
    "skpar-sure": {
        "min_probability": 0.94,
        "weight_plausibility": 0.5,
        "weight_effort": 0.5,
        "weight_sparsity": 1.0,
        "weight_outlier": 4.0,
    },
    "skpar-contrast": {
        "min_probability": 0.88,
        "weight_plausibility": 0.5,
        "weight_denied": 2.0,
        "weight_effort": 0.3,
        "weight_sparsity": 0.5,
    },
}
FREE = "-no-rules"


def parameters_of(method: str) -> dict[str, Any]:
    """Parameters of a setting, with or without rules; none of other methods."""
    return SETTINGS.get(method.removesuffix(FREE), {})
