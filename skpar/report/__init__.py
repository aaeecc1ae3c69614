"""What people see: the report, its words, its views, groups and pages.

`RecourseReport` holds the answers with their status and measures. Wording says
changes in words; views gather what is drawn of one person or of many; the page
writes it all as one HTML file.
"""

from ._background import Background, Scene, probabilities
from ._crowd import spreads_of
from ._groups import changes_by_group
from ._population import WAYS, Movement, movements_of
from ._portrait import PERCENTILE, PROBABILITY, Portrait, Track, portrait_of
from ._report import ACCEPTED, FOUND, IMPOSSIBLE, NOT_FOUND, RecourseReport
from ._wording import Wording, shorten, why_impossible

__all__ = [
    "ACCEPTED",
    "Background",
    "FOUND",
    "IMPOSSIBLE",
    "Movement",
    "NOT_FOUND",
    "PERCENTILE",
    "PROBABILITY",
    "Portrait",
    "RecourseReport",
    "Scene",
    "Track",
    "WAYS",
    "Wording",
    "changes_by_group",
    "movements_of",
    "portrait_of",
    "probabilities",
    "shorten",
    "spreads_of",
    "why_impossible",
]
