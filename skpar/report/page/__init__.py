"""The HTML page of a report, with its pictures, and the views that pictures show.

`page` writes a whole document, and `fragment` what a notebook shows. Pictures are
inline SVG. `person_view` and `feature_summaries` collect what pictures show of one
person and of many people.
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
from ._region_spans import RegionSpan, region_spans

__all__ = [
    "CHANGE_KINDS",
    "FeatureSummary",
    "PERCENTILE",
    "PROBABILITY",
    "PersonView",
    "RegionSpan",
    "ScaleView",
    "feature_summaries",
    "fragment",
    "page",
    "person_view",
    "region_spans",
    "tick_side",
]
