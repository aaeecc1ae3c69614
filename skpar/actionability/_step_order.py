"""The order of the changes of a row, so that each step leads to a feasible row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .._config import SearchConfig
from ..table import round_to_tolerance, same_cells
from ._actionability import Actionability
from ._people import People


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a plan.

    Parameters
    ----------
    features : tuple of int
        The features that a person changes in this step, in ascending order.
    row : ndarray of shape (n_features,), dtype float64
        Codes after the step, with the derived columns.
    """

    features: tuple[int, ...]
    row: np.ndarray


@dataclass(frozen=True)
class StepOrder:
    r"""Order the changes of a row, so that each step leads to a feasible row.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    max_exact : int
        Of up to this number of changes, the order is the best of all. Of more changes,
        the first steps are chosen one by one until this number is left.
    max_joint : int
        Largest number of changes in each of these first steps. If no such step is
        feasible, all changes that are left become one step.

    Notes
    -----
    A step changes one feature, and derived columns follow. Let :math:`s_1, \dots, s_m`
    be the numbers of features that change in the steps. Of all sequences of feasible
    rows, those with the smallest

    .. math:: \sum_i s_i (s_i - 1) / 2

    are kept: as few pairs of changes as possible share a step. It is 0 if the changes
    can be made one by one. Of these, the sequence whose first step has the least effort
    is taken, then the one whose second step has the least effort, and so on. Equal
    efforts are ordered by the position of the features.

    The minimum is found by dynamic programming over the subsets of changes.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar import NotAbove
    >>> from skpar.actionability import Actionability, People, StepOrder
    >>> from skpar.table import TableSchema
    >>> schema = TableSchema.infer(pd.DataFrame({"open": [0, 9], "all": [0, 9]}))
    >>> order = StepOrder(Actionability(schema, links=[NotAbove("open", "all")]))
    >>> person, row = People.unlimited(np.array([[2.0, 3.0]])), np.array([5.0, 7.0])
    >>> for step in order.steps(person, row, effort=np.array([0.1, 0.4])):
    ...     print(step.features, step.row)
    (1,) [2. 7.]
    (0,) [5. 7.]
    """

    actionability: Actionability
    max_exact: int = SearchConfig.max_ordered_changes
    max_joint: int = SearchConfig.max_joint_changes

    def steps(self, person: People, row: np.ndarray, effort: np.ndarray) -> list[Step]:
        """Order the changes of one person.

        Parameters
        ----------
        person : People
            One person.
        row : ndarray of shape (n_features,), dtype float64
            Codes of a feasible row.
        effort : ndarray of shape (n_features,), dtype float64
            Effort of each change.

        Returns
        -------
        steps : list of Step
            The last step leads to `row`. Each row in between is feasible.
        """
        own = person.codes[0]
        changed = ~same_cells(own, row)
        changed[list(self.actionability.derived)] = False
        left, base = np.flatnonzero(changed), own
        steps: list[Step] = []
        while len(left) > self.max_exact:
            steps.append(self._first(person, base, row, left, effort))
            base, left = steps[-1].row, np.setdiff1d(left, steps[-1].features)
        return steps + self._best(person, base, row, left, effort)

    def _first(
        self,
        person: People,
        base: np.ndarray,
        row: np.ndarray,
        left: np.ndarray,
        effort: np.ndarray,
    ) -> Step:
        """Find the cheapest of the smallest feasible steps from a row."""
        for size in range(1, self.max_joint + 1):
            sets = np.array(list(combinations(left.tolist(), size)))
            cost = round_to_tolerance(effort[sets].sum(axis=1))
            sets = sets[np.argsort(cost, kind="stable")]
            rows = np.repeat(base[np.newaxis], len(sets), axis=0)
            np.put_along_axis(rows, sets, row[sets], axis=1)
            feasible = self._complete(person, rows)
            if feasible.any():
                best = int(np.argmax(feasible))
                return Step(tuple(sets[best].tolist()), rows[best])
        return Step(tuple(left.tolist()), row)

    def _best(
        self,
        person: People,
        base: np.ndarray,
        row: np.ndarray,
        left: np.ndarray,
        effort: np.ndarray,
    ) -> list[Step]:
        """Find the best sequence of steps from a row by dynamic programming."""
        if not len(left):
            return []
        chosen = _subsets(len(left))
        rows = np.repeat(base[np.newaxis], len(chosen), axis=0)
        rows[:, left] = np.where(chosen, row[left], base[left])
        feasible = np.ones(len(chosen), dtype=bool)
        feasible[1:-1] = self._complete(person, rows[1:-1])
        rows[-1] = row
        places = np.flatnonzero(feasible)
        path = _best_path(chosen[places], effort[left])
        return [
            Step(tuple(left[chosen[end] & ~chosen[start]].tolist()), rows[end])
            for start, end in zip(places[path[:-1]], places[path[1:]], strict=True)
        ]

    def _complete(self, person: People, rows: np.ndarray) -> np.ndarray:
        """Compute derived columns of rows (n, n_features) in place; check the rows."""
        link_set = self.actionability.link_set
        link_set.compute_derived(person.codes, rows)
        return self.actionability.is_feasible(person, rows[np.newaxis])[0]


def _subsets(k: int) -> np.ndarray:
    """List all subsets of k changes (2**k, k), dtype bool: none first, all last.

    A subset comes after the subsets that it contains.
    """
    return (np.arange(2**k)[:, np.newaxis] >> np.arange(k)) % 2 == 1


def _best_path(chosen: np.ndarray, effort: np.ndarray) -> list[int]:
    """Find the best way from the first set of changes to the last one.

    Parameters
    ----------
    chosen : ndarray of shape (n_sets, k), dtype bool
        The sets that lead to feasible rows, in the order of `_subsets`.
    effort : ndarray of shape (k,), dtype float64
        Effort of each change.

    Returns
    -------
    path : list of int
        Positions of sets. Each contains the one before.
    """
    n_sets = len(chosen)
    n_pairs = np.zeros(n_sets, dtype=np.int64)
    ends: dict[int, np.ndarray] = {}
    for start in range(n_sets - 2, -1, -1):
        later = np.arange(start + 1, n_sets)
        later = later[~(chosen[start] & ~chosen[later]).any(axis=1)]
        size = (chosen[later] & ~chosen[start]).sum(axis=1)
        total = size * (size - 1) // 2 + n_pairs[later]
        n_pairs[start] = total.min()
        ends[start] = later[total == n_pairs[start]]
    path = [0]
    while path[-1] < n_sets - 1:
        start = path[-1]
        best = ends[start]
        added = chosen[best] & ~chosen[start]
        cost = round_to_tolerance(np.where(added, effort, 0.0).sum(axis=1))
        # Of equal costs, the first: sets are in the order of their features.
        path.append(int(best[np.argmin(cost)]))
    return path
