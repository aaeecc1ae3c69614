"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._links import AtMost, Derived, Falls, If, Linear, MaxChanged, Rises
from ._recourse import PARRecourse
from ._report import RecourseReport
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._version import __version__

__all__ = [
    "AtMost",
    "Derived",
    "Falls",
    "Fill",
    "If",
    "Levels",
    "Linear",
    "MaxChanged",
    "PARRecourse",
    "Range",
    "RecourseReport",
    "Rises",
    "Transitions",
    "Weight",
    "__version__",
]
