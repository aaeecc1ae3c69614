"""Every constant that tunes search and training, with the reason for its value.

Internals take a `SearchConfig` or a `TrainingConfig` as an argument; the estimator
holds one of each as a class attribute. Numbers that only guard arithmetic, or that cut
work into pieces without a trace in any answer, stay where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FallbackStage:
    """How hard to search for people who have no answer yet.

    Parameters
    ----------
    n_neighbors : int
        Number of accepted neighbors to copy from.
    depth : int
        Most single-feature changes on top of a copy, or of the factual.
    shortlist : int
        Moves from a row that are scored exactly.
    min_chance : float
        Rows less likely to be accepted than this are not queried.
    """

    n_neighbors: int
    depth: int
    shortlist: int
    min_chance: float


@dataclass(frozen=True)
class SearchConfig:
    """How answers are proposed, searched for and polished."""

    # Objective

    # Action sets

    # Beam search and proposals

    # Queries and search

    # Rows of each person in the first call; few, since what the classifier says about
    # them changes the order of the others.
    first_queries: int = 2
    # Growth from call to call: a call to a pipeline costs more than a row.
    query_growth: int = 4
    # Shift of the log-odds of a person's other rows, per unit of surprise.
    surprise_weight: float = 1.0
    # Least expected gain in the objective, for people who have an answer: a smaller
    # one is not worth a query.
    min_gain: float = 0.004
    # Least chance of acceptance; less likely rows would use up the budget.
    min_chance: float = 0.01
    # For people without an answer: a cheap stage, then a wide one for those left.
    fallback_stages: tuple[FallbackStage, ...] = (
        FallbackStage(n_neighbors=32, depth=1, shortlist=8, min_chance=0.01),
        FallbackStage(n_neighbors=512, depth=3, shortlist=64, min_chance=0.0003),
    )
    # Cells that may differ from the answer, round by round; polishing adds 0.13 to
    # 1.08 to the mean objective (docs/quality.md).
    polishing_depths: tuple[int, ...] = (2, 1)
    # Enumeration stops at so many incomplete rows: some links prune late.
    max_partial_rows: int = 100_000

    # Infeasibility and alternatives

    # Largest feasible set that is searched exhaustively for people without an answer;
    # all of its rows are queried.
    max_enumerated_rows: int = 2000
    # Accepted neighbors that are tried without a rule, to see whether it blocks.
    n_trial_neighbors: int = 16
    # Sets of frozen features tried per person for a further option; each costs a
    # search of its own.
    max_freezing_sets: int = 12


@dataclass(frozen=True)
class TrainingConfig:
    """How densities, surrogate and generator are learned."""

    # Densities

    # Rows to learn from

    # Surrogate

    # Generator
