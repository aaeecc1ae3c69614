"""Finding columns that follow another column, value by value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from .._determined import Determined, LookedUp
from ._evidence import TrainingRows, log_arrangements

# Number of rows that reveal nearly every wrong candidate.
_FEW_ROWS = 500


def find_lookups(data: TrainingRows, pool: Collection[int]) -> list[Determined]:
    r"""Find columns that follow one other column, value by value.

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

    Notes
    -----
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
    """
    columns = sorted(pool)
    edges: dict[int, list[LookedUp]] = {}
    for x in columns:
        for lookup in (*_repeated(data, x, columns), *_bands(data, x, columns)):
            edges.setdefault(lookup.column, []).append(lookup)
    return _choose(data, edges)


def _choose(data: TrainingRows, edges: dict[int, list[LookedUp]]) -> list[Determined]:
    """Choose one source per column, an undetermined one if possible."""
    pairs = {(one.sources[0], y) for y, same in edges.items() for one in same}

    def order(j: int) -> tuple[bool, int]:
        return data.schema.columns[j].is_numeric, j

    sources: dict[int, list[LookedUp]] = {}
    for y, same in edges.items():
        for one in same:
            x = one.sources[0]
            if (y, x) not in pairs or order(x) < order(y):
                sources.setdefault(y, []).append(one)

    def cost(lookup: LookedUp) -> tuple[bool, int, tuple[bool, int]]:
        x = lookup.sources[0]
        return x in sources, len(lookup.known), order(x)

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
    for size in (_FEW_ROWS, len(same)):
        places = np.linspace(0, len(same) - 1, min(size, len(same))).astype(np.intp)
        one, two = order[same[places]], order[same[places] + 1]
        kept = [(numbers[one, y] == numbers[two, y]).all() for y in ys]
        ys = ys[np.array(kept, dtype=bool)] if len(ys) else ys
    for y in ys.tolist():
        sources, values = numbers[rows, x], numbers[rows, y]
        if values.min() >= 0 and lookup_evidence(sources, values) >= data.log_pairs:
            lookup = _lookup(data, x, y)
            if lookup is not None:
                yield lookup


def lookup_evidence(
    sources: npt.NDArray[np.integer], values: npt.NDArray[np.integer]
) -> float:
    """Compute the evidence that a column follows another one, see `find_lookups`.

    Parameters
    ----------
    sources : ndarray of shape (n,), dtype integer
        Number of the source's value in different rows, from 0 on.
    values : ndarray of shape (n,), dtype integer
        The same of the column.

    Returns
    -------
    evidence : float
        Negative logarithm of a probability, if the column follows in every row.
    """
    m, counts = np.bincount(sources), np.bincount(values)
    m, n_y = m[m > 0], counts[counts > 0]
    orders = log_arrangements(n_y)
    shares = np.log(n_y / len(values))
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
    steps = tuple(known.tolist()), tuple(values.tolist())
    lookup = LookedUp(y, (x,), *steps, is_ordered)
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
    for rows in (order[:: max(1, len(order) // _FEW_ROWS)], order):
        ys = [y for y in ys if _is_banded(numbers[rows, y], data.config.max_bands)]
    distinct = data.distinct[~np.isnan(codes[data.distinct])]
    for y in ys:
        cells = numbers[order, y]
        last = np.flatnonzero(np.diff(cells))
        is_apart = (codes[order[last]] < codes[order[last + 1]]).all()
        if cells.min() < 0 or not is_apart:
            continue
        orders = log_arrangements(np.bincount(numbers[distinct, y]))
        if orders - float(gammaln(len(last) + 2)) >= data.log_pairs:
            ends = order[np.concatenate([[0], last, last + 1, [len(order) - 1]])]
            known, first = np.unique(codes[ends], return_index=True)
            values = data.codes[ends, y][first]
            steps = tuple(known.tolist()), tuple(values.tolist())
            yield LookedUp(y, (x,), *steps, is_ordered=True)


def _is_banded(cells: npt.NDArray[np.int32], max_bands: int) -> bool:
    """Check whether all rows of each value stand together."""
    n_bands = np.count_nonzero(np.diff(cells)) + 1
    return bool(n_bands <= max_bands and n_bands == len(np.unique(cells)))
