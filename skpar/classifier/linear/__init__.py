"""Linear classifiers with preprocessing, written as exact sums over columns.

The fitted steps of a pipeline are expressed as functions of single columns. Other
models behind the same steps use these functions too.
"""

from ._linear import LinearScore, extract_linear_score
from ._preprocessing import (
    Feature,
    UnsupportedStep,
    apply_step,
    input_feature,
    pipeline_steps,
)

__all__ = [
    "Feature",
    "LinearScore",
    "UnsupportedStep",
    "apply_step",
    "extract_linear_score",
    "input_feature",
    "pipeline_steps",
]
