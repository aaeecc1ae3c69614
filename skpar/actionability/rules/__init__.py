"""Rules for one feature: as the user writes them, and as feasible values.

`Range`, `Levels`, `Transitions`, `Fill` and `Weight` are what the user writes.
`read_rules` validates and merges them into one `FeasibleValues` per column, which
finds the feasible value nearest to any proposal.
"""

from ._feasible_levels import FeasibleLevels
from ._feasible_numbers import FeasibleNumbers, shift
from ._feasible_values import FeasibleValues, Limit
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._validation import read_rules

__all__ = [
    "FeasibleLevels",
    "FeasibleNumbers",
    "FeasibleValues",
    "Fill",
    "Levels",
    "Limit",
    "Range",
    "Transitions",
    "Weight",
    "read_rules",
    "shift",
]
