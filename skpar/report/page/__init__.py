"""The HTML page of a report, with its pictures, and the views that pictures show.

`to_html` writes a whole document, and `fragment` what a notebook shows. `Handout` and
`Overview` hold what they say of one person and of many people; all markup is in
`templates`. Pictures are inline SVG. `person_view` and `feature_summaries` collect what
pictures show. `what_if` makes a page on which one person tries values.
"""

from ._html import fragment, to_html
from .pictures import (
    CHANGE_KINDS,
    PERCENTILE,
    PROBABILITY,
    FeatureSummary,
    PersonView,
    RegionSpan,
    ScaleView,
    feature_summaries,
    person_view,
    printable,
    region_spans,
    tick_side,
)
from .what_if import WhatIf, what_if

__all__ = [
    "CHANGE_KINDS",
    "FeatureSummary",
    "PERCENTILE",
    "PROBABILITY",
    "PersonView",
    "RegionSpan",
    "ScaleView",
    "WhatIf",
    "feature_summaries",
    "fragment",
    "person_view",
    "printable",
    "region_spans",
    "tick_side",
    "to_html",
    "what_if",
]
