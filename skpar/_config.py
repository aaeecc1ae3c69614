"""Constants of search, training and checks that are not parameters of PARRecourse.

A comment gives the reason for each value. Pages that it names are in
`examples/benchmarks`.

Internals take a `SearchConfig` or a `TrainingConfig` as an argument. The estimator
holds one of each as a class attribute. Two kinds of numbers are not here but where they
are used: numbers that only guard arithmetic, and batch sizes that change no answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from ._search_config import BeamSettings, FallbackStage, SearchConfig

__all__ = [
    "BeamSettings",
    "CheckConfig",
    "FallbackStage",
    "SearchConfig",
    "TrainingConfig",
]


@dataclass(frozen=True)
class TrainingConfig:
    """Constants of the training of densities, surrogate and generator."""

    # Values of columns

    # A step other than 1 needs this number of distinct values other than 0, and a
    # column that takes only the values seen has at most this number of them.
    min_values_of_step: int = 10
    max_few_values: int = 10
    # A column of more levels is one tensor cell that is looked up. Wider one-hot blocks
    # need more time and memory.
    max_one_hot_levels: int = 64
    # Largest probability that a list of values is complete by chance only.
    false_grid_share: float = 0.001

    # Densities

    # Number of latent states per column for "auto". With few rows, more states lose
    # held-out log-density (density_quality.md). With many columns, they cost time.
    few_states: int = 8
    more_states: int = 16
    many_states: int = 32
    min_rows_for_more_states: int = 1_200
    min_rows_for_many_states: int = 5_000
    max_columns_for_many_states: int = 50
    # With k times `few_states` states, the first states start within k^2 clusters of
    # rows, found on this number of principal axes with these numbers of iterations.
    n_cluster_axes: int = 8
    n_axis_iterations: int = 6
    n_cluster_iterations: int = 20
    # Number of rows to which each density of PARRecourse is fitted, and from which the
    # generator's inputs are standardized. It limits the cost of a fit to a tall table.
    # A density of 529,394 rows of make_loans has 0.05 nats more (fit_scale.md).
    max_density_rows: int = 100_000
    # Number of rows for the tree, the kernels and the first states. It limits the cost.
    max_structure_rows: int = 20_000
    # Bins of a column in the estimate of mutual information. Its bias grows with the
    # number of bins.
    max_bins: int = 16
    # Width of the narrowest kernel, in robust scales of its column; for whole numbers
    # also in steps between values. Limits that are five to twenty times as wide hardly
    # change the corruption test (density_quality.md).
    kernel_floor: float = 0.01
    whole_number_floor: float = 0.25
    # The same for atoms, the narrow kernels of frequent values. A wide atom also counts
    # rows with other values near it, and draws too many of its own.
    atom_floor: float = 0.001
    # Largest number of atoms. A column tries values of at least this share of the rows,
    # values of at least this number of rows (half of the rows in tiny tables), and all
    # values, if there are at least this number of rows per value.
    max_atoms: int = 128
    min_atom_share: float = 0.005
    min_atom_rows: int = 5
    min_rows_per_atom: int = 20
    # Number of kernels at quantiles of the other rows.
    max_quantile_kernels: int = 24
    # The width of the broad kernel is half the range without this share at either end.
    tail_share: float = 0.01
    # Iterations for the principal component that orders the first states. States drawn
    # at random collapse to independent columns (density_quality.md).
    n_power_iterations: int = 30
    # Rows and rounds of EM for a single numeric column, before there are states.
    max_marginal_rows: int = 4_000
    n_marginal_rounds: int = 10
    # Each state is smoothed with its column's marginal, weighted as this number of
    # rows. Ten rows for everything lost 0.04 to 0.1 nats, one row 0.01
    # (density_quality.md).
    smoothing: float = 3.0
    # Share of a uniform distribution in that marginal. It keeps all probabilities above
    # 0.
    uniform_share: float = 0.1
    # Probability of another value than the one that follows, and of all broken patterns
    # of a group. With 1e-6, 9% of such denied rows of adult had a percentile above .02.
    broken_value_share: float = 1e-9
    broken_group_share: float = 1e-12
    # Rows of a mini-batch, and number of batches that are read at once and shuffled
    # together. This saves many calls for a table of many columns.
    em_batch: int = 512
    em_batches_per_chunk: int = 8
    # Memory for encoded batches and their kernel densities. Other batches are computed
    # again.
    em_cache_bytes: int = 256 * 2**20
    # Passes that update the parameters after every batch t, with step t ** -decay.
    n_stepwise_passes: int = 8
    step_decay: float = 0.6
    # Share of the rows that is held out to decide when to stop, and its largest number
    # of rows. Tables of fewer rows than the minimum hold out none.
    em_held_out_share: float = 0.1
    max_em_held_out: int = 5_000
    min_rows_to_hold_out: int = 2_000

    # Training rows

    # Number of folds of the predictions, for a classifier that is fitted here. Each row
    # is then predicted as the classifier would predict a new person.
    n_folds: int = 3
    # If predictions and labels agree on this share of rows or more, a given classifier
    # was probably trained on these rows: real tables have noisier labels.
    suspicious_agreement: float = 0.99
    # Number of rows that are predicted together, again, reversed, and in part alone. It
    # shows dependence on other rows, and costs few predictions.
    n_consistency_rows: int = 50
    # Of these rows, this number is predicted together with each person of a call. A
    # retrained classifier that changes a tenth of the labels is then noticed in half of
    # the calls for one person, without a call of its own.
    n_known_rows: int = 8
    # It also makes at most this share of the errors of a constant prediction. In a
    # table in which 99% have one label, a constant agrees on 99% too. This bound is the
    # stricter one if more than 90% have the same label.
    suspicious_error_ratio: float = 0.1
    # Columns with at most so many values may be category codes: a refit that does not
    # know one of their values is fitted again with all of them.
    max_covered: int = 50
    # Number of evenly spaced training rows, first rows of the surrogate, from which the
    # margins of refits are scaled. The refits are queried with all of them.
    n_scale_rows: int = 1_000
    # Share of the accepted rows that is not used to fit the density, but to calibrate
    # plausibility.
    held_out_share: float = 0.2
    # Largest number of these rows. With 20,000 rows, the standard error of a percentile
    # is at most .0035.
    max_held_out: int = 20_000
    # With fewer accepted rows, all of them are used for both.
    min_rows_to_split: int = 20
    # Largest number of denied rows that train the generator. 4,000 gave objectives
    # within 0.03 on three tables, and took twice the time of a fit.
    max_factuals: int = 1000
    # Largest number of their cells, and the number of rows that even a table of very
    # many columns has. The time per row grows with the number of columns
    # (wide_tables.md).
    max_factual_cells: int = 25_000
    min_wide_factuals: int = 250
    # If there are fewer denied rows, more are drawn from the denied density.
    enough_factuals: int = 1000
    # Rows are drawn up to at least this number of factuals, even if very few people are
    # denied. 500, 800 and 1400 differ by less than their standard errors on
    # german_credit (recourse_quality.md).
    min_factuals: int = 500
    # Largest number of drawn rows for each real row. More drawn rows add little that is
    # new.
    drawn_per_denied: int = 4

    # Surrogate

    # Number of training rows from which the surrogate starts. It limits the cost of a
    # fit.
    surrogate_rows: int = 16_000
    # Smallest number of rows crossed from two training rows. There are at least as many
    # crossed rows as training rows. Answers combine cells that no training row has
    # together.
    min_crossed_rows: int = 4_000
    # Share of the cells that a crossed row takes from the first of its two rows.
    crossed_share: float = 0.3
    # The surrogate keeps learning from the latest rows, up to this number. In a usual
    # fit, these are all rows.
    remembered_rows: int = 48_000
    # Number of passes over the rows from which the surrogate starts.
    first_surrogate_epochs: int = 8
    # Number of passes after each round of queries. 3, 5 and 10 differ by less than
    # their standard errors on german_credit (recourse_quality.md).
    surrogate_epochs: int = 5
    # Slope of the calibration until there are this many rows of either decision. With
    # fewer rows, a fit of two parameters is noise.
    first_calibration_slope: float = 4.0
    min_rows_to_calibrate: int = 50
    # Inverse strength of regularization, and smallest slope. The slope stays positive
    # even if the surrogate is wrong on the queried rows.
    calibration_c: float = 100.0
    min_calibration_slope: float = 0.1
    # Widths of the hidden layers. The network is right on 95% to 99.9% of the proposed
    # rows (recourse_quality.md).
    surrogate_hidden: int = 64
    surrogate_narrow: int = 32
    # Rows of a gradient step, and the peak of the one-cycle learning rate.
    surrogate_batch: int = 256
    surrogate_learning_rate: float = 4e-3
    # If there are more embedded cells than this, and a batch has less than this share
    # of them, a step changes only the cells of the batch. A step then takes no longer
    # for a column of 5,000 levels (wide_tables.md).
    max_dense_embedding: int = 2_000
    rare_cells_share: float = 0.5
    # Share of the steps in which the learning rate rises.
    surrogate_warm_up: float = 0.3
    # Errors of the margin below this value are squared. Larger errors count linearly.
    margin_loss_beta: float = 0.3
    # Median distance of margins from 0. Without scores, all margins have this size.
    typical_margin: float = 2.0
    # Margins are clipped here. Beyond this, the certainty of the classifier does not
    # matter.
    max_margin: float = 6.0
    # Smallest margin of a row that the classifier decides against its own score.
    min_margin: float = 0.05
    # Probabilities are clipped here before they are converted to log-odds.
    min_probability_share: float = 1e-3
    # Number of quantiles of the rows, and of their distinct values, at which the spline
    # of a number has knots.
    spline_knots: int = 20

    # Generator

    # Widths of the network's state, of embedded rows, and of the keys of neighbors,
    # with 0.1 million weights in all. Wider networks were no better on adult.
    generator_hidden: int = 64
    generator_narrow: int = 32
    generator_key: int = 16
    # Standardized cells are squashed into this range, because a number may be an
    # outlier.
    cell_bound: float = 5.0
    # Gains are squashed into this range, because a cell may be arbitrarily unlikely.
    input_bound: float = 8.0
    # Rounds of beam search, queries and learning, but at most `max_iter`. Training
    # stops earlier if the answers stop improving.
    training_rounds: int = 3
    # Beam of the first round, and of the later rounds, which start from the network.
    first_training_beam: BeamSettings = BeamSettings(
        width=3, depth=3, multipliers=(2.0,)
    )
    later_training_beam: BeamSettings = BeamSettings(
        width=3, depth=2, multipliers=(1.0,)
    )
    # Number of draws of the network from which later rounds start.
    training_draws: int = 3
    # Number of candidates of largest expected gain that are queried for each factual.
    n_best_queried: int = 8
    # Number of other queried candidates, and their largest margin. They are near the
    # boundary of the surrogate, where it has most to learn.
    n_others_queried: int = 3
    boundary_margin: float = 1.5
    # In the expected gain, having no answer counts as this much worse than the worst
    # candidate, in units of the objective. The probability of acceptance decides less
    # than in search.
    no_answer_loss: float = 1.0
    # Rows of a gradient step, its learning rate (it falls as a cosine in every round),
    # and the largest norm of a gradient. Scoring rows takes most of the time, so small
    # batches learn more from it: 6 epochs of 32 rows give a generator as good as that
    # of 20 epochs of 128 rows.
    generator_batch: int = 32
    # Number of rows that are drawn and scored together, for several gradient steps.
    # With 256 rows the draws are too old: the generator alone loses up to 1.7.
    generator_chunk: int = 64
    generator_learning_rate: float = 3e-3
    max_gradient_norm: float = 5.0
    # Weight of imitating found answers. With 1, a single pass of the network gives
    # worse answers. With 0.1 it gives the best answers, but its draws become worse
    # starts of the search.
    imitation_weight: float = 0.4
    # Weight of the expected objective and violation.
    par_weight: float = 1.0
    # A row with these log-odds of acceptance, or more, hardly violates validity.
    safe_log_odds: float = 2.0
    # First multiplier of the violation. It is updated by dual ascent at this rate, so
    # that this share of the most probable rows is valid. The share is measured on this
    # number of factuals. With a fixed multiplier, the network learned the same cheap
    # change for nearly all people.
    first_multiplier: float = 2.0
    multiplier_rate: float = 2.0
    valid_share: float = 0.97
    n_validity_checks: int = 500
    # Share of the factuals that is held out. Training stops after `patience` epochs
    # without an improvement by `min_improvement`.
    validation_share: float = 0.1
    patience: int = 4
    min_improvement: float = 1e-3


@dataclass(frozen=True)
class RecordConfig:
    """Constants of records of recourse. A record holds those that it depends on."""

    # Number of drawn rows of which the labels identify a classifier. A classifier that
    # decides differently on 1% of them keeps all labels with a probability of 4e-5.
    n_probes: int = 1000
    # Share of missing cells in drawn rows, in columns that may have some.
    missing_share: float = 0.1
    # Number of rows drawn in the region of a recourse. If the classifier denies 3% of
    # the region, one of them is denied with a probability of 99.8%.
    n_region_rows: int = 200


@dataclass(frozen=True)
class CheckConfig:
    """Constants of the checks of a table."""

    # Columns with fewer present cells are not judged. In so few rows, ordinary levels
    # and numbers may all be distinct by chance.
    min_cells: int = 20
    # Text identifies people if this share of its cells is distinct: names may repeat.
    distinct_share: float = 0.9
    # The same for columns with a name such as "email", and for e-mail addresses: the
    # same person may occur twice.
    named_distinct_share: float = 0.5
    # Whole numbers identify people if draws with replacement would repeat this often,
    # but hardly any repeats. No repeat has a probability of exp(-7), below 0.1%.
    expected_repeats: float = 7.0
    # Largest share of the expected repeats: a person may occur twice.
    repeat_ratio: float = 0.1
    # Whole numbers that all have this many digits or more are account or telephone
    # numbers. Amounts of this size do not all have the same number of digits.
    identifier_digits: int = 8
    # Text holds numbers or dates if this share of its cells can be read as such. The
    # rest may be words such as "unknown".
    parsed_share: float = 0.9
    # Up to this number of distinct whole numbers may be category codes. Text with at
    # most so many whole numbers holds levels.
    max_codes: int = 10
    # Numbers beside a gap are frequent if they occur in this share of the rows and in
    # this number of rows. If the number between them were as frequent, it would be
    # absent with a probability below exp(-10).
    frequent_share: float = 0.05
    frequent_count: int = 10
    # Words of the median cell of free text. Names and levels have fewer.
    free_text_words: float = 5.0
    # Free text has at least this share of distinct cells. Long levels repeat more.
    free_text_share: float = 0.2
    # A number that stands for "unknown" occurs at least this often. An outlier that is
    # a measurement does not repeat exactly.
    sentinel_count: int = 5
    # Other values of a column with such a number, at least. {0, 1, 999} are levels.
    min_values_beside: int = 3
    # With fewer accepted or denied rows there is a finding. Of 100 accepted rows, 20
    # are held out, so a percentile moves in steps of 0.05.
    few_rows: int = 100
