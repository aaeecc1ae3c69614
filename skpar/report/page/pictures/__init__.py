"""Pictures of a page: the views of one person and of many people, and inline SVG.

`person_view` and `feature_summaries` collect what pictures show, and `region_spans` how
far numbers may stray. `draw_changes` and `draw_summary` draw it.
"""

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
from ._svg import draw_changes, draw_summary, printable

__all__ = [
    "CHANGE_KINDS",
    "FeatureSummary",
    "PERCENTILE",
    "PROBABILITY",
    "PersonView",
    "RegionSpan",
    "ScaleView",
    "draw_changes",
    "draw_summary",
    "feature_summaries",
    "person_view",
    "printable",
    "region_spans",
    "tick_side",
]
