"""Algorithmic recourse: plausible, feasible changes that get people accepted."""

from ._recourse import PARRecourse
from .actionability import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    Fill,
    If,
    LevelPrices,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Price,
    Range,
    RareLevels,
    Rises,
    Transitions,
    Weight,
)
from .classifier import Threshold
from .inspection import check_table
from .report import (
    Finding,
    PagePhrases,
    Phrases,
    RecourseReport,
    Verification,
    WhatIf,
    Wording,
    verify,
)
from .table import TableSchema

__version__ = "0.1.0.dev0"

__all__ = [
    "Derived",
    "Determines",
    "ExactlyOne",
    "Falls",
    "Fill",
    "Finding",
    "If",
    "LevelPrices",
    "Levels",
    "Linear",
    "MaxChanged",
    "NotAbove",
    "PARRecourse",
    "PagePhrases",
    "Phrases",
    "Price",
    "Range",
    "RareLevels",
    "RecourseReport",
    "Rises",
    "TableSchema",
    "Threshold",
    "Transitions",
    "Verification",
    "Weight",
    "WhatIf",
    "Wording",
    "__version__",
    "check_table",
    "verify",
]
