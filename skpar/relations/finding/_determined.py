"""Finding columns that other columns determine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...table import TableSchema
from .._config import RelationConfig
from .._determined import Determined, in_order
from .._formulas import LinearFormula, fit_formula
from ._evidence import TrainingRows
from ._linear import find_linear
from ._lookups import find_lookups
from ._products import find_extremes, find_products

# Takes training rows and the columns that may take part.
Finder = Callable[[TrainingRows, list[int]], Sequence[Determined]]


def find_determined(
    features: TableSchema,
    codes: npt.NDArray[np.float64],
    config: RelationConfig,
    taken: Collection[int] = (),
    report: Callable[[str], Any] = str,
) -> tuple[Determined, ...]:
    r"""Find the columns that other columns determine.

    Parameters
    ----------
    features : TableSchema
        Columns. Groups of columns should be one feature each, see `find_groups`.
    codes : ndarray of shape (n, n_features), dtype float64
        Training rows.
    config : RelationConfig
        Constants.
    taken : collection of int, default=()
        Columns that follow from others by a rule of the user. They take no part,
        because the rule is unknown here, and a relation could contradict it.
    report : callable, optional
        Called with each line of progress.

    Returns
    -------
    determined : tuple of Determined
        At most one per column. A source that is itself determined stands before the
        columns that it determines, so they can be computed in this order.

    Notes
    -----
    Equal columns are found first, then linear relations, products and ratios, minima
    and maxima, and at last columns that follow another one value by value. A column
    that is determined is no source of what is found later. Columns with one value take
    part in nothing.

    `TrainingRows` states which rows count as evidence. The functions that this one
    calls derive their rules.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.relations import RelationConfig, find_determined
    >>> from skpar.table import TableSchema
    >>> months = np.random.default_rng(0).integers(0, 900, size=(200, 2))
    >>> table = pd.DataFrame(months, columns=["may", "june"])
    >>> table["mean"] = table.mean(axis=1)
    >>> schema = TableSchema.infer(table)
    >>> found = find_determined(schema, schema.encode(table), RelationConfig())
    >>> [one.describe(schema.names) for one in found]
    ['mean = (may + june) / 2']
    """
    report("relations: constant columns")
    data = TrainingRows(features, codes, config)
    excluded = set(taken) | set(np.flatnonzero(data.is_constant).tolist())
    pool = [j for j in range(data.n_columns) if j not in excluded]
    found: list[Determined] = []
    finders: dict[str, Finder] = {
        "equal columns": find_equal,
        "sums": find_linear,
        "products and ratios": find_products,
        "minima and maxima": find_extremes,
        "columns that follow value by value": find_lookups,
    }
    for kind, find in finders.items():
        report(f"relations: {kind}")
        with np.errstate(over="ignore", invalid="ignore"):  # numbers such as 1e300
            new = find(data, pool)
        determined = {one.column for one in new}
        pool = [j for j in pool if j not in determined]
        found += new
    return in_order(found)


def find_equal(data: TrainingRows, pool: Collection[int]) -> list[Determined]:
    """Find columns of numbers that equal another one in every row.

    Parameters
    ----------
    data : TrainingRows
        Training rows.
    pool : collection of int
        Columns that can be determined, or sources.

    Returns
    -------
    formulas : list of Determined
        The first of equal columns is the source.
    """
    first: dict[bytes, int] = {}
    found: list[Determined] = []
    for j in sorted(pool):
        column = data.schema.columns[j]
        if not column.is_numeric or data.log_orders[j] < data.log_pairs:
            continue
        source = first.setdefault((data.codes[:, j] + 0.0).tobytes(), j)
        if source != j:
            candidate = LinearFormula(j, (source,), coefficients=(1.0,))
            formula = fit_formula(candidate, column, data.codes, data.config)
            found += [] if formula is None else [formula]
    return found
