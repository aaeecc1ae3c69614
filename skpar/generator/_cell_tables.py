"""Tables of leaves and hidden values for all distinct cells that people can take."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from ..classifier import Surrogate
from ..density._api import LeafTable
from ..table import numbered
from ._action_sets import ActionSets
from ._scoring_model import ScoringModel

# One matrix product is computed for all people if there are at most this many common
# cells per action.
_COMMON = 3
# If people have at most this many actions together, cells are compared in pairs.
_FEW_ACTIONS = 64
# Few cells are summed at once, many feature by feature.
_FEW_CELLS = 4000


@dataclass(frozen=True)
class SharedCells:
    """Cells that the same actions write for all people who may take them.

    Parameters
    ----------
    cells : ndarray of shape (n_written,), dtype int64
        Cell of each action that writes, from action 1 on.
    place : ndarray of shape (n_cells,), dtype int64
        Position in `cells` of every cell of the feature; -1 if nobody may write it.
    entries : list of three ndarray of shape (n, n_written), dtype float64
        Likelihoods of the cells under both densities, one row per state, and what the
        cells add to the hidden values of the surrogate, one row per hidden value.
    """

    cells: np.ndarray
    place: np.ndarray
    entries: list[np.ndarray]


@dataclass(frozen=True)
class Moves:
    """Moves of one feature.

    Parameters
    ----------
    feature : int
    who : ndarray of shape (n,), dtype int64
        The person of each row.
    cells : ndarray of shape (n,), dtype int64
        Present cells of the rows.
    action : ndarray of shape (n_actions_of_it,), dtype int64
        The new actions: 0, those that write from 1 on, and some that copy.
    """

    feature: int
    who: np.ndarray
    cells: np.ndarray
    action: np.ndarray


class CellTables:
    """Leaves and hidden values of all distinct cells of some people's actions.

    Parameters
    ----------
    scoring_model : ScoringModel
        Densities and surrogate.
    actions : ActionSets
        Actions of the people.
    first_copy : int
        Number of the first action that copies. Earlier actions keep or write a value.

    Attributes
    ----------
    cell : ndarray of shape (n_features, n_people, n_actions), dtype int64
        Number of the cell that each action leads to. Cells that can be written have
        the first numbers of their feature.
    leaves : tuple of (LeafTable, LeafTable)
        Leaves of the cells under both densities.
    n_cells : int
        Largest number of cells of a feature. If there are few, features with fewer
        cells repeat some, so that all have as many.
    embedded : ndarray of shape (n_entries, n_hidden), dtype float64
        What each cell adds to the hidden values of the surrogate, feature after
        feature.
    first : ndarray of shape (n_features,), dtype int64
        Index of the first cell of each feature in `embedded`.
    is_small : bool
        Whether there are so few cells that `all_products` pays for few rows.
    """

    def __init__(
        self, scoring_model: ScoringModel, actions: ActionSets, first_copy: int
    ) -> None:
        n_people, n_actions, self.n_features = actions.values.shape
        self._n_values = scoring_model.action_builder.n_values
        is_compared = n_people * n_actions <= _FEW_ACTIONS
        if is_compared:
            listed = self._compared(actions)
        else:
            listed = self._numbered(actions, first_copy)
        self._listed = listed
        self.n_cells = len(listed)
        self.is_small = self.n_cells <= _COMMON * n_actions
        self._is_even = self.is_small or is_compared
        counts = None if self._is_even else self._counts
        accepted, denied = scoring_model.circuits
        self.leaves: tuple[LeafTable, LeafTable] = (
            accepted.tabulate(listed, counts),
            denied.tabulate(listed, counts),
        )
        self.first = self.leaves[0].first
        self.embedded = self._embed(scoring_model.surrogate)
        self._open = actions.open
        self._shared: dict[int, SharedCells | None] = {}

    def _embed(self, surrogate: Surrogate) -> np.ndarray:
        """Compute what the cells add to the hidden values of a surrogate."""
        if self._is_even:
            hidden = surrogate.embed(self._listed)
            return hidden.reshape(-1, hidden.shape[2])
        return surrogate.embed_first(self._listed, self._counts)

    def with_surrogate(self, surrogate: Surrogate) -> CellTables:
        """Make tables of the same cells with another surrogate."""
        other = copy.copy(self)
        other.embedded = other._embed(surrogate)
        other._shared = {}
        return other

    def _compared(self, actions: ActionSets) -> np.ndarray:
        """List the cells of few people, some of them twice; fast for one person."""
        n_people, n_actions, n_features = actions.values.shape
        listed = actions.values.reshape(-1, n_features)
        # No code is infinite, so missing cells get a value that compares.
        cells = np.where(np.isnan(listed), np.inf, listed).T
        equal = cells[:, :, None] == cells[:, None, :]
        self.cell = equal.argmax(axis=2).reshape(n_features, n_people, n_actions)
        self._n_common = [0] * n_features
        return listed

    def _numbered(self, actions: ActionSets, first_copy: int) -> np.ndarray:
        """List the distinct cells, those that can be written first."""
        n_people, n_actions, n_features = actions.values.shape
        self.cell = np.empty((n_features, n_people, n_actions), dtype=np.int64)
        self._n_common = []
        distinct = []
        for j in range(n_features):
            cells, place = numbered(actions.values[:, :, j])
            is_open = actions.open[:, 1:first_copy, j]
            own = np.ones(len(cells), dtype=bool)
            own[place[:, 1:first_copy][is_open]] = False
            order = np.argsort(own, kind="stable")
            distinct.append(cells[order])
            self._n_common.append(int((~own).sum()))
            self.cell[j] = np.argsort(order)[place]
        self._counts = np.array([len(cells) for cells in distinct], dtype=np.int64)
        listed = np.empty((self._counts.max(), n_features))
        for j, cells in enumerate(distinct):
            listed[:, j] = cells[0]
            listed[: len(cells), j] = cells
        return listed

    def shared(self, j: int) -> SharedCells | None:
        """Cells that actions write for everybody; None if people's rules differ."""
        if j not in self._shared:
            self._shared[j] = self._find_shared(j)
        return self._shared[j]

    def _find_shared(self, j: int) -> SharedCells | None:
        """Compare the cells that people may write."""
        written = slice(1, 1 + int(self._n_values[j]))
        is_open = self._open[:, written, j]
        cell = self.cell[j][:, written]
        cells = np.take_along_axis(cell, is_open.argmax(axis=0)[None], axis=0)[0]
        taken = np.flatnonzero(is_open.any(axis=0))
        entries = self._entries(j)
        place = np.full(len(entries[0]), -1)
        place[cells[taken]] = taken
        is_equal = (cell == cells) | ~is_open
        if not is_equal.all() or (place[cells[taken]] != taken).any():
            return None
        return SharedCells(
            cells, place, [np.ascontiguousarray(one[cells].T) for one in entries]
        )

    def _entries(self, j: int) -> list[np.ndarray]:
        """Likelihoods of a feature's cells under both densities, and hidden values."""
        here = slice(self.first[j], self.first[j] + self.leaves[0].counts[j])
        entries = [leaves.likelihoods[here] for leaves in self.leaves]
        return [*entries, self.embedded[here]]

    def write_products(
        self, moves: Moves, rows: list[np.ndarray], out: tuple[np.ndarray, ...]
    ) -> None:
        """Write scalar products of rows with the table entries of moves.

        Parameters
        ----------
        moves : Moves
        rows : list of three ndarray of shape (n, n_entries), dtype float64
            For the likelihoods under both densities, and for the hidden values.
        out : tuple of three ndarray of shape (n, n_actions_of_it), dtype float64
            Takes the products. They are 1 where the own cell would stay.
        """
        j, shared = moves.feature, self.shared(moves.feature)
        entries = self._entries(j)
        if shared is None:
            targets = self._targets(moves, 0)
            for products, row, entry in zip(out, rows, entries, strict=True):
                products[:] = self.products(j, row, entry, targets)
            return
        end = min(len(moves.action), 1 + len(shared.cells))
        own, copied = self._targets(moves, 0, 1)[:, 0], self._targets(moves, end)
        changed = np.flatnonzero(moves.cells != own)
        parts = zip(out, rows, entries, shared.entries, strict=True)
        for products, row, entry, written in parts:
            products[:, 0] = 1.0
            back = dot(row[changed], entry.take(own[changed], axis=0))
            products[changed, 0] = back
            np.matmul(row, written[:, : end - 1], out=products[:, 1:end])
            if copied.size:
                others = entry.take(copied, axis=0)
                products[:, end:] = (others @ row[:, :, None])[..., 0]

    def forbid_none(self, moves: Moves, cost: np.ndarray) -> None:
        """Set the cost (n, n_actions_of_it) of moves that change nothing to inf."""
        cells, shared, end = moves.cells[:, None], self.shared(moves.feature), 1
        if shared is not None:
            end = min(len(moves.action), 1 + len(shared.cells))
            now = shared.place.take(moves.cells)
            same = np.flatnonzero((now >= 0) & (now < end - 1))
            cost[same, 1 + now[same]] = np.inf
        cost[:, :1][self._targets(moves, 0, 1) == cells] = np.inf
        cost[:, end:][self._targets(moves, end) == cells] = np.inf

    def _targets(self, moves: Moves, start: int, stop: int | None = None) -> np.ndarray:
        """Cells (n, n_of_these) that some of the actions of moves lead to."""
        cell = self.cell[moves.feature]
        place = (moves.who * cell.shape[1])[:, None] + moves.action[start:stop]
        targets: np.ndarray = cell.take(place)
        return targets

    def hidden_sum(self, cells: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Hidden values (n, n_hidden) of rows with cells (n_features, n)."""
        place = self.first[:, None] + cells
        if cells.size <= _FEW_CELLS:
            total: np.ndarray = self.embedded.take(place, axis=0).sum(axis=0) + start
            return total
        hidden = self.embedded.take(place[0], axis=0) + start
        for j in range(1, self.n_features):
            hidden += self.embedded.take(place[j], axis=0)
        return hidden

    def all_products(self, rows: np.ndarray, entries: np.ndarray) -> np.ndarray:
        """Compute scalar products of rows with all entries, if there are few cells.

        Parameters
        ----------
        rows : ndarray of shape (n_features, n, n_hidden) or (n, n_hidden), \
                dtype float64
        entries : ndarray of shape (n_entries, n_hidden), dtype float64
            One per cell, as in `embedded`.

        Returns
        -------
        products : ndarray of shape (n_features, n, n_cells), dtype float64
        """
        table = entries.reshape(self.n_features, self.n_cells, -1)
        products: np.ndarray = rows @ table.transpose(0, 2, 1)
        return products

    def products(
        self, j: int, rows: np.ndarray, table: np.ndarray, targets: np.ndarray
    ) -> np.ndarray:
        """Compute scalar products of rows with the table entries of their actions.

        The cells that can be written are nearly the same for all people, so one matrix
        product is enough for them. Entries are gathered row by row if rules make these
        cells differ between people, and for cells that only some people have.

        Parameters
        ----------
        j : int
            The feature.
        rows : ndarray of shape (n, n_hidden), dtype float64
        table : ndarray of shape (n_cells_of_j, n_hidden), dtype float64
        targets : ndarray of shape (n, n_actions_of_j), dtype int64
            Number of the cell that each action leads to.

        Returns
        -------
        products : ndarray of shape (n, n_actions_of_j), dtype float64
        """
        n, n_actions = targets.shape
        n_common = self._n_common[j]
        last = min(n_actions, 1 + int(self._n_values[j]))
        out = np.empty((n, n_actions))
        first = 1
        if 0 < n_common <= _COMMON * n_actions:
            common = rows @ table[:n_common].T
            # Masked actions may lead to other cells; their products are not used.
            place = np.minimum(targets[:, 1:last], n_common - 1)
            place += np.arange(n)[:, None] * n_common
            out[:, 1:last] = common.ravel().take(place)
            first = last
        out[:, 0] = dot(rows, table.take(targets[:, 0], axis=0))
        if first < n_actions:
            entries = table.take(targets[:, first:], axis=0)
            out[:, first:] = (entries @ rows[:, :, None])[..., 0]
        return out


def dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Scalar products (n,) of rows (n, h)."""
    products: np.ndarray = np.einsum("nh,nh->n", one, other)
    return products
