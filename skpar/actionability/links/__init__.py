"""Links between features: as the user writes them, and as constraints on codes.

`If`, `NotAbove`, `Linear`, `Derived` and `MaxChanged` are what the user writes. They
are validated against schema and rules, become constraints that can be tested and
repaired, and are kept together in one set.
"""

from ._constraints import Count
from ._link_set import Linking
from ._links import Derived, Falls, If, Linear, Link, MaxChanged, NotAbove, Rises

__all__ = [
    "Count",
    "Derived",
    "Falls",
    "If",
    "Linear",
    "Link",
    "Linking",
    "MaxChanged",
    "NotAbove",
    "Rises",
]
