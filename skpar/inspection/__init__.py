"""Pictures of recourse, drawn with matplotlib (the extra ``plot``)."""

from __future__ import annotations

from ._frontier import FrontierDisplay
from ._population_display import PopulationDisplay
from ._recourse_display import RecourseDisplay

__all__ = ["FrontierDisplay", "PopulationDisplay", "RecourseDisplay"]
