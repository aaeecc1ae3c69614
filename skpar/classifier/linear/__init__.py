"""Linear classifiers with preprocessing, written as exact sums over columns."""

from ._linear import LinearScore, extract_linear_score

__all__ = ["LinearScore", "extract_linear_score"]
