"""Demands of single people: a wanted label, and bounds of its probability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

ANY_LABEL = -1


class Demand(NamedTuple):
    """What one person demands of the classifier.

    Parameters
    ----------
    target : int
        Position of the wanted label among the favorable labels; -1 for any of them.
    min_probability : float
        Least probability of the wanted labels; 0 if there is none.
    max_probability : float
        Largest probability of the wanted labels; 1 if there is none.
    """

    target: int = ANY_LABEL
    min_probability: float = 0.0
    max_probability: float = 1.0


@dataclass(frozen=True)
class Demands:
    """What single people demand of the classifier.

    Parameters
    ----------
    target : ndarray of shape (n_people,), dtype int64
        Position of the wanted label among the favorable labels; -1 for any of them.
    min_probability : ndarray of shape (n_people,), dtype float64
        Least probability of the wanted labels; 0 if there is none.
    max_probability : ndarray of shape (n_people,), dtype float64
        Largest probability of the wanted labels; 1 if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.actionability._demands import Demands
    >>> least = np.array([0.7, 0.6, 0.7])
    >>> demands = Demands(np.array([-1, -1, -1]), least, np.ones(3))
    >>> for demand, rows in demands.groups():
    ...     print(demand.min_probability, rows)
    0.6 [1]
    0.7 [0 2]
    """

    target: np.ndarray
    min_probability: np.ndarray
    max_probability: np.ndarray

    def __getitem__(self, rows: Any) -> Demands:
        """Take the demands of some of the people."""
        return Demands(
            self.target[rows], self.min_probability[rows], self.max_probability[rows]
        )

    def among(self, rows: np.ndarray) -> Demands:
        """Insert people without demands; `rows`, (n,) of bool, are those with some."""
        none = Demand()
        new = Demands(*(np.full(len(rows), value) for value in none))
        new.target[rows] = self.target
        new.min_probability[rows] = self.min_probability
        new.max_probability[rows] = self.max_probability
        return new

    @property
    def of_decision(self) -> Demands:
        """The wanted labels alone, which say who is denied."""
        none = np.zeros(len(self.target))
        return replace(self, min_probability=none, max_probability=none + 1.0)

    @property
    def has_probabilities(self) -> bool:
        """Whether anybody demands a probability."""
        is_bound = (self.min_probability > 0.0) | (self.max_probability < 1.0)
        return bool(is_bound.any())

    def groups(self) -> list[tuple[Demand, np.ndarray]]:
        """Group people with the same demands.

        Returns
        -------
        groups : list of (Demand, ndarray of shape (n_members,), dtype int64)
            Each demand with the positions of its people.
        """
        columns = (self.target, self.min_probability, self.max_probability)
        distinct, group = np.unique(np.stack(columns), axis=1, return_inverse=True)
        return [
            (Demand(int(target), low, high), np.flatnonzero(group == k))
            for k, (target, low, high) in enumerate(distinct.T.tolist())
        ]
