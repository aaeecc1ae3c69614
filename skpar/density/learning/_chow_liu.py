"""The Chow-Liu tree of a table.

Each column is cut into few bins. The joint counts of bins give the mutual information
of all pairs of columns. Prim's algorithm finds the spanning tree with the
largest total mutual information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..circuit import Tree, quantiles

if TYPE_CHECKING:
    from ...table import TableEncoder


def discretize(
    encoder: TableEncoder,
    tensor: np.ndarray,
    max_bins: int,
    weight: np.ndarray | None = None,
    columns: np.ndarray | None = None,
) -> np.ndarray:
    """Cut each column of an encoded table into few bins.

    Numeric columns are cut at their quantiles, so a value that many rows share has its
    own bin. Rare levels share one bin. Missing cells have their own bin.

    Parameters
    ----------
    encoder : TableEncoder
        Defines the cells of `tensor` for each column.
    tensor : ndarray of shape (n_rows, width), dtype float64
        Encoded rows.
    max_bins : int
        Maximum number of bins of a column, including one for missing cells.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row; 1 by default.
    columns : ndarray of shape (n_columns,), dtype int64
        Columns to cut; all by default.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column. Bins of numeric columns keep the
        order of the values.
    """
    weight = np.ones(len(tensor)) if weight is None else weight
    numeric = set(np.asarray(encoder.numeric).tolist())
    if columns is None:
        columns = np.arange(len(encoder.slices))
    bins = np.empty((len(tensor), len(columns)), dtype=np.int64)
    for place, column in enumerate(columns.tolist()):
        block = tensor[:, encoder.slices[column]]
        indicator = int(encoder.missing[column])
        absent = np.zeros(len(tensor), dtype=bool)
        if indicator >= 0:
            absent = tensor[:, indicator] > 0.5
        cut = _cut_values if column in numeric else _cut_levels
        codes = np.full(len(tensor), max_bins)
        if not absent.all():
            codes[~absent] = cut(block[~absent], weight[~absent], max_bins - 1)
        bins[:, place] = np.unique(codes, return_inverse=True)[1]
    return bins


def _cut_values(block: np.ndarray, weight: np.ndarray, n_bins: int) -> np.ndarray:
    """Compute bin numbers (n,) of numeric cells (n, 1), cut at quantiles."""
    values = block[:, 0]
    shares = np.arange(1, n_bins) / n_bins
    edges = np.unique(quantiles(values, weight, shares))
    return np.searchsorted(edges, values, side="left")


def _cut_levels(block: np.ndarray, weight: np.ndarray, n_bins: int) -> np.ndarray:
    """Compute bin numbers (n,) of levels, one-hot (n, L) or numbers (n, 1)."""
    is_number = block.shape[1] == 1
    levels = block[:, 0].astype(np.int64) if is_number else block.argmax(axis=1)
    levels = levels.clip(0)
    counts = np.bincount(levels, weight, minlength=block.shape[1])
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.minimum(rank, n_bins - 1)[levels]


def indicators(bins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Convert bin numbers to 0/1 indicators, all columns side by side.

    Parameters
    ----------
    bins : ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column.

    Returns
    -------
    indicators : ndarray of shape (n_rows, n_bins), dtype float32
        One indicator per column and bin.
    starts : ndarray of shape (n_columns,), dtype int64
        First indicator of each column.
    """
    sizes = bins.max(axis=0) + 1
    starts = np.cumsum(sizes) - sizes
    cells = np.zeros((len(bins), int(sizes.sum())), dtype=np.float32)
    np.put_along_axis(cells, bins + starts, 1.0, axis=1)
    return cells, starts


