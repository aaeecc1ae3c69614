"""What everything within the reach of some people is worth, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..actionability import People
from ..classifier import Surrogate
from ..density._api import CellContexts, LeafTable, TabulatedCircuit
from ..objective import Objective
from ..table import TableEncoder, numbered, round_to_tolerance, same_cells
from ._action_sets import ActionSetBuilder, ActionSets

_COMMON = 3


@dataclass(frozen=True)
class Candidates:
    """Rows that some people could become, written as choices.

    Parameters
    ----------
    who : ndarray of shape (n_points,), dtype int64
        Whose row each is.
    picks : ndarray of shape (n_features, n_points), dtype int64
        The choice taken in each feature.
    """

    who: np.ndarray
    picks: np.ndarray

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.who)

    def __getitem__(self, rows: np.ndarray | slice) -> Candidates:
        """Take some of the rows."""
        return Candidates(self.who[rows], self.picks[:, rows])

    def moved(
        self, rows: np.ndarray, feature: np.ndarray, to: np.ndarray
    ) -> Candidates:
        """Take some of the rows, each with another choice in one feature."""
        picks = self.picks[:, rows]
        picks[feature, np.arange(len(rows))] = to
        return Candidates(self.who[rows], picks)


@dataclass(frozen=True)
class ScoredMoves:
    """Points with any one choice replaced by any other, a column for each choice.

    Parameters
    ----------
    worth : ndarray of shape (n_points, n_columns), dtype float64
        Objective, exact; -inf for choices that may not be taken or change nothing.
    margin : ndarray of shape (n_points, n_columns), dtype float64
        Margin of the stand-in, to first order.
    feature, choice : ndarray of shape (n_columns,), dtype int64
        What is replaced, and by what. Choices that no person has are left out.
    hidden : ndarray of shape (n_points, 65), dtype float64
        Hidden values of the points themselves.
    """

    worth: np.ndarray
    margin: np.ndarray
    feature: np.ndarray
    choice: np.ndarray
    hidden: np.ndarray


class ScoringModel:
    """Lays out landscapes.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into tensors.
    maker : ActionSetBuilder
        Lays out the choices of a person.
    objective : Objective
        What a row is worth.
    stand_in : Surrogate
        Guesses what the classifier would say.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        maker: ActionSetBuilder,
        objective: Objective,
        stand_in: Surrogate,
    ) -> None:
        self.encoder = encoder
        self.maker = maker
        self.objective = objective
        self.stand_in = stand_in
        plausibility = objective.plausibility
        self.circuits = (
            TabulatedCircuit(plausibility.accepted),
            TabulatedCircuit(plausibility.denied),
        )

    def scorer(self, people: People, others: np.ndarray | None = None) -> MoveScorer:
        """Prepare the scores of some people's moves.

        Parameters
        ----------
        people : People
        others : ndarray of shape (n_people, n_others, n_features), default=None
            Rows to copy from, dtype float64; None for the nearest accepted people.

        Returns
        -------
        scorer : MoveScorer
        """
        # Where the grid has every level, other rows offer nothing more.
        copied = None if others is None else ~self.maker.is_complete
        choices, others = self.maker.build(people, others)
        return MoveScorer(self, people.codes, choices, others, copied)


