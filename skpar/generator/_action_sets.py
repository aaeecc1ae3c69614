"""The actions of each person: keep a value, write one, or copy it from a neighbor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._config import SearchConfig
from ..actionability import Actionability, People
from ..objective import AcceptedNeighbors, Effort, Objective
from ..table import TableSchema, same_cells
from ._value_grid import MarginalScore, ValuePairs, value_grid


@dataclass(frozen=True)
class ActionSets:
    """The actions of some people, for each feature.

    Parameters
    ----------
    values : ndarray of shape (n_people, n_actions, n_features), dtype float64
        Code after each action, projected onto the person's rules. Action 0 keeps the
        own value. The next actions write the values of the grid. Each of the last
        actions copies one neighbor.
    open : ndarray of shape (n_people, n_actions, n_features), dtype bool
        Actions that are not masked. Action 0 is open, and so are actions that change
        the value. If several actions write equal values, only one of them is open.
    effort : ndarray of shape (n_people, n_actions, n_features), dtype float64
        Effort of each action.
    """

    values: np.ndarray
    open: np.ndarray
    effort: np.ndarray


class Surcharges:
    """Surcharges of rows above the largest effort of their people.

    Parameters
    ----------
    objective : Objective
        Gives the surcharge of an effort.
    efforts : ndarray of shape (n_people, n_actions, n_features), dtype float64
        Effort of each action. The effort of a row is the sum over its actions.
    max_effort : ndarray of shape (n_people,), dtype float64
        Largest effort of each person; inf for no limit.
    """

    def __init__(
        self, objective: Objective, efforts: np.ndarray, max_effort: np.ndarray
    ) -> None:
        self.objective = objective
        self.max_effort = max_effort
        self._efforts = np.ascontiguousarray(efforts.transpose(2, 0, 1))

    def of_rows(self, who: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Compute the surcharges of rows.

        Parameters
        ----------
        who : ndarray of shape (n,), dtype int64
            The person of each row.
        places : ndarray of shape (n_features, n), dtype int64
            Flat indices of the actions of each row, in (feature, person, action).

        Returns
        -------
        surcharge : ndarray of shape (n,), dtype float64
        """
        effort = self._efforts.take(places).sum(axis=0)
        return self._of_efforts(effort, self.max_effort[who])

    def of_moves(
        self,
        who: np.ndarray,
        places: np.ndarray,
        feature: np.ndarray,
        targets: np.ndarray,
    ) -> np.ndarray:
        """Compute the surcharges of rows that differ in one feature from others.

        Parameters
        ----------
        who, places : ndarray
            The other rows, as in `of_rows`.
        feature : ndarray of shape (n_moves,), dtype int64
            Feature of each move.
        targets : ndarray of shape (n, n_moves), dtype int64
            Flat indices of the new actions.

        Returns
        -------
        surcharge : ndarray of shape (n, n_moves), dtype float64
        """
        before = self._efforts.take(places)
        others = before.sum(axis=0) - before
        effort = self._efforts.take(targets)
        effort += others.take(feature, axis=0).T
        return self._of_efforts(effort, self.max_effort[who, np.newaxis])

    def _of_efforts(self, effort: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Surcharges of efforts, given the largest ones."""
        objective = self.objective
        return objective.surcharge(objective.effort.excess(effort, most))


class ActionSetBuilder:
    """Build the actions of people.

    Parameters
    ----------
    schema : TableSchema
        Describes the columns.
    actionability : Actionability
        The rules. The values of all actions are projected onto them.
    effort : Effort
        Effort of changes.
    neighborhood : AcceptedNeighbors
        The accepted people. The grid is made of their values.
    n_neighbors : int
        Number of neighbors to copy from; at most all accepted people.
    marginal_score : callable
        Takes a feature and codes of shape (n_values,). Returns the score of each value
        on its own.
    config : SearchConfig

    Attributes
    ----------
    grid : ndarray of shape (n_grid, n_features), dtype float64
        Values that can be written, in ascending order. NaN fills shorter columns.
    n_values : ndarray of shape (n_features,), dtype int64
        Number of values of each feature in the grid.
    is_complete : ndarray of shape (n_features,), dtype bool
        Whether the grid has every level that accepted people have.
    n_actions : int
        Number of actions per feature.
    pairs : ValuePairs
        Pairs of grid values that accepted people have together.
    """

    def __init__(
        self,
        schema: TableSchema,
        actionability: Actionability,
        effort: Effort,
        neighborhood: AcceptedNeighbors,
        n_neighbors: int,
        marginal_score: MarginalScore,
        config: SearchConfig,
    ) -> None:
        people = neighborhood.people
        self.grid = value_grid(schema, people, marginal_score, config.n_bins, config)
        self.n_values = (~np.isnan(self.grid)).sum(axis=0)
        has_levels = np.array([column.levels is not None for column in schema.columns])
        self.is_complete = has_levels & (self.n_values < config.max_levels)
        self._fine = value_grid(
            schema, people, marginal_score, config.n_fine_bins, config
        )
        self._steps = np.array(config.fine_steps)
        self.actionability = actionability
        self.effort = effort
        self.neighborhood = neighborhood
        self.n_neighbors = min(n_neighbors, len(people))
        self.n_actions = 1 + self.n_neighbors + len(self.grid)
        may_change = np.array([not rule.immutable for rule in actionability.rules])
        self.pairs = ValuePairs.most_informative(people, self.grid, may_change, config)

    def nearest_accepted(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Find the k nearest accepted people of each row.

        Parameters
        ----------
        codes : ndarray of shape (n_people, n_features), dtype float64
        k : int

        Returns
        -------
        neighbors : ndarray of shape (n_people, k, n_features), dtype float64
        """
        return self.neighborhood.nearest(codes, k)

    def build(
        self, people: People, others: np.ndarray | None = None
    ) -> tuple[ActionSets, np.ndarray]:
        """Build the actions of some people.

        Parameters
        ----------
        people : People
        others : ndarray of shape (n_people, n_others, n_features), default=None
            Rows to copy from, dtype float64; None for the nearest accepted people.

        Returns
        -------
        actions : ActionSets
        others : ndarray of shape (n_people, n_others, n_features), dtype float64
            Codes of the rows to copy from, not projected.
        """
        codes = people.codes
        if others is None:
            others = self.nearest_accepted(codes, self.n_neighbors)
        own = codes[:, None, :]
        grid = np.broadcast_to(self.grid, (len(codes), *self.grid.shape))
        # An empty cell of the grid means the person's own value.
        grid = np.where(np.isnan(grid), own, grid)
        raw = np.concatenate([own, grid, others], axis=1)
        values = self.actionability.project_cells(people, raw)
        is_open = ~same_cells(values, own)
        is_open[:, 0] = True
        # The grid is sorted, and so are its projections: equal values are adjacent.
        end = 1 + len(self.grid)
        is_open[:, 2:end] &= values[:, 2:end] != values[:, 1 : end - 1]
        effort = self.effort.per_feature(own, values)
        return ActionSets(values, is_open, effort), others

    def nearby_values(self, codes: np.ndarray) -> np.ndarray:
        """Find values near each cell on a finer grid.

        Parameters
        ----------
        codes : ndarray of shape (n_people, n_features), dtype float64

        Returns
        -------
        values : ndarray of shape (n_people, n_steps, n_features), dtype float64
            Values of the fine grid some steps below and above each cell. Step 0 is the
            first grid value that is not below the cell. Steps beyond the grid stop at
            its first or last value. If no accepted person has a value of the feature,
            all steps give the cell itself.
        """
        values = np.repeat(codes[:, None, :], len(self._steps), axis=1)
        n_values = (~np.isnan(self._fine)).sum(axis=0)
        for j in np.flatnonzero(n_values).tolist():
            ascending = self._fine[: n_values[j], j]
            place = np.searchsorted(ascending, codes[:, j])[:, None] + self._steps
            last = len(ascending) - 1
            values[:, :, j] = ascending[np.minimum(np.maximum(place, 0), last)]
        return values
