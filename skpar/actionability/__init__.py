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
    DerivedConstraint,
    Determines,
    DirectedChange,
    ExactlyOne,
    Falls,
    FollowingColumn,
    If,
    ImplicationConstraint,
    Linear,
    LinkSet,
    MaxChanged,
    NotAbove,
    Rises,
    SumConstraint,
    origins,
)
from .rules import (
    AnyPrice,
    Bounds,
    FeasibleLists,
    FeasibleNumbers,
    FeasibleValues,
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
    "DerivedConstraint",
    "Determines",
    "DirectedChange",
    "ExactlyOne",
    "Falls",
    "FeasibleLists",
    "FeasibleNumbers",
    "FeasibleValues",
    "Fill",
    "FollowingColumn",
    "If",
    "ImplicationConstraint",
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
    "SumConstraint",
    "Transitions",
    "Weight",
    "find_violations",
    "origins",
    "price_table",
    "read_limits",
    "read_people",
    "with_affordable_cells",
]
