"""A page on which one person tries values: controls, density and decision.

`what_if` collects all of it, and `WhatIf` writes the page. `density_payload` and
`decision_payload` write the models as plain data, and the scripts read them.
"""

from ._choices import feasible_values
from ._decision import decision_payload
from ._density import density_payload
from ._page import WhatIf, what_if

__all__ = [
    "WhatIf",
    "decision_payload",
    "density_payload",
    "feasible_values",
    "what_if",
]
