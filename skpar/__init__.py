"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._recourse import PARRecourse
from ._version import __version__
from .actionability import (
    Derived,
    Falls,
    Fill,
    If,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Range,
    Rises,
    Transitions,
    Weight,
)
from .report import RecourseReport
from .table import TableSchema

__all__ = [
    "Derived",
    "Falls",
    "Fill",
    "If",
    "Levels",
    "Linear",
    "MaxChanged",
    "NotAbove",
    "PARRecourse",
    "Range",
    "RecourseReport",
    "Rises",
    "TableSchema",
    "Transitions",
    "Weight",
    "__version__",
]
