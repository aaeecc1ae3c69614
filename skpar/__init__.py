"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._recourse import PARRecourse
from ._report import RecourseReport
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._version import __version__

__all__ = [
    "Fill",
    "Levels",
    "PARRecourse",
    "Range",
    "RecourseReport",
    "Transitions",
    "Weight",
    "__version__",
]
