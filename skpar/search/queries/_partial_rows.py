"""Partial rows: some of the changes of an accepted row, if they may be an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...actionability import Actionability, People
from ...classifier import PlattScale, Surrogate
from ...generator import best_of_each
from ...objective import Eligibility
from ...relations import partial_changes
from ...table import round_to_tolerance, same_cells


@dataclass(frozen=True)
class PartialRows:
    """List the partial changes of rows that count: if one is accepted, it is enough.

    Parameters
    ----------
    actionability : Actionability
        Rules and links. Partial changes that break them do not count.
    acting : ndarray of shape (n_features,), dtype bool
        Features that a person changes directly.
    eligibility : Eligibility
        Says which rows are plausible enough for answers. Other rows do not count.
    surrogate : Surrogate
        The surrogate of the classifier.
    calibration : PlattScale
        Turns margins of the surrogate into probabilities.
    max_enumerated : int
        Largest number of changes of which all subsets are listed.
    max_listed : int
        Largest number of subsets of more changes, the most likely first.
    """

    actionability: Actionability
    acting: np.ndarray
    eligibility: Eligibility
    surrogate: Surrogate
    calibration: PlattScale
    max_enumerated: int
    max_listed: int

    def is_eligible(self, rows: np.ndarray) -> np.ndarray:
        """Check whether rows (n, n_features) are eligible; bool of shape (n,)."""
        return self.eligibility.is_eligible(rows)

    def of(
        self, people: People, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """List the partial changes of one row per person.

        Parameters
        ----------
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            Codes of feasible rows.

        Returns
        -------
        parent : ndarray of shape (n_partial,), dtype int64
            The person of each partial row, in ascending order.
        partial : ndarray of shape (n_partial, n_features), dtype float64
            Codes. They are feasible and plausible enough.
        chance : ndarray of shape (n_partial,), dtype float64
            Estimated probability that the classifier accepts the row. Rows of the same
            person are in descending order of it.
        """
        parent, partial = partial_changes(
            people.codes, rows, self.acting, self.max_enumerated
        )
        kept = self._complete(people, parent, partial)
        parent, partial = parent[kept], partial[kept]
        chance = self._chance(partial)
        order = best_of_each(parent, chance, self.max_listed)
        return parent[order], partial[order], chance[order]

    def without_one(
        self, people: People, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Undo each change of one row per person, one change at a time.

        Parameters
        ----------
        people : People
        rows : ndarray of shape (n_people, n_features), dtype float64
            Codes of feasible rows.

        Returns
        -------
        parent : ndarray of shape (n_partial,), dtype int64
            The person of each partial row, in ascending order.
        feature : ndarray of shape (n_partial,), dtype int64
            The change that is undone.
        partial : ndarray of shape (n_partial, n_features), dtype float64
            Codes. They are feasible and plausible enough; other rows are left out, and
            so are rows without any change. Rows of the same person are in descending
            order of the estimated probability that the classifier accepts them.
        """
        own = people.codes
        changed = ~same_cells(own, rows) & self.acting
        changed &= changed.sum(axis=1, keepdims=True) > 1
        parent, feature = np.nonzero(changed)
        places = np.arange(len(parent))
        partial = rows[parent]
        partial[places, feature] = own[parent, feature]
        kept = self._complete(people, parent, partial)
        parent, feature, partial = parent[kept], feature[kept], partial[kept]
        order = best_of_each(parent, self._chance(partial), len(self.acting))
        return parent[order], feature[order], partial[order]

    def _complete(
        self, people: People, parent: np.ndarray, partial: np.ndarray
    ) -> np.ndarray:
        """Compute derived columns in place; find the rows that count, (n_partial,)."""
        able = self.actionability
        kept = np.ones(len(partial), dtype=bool)
        if len(able.link_set.constraints) or len(able.derived):
            owners = people[parent]
            able.link_set.compute_derived(owners.codes, partial)
            kept = able.link_set.holds(owners, partial)
        place = np.flatnonzero(kept)
        kept[place] = self.eligibility.is_likely_enough(partial[place])
        return kept

    def _chance(self, rows: np.ndarray) -> np.ndarray:
        """Estimate the probability that rows are accepted, shape (n_rows,)."""
        margin = round_to_tolerance(self.surrogate.decision_function(rows))
        return self.calibration.probability(margin)
