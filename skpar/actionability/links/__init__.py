"""Links between features: as the user writes them, and as constraints on codes.

`If`, `NotAbove`, `Linear`, `Derived` and `MaxChanged` are what the user writes. They
are validated against schema and rules, become constraints that can be tested and
repaired, and are kept together in one set.
"""

from ._constraints import CountConstraint
from ._link_set import LinkSet
from ._links import Derived, Falls, If, Linear, Link, MaxChanged, NotAbove, Rises

__all__ = [
    "CountConstraint",
    "Derived",
    "Falls",
    "If",
    "Linear",
    "Link",
    "LinkSet",
    "MaxChanged",
    "NotAbove",
    "Rises",
]
