"""Rules for one feature: as the user writes them, and as feasible values.

`Range`, `Levels`, `Transitions`, `Fill` and `Weight` are what the user writes.
`read_rules` validates and merges them into one `FeasibleValues` per column, which
finds the feasible value nearest to any proposal.
"""

from ._feasible_numbers import FeasibleNumbers, add_decimal
from ._feasible_values import Bounds, FeasibleValues
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._validation import read_rules

__all__ = [
    "Bounds",
    "FeasibleNumbers",
    "FeasibleValues",
    "Fill",
    "Levels",
    "Range",
    "Transitions",
    "Weight",
    "add_decimal",
    "read_rules",
]
