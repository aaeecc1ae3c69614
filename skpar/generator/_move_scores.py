"""Scores of rows, and of all rows that differ from them in one feature."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..actionability import People
from ..density._api import CellContexts, LeafTable, TabulatedCircuit
from ..table import TableEncoder, round_to_tolerance, same_cells
from ._action_sets import ActionSets, Surcharges
from ._candidates import Candidates, MoveColumns, ScoredCandidates, ScoredMoves
from ._cell_tables import CellTables, Moves
from ._scoring_model import ScoringModel

# Up to this number of products, moves of all features are scored together; the products
# fit in the processor's cache.
_MOST_PRODUCTS = 100_000
_MOVES_AT_ONCE = 1000  # their hidden values fit in the processor's cache


@dataclass(frozen=True)
class _Origin:
    """Candidates before moves, with what is known about them."""

    candidates: Candidates
    cells: np.ndarray
    contexts: list[tuple[CellContexts, LeafTable]]
    cost: np.ndarray
    slope: np.ndarray
    level: np.ndarray


class MoveScorer:
    r"""Score all single-feature moves of some people.

    Parameters
    ----------
    scoring_model : ScoringModel
        Densities, objective and surrogate.
    codes : ndarray of shape (n_people, n_features), dtype float64
        Codes of the people.
    actions : ActionSets
        Their actions.
    neighbors : ndarray of shape (n_people, n_neighbors, n_features), dtype float64
        Rows to copy from.
    copied : ndarray of shape (n_features,), dtype bool, default=None
        Features in which single cells are copied; None for all.
    surcharges : Surcharges, default=None
        Surcharges above the largest effort of people; None if nobody has a limit.

    Notes
    -----
    A row is one action per feature. All distinct cells are tabulated once, with their
    leaves under both densities, with what they add to the hidden values of the
    surrogate, and with their cost. One upward and one downward pass per density then
    give the exact objective of a row and of every row that differs from it in one cell.
    """

    def __init__(
        self,
        scoring_model: ScoringModel,
        codes: np.ndarray,
        actions: ActionSets,
        neighbors: np.ndarray,
        copied: np.ndarray | None = None,
        surcharges: Surcharges | None = None,
    ) -> None:
        self.scoring_model = scoring_model
        self.objective = scoring_model.objective
        self.surrogate = scoring_model.surrogate
        self.codes = codes
        self.actions = actions
        self.neighbors = neighbors
        self.surcharges = surcharges
        self.n_people, self.n_actions, self.n_features = actions.values.shape
        self._features = np.arange(self.n_features)
        everywhere = np.ones(self.n_features, dtype=bool)
        self._copied = everywhere if copied is None else copied
        changed = ~same_cells(actions.values, codes[:, None])
        cost = self.objective.change_cost(actions.effort, changed)
        self._cost = np.ascontiguousarray(cost.transpose(2, 0, 1))
        self._open = np.ascontiguousarray(actions.open.transpose(2, 0, 1))
        self._is_free = np.asarray(self._open[:, :, 1:].any(axis=(1, 2)))
        self._tables = CellTables(scoring_model, actions, self.first_copy)
        self._own_cells = self._tables.cell[:, :, 0]
        self._n_values = scoring_model.action_builder.n_values
        self._layouts: dict[int, MoveColumns] = {}
        self._layout_costs: dict[int, np.ndarray] = {}

    @classmethod
    def of(
        cls,
        scoring_model: ScoringModel,
        people: People,
        others: np.ndarray | None = None,
    ) -> MoveScorer:
        """Build the actions of some people, and prepare their scores.

        Parameters
        ----------
        scoring_model : ScoringModel
        people : People
        others : ndarray of shape (n_people, n_others, n_features), default=None
            Rows to copy from, dtype float64; None for the nearest accepted people.

        Returns
        -------
        scorer : MoveScorer
        """
        builder = scoring_model.action_builder
        # If the grid has every level, other rows have no further values to copy.
        copied = None if others is None else ~builder.is_complete
        actions, others = builder.build(people, others)
        surcharges = scoring_model.surcharges(people, actions)
        return cls(scoring_model, people.codes, actions, others, copied, surcharges)

    def with_model(self, scoring_model: ScoringModel) -> MoveScorer:
        """Score the same actions by a model that differs in its surrogate only."""
        other = copy.copy(self)
        other.scoring_model = scoring_model
        other.surrogate = scoring_model.surrogate
        other._tables = self._tables.with_surrogate(scoring_model.surrogate)
        return other

    @property
    def encoder(self) -> TableEncoder:
        """The encoder, which turns codes into tensors."""
        return self.scoring_model.encoder

    @property
    def is_open(self) -> np.ndarray:
        """Actions that are not masked, (n_people, n_actions, n_features), bool."""
        return self.actions.open

    @property
    def first_copy(self) -> int:
        """Number of the first action that copies; earlier ones keep or write."""
        return self.n_actions - self.neighbors.shape[1]

    def codes_at(self, candidates: Candidates) -> np.ndarray:
        """Codes of candidates, shape (n_candidates, n_features), dtype float64."""
        who, chosen = candidates.who[:, None], candidates.chosen.T
        codes: np.ndarray = self.actions.values[who, chosen, self._features]
        return codes

    def factuals(self) -> Candidates:
        """Own rows of all people, as candidates."""
        chosen = np.zeros((self.n_features, self.n_people), dtype=np.int64)
        return Candidates(np.arange(self.n_people), chosen)

    def starts(self, chosen: list[np.ndarray]) -> Candidates:
        """List the starts of a search: own rows, given rows and copies of neighbors.

        Parameters
        ----------
        chosen : list of ndarray of shape (n_people, n_features), dtype int64
            Actions of the given rows, for all people.

        Returns
        -------
        candidates : Candidates
        """
        shape = (self.n_people, self.n_features)
        copies = [np.full(shape, c) for c in range(self.first_copy, self.n_actions)]
        rows = [np.zeros(shape, dtype=np.int64), *chosen, *copies]
        who = np.tile(np.arange(self.n_people), len(rows))
        return Candidates(who, np.concatenate(rows).T)

    def cells(self, candidates: Candidates) -> np.ndarray:
        """Cell numbers (n_features, n_candidates); equal cells have equal numbers."""
        tables = self._tables
        return tables.cell.take(self._places(candidates))

    def evaluate(self, candidates: Candidates) -> tuple[np.ndarray, np.ndarray]:
        """Score candidates exactly.

        Parameters
        ----------
        candidates : Candidates

        Returns
        -------
        objective : ndarray of shape (n_candidates,), dtype float64
            Without the penalty for outliers.
        margin : ndarray of shape (n_candidates,), dtype float64
            Margin of the surrogate.
        """
        objective, hidden = self._objective(candidates)
        return objective, round_to_tolerance(self.surrogate.margin(hidden))

    def score(self, candidates: Candidates) -> ScoredCandidates:
        """Score candidates exactly, and find those with a change to undo.

        Parameters
        ----------
        candidates : Candidates

        Returns
        -------
        scored : ScoredCandidates
        """
        objective, hidden = self._objective(candidates)
        margins = self.margins(candidates, hidden)
        surcharge = None
        if self.surcharges is not None:
            places = self._places(candidates)
            surcharge = self.surcharges.of_rows(candidates.who, places)
        return ScoredCandidates(candidates, objective, *margins, surcharge)

    def _objective(self, candidates: Candidates) -> tuple[np.ndarray, np.ndarray]:
        """Objective (n_candidates,) and hidden values (n_candidates, n_hidden)."""
        cells = self.cells(candidates)
        log_accepted, log_denied = (
            circuit.log_prob(leaves, cells) for circuit, leaves in self._densities()
        )
        cost = self._costs(candidates).sum(axis=0)
        objective = self.objective.combine(log_accepted, log_denied, cost)
        return self.objective.rounded(objective), self._hide(cells)

    def moves(
        self, candidates: Candidates, n_actions: int | None = None
    ) -> ScoredMoves:
        """Score every row that differs from a candidate in one feature.

        Parameters
        ----------
        candidates : Candidates
        n_actions : int, default=None
            Only the first `n_actions` actions of each feature are scored; None for all.

        Returns
        -------
        moves : ScoredMoves
        """
        tables = self._tables
        columns = self._columns(self.n_actions if n_actions is None else n_actions)
        cells = self.cells(candidates)
        hidden = self._hide(cells)
        contexts = [
            (circuit.contexts(leaves, cells), leaves)
            for circuit, leaves in self._densities()
        ]
        origin = _Origin(
            candidates,
            cells,
            contexts,
            self._costs(candidates),
            self.surrogate.slope(hidden),
            self.surrogate.margin(hidden),
        )
        n_products = len(candidates) * tables.n_cells * self.n_features
        is_small = tables.is_small and n_products <= _MOST_PRODUCTS
        score = self._score_together if is_small else self._score_apart
        objective, margin = score(origin, columns)
        accepted, denied = (context.log_prob for context, _ in contexts)
        before = self.objective.combine(accepted, denied, origin.cost.sum(axis=0))
        return ScoredMoves(
            self.objective.rounded(objective, out=objective),
            round_to_tolerance(margin, out=margin),
            columns.feature,
            columns.action,
            hidden,
            self.objective.rounded(before),
            round_to_tolerance(origin.level),
            self._surcharges(candidates, columns),
        )

    def _surcharges(
        self, candidates: Candidates, columns: MoveColumns
    ) -> np.ndarray | None:
        """Surcharges (n, c) of moves; None if nobody has a largest effort."""
        if self.surcharges is None:
            return None
        who, feature = candidates.who, columns.feature
        targets = (who * self.n_actions)[:, None] + columns.action
        targets += feature * (self.n_people * self.n_actions)
        places = self._places(candidates)
        return self.surcharges.of_moves(who, places, feature, targets)

    def _score_apart(
        self, origin: _Origin, columns: MoveColumns
    ) -> tuple[np.ndarray, np.ndarray]:
        """Score the moves of one feature after the other; faster for many rows."""
        tables, ends = self._tables, columns.ends
        entries = tables.embedded.take(tables.first[:, None] + origin.cells, axis=0)
        others = origin.level - np.einsum("jnh,nh->jn", entries, origin.slope)
        other_costs = origin.cost.sum(axis=0) - origin.cost
        cost = self._move_costs(columns).take(origin.candidates.who, axis=0)
        factors, margin = np.empty((2, *cost.shape)), np.empty(cost.shape)
        for j in range(self.n_features):
            here = slice(ends[j], ends[j + 1])
            if not self._is_free[j]:
                factors[:, :, here], margin[:, here], cost[:, here] = 1.0, 0.0, np.inf
                continue
            cost[:, here] += other_costs[j, :, None]
            rows = [context.state[j] for context, _ in origin.contexts]
            moves = Moves(
                j, origin.candidates.who, origin.cells[j], columns.action[here]
            )
            products = (*factors[:, :, here], margin[:, here])
            tables.write_products(moves, [*rows, origin.slope], products)
            margin[:, here] += others[j, :, None]
            tables.forbid_none(moves, cost[:, here])
        logs = np.log(factors, out=factors)
        for log_prob, (context, _) in zip(logs, origin.contexts, strict=True):
            log_prob += context.log_prob[:, None]
        return self.objective.combine(logs[0], logs[1], cost), margin

    def _score_together(
        self, origin: _Origin, columns: MoveColumns
    ) -> tuple[np.ndarray, np.ndarray]:
        """Score the moves of all features at once; faster for few rows and cells."""
        tables, cells, who = self._tables, origin.cells, origin.candidates.who
        feature, n, n_cells = columns.feature, len(who), tables.n_cells
        place = (who * self.n_actions)[:, None] + columns.action
        place += feature * (self.n_people * self.n_actions)
        targets = tables.cell.take(place)
        row = np.arange(n) * n_cells
        after = row[:, None] + feature * (n * n_cells)
        after += targets
        before = (self._features * (n * n_cells))[:, None] + row
        before += cells
        logs = []
        for context, leaves in origin.contexts:
            factor = tables.all_products(context.state, leaves.likelihoods)
            log_prob = np.log(factor, out=factor)
            log_prob += context.log_prob[:, None]
            logs.append(log_prob.take(after))
        others = origin.cost.sum(axis=0) - origin.cost
        cost = self._cost.take(place)
        cost += others.take(feature, axis=0).T
        value = self.objective.combine(logs[0], logs[1], cost)
        is_move = self._open.take(place)
        is_move &= targets != cells.take(feature, axis=0).T
        near = tables.all_products(origin.slope, tables.embedded)
        near += (origin.level - near.take(before))[:, :, None]
        return np.where(is_move, value, -np.inf), near.take(after)

    def hidden_after(
        self,
        candidates: Candidates,
        hidden: np.ndarray,
        rows: np.ndarray,
        feature: np.ndarray,
        action: np.ndarray,
    ) -> np.ndarray:
        """Compute the hidden values of the surrogate after single moves.

        Parameters
        ----------
        candidates : Candidates
            Candidates before the moves.
        hidden : ndarray of shape (n_candidates, n_hidden), dtype float64
            Hidden values of the surrogate at the candidates.
        rows : ndarray of shape (n_moves,), dtype int64
            Candidate of every move.
        feature : ndarray of shape (n_moves,), dtype int64
            Feature of every move.
        action : ndarray of shape (n_moves,), dtype int64
            New action of every move.

        Returns
        -------
        after : ndarray of shape (n_moves, n_hidden), dtype float64
        """
        tables = self._tables
        cell, embedded = tables.cell, tables.embedded
        place = (feature * self.n_people + candidates.who[rows]) * self.n_actions
        first = tables.first.take(feature)
        new = first + cell.take(place + action)
        old = first + cell.take(place + candidates.chosen[feature, rows])
        after = hidden.take(rows, axis=0)
        after += embedded.take(new, axis=0)
        after -= embedded.take(old, axis=0)
        return after

    def margins(
        self, candidates: Candidates, hidden: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute the margin of candidates, and the largest after undoing one change.

        Parameters
        ----------
        candidates : Candidates
        hidden : ndarray of shape (n_candidates, n_hidden), dtype float64
            Hidden values of the surrogate at the candidates.

        Returns
        -------
        margin : ndarray of shape (n_candidates,), dtype float64
            Margin of the surrogate.
        undone : ndarray of shape (n_candidates,), dtype float64
            Largest margin after a single change is undone; -inf for rows with one
            change, and for all rows if changes need not be needed.
        """
        margin = round_to_tolerance(self.surrogate.margin(hidden))
        undone = np.full(len(margin), -np.inf)
        if not self.scoring_model.only_needed:
            return margin, undone
        cells = self.cells(candidates)
        changed = cells != self._own_cells[:, candidates.who]
        changed &= changed.sum(axis=0) > 1
        feature, rows = np.nonzero(changed)
        for start in range(0, len(rows), _MOVES_AT_ONCE):
            some = slice(start, start + _MOVES_AT_ONCE)
            kept = np.zeros(len(rows[some]), dtype=np.int64)
            after = self.hidden_after(
                candidates, hidden, rows[some], feature[some], kept
            )
            level = round_to_tolerance(self.surrogate.margin(after))
            np.maximum.at(undone, rows[some], level)
        return margin, undone

    def _densities(self) -> Iterator[tuple[TabulatedCircuit, LeafTable]]:
        """Both densities, each with the leaves of the cells."""
        tables = self._tables
        return zip(self.scoring_model.circuits, tables.leaves, strict=True)

    def _columns(self, n_actions: int) -> MoveColumns:
        """List the moves to the first `n_actions` actions of each feature."""
        if n_actions not in self._layouts:
            numbers = np.arange(n_actions)
            is_scored = numbers <= self._n_values[:, None]
            is_scored |= (numbers >= self.first_copy) & self._copied[:, None]
            feature, action = np.nonzero(is_scored)
            ends = [0, *np.cumsum(is_scored.sum(axis=1)).tolist()]
            self._layouts[n_actions] = MoveColumns(feature, action, ends)
        return self._layouts[n_actions]

    def _move_costs(self, columns: MoveColumns) -> np.ndarray:
        """Cost (n_people, n_columns) of the cells of moves; inf if they are masked."""
        n_moves = len(columns.feature)  # differs between numbers of actions
        if n_moves not in self._layout_costs:
            place = columns.feature, slice(None), columns.action
            cost = self._cost[place]
            cost[~self._open[place]] = np.inf
            self._layout_costs[n_moves] = np.ascontiguousarray(cost.T)
        return self._layout_costs[n_moves]

    def _costs(self, candidates: Candidates) -> np.ndarray:
        """Weighted effort and sparsity (n_features, n_candidates) of every cell."""
        return self._cost.take(self._places(candidates))

    def _places(self, candidates: Candidates) -> np.ndarray:
        """Flat indices (n_features, n_candidates) of the chosen actions."""
        first = self._features[:, None] * self.n_people + candidates.who
        first *= self.n_actions
        first += candidates.chosen
        return first

    def _hide(self, cells: np.ndarray) -> np.ndarray:
        """Hidden values (n_candidates, n_hidden) of rows, from their cells."""
        return self._tables.hidden_sum(cells, self.surrogate.start)