class MoveScorer:
    r"""What everything within the reach of some people is worth.

    Parameters
    ----------
    surveyor : ScoringModel
        The parts that know.
    codes : ndarray of shape (n_people, n_features), dtype float64
        The people.
    choices : ActionSets
        What each can take in each feature.
    neighbors : ndarray of shape (n_people, n_neighbors, n_features), dtype float64
        Their accepted neighbours.
    copied : ndarray of shape (n_features,), default=None
        In which features single cells are copied, dtype bool; None for all.

    Notes
    -----
    A row is one choice per feature. All distinct cells are tabulated once: their leaves
    under both densities, what they add to the stand-in, what they ask of the person.
    One upward and one downward pass per density then give the exact objective of a row
    and of every row that differs from it in one cell.
    """

    def __init__(
        self,
        surveyor: ScoringModel,
        codes: np.ndarray,
        choices: ActionSets,
        neighbors: np.ndarray,
        copied: np.ndarray | None = None,
    ) -> None:
        self.surveyor = surveyor
        self.codes = codes
        self.choices = choices
        self.neighbors = neighbors
        self.n_people, self.n_choices, self.n_features = choices.values.shape
        self._features = np.arange(self.n_features)
        everywhere = np.ones(self.n_features, dtype=bool)
        self._copied = everywhere if copied is None else copied
        weights = surveyor.objective.weights
        changed = ~same_cells(choices.values, codes[:, None])
        price = weights.effort * choices.effort + weights.sparsity * changed
        self._price = np.ascontiguousarray(price.transpose(2, 0, 1))
        self._open = np.ascontiguousarray(choices.open.transpose(2, 0, 1))
        self._live = np.asarray(self._open[:, :, 1:].any(axis=(1, 2)))
        self._tabulate()

    def _tabulate(self) -> None:
        """List distinct cells, and work out what there is to know about each.

        Cells that may be written come first, those that only somebody has behind them.
        """
        self._cell = np.empty(self._price.shape, dtype=np.int64)
        self._n_common = []
        distinct = []
        last = self.n_written
        for j in range(self.n_features):
            cells, place = numbered(self.choices.values[:, :, j])
            own = np.ones(len(cells), dtype=bool)
            own[place[:, 1:last][self._open[j, :, 1:last]]] = False
            order = np.argsort(own, kind="stable")
            distinct.append(cells[order])
            self._n_common.append(int((~own).sum()))
            self._cell[j] = np.argsort(order)[place]
        padded = np.empty((max(map(len, distinct)), self.n_features))
        for j, cells in enumerate(distinct):
            padded[:, j] = cells[0]
            padded[: len(cells), j] = cells
        encoded = self.surveyor.encoder.encode(padded)
        self._tables: list[LeafTable] = [
            circuit.tabulate(encoded) for circuit in self.surveyor.circuits
        ]
        stand_in = self.surveyor.stand_in
        self._embedded = np.concatenate(
            [stand_in.embed(j, cells) for j, cells in enumerate(distinct)]
        )
        self._first = np.cumsum([0, *map(len, distinct)])
        self._hidden = np.split(self._embedded, self._first[1:-1])

    @property
    def n_written(self) -> int:
        """How many choices of a feature keep or write, before those that copy."""
        return self.n_choices - self.neighbors.shape[1]

    def codes_at(self, points: Candidates) -> np.ndarray:
        """Codes of rows, shape (n_points, n_features), dtype float64."""
        who, picks = points.who[:, None], points.picks.T
        values: np.ndarray = self.choices.values[who, picks, self._features]
        return values

    def own(self) -> Candidates:
        """Everybody as they are."""
        picks = np.zeros((self.n_features, self.n_people), dtype=np.int64)
        return Candidates(np.arange(self.n_people), picks)

    def starts(self, picks: list[np.ndarray]) -> Candidates:
        """Everybody as they are, with given choices, and as each of their neighbours.

        Parameters
        ----------
        picks : list of ndarray of shape (n_people, n_features), dtype int64
            Choices, for everybody.

        Returns
        -------
        points : Candidates
        """
        shape = (self.n_people, self.n_features)
        copies = [np.full(shape, c) for c in range(self.n_written, self.n_choices)]
        all_picks = [np.zeros(shape, dtype=np.int64), *picks, *copies]
        who = np.tile(np.arange(self.n_people), len(all_picks))
        return Candidates(who, np.concatenate(all_picks).T)

    def evaluate(self, points: Candidates) -> tuple[np.ndarray, np.ndarray]:
        """Judge rows.

        Parameters
        ----------
        points : Candidates

        Returns
        -------
        worth : ndarray of shape (n_points,), dtype float64
            Objective.
        margin : ndarray of shape (n_points,), dtype float64
            Margin of the stand-in.
        """
        cells = self.cells(points)
        log_accepted, log_denied = (
            circuit.log_prob(table, cells)
            for circuit, table in zip(self.surveyor.circuits, self._tables, strict=True)
        )
        price = self._prices(points).sum(axis=0)
        worth = self.surveyor.objective.weigh(log_accepted, log_denied, price)
        margin = self.surveyor.stand_in.margin(self._hide(cells))
        return round_to_tolerance(worth), round_to_tolerance(margin)

    def moves(self, points: Candidates, n_choices: int | None = None) -> ScoredMoves:
        """Judge every row that differs from given ones in one feature.

        Parameters
        ----------
        points : Candidates
        n_choices : int, default=None
            How many choices to look at in each feature, the first ones; None for all.

        Returns
        -------
        moves : ScoredMoves
        """
        columns = self._columns(self.n_choices if n_choices is None else n_choices)
        ends = np.cumsum([0, *map(len, columns)])
        cells = self.cells(points)
        hidden = self._hide(cells)
        around = [
            circuit.surroundings(table, cells)
            for circuit, table in zip(self.surveyor.circuits, self._tables, strict=True)
        ]
        slope = self.surveyor.stand_in.slope(hidden)
        level = self.surveyor.stand_in.margin(hidden)
        own = self._prices(points)
        others = own.sum(axis=0) - own
        worth = np.full((len(points), ends[-1]), -np.inf)
        margin = np.repeat(level[:, None], ends[-1], axis=1)
        for j in np.flatnonzero(self._live).tolist():
            here = slice(ends[j], ends[j + 1])
            place = (points.who * self.n_choices)[:, None] + columns[j]
            targets = self._cell[j].take(place)
            log_accepted, log_denied = (
                self._replaced(j, one, table, cells[j], targets)
                for one, table in zip(around, self._tables, strict=True)
            )
            price = self._price[j].take(place)
            price += others[j][:, None]
            value = self.surveyor.objective.weigh(log_accepted, log_denied, price)
            is_move = self._open[j].take(place)
            is_move &= targets != cells[j][:, None]
            np.copyto(worth[:, here], value, where=is_move)
            margin[:, here] = self._tilted(j, slope, level, cells[j], targets)
        return ScoredMoves(
            round_to_tolerance(worth, out=worth),
            round_to_tolerance(margin, out=margin),
            np.repeat(self._features, np.diff(ends)),
            np.concatenate(columns),
            hidden,
        )

    def _columns(self, n_choices: int) -> list[np.ndarray]:
        """Choices of each feature to look at, of the first so many."""
        numbers = np.arange(n_choices)
        is_copy = numbers >= self.n_written
        return [
            numbers[(numbers <= n_values) | (is_copy & copied)]
            for n_values, copied in zip(
                self.surveyor.maker.n_values, self._copied, strict=True
            )
        ]

    def margin_after(
        self,
        points: Candidates,
        hidden: np.ndarray,
        rows: np.ndarray,
        feature: np.ndarray,
        to: np.ndarray,
    ) -> np.ndarray:
        """Margin of single moves, exactly.

        Parameters
        ----------
        points : Candidates
            Where the moves start.
        hidden : ndarray of shape (n_points, 65), dtype float64
            Their hidden values.
        rows, feature, to : ndarray of shape (n_moves,), dtype int64
            The point, the feature and the new choice of every move.

        Returns
        -------
        margin : ndarray of shape (n_moves,), dtype float64
        """
        place = (feature * self.n_people + points.who[rows]) * self.n_choices
        first = self._first.take(feature)
        new = first + self._cell.take(place + to)
        old = first + self._cell.take(place + points.picks[feature, rows])
        after = hidden.take(rows, axis=0)
        after += self._embedded.take(new, axis=0)
        after -= self._embedded.take(old, axis=0)
        return round_to_tolerance(self.surveyor.stand_in.margin(after))

    def cells(self, points: Candidates) -> np.ndarray:
        """Numbers (n_features, n_points) of the cells of rows, equal if these are."""
        return self._cell.take(self._place(points))

    def _prices(self, points: Candidates) -> np.ndarray:
        """Price (n_features, n_points) of every cell of rows."""
        return self._price.take(self._place(points))

    def _place(self, points: Candidates) -> np.ndarray:
        """Where (n_features, n_points) the choices of rows stand in flat arrays."""
        first = self._features[:, None] * self.n_people + points.who
        first *= self.n_choices
        first += points.picks
        return first

    def _hide(self, cells: np.ndarray) -> np.ndarray:
        """Hidden values (n_points, 65) of rows."""
        hidden = self._hidden[0].take(cells[0], axis=0) + self.surveyor.stand_in.start
        for j in range(1, self.n_features):
            hidden += self._hidden[j].take(cells[j], axis=0)
        return hidden

    def _replaced(
        self,
        j: int,
        around: CellContexts,
        table: LeafTable,
        cell: np.ndarray,
        targets: np.ndarray,
    ) -> np.ndarray:
        """Log-density (n, c) of rows with their cell (n,) of j replaced by targets."""
        leaf, log_peak, state = table.leaf[j], table.log_peak[j], around.state[j]
        likely = self._for_targets(j, state, leaf, targets)
        np.log(likely, out=likely)
        likely += log_peak.take(targets)
        here = _dot(state, leaf.take(cell, axis=0))
        level = around.log_prob - np.log(here) - log_peak.take(cell)
        likely += level[:, None]
        return likely

    def _tilted(
        self,
        j: int,
        slope: np.ndarray,
        level: np.ndarray,
        cell: np.ndarray,
        targets: np.ndarray,
    ) -> np.ndarray:
        """Margin (n, c) of rows with their cell of j replaced, to first order."""
        values = self._hidden[j]
        change = self._for_targets(j, slope, values, targets)
        here = _dot(slope, values.take(cell, axis=0))
        change += (level - here)[:, None]
        return change

    def _for_targets(
        self, j: int, rows: np.ndarray, table: np.ndarray, targets: np.ndarray
    ) -> np.ndarray:
        """Products (n, c) of rows (n, h) with the entries (u, h) that they look up.

        What may be written is nearly the same for everybody, so one product of matrices
        serves all; where rules make it differ from person to person, and for what only
        somebody has, entries are gathered row by row.
        """
        n, n_choices = targets.shape
        n_values = int(self.surveyor.maker.n_values[j])
        n_common, last = self._n_common[j], min(n_choices, 1 + n_values)
        out = np.empty((n, n_choices))
        first = 1
        if 0 < n_common <= _COMMON * n_choices:
            common = rows @ table[:n_common].T
            # Closed choices may lie outside: anything will do for them.
            place = np.minimum(targets[:, 1:last], n_common - 1)
            place += np.arange(n)[:, None] * n_common
            out[:, 1:last] = common.ravel().take(place)
            first = last
        out[:, 0] = _dot(rows, table.take(targets[:, 0], axis=0))
        if first < n_choices:
            entries = table.take(targets[:, first:], axis=0)
            out[:, first:] = (entries @ rows[:, :, None])[..., 0]
        return out


def _dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Scalar products (n,) of rows (n, h)."""
    products: np.ndarray = np.einsum("nh,nh->n", one, other)
    return products
