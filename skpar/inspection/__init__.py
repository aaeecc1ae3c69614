"""Displays of recourse with matplotlib (the extra ``plot``), and a look at a table.

`RecourseDisplay` draws one person, `PopulationDisplay` draws many people, and
`FrontierDisplay` compares several methods or settings. They draw the views of
`skpar.report`. Their methods have the names of scikit-learn's displays.
`check_table` looks for faults of a table; it is public as `skpar.check_table`.
"""

from __future__ import annotations

from ._check_table import check_table as check_table
from ._frontier import FrontierDisplay
from ._population_display import PopulationDisplay
from ._recourse_display import RecourseDisplay

__all__ = ["FrontierDisplay", "PopulationDisplay", "RecourseDisplay"]
