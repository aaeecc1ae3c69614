"""Finding relations in training rows, by rules that are no accident."""

from ._determined import find_determined
from ._groups import find_groups
from ._joint import find_unknown

__all__ = ["find_determined", "find_groups", "find_unknown"]
