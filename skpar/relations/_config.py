"""stub"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RelationConfig:
    """stub"""
