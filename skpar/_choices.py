"""What the generator chooses among, feature by feature, for each person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._actionability import Actionability
from ._effort import Effort, same_cells
from ._limits import Limits
from ._neighborhood import Neighborhood
from ._schema import TableSchema

_MOST_LEVELS = 24
_QUANTILES = 16
_FREQUENT = 12


@dataclass(frozen=True)
class Choices:
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
        The accepted people; the grid holds their quantiles, frequent numbers and
        frequent levels.
    n_neighbors : int
        Number of neighbours to copy from.

    Attributes
    ----------
    grid : ndarray of shape (n_written, n_features), dtype float64
        Values to write, rising; NaN fills shorter columns.
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

    def __call__(
        self,
        codes: np.ndarray,
        others: np.ndarray | None = None,
        limits: Limits | None = None,
    ) -> tuple[Choices, np.ndarray]:
        """Lay out choices.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        others : ndarray of shape (n_samples, n_others, n_features), default=None
            Rows to copy from, dtype float64; None for the nearest accepted people.
        limits : Limits, optional
            Limits of these people.

        Returns
        -------
        choices : Choices
        others : ndarray of shape (n_samples, n_others, n_features)
            Codes of the rows to copy from, as they are, dtype float64.
        """
        if others is None:
            others = self.neighborhood.nearest(codes, self.n_neighbors)
        own = codes[:, None, :]
        grid = np.broadcast_to(self.grid, (len(codes), *self.grid.shape))
        # An empty cell of the grid stands for the person's own value.
        grid = np.where(np.isnan(grid), own, grid)
        raw = np.concatenate([own, grid, others], axis=1)
        values = self.actionability.project_cells(codes, raw, limits)
        changes = ~same_cells(values, own)
        changes[:, 0] = True
        # The grid rises, and so do its projections: equal ones follow one another.
        end = 1 + len(self.grid)
        changes[:, 2:end] &= values[:, 2:end] != values[:, 1 : end - 1]
        effort = self.effort.per_feature(own, values)
        return Choices(values, changes, effort), others


def _grid(schema: TableSchema, people: np.ndarray) -> np.ndarray:
    """Values to write, (n_written, n_features), rising; NaN fills shorter columns."""
    columns = []
    for j, column in enumerate(schema.columns):
        present = people[~np.isnan(people[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        by_count = values[np.argsort(-counts, kind="stable")]
        if column.levels is not None:
            values = np.sort(by_count[:_MOST_LEVELS])
        elif len(values) > 2 * _QUANTILES + _FREQUENT:
            shares = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
            # A spike would take all quantiles of the rows; the others go around it.
            even = [
                np.quantile(part, shares, method="inverted_cdf")
                for part in (present, values)
            ]
            values = np.unique(np.concatenate([*even, by_count[:_FREQUENT]]))
        columns.append(values)
    grid = np.full((max(1, *map(len, columns)), len(columns)), np.nan)
    for j, values in enumerate(columns):
        grid[: len(values), j] = values
    return grid
