"""The HTML page of a report, with its pictures.

`page` writes a whole document, and `fragment` what a notebook shows. Pictures are
inline SVG.
"""

from ._html import fragment, page
from ._person_view import PERCENTILE, PROBABILITY, PersonView, ScaleView, person_view
from ._population_view import CHANGE_KINDS, FeatureSummary, feature_summaries

__all__ = [
    "CHANGE_KINDS",
    "FeatureSummary",
    "PERCENTILE",
    "PROBABILITY",
    "PersonView",
    "ScaleView",
    "feature_summaries",
    "fragment",
    "page",
    "person_view",
]
