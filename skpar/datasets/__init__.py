"""Tables to try recourse on."""

from __future__ import annotations

from ._loans import loans_log_density, make_loans
from ._readers import (
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
