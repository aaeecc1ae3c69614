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
    # Share of the accepted rows that calibrates plausibility instead of learning.
    held_out_share: float = 0.2
    # With fewer accepted rows, all of them learn and calibrate.
    min_rows_to_split: int = 20
    # Denied rows that the generator learns from at most: they bound the cost of a fit.
    max_factuals: int = 4000
    # Where fewer denied rows are known, more are drawn from the denied density.
    enough_factuals: int = 2000
    # Drawn rows fill up to this many, however few people are denied.
    min_factuals: int = 500
    # At most so many drawn rows for each real one: they repeat what it taught.
    drawn_per_denied: int = 4

    # Surrogate
    # Training rows that the surrogate starts from.
    surrogate_rows: int = 16_000
    # Rows crossed from two training rows; at least as many as training rows.
    min_crossed_rows: int = 4_000
    # Share of the cells that a crossed row takes from the second row.
    crossed_share: float = 0.3
    # The latest rows that the surrogate goes on learning from.
    remembered_rows: int = 48_000
    # Passes over the rows that it starts from.
    first_surrogate_epochs: int = 8
    # Passes after each round of queries.
    surrogate_epochs: int = 5
    # Rows of either decision below which probabilities are not calibrated anew.
    min_rows_to_calibrate: int = 50
    # Hidden values that bend the sum over cells.
    surrogate_hidden: int = 64
    # Width of the second hidden layer.
    surrogate_narrow: int = 32
    # Rows of a gradient step.
    surrogate_batch: int = 256
    # Peak of the one-cycle schedule.
    surrogate_learning_rate: float = 4e-3
    # Margins are clipped here: beyond, nobody cares how sure the classifier is.
    max_margin: float = 6.0
    # Smallest margin of a row that the classifier decides against its own score.
    min_margin: float = 0.05
    # Probabilities are clipped here before they become log-odds.
    min_probability_share: float = 1e-3
    # Quantiles of the rows, and of their distinct values, at which a number bends.
    spline_knots: int = 20

    # Generator
