"""Relations between columns that hold in every training row.

A *group* is a set of two-valued columns of which exactly one, or at most one, is on,
as after one-hot encoding. `FeatureSchema` turns each group into one feature. The value
of a *determined* column follows from other columns, such as a mean from its months.
"""

from ._determined import Determined, LookedUp
from ._features import FeatureSchema, group_columns
from ._groups import ColumnGroup, GroupColumn

__all__ = [
    "ColumnGroup",
    "Determined",
    "FeatureSchema",
    "GroupColumn",
    "LookedUp",
    "group_columns",
]
