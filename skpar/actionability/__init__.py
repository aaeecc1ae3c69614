"""What a person may change: rules per feature, links between features, limits.

`rules` holds the rules for one feature and the feasible values that follow from them.
`links` holds the links between features. `Actionability` joins both: it moves any row
to a feasible row near by, and checks whether a row is feasible. `Limits` are
restrictions of single people, and `Demands` are what they want of the classifier.
`StepOrder` orders the changes of a row, so that every row on the way is feasible.
"""

from ._actionability import Actionability
from ._affordable import with_affordable_cells
from ._budgets import read_demands
from ._demands import ANY_LABEL, Demand, Demands
from ._limits import Limits, read_limits
from ._people import People, read_people
from ._step_order import Step, StepOrder
from ._violations import find_violations
from .links import (
    CountConstraint,
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    If,
    Linear,
    LinkSet,
    MaxChanged,
    NotAbove,
    Rises,
)
from .rules import (
    AnyPrice,
    Bounds,
    Fill,
    LevelPrices,
    Levels,
    OrderedValues,
    Price,
    Range,
    RareLevels,
    Transitions,
    Weight,
    price_table,
)

__all__ = [
    "ANY_LABEL",
    "Demand",
    "Demands",
    "read_demands",
    "Actionability",
    "AnyPrice",
    "Bounds",
    "CountConstraint",
    "Derived",
    "Determines",
    "ExactlyOne",
    "Falls",
    "Fill",
    "If",
    "LevelPrices",
    "Levels",
    "Limits",
    "Linear",
    "LinkSet",
    "MaxChanged",
    "NotAbove",
    "OrderedValues",
    "People",
    "Price",
    "Range",
    "RareLevels",
    "Rises",
    "Step",
    "StepOrder",
    "Transitions",
    "Weight",
    "find_violations",
    "price_table",
    "read_limits",
    "read_people",
    "with_affordable_cells",
]
