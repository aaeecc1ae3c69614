"""Models of a page on which a person tries values: plain data, and what reads them."""

from ._choices import feasible_values
from ._decision import decision_payload
from ._density import density_payload

__all__ = ["decision_payload", "density_payload", "feasible_values"]
