"""Rules that bind at a row: without one of them, a better row is next to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...actionability import Actionability, People
from ...generator import Proposer
from ...table import round_to_tolerance, same_cells
from ._blocking_rules import OWN_LIMITS

# Number of people per block. Names do not depend on it.
_BLOCK = 32


@dataclass(frozen=True)
class _Relaxation:
    """What remains without one rule, link or limit, and the columns that it frees."""

    name: str
    rest: Actionability
    people: People
    columns: tuple[int, ...]


@dataclass(frozen=True)
class BindingRules:
    """Name the rules that bind at rows which the classifier denies.

    A rule, link or limit binds at a row if without it one more cell could change, such
    that the estimated probability of acceptance rises. All others still hold.

    Parameters
    ----------
    proposer : Proposer
        Gives values to try, and the surrogate of the classifier. The classifier is not
        queried.
    most : int
        Largest number of names per person.
    """

    proposer: Proposer
    most: int

    def of(
        self, actionability: Actionability, people: People, rows: np.ndarray
    ) -> list[tuple[str, ...]]:
        """Name the rules that bind.

        Parameters
        ----------
        actionability : Actionability
            Rules and links.
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            A feasible row of each person.

        Returns
        -------
        names : list of tuple of str
            For each person, first the rules of columns that the row changes, then the
            others; each in descending order of the probability without it.
        """
        names: list[tuple[str, ...]] = []
        if not len(people):
            return names
        relaxations = list(actionability.relaxations())
        for start in range(0, len(people), _BLOCK):
            some = people[start : start + _BLOCK]
            names += self._of_block(
                actionability, relaxations, some, rows[start : start + _BLOCK]
            )
        return names

    def _of_block(
        self,
        able: Actionability,
        relaxations: list[tuple[str, Actionability]],
        people: People,
        rows: np.ndarray,
    ) -> list[tuple[str, ...]]:
        """Name the rules that bind at the rows of some people."""
        changed = ~same_cells(people.codes, rows)
        before = self._margin(rows)
        found: list[list[tuple[bool, float, str]]] = [[] for _ in rows]
        for one in _relaxations(able, relaxations, people):
            if not one.columns:
                continue
            gain = self._best_margin(able, one, people, rows) - before
            is_changed = np.asarray(changed[:, list(one.columns)].any(axis=1))
            for row in np.flatnonzero(gain > 0.0):
                key = (not is_changed[row], -float(gain[row]), one.name)
                found[row].append(key)
        return [tuple(key[2] for key in sorted(keys)[: self.most]) for keys in found]

    def _best_margin(
        self, able: Actionability, one: _Relaxation, people: People, rows: np.ndarray
    ) -> np.ndarray:
        """Largest margin of a row next to each row that only `one` permits, (n,)."""
        moves = np.concatenate(
            [self._moves(one, rows, column) for column in one.columns], axis=1
        )
        after = one.rest.project(one.people, moves)
        who, place = np.nonzero(~able.is_feasible(people, after))
        best = np.full(len(rows), -np.inf)
        np.maximum.at(best, who, self._margin(after[who, place]))
        return best

    def _moves(self, one: _Relaxation, rows: np.ndarray, column: int) -> np.ndarray:
        """Change one column of rows to its ends and usual values, (n, n_moves, d)."""
        limits, rule = one.people.limits, one.rest.rules[column]
        own = one.people.codes[:, column]
        ends = rule.extremes(own, limits.of_column(column))
        builder = self.proposer.action_builder
        grid = builder.grid[:, column]
        values = [*ends, *grid[~np.isnan(grid)]]
        moves = np.repeat(rows[:, None], len(values), axis=1)
        for place, value in enumerate(values):
            moves[:, place, column] = value
        return moves

    def _margin(self, rows: np.ndarray) -> np.ndarray:
        """Margin of the surrogate at rows, (n,)."""
        surrogate = self.proposer.surrogate
        return round_to_tolerance(surrogate.decision_function(rows))


def _relaxations(
    able: Actionability, relaxations: list[tuple[str, Actionability]], people: People
) -> Iterator[_Relaxation]:
    """Leave out each rule, each link and each limit of the people in turn."""
    for name, rest in relaxations:
        yield _Relaxation(name, rest, people, _freed(able, rest))
    for j in people.limits.restricted_columns.tolist():
        name = f"{able.schema.names[j]}: {OWN_LIMITS}"
        freer = People(people.codes, people.limits.without_column(j))
        yield _Relaxation(name, able, freer, _acting(able, j))


def _freed(able: Actionability, rest: Actionability) -> tuple[int, ...]:
    """Columns that a rule or link concerns which `able` has and `rest` has not."""
    columns: set[int] = set()
    for j, (one, other) in enumerate(zip(able.rules, rest.rules, strict=True)):
        if one.written != other.written:
            columns.update(_acting(able, j))
    links = able.link_set
    for constraint in links.constraints:
        if constraint.link in able.links and constraint.link not in rest.links:
            for j in constraint.depends_on:
                columns.update(_acting(able, j))
    return tuple(sorted(columns))


def _acting(able: Actionability, column: int) -> tuple[int, ...]:
    """List the column itself, or the columns that a derived column follows from."""
    links = able.link_set
    sources = links.sources.get(column)
    if sources is None:
        return (column,)
    return tuple(sorted({j for source in sources for j in _acting(able, source)}))
