"""The surrogate of the classifier, and how it learns the classifier's predictions."""

from ._distillation import SurrogateDistiller

__all__ = ["SurrogateDistiller"]
