"""Displays of recourse, drawn with matplotlib (the extra ``plot``).

`RecourseDisplay` draws one person, `PopulationDisplay` draws many people, and
`FrontierDisplay` compares several methods or settings. They draw the views of
`skpar.report`. Their methods have the names of scikit-learn's displays.
"""

from __future__ import annotations

from ._frontier import FrontierDisplay
from ._population_display import PopulationDisplay
from ._recourse_display import RecourseDisplay

__all__ = ["FrontierDisplay", "PopulationDisplay", "RecourseDisplay"]
