"""What the generator chooses among, feature by feature, for each person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._actionability import Actionability
from ._effort import Effort, same_cells
from ._neighborhood import Neighborhood
from ._schema import TableSchema

_GRID_SIZE = 16


@dataclass(frozen=True)
class Choices:
    """The choices of some people.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_choices, n_features), dtype float64
        Codes. Choice 0 keeps the person's own value, the next ones copy each
        neighbour, the rest write a value of the grid; all within the person's rules.
    open : ndarray of shape (n_samples, n_choices, n_features), dtype bool
        Choices that may be taken: the first, and those that change the value.
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

    def __getitem__(self, rows: np.ndarray) -> Choices:
        """Choices of some of the people."""
        return Choices(self.values[rows], self.open[rows], self.effort[rows])


class ChoiceMaker:
    """Lay out the choices of any person.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    actionability : Actionability
        The rules; every choice is projected onto them.
    effort : Effort
        What a change asks of a person.
    neighborhood : Neighborhood
        The accepted people; the grid holds quantiles and frequent levels of theirs.
    n_neighbors : int
        Number of neighbours to copy from.

    Attributes
    ----------
    n_choices : int
        Number of choices per feature.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        effort: Effort,
        neighborhood: Neighborhood,
        n_neighbors: int,
    ) -> None:
        self.actionability = actionability
        self.effort = effort
        self.neighborhood = neighborhood
        self.n_neighbors = n_neighbors
        self.grid = _grid(schema, neighborhood.people)
        self.n_choices = 1 + n_neighbors + len(self.grid)

    def __call__(self, codes: np.ndarray) -> tuple[Choices, np.ndarray]:
        """Lay out choices.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.

        Returns
        -------
        choices : Choices
        neighbors : ndarray of shape (n_samples, n_neighbors, n_features)
            Codes of the neighbours as they are, dtype float64.
        """
        neighbors = self.neighborhood.nearest(codes, self.n_neighbors)
        own = codes[:, None, :]
        grid = np.broadcast_to(self.grid, (len(codes), *self.grid.shape))
        # An empty cell of the grid stands for the person's own value.
        grid = np.where(np.isnan(grid), own, grid)
        raw = np.concatenate([own, neighbors, grid], axis=1)
        values = self.actionability.project(codes, raw)
        changes = ~same_cells(values, own)
        changes[:, 0] = True
        effort = self.effort.per_feature(own, values)
        return Choices(values, changes, effort), neighbors


def _grid(schema: TableSchema, people: np.ndarray) -> np.ndarray:
    """Values to write, (at most 16, n_features); NaN fills shorter columns."""
    columns = []
    for j, column in enumerate(schema.columns):
        present = people[~np.isnan(people[:, j]), j]
        if column.levels is not None:
            levels, counts = np.unique(present, return_counts=True)
            values = levels[np.argsort(-counts, kind="stable")[:_GRID_SIZE]]
        elif len(present):
            shares = (np.arange(_GRID_SIZE) + 0.5) / _GRID_SIZE
            values = np.unique(np.quantile(present, shares, method="inverted_cdf"))
        else:
            values = present
        columns.append(values)
    grid = np.full((max(1, *map(len, columns)), len(columns)), np.nan)
    for j, values in enumerate(columns):
        grid[: len(values), j] = values
    return grid
