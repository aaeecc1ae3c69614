"""Regions: how far an accepted row may stray and stay accepted.

A `Judge` says which cells of a grid hold accepted rows only. `certifying_judge` finds
one for linear pipelines and tree ensembles: it bounds the score over whole cells.
Other classifiers are queried. `RegionFinder` finds an interval for each number, and
one box for all of them.
"""

from ._axes import Axis
from ._certificates import certifying_judge
from ._drawing import draw_rows
from ._judges import Judge, LinearJudge, TreeJudge
from ._region import Region, RegionFinder

__all__ = [
    "Axis",
    "Judge",
    "LinearJudge",
    "Region",
    "RegionFinder",
    "TreeJudge",
    "certifying_judge",
    "draw_rows",
]
