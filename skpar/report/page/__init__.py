"""The HTML page of a report, with its pictures, and the views that pictures show.

`page` writes a whole document, and `fragment` what a notebook shows. Pictures are
inline SVG. `person_view` and `feature_summaries` collect what pictures show of one
person and of many people. `what_if` makes a page on which one person tries values.
"""

from ._html import fragment, page
from ._person_view import (
    PERCENTILE,
    PROBABILITY,
    PersonView,
    ScaleView,
    person_view,
    tick_side,
)
from ._population_view import CHANGE_KINDS, FeatureSummary, feature_summaries
from .what_if import WhatIf, what_if

__all__ = [
    "CHANGE_KINDS",
    "FeatureSummary",
    "PERCENTILE",
    "PROBABILITY",
    "PersonView",
    "ScaleView",
    "WhatIf",
    "feature_summaries",
    "fragment",
    "page",
    "person_view",
    "tick_side",
    "what_if",
]
