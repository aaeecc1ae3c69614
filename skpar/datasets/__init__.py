"""Tables to try recourse on."""

from __future__ import annotations

from ._loans import loans_log_density, make_loans

__all__ = ["loans_log_density", "make_loans"]
