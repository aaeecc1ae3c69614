"""Data sets to try recourse on: synthetic loans and loaders of public tables.

`make_loans` draws invented loan applicants from a Bayesian network.
`loans_log_density` computes their exact log-density. `_conditionals` holds the
conditional distributions of the network. The loaders in `_public_tables` read the
user's own copies of public tables, with the functions of `_readers`. No other package
of skpar depends on this one.
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
