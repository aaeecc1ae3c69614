"""The values that the generator can write, and pairs that occur together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema, quantile_grids, round_to_tolerance

MarginalScore = Callable[[int, np.ndarray], np.ndarray]


def value_grid(
    schema: TableSchema,
    people: np.ndarray,
    marginal_score: MarginalScore,
    n_bins: int,
    config: SearchConfig,
) -> np.ndarray:
    """List values of accepted people for each feature.

    Parameters
    ----------
    schema : TableSchema
        Describes the columns.
    people : ndarray of shape (n_people, n_features), dtype float64
        Codes of accepted people.
    marginal_score : callable
        Takes a feature and codes of shape (n_values,). Returns the score of each value
        on its own.
    n_bins : int
        Number of bins of a numeric column.
    config : SearchConfig

    Returns
    -------
    grid : ndarray of shape (n_grid, n_features), dtype float64
        Values in ascending order. NaN fills shorter columns.

    Notes
    -----
    A column of many numbers is cut into bins of equally many people. It is also cut
    into bins of equally many distinct values, because a frequent value would fill most
    bins of the first kind. The grid has the value of largest score of each bin, and the
    most frequent values.
    """
    columns = []
    for j, column in enumerate(schema.columns):
        present = people[~np.isnan(people[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        by_count = values[np.argsort(-counts, kind="stable")]
        if column.levels is not None:
            values = np.sort(by_count[: config.max_levels])
        elif len(values) > 2 * n_bins + config.n_frequent:
            score = round_to_tolerance(marginal_score(j, values))
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


@dataclass(frozen=True)
class ValuePairs:
    """Values of two features that accepted people have together.

    Parameters
    ----------
    feature : ndarray of shape (n_pairs, 2), dtype int64
        The two features.
    place : ndarray of shape (n_pairs, 2), dtype int64
        Indices of the two values in the grid.

    Notes
    -----
    Some values are plausible only together, such as being married and being a wife. A
    generator that draws one feature at a time seldom draws both. A search that changes
    one feature at a time does not pass through half of such a pair.
    """

    feature: np.ndarray
    place: np.ndarray

    @classmethod
    def most_informative(
        cls,
        people: np.ndarray,
        grid: np.ndarray,
        may_change: np.ndarray,
        config: SearchConfig,
    ) -> ValuePairs:
        r"""Find the pairs that contribute most to mutual information of two features.

        Parameters
        ----------
        people : ndarray of shape (n_people, n_features), dtype float64
            Codes of accepted people. If there are too many, evenly spaced rows are
            counted.
        grid : ndarray of shape (n_values, n_features), dtype float64
            Values that can be written, in ascending order. NaN fills shorter columns.
        may_change : ndarray of shape (n_features,), dtype bool
            Features that may change.
        config : SearchConfig
            How many pairs to keep, and how many people to count.

        Returns
        -------
        pairs : ValuePairs

        Notes
        -----
        Let :math:`p` be the share of people who have both values, and :math:`q, r` the
        shares of people who have one of them. The contribution is
        :math:`p \log (p / q r)`, a term of the sum that defines mutual information.
        Only terms above 0 count.

        Examples
        --------
        >>> import numpy as np
        >>> from skpar._config import SearchConfig
        >>> from skpar.generator._value_grid import ValuePairs
        >>> people = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
        >>> both = np.array([True, True])
        >>> grid = np.array([[0.0, 0.0], [1.0, 1.0]])
        >>> config = SearchConfig(n_pairs=1)
        >>> ValuePairs.most_informative(people, grid, both, config).place
        array([[1, 1]])
        """
        n, stride = config.n_pairs, -(-len(people) // config.max_people_for_pairs)
        places = _places(people[:: max(1, stride)], grid)
        found: list[tuple[float, tuple[int, int], tuple[int, int]]] = []
        least = 0.0
        columns = np.ascontiguousarray(places.T)
        for one, other in combinations(np.flatnonzero(may_change).tolist(), 2):
            term = _terms(columns[one], columns[other], len(grid))
            better = np.argwhere(term > least)
            if len(better):
                found += [(-term[a, b], (one, other), (a, b)) for a, b in better]
                found = sorted(found, key=lambda pair: pair[0])[:n]
                least = -found[-1][0] if len(found) == n > 0 else 0.0
        empty = np.zeros((0, 2), dtype=np.int64)
        return cls(
            np.array([feature for _, feature, _ in found] or empty, dtype=np.int64),
            np.array([place for _, _, place in found] or empty, dtype=np.int64),
        )

    def actions(self, is_open: np.ndarray) -> list[np.ndarray]:
        """Choose the actions that write each pair, for all people.

        Parameters
        ----------
        is_open : ndarray of shape (n_people, n_actions, n_features), dtype bool
            Actions that are not masked, in the order: own value, grid, others.

        Returns
        -------
        chosen : list of ndarray of shape (n_people, n_features), dtype int64
            The chosen actions, one array for each pair. All other features keep the own
            value (action 0). So does a feature of the pair if its value is masked.
        """
        chosen = []
        for features, places in zip(self.feature, self.place, strict=True):
            row = np.zeros((len(is_open), is_open.shape[2]), dtype=np.int64)
            row[:, features] = (1 + places) * is_open[:, 1 + places, features]
            chosen.append(row)
        return chosen


def _best_of_bins(
    edges: np.ndarray, values: np.ndarray, score: np.ndarray
) -> np.ndarray:
    """Value of largest score in each bin between edges; `values` ascend."""
    bins = np.searchsorted(edges, values)
    order = np.lexsort((-score, bins))
    best: np.ndarray = values[order[np.unique(bins[order], return_index=True)[1]]]
    return best


def _places(people: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Grid indices (n_people, n_features) of cells; -1 for cells off the grid."""
    places = np.full(people.shape, -1)
    for j, column in enumerate(grid.T):
        values = column[~np.isnan(column)]
        if len(values):
            place = np.searchsorted(values, people[:, j]).clip(0, len(values) - 1)
            places[:, j] = np.where(values[place] == people[:, j], place, -1)
    return places


def _terms(one: np.ndarray, other: np.ndarray, n: int) -> np.ndarray:
    """Terms (n, n) of the mutual information of two columns of grid indices."""
    on_grid = (one >= 0) & (other >= 0)
    counts = np.bincount(one[on_grid] * n + other[on_grid], minlength=n * n)
    share = counts.reshape(n, n) / max(1, on_grid.sum())
    apart = share.sum(axis=1, keepdims=True) * share.sum(axis=0, keepdims=True)
    lift = np.divide(share, apart, out=np.ones_like(share), where=share > 0.0)
    terms: np.ndarray = share * np.log(lift)
    return terms
