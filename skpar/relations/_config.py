"""Constants of the search for relations between columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RelationConfig:
    """Constants of the search for relations.

    `examples/benchmarks/relations.md` measures false and missed relations.
    """

    # Probability of a false relation of one kind in a table of independent columns.
    false_alarm: float = 1e-6
    # The same for one more column in a group that is certain without it.
    false_member: float = 1e-4
    # Rows whose source value occurred in another row already. With fewer, a column of
    # names would determine all others.
    min_repeats: int = 100
    # Largest residual of a formula, as a share of the column's standard deviation.
    # Means of amounts in cents leave about 1e-5.
    max_residual: float = 1e-4
    # The same if coefficients are not simple, as for standardised columns. Only
    # rounding errors of float64 are smaller.
    max_real_residual: float = 1e-9
    # Rows beyond the rank of the columns that a linear relation needs.
    rows_above_rank: int = 30
    # Candidates are found on so many rows; all rows then verify them.
    max_rows: int = 2000
    # Rows of the sample per column with a value other than its most common one.
    # Without them, a column that is nearly always 0 would be missing in sums.
    n_rare_rows: int = 3
    # Largest denominator of a simple coefficient, such as 0.125 or 1/12.
    max_denominator: int = 1000
    # Number of simple coefficients that count as one hypothesis each.
    n_coefficients: int = 1000
    # A formula may be wrong by the rounding of the column only if its step is at most
    # this share of the standard deviation. Otherwise it would fit by accident.
    max_step_share: float = 0.2
    # A coefficient of so many standard errors is not 0.
    min_coefficient_errors: float = 6.0
    # Formulas are searched on so many different patterns of missing cells (or zeros).
    max_patterns: int = 40
    # Candidates of a product or a ratio that are tried per column.
    max_products: int = 20
    # Steps of the search for groups of which exactly one is on.
    max_cover_steps: int = 5000
    # A coding with two rare levels proves nothing by itself. It is believed if at least
    # so many other groups of the table have names in the same style.
    min_alike: int = 3
    # The same for one column to start from. A group of m columns needs m steps.
    max_seed_steps: int = 1000
    # A column of more values is no list of bands of another.
    max_bands: int = 50
    # Pairs of columns with more joint values are no sources of an unknown formula.
    max_joint_values: int = 200
    # Pairs of rows that screen them.
    n_row_pairs: int = 1000
