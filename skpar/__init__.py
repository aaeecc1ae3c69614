"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._links import Derived, Falls, If, Linear, MaxChanged, NotAbove, Rises
from ._recourse import PARRecourse
from ._report import RecourseReport
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._version import __version__
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
