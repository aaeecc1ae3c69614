"""The values of each feature that the generator may write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema, quantile_grids

MarginalScore = Callable[[int, np.ndarray], np.ndarray]


def value_grid(
    schema: TableSchema,
    people: np.ndarray,
    marginal_score: MarginalScore,
    n_bins: int,
    config: SearchConfig,
) -> np.ndarray:
    """List values of accepted people, feature by feature.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    people : ndarray of shape (n_people, n_features), dtype float64
        Codes of accepted people.
    marginal_score : callable
        Feature and codes of shape (n_values,) to the score of each value by itself.
    n_bins : int
        Number of bins of a column of numbers.
    config : SearchConfig

    Returns
    -------
    grid : ndarray of shape (n_written, n_features), dtype float64
        In ascending order; NaN fills shorter columns.

    Notes
    -----
    A column of many numbers is cut into bins that hold equally many people, and into
    bins that hold equally many distinct values, because a frequent value would fill
    most bins of the first kind. The grid has the value of largest score of each bin,
    and the most frequent values.
    """
    columns = []
    for j, column in enumerate(schema.columns):
        present = people[~np.isnan(people[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        by_count = values[np.argsort(-counts, kind="stable")]
        if column.levels is not None:
            values = np.sort(by_count[: config.max_levels])
        elif len(values) > 2 * n_bins + config.n_frequent:
            score = marginal_score(j, values)
            best = [
                _best_of_bins(edges, values, score)
                for edges in quantile_grids(present, np.arange(1, n_bins) / n_bins)
            ]
            values = np.unique(np.concatenate([*best, by_count[: config.n_frequent]]))
        columns.append(values)
    grid = np.full((max(1, *map(len, columns)), len(columns)), np.nan)
    for j, values in enumerate(columns):
        grid[: len(values), j] = values
    return grid


def _best_of_bins(
    edges: np.ndarray, values: np.ndarray, score: np.ndarray
) -> np.ndarray:
    """Value (of ascending ones) of largest score in each bin between edges."""
    bins = np.searchsorted(edges, values)
    order = np.lexsort((-score, bins))
    best: np.ndarray = values[order[np.unique(bins[order], return_index=True)[1]]]
    return best
