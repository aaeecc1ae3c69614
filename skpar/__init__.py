"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._recourse import PARRecourse
from ._report import RecourseReport
from ._rules import Levels, Range
from ._schema import TableSchema
from ._version import __version__

__all__ = [
    "Levels",
    "PARRecourse",
    "Range",
    "RecourseReport",
    "TableSchema",
    "__version__",
]
