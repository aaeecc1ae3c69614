"""What a person may change: rules per feature, links between features, limits.

`rules` holds what the user writes for one feature and the feasible values that follow
from it; `links` holds what must change together. `Actionability` joins both: it moves
any row to a feasible one near by, and tells whether a row is feasible. `Limits` are
restrictions of single people.
"""

from ._actionability import Actionability
from ._limits import Limits, bounds_of, read_limits, with_frozen
from .links import (
    Count,
    Derived,
    Falls,
    If,
    Linear,
    Linking,
    MaxChanged,
    NotAbove,
    Rises,
)
from .rules import (
    Fill,
    Levels,
    Limit,
    Permitted,
    PermittedLevels,
    PermittedNumbers,
    Range,
    Transitions,
    Weight,
)

__all__ = [
    "Actionability",
    "Count",
    "Derived",
    "Falls",
    "Fill",
    "If",
    "Levels",
    "Limit",
    "Limits",
    "Linear",
    "Linking",
    "MaxChanged",
    "NotAbove",
    "Permitted",
    "PermittedLevels",
    "PermittedNumbers",
    "Range",
    "Rises",
    "Transitions",
    "Weight",
    "bounds_of",
    "read_limits",
    "with_frozen",
]
