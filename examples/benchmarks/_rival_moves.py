"""What rivals are made of: the common ruler, candidates in order, single moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier._black_box import BlackBox
from skpar.objective._objective import Objective
from skpar.table._codes import same_cells
from skpar.table._schema import TableSchema

GRAIN = 1e-9
QUANTILES = 32
FREQUENT = 16
FRACTIONS = (0.5, 0.25, 0.125)
ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class Ruler:
    """What every method is measured by, and the pool of accepted people."""

    schema: TableSchema
    actionability: Actionability
    objective: Objective
    black_box: BlackBox
    pool: np.ndarray

    def evaluate(self, own: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """Objective (n,) of candidates (n, d) of people (n, d)."""
        n = ROWS_AT_ONCE
        starts = range(0, len(own), n)
        parts = [
            self.objective.evaluate(own[i : i + n], candidates[i : i + n])
            for i in starts
        ]
        return np.concatenate([np.zeros(0), *parts])

    def change_cost(self, own: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Price every cell (..., d) of a person: effort and sparsity, weighed."""
        weights = self.objective.weights
        effort = self.objective.effort.per_feature(own, cells)
        return weights.effort * effort + weights.sparsity * ~same_cells(own, cells)

    def upper_bound(self) -> float:
        """Upper bound of both density terms together."""
        weights, plausibility = self.objective.weights, self.objective.plausibility
        likely = weights.plausibility * plausibility.cap
        return float(
            (likely - weights.denied * plausibility.floor) / plausibility.scale
        )


@dataclass(frozen=True)
class Candidates:
    """Candidates (m, d) of `n` searches, by search and falling objective."""

    n: int
    search: np.ndarray
    codes: np.ndarray
    objective: np.ndarray

    @classmethod
    def ordered(
        cls, n: int, search: np.ndarray, codes: np.ndarray, objective: np.ndarray
    ) -> Candidates:
        """Sort; ties keep their order."""
        order = np.lexsort((-objective, search))
        return cls(n, search[order], codes[order], objective[order])

    def bounds(self) -> np.ndarray:
        """Where each search begins (n + 1,)."""
        return np.searchsorted(self.search, np.arange(self.n + 1))

    def accepted(
        self, black_box: BlackBox, wanted: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ask, the best first, until enough are accepted.

        Returns the places (m',) of those accepted and the rows asked per search (n,).
        """
        rank = np.arange(len(self.search)) - self.bounds()[self.search]
        yes = np.zeros(len(self.search), dtype=bool)
        hits, asked = np.zeros(self.n, np.int64), np.zeros(self.n, np.int64)
        start, width = 0, wanted + 3
        while (rank >= start).any():
            now = (rank >= start) & (rank < start + width)
            now = np.flatnonzero(now & (hits[self.search] < wanted))
            yes[now] = black_box.accepted(self.codes[now])
            hits += np.bincount(self.search[now][yes[now]], minlength=self.n)
            asked += np.bincount(self.search[now], minlength=self.n)
            start, width = start + width, 2 * width
        place = np.flatnonzero(yes)
        order = np.arange(len(place)) - np.searchsorted(
            self.search[place], self.search[place]
        )
        return place[order < wanted], asked


def distinct_rows(codes: np.ndarray) -> np.ndarray:
    """Keep the first of equal rows (n, d)."""
    return codes[first_of_equal_rows(np.zeros(len(codes)), codes)]


def first_of_equal_rows(search: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Places (m,) of the first of equal rows (n, d) within each search (n,)."""
    comparable = np.where(np.isnan(rows), np.inf, rows)
    keyed = np.column_stack([search, comparable])
    return np.sort(np.unique(keyed, axis=0, return_index=True)[1])


def grid_of(schema: TableSchema, pool: np.ndarray) -> np.ndarray:
    """Values to try (m, d): all levels, quantiles, frequent numbers; NaN fills up."""
    columns = []
    for j, column in enumerate(schema.columns):
        present = pool[~np.isnan(pool[:, j]), j]
        values, counts = np.unique(present, return_counts=True)
        if column.levels is None and len(values) > QUANTILES + FREQUENT:
            frequent = values[np.argsort(-counts, kind="stable")[:FREQUENT]]
            shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
            even = np.quantile(present, shares, method="inverted_cdf")
            values = np.unique(np.concatenate([frequent, even]))
        columns.append(values)
    grid = np.full((max(map(len, columns)), len(columns)), np.nan)
    for j, values in enumerate(columns):
        grid[: len(values), j] = values
    return grid


class Polisher:
    """Replace single values as long as that raises the objective and is accepted."""

    def __init__(self, ruler: Ruler) -> None:
        self.ruler = ruler
        self.grid = grid_of(ruler.schema, ruler.pool)
        ordered = [column.is_ordered for column in ruler.schema.columns]
        self.ordered = np.array(ordered)

    def moves(
        self, own: np.ndarray, current: np.ndarray, value: np.ndarray, near: np.ndarray
    ) -> Candidates:
        """Every single replacement that raises the objective of a search.

        The people are `own` (n, d); their answers so far are `current` (n, d), of
        objective `value` (n,); their neighbours are `near` (n, k, d).
        """
        options = self._options(own, current, near)
        ruler = self.ruler
        cost, now = (
            ruler.change_cost(own[:, None], options),
            ruler.change_cost(own, current),
        )
        rest = now.sum(axis=1, keepdims=True) - now
        # Densities cost most: what cannot reach enough at their bound is left out.
        bound = ruler.upper_bound() - (rest[:, None] + cost)
        hopeful = _first_of_equals(options) & ~same_cells(options, current[:, None])
        hopeful &= bound > value[:, None, None] + GRAIN
        who, which, feature = np.nonzero(hopeful)
        rows = current[who]
        rows[np.arange(len(who)), feature] = options[who, which, feature]
        objective = ruler.evaluate(own[who], rows)
        better = objective > value[who] + GRAIN
        return Candidates.ordered(
            len(own), who[better], rows[better], objective[better]
        )

    def _options(
        self, own: np.ndarray, current: np.ndarray, near: np.ndarray
    ) -> np.ndarray:
        """Values (n, m, d) to try in each feature, moved onto its rule."""
        back = [
            np.where(self.ordered, current + share * (own - current), own)
            for share in FRACTIONS
        ]
        grid = np.broadcast_to(self.grid, (len(own), *self.grid.shape))
        grid = np.where(np.isnan(grid), own[:, None], grid)
        raw = np.concatenate([np.stack([own, *back], axis=1), near, grid], axis=1)
        return self.ruler.actionability.project(People.unlimited(own), raw)


def _first_of_equals(options: np.ndarray) -> np.ndarray:
    """Mark the first of equal values (n, m, d) along m."""
    comparable = np.where(np.isnan(options), np.inf, options)
    order = np.argsort(comparable, axis=1, kind="stable")
    ordered = np.take_along_axis(comparable, order, axis=1)
    first = np.ones(options.shape, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    marked = np.empty_like(first)
    np.put_along_axis(marked, order, first, axis=1)
    return marked
