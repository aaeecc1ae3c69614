"""Relations between columns that hold in every training row.

A *group* is a set of two-valued columns of which exactly one, or at most one, is on,
as after one-hot encoding. `FeatureSchema` turns each group into one feature. The value
of a *determined* column follows from other columns, such as a mean from its months.
`find_groups` and `find_determined` find both in training rows. `find_unknown` finds
columns that follow two others by a formula that is unknown.
"""

from ._config import RelationConfig
from ._determined import Determined, LookedUp, in_order
from ._features import (
    FeatureSchema,
    compressed,
    determined_of,
    group_columns,
    groups_of,
    table_of,
    with_determined,
)
from ._formulas import (
    ExtremeFormula,
    Formula,
    LinearFormula,
    ProductFormula,
    fraction_of,
)
from ._groups import ColumnGroup, GroupColumn
from ._partial_changes import partial_changes
from .finding import find_determined, find_groups, find_unknown

__all__ = [
    "ColumnGroup",
    "Determined",
    "ExtremeFormula",
    "FeatureSchema",
    "Formula",
    "GroupColumn",
    "LinearFormula",
    "LookedUp",
    "ProductFormula",
    "RelationConfig",
    "compressed",
    "determined_of",
    "find_determined",
    "find_groups",
    "find_unknown",
    "fraction_of",
    "group_columns",
    "groups_of",
    "in_order",
    "partial_changes",
    "table_of",
    "with_determined",
]
