"""Constants of proposals, search and polishing.

A comment gives the reason for each value. Pages that it names are in
`examples/benchmarks`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FallbackStage:
    """Effort of the search for people who have no answer yet.

    Parameters
    ----------
    n_neighbors : int
        Number of accepted neighbors to copy from.
    depth : int
        Largest number of single-feature changes to a copy or to the factual.
    shortlist : int
        Number of moves from a row that are scored exactly.
    min_chance : float
        Rows with a smaller estimated probability of acceptance are not queried.
    """

    n_neighbors: int
    depth: int
    shortlist: int
    min_chance: float


@dataclass(frozen=True)
class RandomStage:
    """Random feasible rows for people whom the other stages leave without an answer.

    The values were not tuned one by one. With them, everybody for whom 4,000 random
    rows hold an accepted one gets an answer (mortgages.md).

    Parameters
    ----------
    n_rows : int
        Number of rows per generation.
    n_generations : int
        Number of generations after the first.
    n_parents : int
        Number of rows of each person from which the next generation is made.
    n_neighbors : int
        Number of accepted neighbors from which cells are copied.
    copied_share : float
        Share of the drawn cells that are copied from a neighbor.
    mixed_share : float
        Share of the cells that come from the second parent.
    n_redrawn : float
        Mean number of cells of a parent that are drawn again.
    beyond_ends : float
        Numbers are drawn from this share of the range beyond each end, and moved to the
        end. The ends are then drawn often.
    max_per_set : int
        Largest number of candidates that change the same features.
    max_candidates : int
        Largest number of candidates of a person.
    min_chance : float
        Rows with a smaller estimated probability of acceptance are not queried.
    reserved_share : float
        Share of the budget that fallback stages leave for this one.
    """

    n_rows: int = 512
    n_generations: int = 6
    n_parents: int = 32
    n_neighbors: int = 32
    copied_share: float = 0.3
    mixed_share: float = 0.3
    n_redrawn: float = 2.0
    beyond_ends: float = 0.2
    max_per_set: int = 6
    max_candidates: int = 256
    # Any row may be queried: the budget is spent before nothing is found.
    min_chance: float = 0.0
    # Without it, fallback rows used up the budget of a person for whom 175 of 256
    # random rows were accepted.
    reserved_share: float = 0.25


@dataclass(frozen=True)
class BeamSettings:
    """Settings of a beam search.

    Parameters
    ----------
    width : int
        Number of candidates kept per person and multiplier after each round.
    depth : int
        Largest number of rounds.
    multipliers : tuple of float
        Units of the objective that a missing unit of margin costs. A low multiplier
        finds answers of larger objective. A high multiplier finds answers for more
        people.
    shortlist : int, default=8
        Number of moves from a candidate that are scored exactly, per multiplier.
    one_per_changed_set : bool, default=True
        Whether to keep only the best of all candidates that change the same features.
        Kept candidates then differ in the features that they change, not in values
        alone.
    min_rounds : int or None, default=None
        Number of rounds for all people. Later rounds are only for people whom the last
        round helped. None means that all rounds are for all people.
    """

    width: int
    depth: int
    multipliers: tuple[float, ...]
    shortlist: int = 8
    one_per_changed_set: bool = True
    min_rounds: int | None = None


@dataclass(frozen=True)
class RegionConfig:
    """How thoroughly regions are searched.

    Parameters
    ----------
    max_cells : int
        Largest number of cells of a grid in which a certified box is searched.
    max_axes : int
        Largest number of numbers that stray together; the others stay. A grid of more
        axes has fewer than five values per axis.
    n_values : int
        Number of values of a number that are tried, without thresholds of trees.
    n_probes : int
        Largest number of rows that are queried before a tested box is drawn in.
    max_rounds : int
        Largest number of times that a tested box shrinks.
    shrinking : float
        Share of the way to a refused row that a tested box keeps.
    side_floor : float
        Share of people that is added to each side, so that a side without width counts.
    """

    max_cells: int = 20_000
    max_axes: int = 6
    n_values: int = 200
    n_probes: int = 400
    max_rounds: int = 30
    shrinking: float = 0.9
    side_floor: float = 0.001


@dataclass(frozen=True)
class ControlConfig:
    """Controls of a page on which a person tries values.

    Parameters
    ----------
    n_positions : int
        Largest number of positions of a slider. The number beside it takes all
        feasible values. Each position has its sentence, so more make the page larger.
    n_bends : int
        Largest number of values of a feature between which effort is linear. Thinned
        shares of people are exact to 1 / 127. Nothing is thinned for a person with a
        largest effort.
    n_options : int
        Largest number of options that are searched for a person without a report.
    """

    n_positions: int = 100
    n_bends: int = 128
    n_options: int = 3


@dataclass(frozen=True)
class WhatIfConfig:
    """Models of a page on which people try values.

    Parameters
    ----------
    max_kibibytes : int
        Largest size of the model of the decision as JSON.
    max_listed : int
        Largest number of numbers that are listed; of more, the two ends count.
    n_compared : int
        Number of rows of a person's feasible set on which the model of the decision is
        compared with the classifier.
    max_reference : int
        Largest number of log-densities of accepted people that are kept. 401 change a
        percentile by at most a quarter of a point.
    digits : int
        Significant digits of probabilities.
    kernel_reach : float
        Kernels whose numbers are farther from all values than this number of widths
        are left out. Their densities are below 1e-31 of their peaks.
    """

    max_kibibytes: int = 600
    max_listed: int = 32
    n_compared: int = 1000
    max_reference: int = 401
    digits: int = 10
    kernel_reach: float = 12.0


@dataclass(frozen=True)
class SearchConfig:
    """Constants of proposals, search and polishing."""

    # Objective

    # Objective lost per unit by which the plausibility term is below the smallest
    # log-density of an answer. It is above the default weight of this term, so that the
    # search leaves such rows.
    low_density_penalty: float = 5.0
    # No answer costs at least this multiple of the outlier weight. Above 1, a row with
    # the full outlier penalty is still better than no answer, so it is queried.
    loss_per_outlier_weight: float = 1.25
    # Up to this weight, objectives are rounded to the tolerance. For larger weights,
    # rounding errors and the unit of rounding are larger too.
    usual_weight: float = 8.0
    # Sum of the weights of plausibility, denied people, sparsity and effort (in typical
    # efforts) from which on the constants of the search hold as they are. With smaller
    # weights, all differences are smaller, and so are prices and gains in the search.
    usual_weights: float = 2.8
    # Neighbourhood sizes of the local outlier factor; the largest factor counts. No
    # single size is good for all tables (recourse_quality.md).
    outlier_neighbors: tuple[int, ...] = (15, 20, 30, 40)
    # Number of accepted rows to which the outlier factor compares a row. With 1,200 or
    # fewer, adult has up to 4 more outliers among 500 answers.
    max_outlier_rows: int = 1500
    # Up to this factor, a row has no outlier penalty. The usual bound is 1.5. The
    # factor of a row depends on which accepted people are the reference; the lower
    # bound leaves room for that.
    inlier_factor: float = 1.15
    # From this factor on, a row has the full outlier penalty.
    outlier_factor: float = 1.55
    # Number of accepted rows, evenly spaced in the table, from which the rows for the
    # outlier factor and for neighbors are drawn. To find equal rows among a million
    # takes ten seconds.
    max_drawn_from: int = 100_000
    # Number of accepted rows kept as neighbors. It limits time and memory of a search
    # for neighbors.
    max_neighbor_rows: int = 10_000
    # A training row that occurs this often does not belong to a single person.
    common_row_count: int = 5
    # Knots of the percentile effort of a feature. Shares are exact to 1 / 511.
    max_effort_knots: int = 1024

    # Action sets

    # The most frequent levels of a feature can be written, up to this number. Rarer
    # levels can still be copied from neighbors.
    max_levels: int = 24
    # Number of bins of a numeric column, both by people and by distinct values. Bins by
    # people alone lost 0.05 on adult, where all quantiles fell on the most frequent
    # value.
    n_bins: int = 16
    # Number of bins of the finer grid for steps around an answer. Polishing needs
    # values close to the answer.
    n_fine_bins: int = 96
    # Number of most frequent numbers that are added to the grid.
    n_frequent: int = 12
    # Number of value pairs from which the search starts. On adult they raised the share
    # of the possible gain from 94.1% to 95.8%, mostly by pairs of marital status and
    # relationship.
    n_pairs: int = 8
    # Number of people counted to find these pairs. It is enough for the largest terms.
    max_people_for_pairs: int = 5000
    # Steps down and up the fine grid in polishing. Trying all values of the grid gained
    # 0.0005 more, for twice the time.
    fine_steps: tuple[int, ...] = (-8, -5, -3, -2, -1, 0, 1, 2, 4, 7)

    # Beam search and proposals

    # What each usual effort above the largest one of a person costs while rows are
    # proposed. Of 1,663 answers that exist on german_credit and adult, 15 were lost
    # with 5 and 22 with 20; the narrowed limits of cells then found most of them.
    over_budget_price: float = 5.0

    # A row counts as accepted if the surrogate gives it at least this margin.
    safe_margin: float = 0.1
    # Beam that starts from draws, pairs and neighbors. The third round is only for
    # people whom the second round helped. Width 8 and depth 4 gained 0.004 to 0.016
    # where the search was worst, for 0.8 ms per person. Keeping the best candidates of
    # any features, not one per changed set, lost 0.025.
    proposal_beam: BeamSettings = BeamSettings(
        width=6, depth=3, multipliers=(1.2,), shortlist=5, min_rounds=2
    )
    # Number of additional candidates kept for each further option.
    width_per_option: int = 8
    # Beam for people without a probably accepted candidate. It adds safer candidates,
    # regardless of their objective. If limits prevent short changes, a fifth of all
    # people needed the fallback stages without this beam, and a 25th with it.
    safer_beam: BeamSettings = BeamSettings(width=3, depth=1, multipliers=(7.0, 70.0))
    # Beam for people for whom margin is dear. The multiplier is what their best safe
    # candidate pays per unit of margin, if this is above `dear_margin`.
    dear_beam: BeamSettings = BeamSettings(width=3, depth=2, multipliers=(1.0, 4.0))
    dear_margin: float = 2.4
    # A candidate is probably accepted if its estimated probability is larger.
    probable_chance: float = 0.5
    # Largest number of candidates of a person that may be queried.
    max_candidates: int = 64
    # Largest number of candidates per set of changed features, if several options are
    # wanted. Otherwise all candidates might change the same features.
    max_per_changed_set: int = 6
    # Candidates with a smaller estimated probability of acceptance are dropped. The
    # fallback stages go lower.
    min_candidate_chance: float = 0.02
    # Having no answer counts as this much worse than the worst candidate, in units of
    # the objective. The value is large, so that the probability of acceptance decides
    # between candidates of similar objective.
    no_answer_loss: float = 5.0
    # Weight of the missing margin in the choice of the best candidates per set of
    # changed features.
    option_multiplier: float = 1.0
    # Polishing tries numbers at these shares of the way from the answer back to the own
    # row, and at shares beyond the answer or past the own value. The best value can be
    # on either side of a frequent one (0.009 on give_me_some_credit).
    polishing_shares: tuple[float, ...] = (0.5, 0.25, 0.125, 0.0625, 0.03125)
    overshooting_shares: tuple[float, ...] = (-0.5, -1.0, 2.0)
    # Multiplier in polishing.
    polishing_multiplier: float = 1.2
    # In polishing, the first two numbers divided by the number of features give width
    # and shortlist. The other two are their minimum. Widths above 2 gained less than
    # 0.006, for up to 0.4 ms per person.
    polishing_width: int = 28
    polishing_shortlist: int = 200
    min_polishing_width: int = 2
    min_polishing_shortlist: int = 16

    # Queries and search

    # Number of rows of each person in the first call. It is small, because the result
    # of these queries changes the order of the other rows.
    first_queries: int = 2
    # Factor by which this number grows from call to call. A call to a pipeline costs
    # more than a row.
    query_growth: int = 4
    # Of up to this number of changes, all subsets are queried before a row becomes an
    # answer. Of more changes, at most as many subsets as this number has.
    max_enumerated_changes: int = 5
    max_partial_changes: int = 30
    # Share of the errors of the surrogate that differ between a row and its partial
    # row. With 1, a tenth more rows are queried for the same objective.
    separate_errors: float = 0.3
    # Number of partial rows of a person in one call.
    partial_rows_per_call: int = 8
    # Share of the budget that is kept for them.
    reserved_share: float = 0.25
    # Shift of the log-odds of a person's other rows, per unit of surprise.
    surprise_weight: float = 1.0
    # Number of rounds that repair broken links before changes are undone. One repair
    # can break another link.
    link_repair_rounds: int = 2
    # Smallest expected gain of a query in the objective, for people who have an answer.
    # A smaller gain does not justify a query.
    min_gain: float = 0.004
    # Smallest estimated probability of acceptance. Less likely rows would use up the
    # query budget.
    min_chance: float = 0.01
    # For people without an answer: a cheap stage, then a wide stage for people who
    # still have none.
    fallback_stages: tuple[FallbackStage, ...] = (
        FallbackStage(n_neighbors=32, depth=1, shortlist=8, min_chance=0.01),
        FallbackStage(n_neighbors=512, depth=3, shortlist=64, min_chance=0.0003),
    )
    # Stage after these: random feasible rows, for people who still have no answer.
    random_stage: RandomStage = RandomStage()
    # Number of cells that may differ from the answer in each round of polishing.
    # Polishing adds 0.13 to 1.08 to the mean objective (recourse_quality.md).
    polishing_depths: tuple[int, ...] = (2, 1)
    # Largest number of steps of the line search that follows. A step halves the effort
    # of one changed number.
    max_line_steps: int = 24
    # A number whose effort does not fall in this number of steps is left.
    max_failed_steps: int = 8
    # Share of the weight of plausibility and of the cost of the changes that a further
    # digit of a written number costs. About 0.05 by default. Higher prices lost more
    # than they rounded (rounding.md).
    digit_price: float = 0.015
    # Numbers of significant digits to which numbers are rounded.
    rounded_digits: tuple[int, ...] = (1, 2, 3, 4)
    # Rounds of rounding. The second starts from the answers of the first.
    rounding_rounds: int = 2
    # Smallest expected gain of a query that rounds, in prices of a digit.
    min_rounding_gain: float = 0.1
    # Enumeration stops at this number of incomplete rows, because some links prune
    # late.
    max_partial_rows: int = 100_000

    # Tasks

    # Numbers of people that are answered together in one process, and between lines of
    # progress. With fewer people per task, the exchange of data takes a larger share.
    min_people_per_task: int = 256
    max_people_per_task: int = 2048

    # Infeasibility and alternatives

    # Sets of features to freeze that are kept while they grow, the smallest first. It
    # limits memory; far fewer sets are tried.
    max_growing_sets: int = 1000

    # Size of the largest feasible set that is searched exhaustively for people without
    # an answer. All of its rows are queried.
    max_enumerated_rows: int = 2000
    # It is also at most this multiple of `max_queries`, for whom a row is dear.
    enumerated_rows_per_query: int = 10
    # Number of accepted neighbors that are tried without a rule, to find out whether
    # the rule blocks recourse.
    n_trial_neighbors: int = 16
    # Of this number of denied rows, those of largest estimated probability, the
    # classifier's own score chooses the nearest miss of a person without an answer.
    n_scored_misses: int = 8
    # Number of rules that the reason names, if no recourse was found.
    max_binding_rules: int = 3
    # Of up to this number of changes, a plan has the best of all orders, found by
    # dynamic programming over at most 256 rows. Answers rarely make more changes.
    max_ordered_changes: int = 8
    # Largest number of changes in a step of a longer plan. With 20 changes, there are
    # 1,140 sets of three.
    max_joint_changes: int = 3
    # Number of sets of frozen features that are tried per person for a further option.
    # Each set costs a separate search.
    max_freezing_sets: int = 12
    # Number of accepted neighbors with which the reasons of a denial compare a person,
    # and largest number of rows in which the cells of both are mixed. With 512 rows,
    # the first reason was right for 97% to 100% of the people (reasons.md).
    n_reason_neighbors: int = 16
    max_reason_rows: int = 512
    # Number of accepted neighbors of which those with the wanted label are taken, if
    # there are several favorable labels.
    n_reason_candidates: int = 64
    # Regions around answers (regions.md).
    region: RegionConfig = RegionConfig()
    # Controls of a page on which a person tries values.
    controls: ControlConfig = ControlConfig()
    # Pages on which people try values.
    what_if: WhatIfConfig = WhatIfConfig()
