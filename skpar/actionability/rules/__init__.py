"""Rules for one feature: as the user writes them, and as feasible values.

The user writes `Range`, `Levels`, `Transitions`, `Fill`, `Weight`, and the prices
`Price`, `LevelPrices` and `RareLevels`. `read_rules` validates them and merges them
into one `FeasibleValues` per column. `FeasibleValues` finds the feasible value nearest
to a proposal.
"""

from ._feasible_categories import SeveralCategories
from ._feasible_lists import FeasibleLists
from ._feasible_numbers import FeasibleNumbers, add_decimal
from ._feasible_values import Bounds, FeasibleValues, OrderedValues
from ._feature_rules import read_feature_rules, written_rules
from ._prices import AnyPrice, LevelPrices, Price, RareLevels, price_of, price_table
from ._rules import Fill, Levels, Range, Transitions, Weight
from ._validation import has_step, without_steps

__all__ = [
    "AnyPrice",
    "Bounds",
    "FeasibleLists",
    "FeasibleNumbers",
    "FeasibleValues",
    "Fill",
    "LevelPrices",
    "Levels",
    "OrderedValues",
    "Price",
    "Range",
    "RareLevels",
    "SeveralCategories",
    "Transitions",
    "Weight",
    "add_decimal",
    "has_step",
    "price_of",
    "price_table",
    "read_feature_rules",
    "without_steps",
    "written_rules",
]
