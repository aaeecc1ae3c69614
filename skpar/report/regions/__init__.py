"""Regions of a report: how far each changed number may stray, as a table."""

from ._regions import regions

__all__ = ["regions"]