def mutual_information(
    bins: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    r"""Compute the mutual information of all pairs of columns.

    Parameters
    ----------
    bins : ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row; 1 by default.

    Returns
    -------
    ndarray of shape (n_columns, n_columns), dtype float64
        In nats, symmetric, with diagonal 0. Entries of independent columns scatter
        around 0 and may be negative.

    Notes
    -----
    With counts :math:`n_{ab}`, the plug-in estimate is
    :math:`\sum_{ab} \frac{n_{ab}}{n} \log \frac{n\, n_{ab}}{n_a n_b}`. For independent
    columns with A and B bins, :math:`2n` times the estimate is asymptotically
    chi-squared with :math:`(A-1)(B-1)` degrees of freedom, so its mean is about
    :math:`(A-1)(B-1)/2n` instead of 0. This bias is subtracted. Otherwise, in small
    tables, columns with many levels would be connected to all other columns.
    """
    weight = np.ones(len(bins)) if weight is None else weight
    n_columns, n_rows = bins.shape[1], weight.sum()
    sizes = bins.max(axis=0) + 1
    marginal = [
        np.bincount(column, weight, minlength=size)
        for column, size in zip(bins.T, sizes, strict=True)
    ]
    columns = np.ascontiguousarray(bins.T)
    by_column = np.zeros((n_columns, n_columns))
    for j in range(n_columns - 1):
        terms, starts = _terms(columns[j:], sizes[j:], marginal[j:], weight)
        by_column[j, j + 1 :] = np.add.reduceat(terms, starts)
    by_column += by_column.T
    freedom = bins.max(axis=0).astype(np.float64)
    information = (by_column - np.outer(freedom, freedom) / 2) / n_rows
    information[np.diag_indices(n_columns)] = 0.0
    return information


def _terms(
    columns: np.ndarray,
    sizes: np.ndarray,
    marginal: list[np.ndarray],
    weight: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Terms of the mutual information of the first column with each of the others.

    Takes bins (n_columns, n_rows). Returns the terms (n_bins,) of all bins of the other
    columns, summed over the bins of the first, and the first bin of each of them.
    """
    starts = np.cumsum(sizes[1:]) - sizes[1:]
    n_bins = int(sizes[1:].sum())
    cells = columns[0] * n_bins + starts[:, None] + columns[1:]
    length = int(sizes[0]) * n_bins
    weights = np.broadcast_to(weight, cells.shape).ravel()
    joint = np.bincount(cells.ravel(), weights, minlength=length)
    joint = joint.reshape(-1, n_bins)
    apart = np.outer(marginal[0], np.concatenate(marginal[1:]))
    lift, is_seen = np.ones_like(joint), joint > 0
    np.divide(joint * weight.sum(), apart, out=lift, where=is_seen)
    return (joint * np.log(lift)).sum(axis=0), starts


def maximum_spanning_tree(weights: np.ndarray) -> Tree:
    """Find the spanning tree with the largest total weight by Prim's algorithm.

    Parameters
    ----------
    weights : ndarray of shape (n_columns, n_columns), dtype float64
        Symmetric weights; the diagonal is ignored.

    Returns
    -------
    Tree
        The root is the column with the largest sum of weights to all others. This keeps
        the tree shallow.

    Notes
    -----
    ``scipy.sparse.csgraph`` is not used because it treats a weight of 0 as no edge.
    Here, weights may be 0 or negative.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.density.learning._chow_liu import maximum_spanning_tree
    >>> weights = np.array([[0., 1., 3.], [1., 0., 2.], [3., 2., 0.]])
    >>> tree = maximum_spanning_tree(weights)
    >>> tree.parent.tolist(), tree.order.tolist()
    ([2, 2, -1], [2, 0, 1])
    """
    n_columns = len(weights)
    off_diagonal = weights * (1.0 - np.eye(n_columns))
    root = int(off_diagonal.sum(axis=0).argmax())
    parent = np.full(n_columns, -1, dtype=np.int64)
    order = [root]
    best, link = weights[root].astype(np.float64), np.full(n_columns, root)
    best[root] = -np.inf
    outside = np.ones(n_columns, dtype=bool)
    outside[root] = False
    while outside.any():
        column = int(np.where(outside, best, -np.inf).argmax())
        parent[column] = link[column]
        order.append(column)
        outside[column] = False
        closer = outside & (weights[column] > best)
        best[closer] = weights[column][closer]
        link[closer] = column
    return Tree(parent, np.array(order, dtype=np.int64))
