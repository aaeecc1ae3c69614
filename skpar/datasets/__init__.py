"""Tables to try recourse on.

`make_loans` draws invented loan applicants from a Bayesian network, whose conditional
distributions are in `_conditionals`; `loans_log_density` is their exact log-density.
The loaders in `_public_tables` read the user's own copies of public tables, through
`_readers`. No other package builds on this one.
"""

from __future__ import annotations

from ._loans import loans_log_density, make_loans
from ._public_tables import (
    load_adult,
    load_compas,
    load_german_credit,
    load_give_me_some_credit,
)

__all__ = [
    "load_adult",
    "load_compas",
    "load_german_credit",
    "load_give_me_some_credit",
    "loans_log_density",
    "make_loans",
]
