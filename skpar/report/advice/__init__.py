"""What people are told beyond an answer: methods of `PARRecourse`.

`plan` orders the changes of each recourse, `regions` says how far they may stray, and
`reasons` lists why people are denied.
"""

from ._denial_reasons import reasons
from ._plan import plan
from ._regions import CERTIFIED, FIXED, TESTED, regions

__all__ = ["CERTIFIED", "FIXED", "TESTED", "plan", "reasons", "regions"]
