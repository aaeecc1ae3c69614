"""Finding columns that two others determine together, by an unknown formula."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt

from ...table import TableSchema
from .._config import RelationConfig
from ._evidence import TrainingRows
from ._lookups import lookup_evidence


def find_unknown(
    features: TableSchema,
    codes: npt.NDArray[np.float64],
    config: RelationConfig,
    known: Collection[int] = (),
) -> tuple[tuple[int, tuple[int, int]], ...]:
    r"""Find columns that follow two others together, but neither of them alone.

    Parameters
    ----------
    features : TableSchema
        Columns.
    codes : ndarray of shape (n, n_features), dtype float64
        Training rows.
    config : RelationConfig
        Constants.
    known : collection of int, default=()
        Columns with a known formula, found or given by the user. They take no part.

    Returns
    -------
    relations : tuple of (int, (int, int))
        A column and its two sources. If each of the three follows the other two, the
        last one is the column.

    Notes
    -----
    Only pairs with few joint values are tried, because other pairs determine every
    column by accident. A pair is ruled out by two rows that agree in both sources, but
    not in the column. For each column, the products of an indicator matrix count such
    rows for all pairs at once. What is left is checked on all rows.

    The evidence is that of `find_lookups`, with the joint values as the source. It must
    be at least :math:`\log(d^3 / a)`, because there are fewer than :math:`d^3` triples.

    A smooth formula of numbers with many values, such as a body mass index, is not
    found.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.relations import RelationConfig, find_unknown
    >>> from skpar.table import TableSchema
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"income": rng.normal(size=400)})
    >>> table["grade"], table["term"] = rng.integers(6, size=(2, 400)) // [[1], [3]]
    >>> rates = rng.integers(5, 20, size=(6, 2)) / 100
    >>> table["rate"] = rates[table["grade"], table["term"]]
    >>> schema = TableSchema.infer(table)
    >>> find_unknown(schema, schema.encode(table), RelationConfig())
    ((3, (1, 2)),)
    """
    data = TrainingRows(features, codes, config)
    pool = [
        j for j in range(data.n_columns) if j not in known and not data.is_constant[j]
    ]
    sizes = data.numbers.max(axis=0) + 1
    few = [j for j in pool if 2 * sizes[j] <= config.max_joint_values]
    found: list[tuple[int, tuple[int, int]]] = []
    if len(few) < 2 or len(data.distinct) < 2:
        return ()
    allowed = np.outer(sizes[few], sizes[few]) <= config.max_joint_values
    allowed &= np.triu(np.ones(allowed.shape, dtype=bool), 1)
    cells = np.ascontiguousarray(data.numbers[:, few])
    seen: set[frozenset[int]] = set()
    for y in reversed(pool):
        pairs = _screened(data, y, few, cells, allowed)
        joint = ((pair, _joint_evidence(data, y, pair)) for pair in pairs)
        pair, evidence = max(joint, key=lambda one: one[1], default=((0, 0), -np.inf))
        if evidence >= data.log_pairs + np.log(data.n_columns):
            if frozenset((y, *pair)) not in seen:
                found.append((y, pair))
            seen.add(frozenset((y, *pair)))
    return tuple(sorted(found))


def _screened(
    data: TrainingRows,
    y: int,
    few: list[int],
    sources: npt.NDArray[np.int32],
    allowed: npt.NDArray[np.bool_],
) -> Iterator[tuple[int, int]]:
    """Find the pairs that no pair of rows rules out, among some pairs of rows."""
    rows = data.distinct
    cells = data.numbers[rows, y]
    is_most = cells == np.bincount(cells + 1).argmax() - 1
    most, others = rows[is_most], rows[~is_most]
    n = data.config.n_row_pairs
    one = others[(np.arange(n) * 104_729) % len(others)]
    two = np.concatenate([most, others])[(np.arange(n) * 7919) % len(rows)]
    differs = data.numbers[one, y] != data.numbers[two, y]
    one, two = one[differs], two[differs]
    agrees = (sources[one] == sources[two]).astype(np.float32)
    n_both = agrees.T @ agrees
    # A column that rules itself out in no pair of rows would determine alone.
    is_weak = np.diag(n_both) == 0
    fits = allowed & (n_both == 0) & ~is_weak & ~is_weak[:, np.newaxis]
    for a, b in np.argwhere(fits).tolist():
        if y not in (few[a], few[b]):
            yield few[a], few[b]


def _joint_evidence(data: TrainingRows, y: int, pair: tuple[int, int]) -> float:
    """Evidence that a column follows a pair; -inf if a row contradicts."""
    cells = [data.numbers[data.distinct, j] for j in (*pair, y)]
    present = (cells[0] >= 0) & (cells[1] >= 0)
    first, second, values = (column[present] for column in cells)
    joint = first * (second.max(initial=0) + 1) + second
    last = np.full(joint.max(initial=0) + 1, -1)
    last[joint] = values
    n_joint = np.count_nonzero(np.bincount(joint))
    if len(values) - n_joint < data.config.min_repeats:
        return -np.inf
    if values.min() < 0 or (last[joint] != values).any():
        return -np.inf
    return lookup_evidence(joint, values)
