"""The surrogate of the classifier, and how it learns the classifier's predictions."""

from ._distillation import SurrogateDistiller, first_rows

__all__ = ["SurrogateDistiller", "first_rows"]
