"""Links between features: as the user writes them, and as constraints on codes.

The user writes `If`, `NotAbove`, `Linear`, `Derived`, `MaxChanged`, `ExactlyOne` and
`Determines`. The package validates them against schema and rules. It turns them into
constraints, which can be checked and repaired. `LinkSet` holds all links of a table.
"""

from ._constraints import (
    CountConstraint,
    DerivedConstraint,
    DirectedChange,
    ImplicationConstraint,
    SumConstraint,
)
from ._derived_columns import FollowingColumn, derived_positions, origins
from ._link_set import LinkSet
from ._links import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    If,
    Linear,
    Link,
    MaxChanged,
    NotAbove,
    Rises,
)

__all__ = [
    "CountConstraint",
    "Derived",
    "DerivedConstraint",
    "Determines",
    "DirectedChange",
    "ExactlyOne",
    "Falls",
    "FollowingColumn",
    "If",
    "ImplicationConstraint",
    "Linear",
    "Link",
    "LinkSet",
    "MaxChanged",
    "NotAbove",
    "Rises",
    "SumConstraint",
    "derived_positions",
    "origins",
]
