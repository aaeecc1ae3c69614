"""What a person may change: rules per feature, links between features, limits.

`rules` holds what the user writes for one feature and the feasible values that follow
from it; `links` holds what must change together. `Actionability` joins both: it moves
any row to a feasible one near by, and tells whether a row is feasible. `Limits` are
restrictions of single people.
"""

from ._actionability import Actionability
from ._limits import Limits, bounds_of, read_limits, with_frozen
from .links import (
    CountConstraint,
    Derived,
    Falls,
    If,
    Linear,
    LinkSet,
    MaxChanged,
    NotAbove,
    Rises,
)
from .rules import (
    FeasibleLevels,
    FeasibleNumbers,
    FeasibleValues,
    Fill,
    Levels,
    Limit,
    Range,
    Transitions,
    Weight,
)

__all__ = [
    "Actionability",
    "CountConstraint",
    "Derived",
    "Falls",
    "FeasibleLevels",
    "FeasibleNumbers",
    "FeasibleValues",
    "Fill",
    "If",
    "Levels",
    "Limit",
    "Limits",
    "Linear",
    "LinkSet",
    "MaxChanged",
    "NotAbove",
    "Range",
    "Rises",
    "Transitions",
    "Weight",
    "bounds_of",
    "read_limits",
    "with_frozen",
]
