"""Every constant that tunes search and training, with the reason for its value.

Internals take a `SearchConfig` or a `TrainingConfig` as an argument; the estimator
holds one of each as a class attribute. Numbers that only guard arithmetic, or that cut
work into pieces without a trace in any answer, stay where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchConfig:
    """How answers are proposed, searched for and polished."""

    # Objective

    # Action sets

    # Beam search and proposals

    # Queries and search

    # Infeasibility and alternatives


@dataclass(frozen=True)
class TrainingConfig:
    """How densities, surrogate and generator are learned."""

    # Densities

    # Rows to learn from

    # Surrogate

    # Generator
