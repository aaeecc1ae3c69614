"""Finding columns that other columns determine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ..table import TableSchema
from ._config import RelationConfig
from ._determined import Determined, LookedUp
from ._evidence import TrainingRows, log_arrangements
from ._finding_linear import find_linear
from ._finding_products import find_extremes, find_products
from ._formulas import LinearFormula, fit_formula


def find_determined(
    features: TableSchema,
    codes: npt.NDArray[np.float64],
    config: RelationConfig,
    taken: Collection[int] = (),
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

    **Evidence for "y follows x".** Let :math:`m_x` rows have the value :math:`x`, let
    :math:`n_y` of all :math:`n` rows have the value :math:`y`, and
    :math:`q_y = n_y / n`. If the columns were independent, all rows of each :math:`x`
    would agree with a probability of about :math:`\prod_x \sum_y q_y^{m_x}`. Given the
    counts :math:`n_y`, all orders of :math:`y` are equally probable, and each function
    of :math:`x` is one of them, so the probability is at most
    :math:`K \prod_y n_y! / n!` with the number of functions
    :math:`K = (\# y)^{\# x}`. The evidence is the smaller negative logarithm, less
    :math:`\log 2`. It must be at least :math:`\log(d (d - 1) / a)` for :math:`d`
    columns and the level :math:`a`. Besides, at least `min_repeats` rows must repeat a
    value of :math:`x`.

    Two cases have fewer functions, so that the second probability suffices: columns
    that determine each other, :math:`K = (\# y)!`; and a flag for one value of
    :math:`x`, :math:`K = 2 \# x`.

    **Bands.** If :math:`x` is a number with few repeats, and the rows of each
    :math:`y` are one interval of :math:`x`, then :math:`K = (\# y)!` as well.

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
    data = TrainingRows(features, codes, config)
    excluded = set(taken) | set(np.flatnonzero(data.is_constant).tolist())
    pool = [j for j in range(data.n_columns) if j not in excluded]
    found: list[Determined] = []
    for find in (find_equal, find_linear, find_products, find_extremes, find_lookups):
        new = find(data, pool)
        determined = {one.column for one in new}
        pool = [j for j in pool if j not in determined]
        found += new
    return tuple(_in_order(found))


def _in_order(found: Sequence[Determined]) -> list[Determined]:
    """Sort relations, so that the sources of each stand before it."""
    left = {one.column: one for one in sorted(found, key=lambda one: one.column)}
    ordered: list[Determined] = []
    while left:
        ready = [one for one in left.values() if not left.keys() & set(one.sources)]
        if not ready:
            break
        ordered += ready
        for one in ready:
            del left[one.column]
    return ordered


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


def find_lookups(data: TrainingRows, pool: Collection[int]) -> list[Determined]:
    """Find columns that follow one other column, value by value.

    Parameters
    ----------
    data : TrainingRows
        Training rows.
    pool : collection of int
        Columns that can be determined, or sources.

    Returns
    -------
    lookups : list of Determined
        Of columns that determine each other, the first one with levels is the source,
        or else the first one.
    """
    columns = sorted(pool)
    n_values = {j: len(np.unique(data.numbers[:, j])) for j in columns}
    edges: dict[int, list[LookedUp]] = {}
    for x in columns:
        for lookup in (*_repeated(data, x, columns), *_bands(data, x, columns)):
            edges.setdefault(lookup.column, []).append(lookup)
    pairs = {(one.sources[0], y) for y, same in edges.items() for one in same}

    def order(j: int) -> tuple[bool, int]:
        return data.schema.columns[j].is_numeric, j

    def is_allowed(x: int, y: int) -> bool:
        return (y, x) not in pairs or order(x) < order(y)

    sources = {
        y: [one for one in same if is_allowed(one.sources[0], y)]
        for y, same in edges.items()
    }
    sources = {y: same for y, same in sources.items() if same}

    def cost(lookup: LookedUp) -> tuple[bool, int, tuple[bool, int]]:
        x = lookup.sources[0]
        return x in sources, n_values[x], order(x)

    return [min(same, key=cost) for same in sources.values()]


def _repeated(data: TrainingRows, x: int, columns: Sequence[int]) -> Iterator[LookedUp]:
    """Find the columns that follow a column with repeated values."""
    numbers, distinct = data.numbers, data.distinct
    rows = distinct[numbers[distinct, x] >= 0]
    counts = np.bincount(numbers[rows, x])
    n_values = np.count_nonzero(counts)
    if len(rows) - n_values < data.config.min_repeats:
        return
    order = rows[np.argsort(numbers[rows, x], kind="stable")]
    same = np.flatnonzero(numbers[order[1:], x] == numbers[order[:-1], x])
    ys = np.array([y for y in columns if y != x and data.log_orders[y] > 0])
    for size in (data.config.max_rows // 4, len(same)):
        places = np.linspace(0, len(same) - 1, min(size, len(same))).astype(np.intp)
        one, two = order[same[places]], order[same[places] + 1]
        kept = [(numbers[one, y] == numbers[two, y]).all() for y in ys]
        ys = ys[np.array(kept, dtype=bool)] if len(ys) else ys
    for y in ys.tolist():
        evidence = _evidence(data, x, y, rows)
        lookup = _lookup(data, x, y) if evidence >= data.log_pairs else None
        if lookup is not None:
            yield lookup


def _evidence(data: TrainingRows, x: int, y: int, rows: npt.NDArray[np.intp]) -> float:
    """Evidence that a column follows another one, see `find_determined`."""
    sources, values = data.numbers[rows, x], data.numbers[rows, y]
    if values.min() < 0:
        return -np.inf
    m, counts = np.bincount(sources), np.bincount(values)
    m, n_y = m[m > 0], counts[counts > 0]
    orders = log_arrangements(n_y)
    shares = np.log(n_y / len(rows))
    sizes, times = np.unique(m, return_counts=True)
    agree = np.logaddexp.reduce(np.outer(sizes, shares), axis=1)
    by_chance = -float(times @ agree)
    evidence = min(by_chance, orders - len(m) * np.log(len(n_y))) - np.log(2)
    if len(m) == len(n_y):
        evidence = max(evidence, orders - float(gammaln(len(m) + 1)))
    if len(n_y) == 2:
        for value in np.flatnonzero(counts):
            if len(np.unique(sources[values == value])) == 1:
                evidence = max(evidence, orders - np.log(2 * len(m)))
    return float(evidence)


def _lookup(data: TrainingRows, x: int, y: int) -> LookedUp | None:
    """Collect the value for each value of the source, unless rows contradict."""
    source, child = data.codes[:, x], data.codes[:, y]
    present = ~np.isnan(source)
    known, first = np.unique(source[present], return_index=True)
    values = child[present][first]
    is_ordered = data.schema.columns[x].is_ordered
    lookup = LookedUp(y, (x,), tuple(known), tuple(values), is_ordered)
    places = np.searchsorted(known, source[present])
    return lookup if (values[places] == child[present]).all() else None


def _bands(data: TrainingRows, x: int, columns: Sequence[int]) -> Iterator[LookedUp]:
    """Find the columns that are bands of a number with few repeats."""
    if not data.schema.columns[x].is_numeric:
        return
    numbers, codes = data.numbers, data.codes[:, x]
    present = np.flatnonzero(~np.isnan(codes))
    n_values = len(np.unique(codes[data.distinct]))
    if len(data.distinct) - n_values >= data.config.min_repeats:
        return
    order = present[np.argsort(codes[present], kind="stable")]
    ys = [y for y in columns if y != x and data.log_orders[y] > 0]
    for rows in (order[:: max(1, len(order) // 300)], order):
        changes = [np.count_nonzero(np.diff(numbers[rows, y])) for y in ys]
        ys = [
            y
            for y, n_changes in zip(ys, changes, strict=True)
            if n_changes < data.config.max_bands
            and n_changes + 1 == len(np.unique(numbers[rows, y]))
        ]
    for y in ys:
        cells = numbers[order, y]
        last = np.flatnonzero(np.diff(cells))
        n_bands = len(last) + 1
        bands = order[
            np.unique(np.concatenate([[0], last, last + 1, [len(order) - 1]]))
        ]
        is_apart = (codes[order[last]] < codes[order[last + 1]]).all()
        evidence = data.log_orders[y] - float(gammaln(n_bands + 1))
        if cells.min() >= 0 and is_apart and evidence >= data.log_pairs:
            known, first = np.unique(codes[bands], return_index=True)
            values = data.codes[bands, y][first]
            yield LookedUp(y, (x,), tuple(known), tuple(values), is_ordered=True)
