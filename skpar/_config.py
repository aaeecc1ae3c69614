"""Constants of search and training that are no parameters of PARRecourse.

Each value stands with its reason.

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
class BeamSettings:
    """How wide and how deep a beam search is.

    Parameters
    ----------
    width : int
        Candidates kept per person and multiplier from round to round.
    depth : int
        Most rounds.
    multipliers : tuple of float
        Units of the objective that a missing unit of margin costs. A low one finds
        answers of larger objective, a high one finds answers for more people.
    shortlist : int, default=8
        Moves from a candidate that are scored exactly, per multiplier.
    one_per_changed_set : bool, default=True
        Whether only the best of the candidates that change the same features is kept:
        other features rather than other values.
    min_rounds : int or None, default=None
        Rounds for everybody; later ones are for people whom the last one helped. None
        stands for all rounds.
    """

    width: int
    depth: int
    multipliers: tuple[float, ...]
    shortlist: int = 8
    one_per_changed_set: bool = True
    min_rounds: int | None = None


@dataclass(frozen=True)
class SearchConfig:
    """How answers are proposed, searched for and polished."""

    # Objective

    # Objective lost per unit of the plausibility term below the smallest log-density of
    # an answer: twice the default weight of that term, so that search leaves such rows.
    low_density_penalty: float = 5.0
    # Sizes of neighbourhood of the local outlier factor, whose largest value counts: no
    # single size serves all tables (examples/benchmarks/recourse_quality.md).
    outlier_neighbors: tuple[int, ...] = (15, 20, 30, 40)
    # Accepted rows that outliers are measured against: with 1,200 or fewer, adult has
    # up to 4 outliers more among 500 answers.
    max_outlier_rows: int = 1500
    # Factor up to which a row is no outlier at all. The customary bound is 1.5; among
    # other accepted people a row has another factor, and this leaves room for that.
    inlier_factor: float = 1.15
    # Factor from which the penalty is full.
    outlier_factor: float = 1.55
    # Accepted rows kept as neighbors: they bound time and memory of a look-up.
    max_neighbor_rows: int = 10_000
    # Training rows that occur so often are nobody's own.
    common_row_count: int = 5
    # Knots of the percentile effort of a feature: shares are exact to 1 / 511.
    max_effort_knots: int = 1024

    # Action sets

    # Levels of a feature that may be written, the most frequent ones; rarer levels can
    # still be copied from neighbors.
    max_levels: int = 24
    # Bins of a column of numbers, by people and by distinct values: quantiles of people
    # alone lost 0.05 on adult, where they all fell on the most frequent value.
    n_bins: int = 16
    # The same for steps around an answer: polishing needs values close by.
    n_fine_bins: int = 96
    # Most frequent numbers that the grid has besides.
    n_frequent: int = 12
    # Pairs of values that search starts from: on adult they raised the share of the
    # possible gain from 94.1% to 95.8%, mostly by marital status with relationship.
    n_pairs: int = 8
    # People counted for these pairs: enough for the largest terms.
    max_people_for_pairs: int = 5000
    # Steps down and up the fine grid while polishing. All of its values gained 0.0005
    # more, for twice the time.
    fine_steps: tuple[int, ...] = (-8, -5, -3, -2, -1, 0, 1, 2, 4, 7)

    # Beam search and proposals

    # Margin of the surrogate from which on a row counts as accepted.
    safe_margin: float = 0.1
    # From draws, pairs and neighbors; a third round only where the second helped. Width
    # 8 and depth 4 gained 0.004 to 0.016 where search was worst, for 0.8 ms a person.
    # Best candidates of any features, not one per changed set, lost 0.025.
    proposal_beam: BeamSettings = BeamSettings(
        width=6, depth=3, multipliers=(1.2,), shortlist=5, min_rounds=2
    )
    # Candidates kept besides for every further option.
    width_per_option: int = 8
    # For people without a probable candidate: safer ones, whatever their objective.
    # Where limits bar short ways, a fifth of all people needed the fallback stages
    # without it, a 25th with it.
    safer_beam: BeamSettings = BeamSettings(width=3, depth=1, multipliers=(7.0, 70.0))
    # Estimated chance from which on a candidate is probably accepted.
    probable_chance: float = 0.5
    # Candidates of a person that may be queried.
    max_candidates: int = 64
    # The same per set of changed features, where several options are wanted: else
    # all candidates might change the same features.
    max_per_changed_set: int = 6
    # Candidates that are less likely accepted are dropped; the fallback goes lower.
    min_candidate_chance: float = 0.02
    # How much worse than the worst candidate no answer counts, in units of the
    # objective: large, so that chance decides between candidates of similar objective.
    no_answer_loss: float = 5.0
    # Weight of the missing margin where the best of a set of changed features is kept.
    option_multiplier: float = 1.0
    # Shares of the way back to the own row that polishing tries for numbers, and shares
    # beyond the answer or past the own value: the best value lies on either side of a
    # frequent one (0.009 on give_me_some_credit).
    polishing_shares: tuple[float, ...] = (0.5, 0.25, 0.125, 0.0625, 0.03125)
    overshooting_shares: tuple[float, ...] = (-0.5, -1.0, 2.0)
    # Multiplier while polishing.
    polishing_multiplier: float = 1.2
    # Divided by the number of features, width and shortlist while polishing, and the
    # least of each: widths above 2 gained less than 0.006, for up to 0.4 ms a person.
    polishing_width: int = 28
    polishing_shortlist: int = 200
    min_polishing_width: int = 2
    min_polishing_shortlist: int = 16

    # Queries and search

    # Rows of each person in the first call; few, since what the classifier says about
    # them changes the order of the others.
    first_queries: int = 2
    # Growth from call to call: a call to a pipeline costs more than a row.
    query_growth: int = 4
    # Shift of the log-odds of a person's other rows, per unit of surprise.
    surprise_weight: float = 1.0
    # Rounds in which broken links are repaired, before changes are taken back: one
    # repair may break another link.
    link_repair_rounds: int = 2
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
    # 1.08 to the mean objective (examples/benchmarks/recourse_quality.md).
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

    # Latent states per column where "auto" is asked for. More gain where there are
    # 20,000 rows and nothing at 6,000, and cost time; few rows get half as many.
    many_states: int = 16
    few_states: int = 8
    min_rows_for_many_states: int = 600
    # Rows that place the tree, the kernels and the first states: they bound the cost.
    max_structure_rows: int = 20_000
    # Bins of a column when mutual information is estimated: its bias grows with them.
    max_bins: int = 16
    # Narrowest kernel, in robust scales of its column; for whole numbers also in steps
    # between values. Floors five to twenty times as wide hardly move the corruption
    # test (examples/benchmarks/density_quality.md).
    kernel_floor: float = 0.01
    whole_number_floor: float = 0.25
    # Frequent values get a narrow kernel: so many at most, each with this share of the
    # rows and this many of them (with half of them in tiny tables).
    max_atoms: int = 64
    min_atom_share: float = 0.005
    min_atom_rows: int = 5
    # Kernels at quantiles of the other rows.
    max_quantile_kernels: int = 24
    # The broad kernel's width is half the range without this share at either end.
    tail_share: float = 0.01
    # Iterations for the principal component that orders the first states; states drawn
    # at random collapse to independent columns
    # (examples/benchmarks/density_quality.md).
    n_power_iterations: int = 30
    # Rows and rounds of EM for a numeric column on its own, before there are states.
    max_marginal_rows: int = 4_000
    n_marginal_rounds: int = 10
    # Each state is smoothed by so many rows' worth of its column's marginal. Ten rows
    # for everything lost 0.04 to 0.1 nats, one row 0.01
    # (examples/benchmarks/density_quality.md).
    smoothing: float = 3.0
    # Share of a uniform distribution in that marginal, so that nothing is impossible.
    uniform_share: float = 0.1
    # Rows of a mini-batch, and batches that are read at once and shuffled together,
    # which spares a table of many columns many calls.
    em_batch: int = 512
    em_batches_per_chunk: int = 8
    # Memory for encoded batches and their kernel densities; others are made anew.
    em_cache_bytes: int = 256 * 2**20
    # Passes that improve the parameters after every batch t, with step t ** -decay.
    n_stepwise_passes: int = 8
    step_decay: float = 0.6
    # Share of the rows that only says when to stop, at most so many; none where there
    # are fewer rows than the minimum.
    em_held_out_share: float = 0.1
    max_em_held_out: int = 5_000
    min_rows_to_hold_out: int = 2_000

    # Rows to learn from
    # Folds of the predictions for a classifier that is fitted here: rows count as the
    # classifier would treat new people.
    n_folds: int = 3
    # Agreement of predictions and labels from which on a given classifier was probably
    # trained on these rows: real tables have noisier labels.
    suspicious_agreement: float = 0.99
    # Share of the accepted rows that calibrates plausibility instead of learning.
    held_out_share: float = 0.2
    # With fewer accepted rows, all of them learn and calibrate.
    min_rows_to_split: int = 20
    # Denied rows that the generator learns from at most: they bound the cost of a fit.
    max_factuals: int = 4000
    # Where fewer denied rows are known, more are drawn from the denied density.
    enough_factuals: int = 2000
    # Drawn rows fill up to this many, however few people are denied: 500, 800 and 1400
    # differ by less than their standard errors on german_credit
    # (examples/benchmarks/recourse_quality.md).
    min_factuals: int = 500
    # At most so many drawn rows for each real one: they repeat what it taught.
    drawn_per_denied: int = 4

    # Surrogate
    # Training rows that the surrogate starts from: they bound the cost of a fit.
    surrogate_rows: int = 16_000
    # Rows crossed from two training rows; at least as many as training rows. Answers
    # combine cells that no training row has together.
    min_crossed_rows: int = 4_000
    # Share of the cells that a crossed row takes from the first of its two rows.
    crossed_share: float = 0.3
    # The latest rows that the surrogate goes on learning from: all of a usual fit.
    remembered_rows: int = 48_000
    # Passes over the rows that it starts from.
    first_surrogate_epochs: int = 8
    # Passes after each round of queries; 3, 5 and 10 differ by less than their standard
    # errors on german_credit (examples/benchmarks/recourse_quality.md).
    surrogate_epochs: int = 5
    # Slope of the calibration until there are this many rows of either decision; below,
    # a fit of two parameters is noise.
    first_calibration_slope: float = 4.0
    min_rows_to_calibrate: int = 50
    # Inverse strength of regularization; the slope stays positive even if the surrogate
    # is wrong about the rows queried.
    calibration_c: float = 100.0
    min_calibration_slope: float = 0.1
    # Widths of the hidden layers: the network is right on 95% to 99.9% of what is
    # proposed (examples/benchmarks/recourse_quality.md).
    surrogate_hidden: int = 64
    surrogate_narrow: int = 32
    # Rows of a gradient step, and the peak of the one-cycle learning rate.
    surrogate_batch: int = 256
    surrogate_learning_rate: float = 4e-3
    # Errors of the margin below this are squared, larger ones count linearly.
    margin_loss_beta: float = 0.3
    # Median distance of margins from 0, and all margins of a classifier without scores.
    typical_margin: float = 2.0
    # Margins are clipped here: beyond, nobody cares how sure the classifier is.
    max_margin: float = 6.0
    # Smallest margin of a row that the classifier decides against its own score.
    min_margin: float = 0.05
    # Probabilities are clipped here before they become log-odds.
    min_probability_share: float = 1e-3
    # Quantiles of the rows, and of their distinct values, at which a number bends.
    spline_knots: int = 20

    # Generator

    # Width of the network's state, of embedded rows, and of the keys of neighbors: 0.1
    # million weights. Wider networks answered no better on adult.
    generator_hidden: int = 64
    generator_narrow: int = 32
    generator_key: int = 16
    # Standardized cells are squashed into this range: a number may be an outlier.
    cell_bound: float = 5.0
    # Gains are squashed into this range: a cell may be arbitrarily unlikely.
    input_bound: float = 8.0
    # Rounds of beam search, queries and learning; it stops when answers stay the same.
    training_rounds: int = 3
    # Beam of the first round, and of the later ones, which the network starts.
    first_training_beam: BeamSettings = BeamSettings(
        width=3, depth=3, multipliers=(2.0,)
    )
    later_training_beam: BeamSettings = BeamSettings(
        width=3, depth=2, multipliers=(1.0,)
    )
    # Draws of the network that later rounds start from.
    training_draws: int = 3
    # Candidates of each factual that are queried: those of largest expected gain ...
    n_best_queried: int = 8
    # ... and others near the boundary of the surrogate, where it has most to learn.
    n_others_queried: int = 3
    boundary_margin: float = 1.5
    # How much worse than the worst candidate no answer counts in the expected gain, in
    # units of the objective: chance decides less than in search.
    no_answer_loss: float = 1.0
    # Rows of a gradient step, its learning rate (it falls as a cosine in every round),
    # and the largest norm of a gradient. Smaller batches did not help on adult.
    generator_batch: int = 128
    generator_learning_rate: float = 3e-3
    max_gradient_norm: float = 5.0
    # Weight of imitating found answers: with 1, one pass of the network answers worse;
    # with 0.1 it answers best, but its draws become poorer starts of search.
    imitation_weight: float = 0.4
    # Weight of the expected objective and violation.
    par_weight: float = 1.0
    # Log-odds of acceptance from which on a row hardly violates validity.
    safe_log_odds: float = 2.0
    # First multiplier of the violation. It is updated by dual ascent at this rate to
    # keep this share of the likeliest rows valid, measured on some factuals. With a
    # fixed multiplier the network learned the same cheap change for nearly everybody.
    first_multiplier: float = 2.0
    multiplier_rate: float = 2.0
    valid_share: float = 0.97
    n_validity_checks: int = 500
    # Share of the factuals that is held out, and epochs without improvement by
    # `min_improvement` until training stops.
    validation_share: float = 0.1
    patience: int = 4
    min_improvement: float = 1e-3
