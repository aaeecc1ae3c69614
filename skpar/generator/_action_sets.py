"""What the generator chooses among, feature by feature, for each person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..actionability import Actionability, People
from ..objective import AcceptedNeighbors, Effort
from ..table import TableSchema, quantile_grids, same_cells
from ._pairs import ValuePairs

_MOST_LEVELS = 24
_BINS = 16
_FINE_BINS = 96
_FREQUENT = 12
_PAIRS = 8
_STEPS = (-8, -5, -3, -2, -1, 0, 1, 2, 4, 7)

Appeal = Callable[[int, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ActionSets:
    """The choices of some people.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_choices, n_features), dtype float64
        Codes. Choice 0 keeps the person's own value, the next ones write a value of
        the grid, the last ones copy each neighbour; all within the person's rules.
    open : ndarray of shape (n_samples, n_choices, n_features), dtype bool
        Choices that may be taken: the first, and those that change the value; of
        equal values written one alone.
    effort : ndarray of shape (n_samples, n_choices, n_features), dtype float64
        Effort of each.
    """

    values: np.ndarray
    open: np.ndarray
    effort: np.ndarray

    def take(self, index: np.ndarray) -> np.ndarray:
        """Make rows of chosen values.

        Parameters
        ----------
        index : ndarray of shape (n_samples, n_rows, n_features), dtype int64
            The choice taken for every feature.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_rows, n_features), dtype float64
        """
        return np.take_along_axis(self.values, index, axis=1)

    def __getitem__(self, rows: np.ndarray) -> ActionSets:
        """Choices of some of the people."""
        return ActionSets(self.values[rows], self.open[rows], self.effort[rows])


class ActionSetBuilder:
    """Lay out the choices of any person.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    actionability : Actionability
        The rules; every choice is projected onto them.
    effort : Effort
        What a change asks of a person.
    neighborhood : AcceptedNeighbors
        The accepted people, whose values make the grid.
    n_neighbors : int
        Number of neighbours to copy from.
    appeal : callable
        Feature and codes of shape (n_values,) to what each is worth by itself.

    Attributes
    ----------
    grid : ndarray of shape (n_written, n_features), dtype float64
        Values to write, rising; NaN fills shorter columns.
    n_values : ndarray of shape (n_features,), dtype int64
        How many of them each feature has.
    is_complete : ndarray of shape (n_features,), dtype bool
        Whether the grid has every level that accepted people have.
    n_choices : int
        Number of choices per feature.
    pairs : ValuePairs
        Values of the grid that go together.

    Notes
    -----
    A column of many numbers is cut into 16 bins that hold equally many people, and into
    16 that hold equally many distinct values, for a spike would fill most of the first
    kind. Of each bin the grid has the number of largest appeal: next to a spike of the
    denied, a step aside is worth much.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        effort: Effort,
        neighborhood: AcceptedNeighbors,
        n_neighbors: int,
        appeal: Appeal,
    ) -> None:
        self.actionability = actionability
        self.effort = effort
        self.neighborhood = neighborhood
        self.n_neighbors = n_neighbors
        people = neighborhood.people
        self.grid = _grid(schema, people, appeal, _BINS)
        self.n_values = (~np.isnan(self.grid)).sum(axis=0)
        has_levels = np.array([column.levels is not None for column in schema.columns])
        self.is_complete = has_levels & (self.n_values < _MOST_LEVELS)
        self._fine = _grid(schema, people, appeal, _FINE_BINS)
        self.n_choices = 1 + n_neighbors + len(self.grid)
        may_change = np.array([not rule.immutable for rule in actionability.rules])
        self.pairs = ValuePairs.commonest(people, self.grid, may_change, _PAIRS)

    def build(
        self, people: People, others: np.ndarray | None = None
    ) -> tuple[ActionSets, np.ndarray]:
        """List the actions of some people.

        Parameters
        ----------
        people : People
        others : ndarray of shape (n_samples, n_others, n_features), default=None
            Rows to copy from, dtype float64; None for the nearest accepted people.

        Returns
        -------
        actions : ActionSets
        others : ndarray of shape (n_samples, n_others, n_features)
            Codes of the rows to copy from, as they are, dtype float64.
        """
        codes = people.codes
        if others is None:
            others = self.neighborhood.nearest(codes, self.n_neighbors)
        own = codes[:, None, :]
        grid = np.broadcast_to(self.grid, (len(codes), *self.grid.shape))
        # An empty cell of the grid stands for the person's own value.
        grid = np.where(np.isnan(grid), own, grid)
        raw = np.concatenate([own, grid, others], axis=1)
        values = self.actionability.project_cells(people, raw)
        changes = ~same_cells(values, own)
        changes[:, 0] = True
        # The grid rises, and so do its projections: equal ones follow one another.
        end = 1 + len(self.grid)
        changes[:, 2:end] &= values[:, 2:end] != values[:, 1 : end - 1]
        effort = self.effort.per_feature(own, values)
        return ActionSets(values, changes, effort), others

    def nearby(self, codes: np.ndarray) -> np.ndarray:
        """Step up and down a finer grid.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        values : ndarray of shape (n_samples, 10, n_features), dtype float64
            The 1st, 2nd, 3rd, 5th and 8th value of the grid below every cell and above
            it (a cell on the grid is its own 1st above), as far as the grid goes; the
            cell itself where no accepted person has a value of the feature.
        """
        steps = np.array(_STEPS)
        values = np.repeat(codes[:, None, :], len(steps), axis=1)
        for j in np.flatnonzero(~np.isnan(self._fine[0])):
            rising = self._fine[~np.isnan(self._fine[:, j]), j]
            place = np.searchsorted(rising, codes[:, j])[:, None] + steps
            values[:, :, j] = rising[place.clip(0, len(rising) - 1)]
        return values


def _grid(
    schema: TableSchema, people: np.ndarray, appeal: Appeal, n_bins: int
) -> np.ndarray:
    """Values to write, (n_written, n_features), rising; NaN fills shorter columns."""
    columns = []
    for j, column in enumerate(schema.columns):
        present = people[~np.isnan(people[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        by_count = values[np.argsort(-counts, kind="stable")]
        if column.levels is not None:
            values = np.sort(by_count[:_MOST_LEVELS])
        elif len(values) > 2 * n_bins + _FREQUENT:
            worth = appeal(j, values)
            shares = np.arange(1, n_bins) / n_bins
            best = [
                _best_of_bins(edges, values, worth)
                for edges in quantile_grids(present, shares)
            ]
            values = np.unique(np.concatenate([*best, by_count[:_FREQUENT]]))
        columns.append(values)
    grid = np.full((max(1, *map(len, columns)), len(columns)), np.nan)
    for j, values in enumerate(columns):
        grid[: len(values), j] = values
    return grid


def _best_of_bins(
    edges: np.ndarray, values: np.ndarray, worth: np.ndarray
) -> np.ndarray:
    """Of rising values (n,), the one worth most in each bin between edges."""
    bins = np.searchsorted(edges, values)
    order = np.lexsort((-worth, bins))
    best: np.ndarray = values[order[np.unique(bins[order], return_index=True)[1]]]
    return best
