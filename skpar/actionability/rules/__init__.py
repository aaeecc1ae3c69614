"""Rules for one feature: as the user writes them, and as feasible values.

The user writes `Range`, `Levels`, `Transitions`, `Fill` and `Weight`. `read_rules`
validates them and merges them into one `FeasibleValues` per column. `FeasibleValues`
finds the feasible value nearest to a proposal.
"""

from ._feasible_numbers import add_decimal
from ._feasible_values import Bounds, FeasibleValues, OrderedValues
from ._feature_rules import read_feature_rules, written_rules
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._validation import has_step, without_steps

__all__ = [
    "Bounds",
    "FeasibleValues",
    "Fill",
    "Levels",
    "OrderedValues",
    "Range",
    "Transitions",
    "Weight",
    "add_decimal",
    "has_step",
    "read_feature_rules",
    "without_steps",
    "written_rules",
]
