"""Rules that block recourse: dropping a single one of them would allow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...actionability import Actionability, People
from ...generator import Proposer

Accepts = Callable[[np.ndarray], np.ndarray]
IsPossible = Callable[[Actionability, People], np.ndarray]

OWN_LIMITS = "own limits"
"""What a rule is called that a person's own limits set."""


@dataclass(frozen=True)
class NeighborTrial:
    """Look for recourse near accepted neighbors, with few queries.

    Parameters
    ----------
    proposer : Proposer
        Finds the accepted neighbors.
    accepts : callable
        Takes codes (n, d). Returns whether the classifier accepts them, (n,).
    n_neighbors : int
        Number of neighbors to project onto the rules and to query.
    """

    proposer: Proposer
    accepts: Accepts
    n_neighbors: int

    def is_possible(self, actionability: Actionability, people: People) -> np.ndarray:
        """Find people (n_people,) with an accepted feasible row near a neighbor."""
        codes = people.codes
        if not len(codes):
            return np.zeros(0, dtype=bool)
        near = self.proposer.nearest_accepted(codes, self.n_neighbors)
        rows = actionability.project(people, near)
        accepted = self.accepts(rows.reshape(-1, codes.shape[1]))
        moved = (rows != codes[:, None]).any(axis=2)
        return np.asarray((accepted.reshape(moved.shape) & moved).any(axis=1))


def blocking_rules(
    actionability: Actionability, people: People, is_possible: IsPossible
) -> list[tuple[str, ...]]:
    """Find the rules, links and limits that block recourse.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    people : People
        People for whom recourse is impossible.
    is_possible : callable
        Takes rules and links, and people. Returns whether an accepted feasible row was
        found, (n_people,), dtype bool. An example is `NeighborTrial.is_possible`.

    Returns
    -------
    blocking : list of tuple of str
        For each person, the rules that block recourse. Dropping a single one of them
        would allow recourse. A rule may be missing if `is_possible` misses rows.
    """
    blocking: list[tuple[str, ...]] = [() for _ in people.codes]
    if not blocking:
        return blocking
    relaxed = [(name, rest, people) for name, rest in actionability.relaxations()]
    for j in people.limits.restricted_columns.tolist():
        name = f"{actionability.schema.names[j]}: {OWN_LIMITS}"
        freer = People(people.codes, people.limits.without_column(j))
        relaxed.append((name, actionability, freer))
    for name, rest, some in relaxed:
        for row in np.flatnonzero(is_possible(rest, some)):
            blocking[row] += (name,)
    return blocking
