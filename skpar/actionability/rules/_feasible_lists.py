"""Feasible values of a column of few numbers: those seen in training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._feasible_numbers import FeasibleNumbers
from ._feasible_values import Bounds


@dataclass(frozen=True)
class FeasibleLists(FeasibleNumbers):
    """All rules of a column that takes a few listed numbers only, merged.

    The lattice consists of the listed numbers. `step` and `anchor` have no effect.

    Attributes
    ----------
    members : tuple of float
        At least two numbers, in ascending order.
    """

    members: tuple[float, ...] = ()

    @property
    def takes_many_numbers(self) -> bool:
        """Whether values are numbers, and not those of a list alone."""
        return False

    @property
    def is_dense(self) -> bool:
        """Whether the lattice has no gaps."""
        return False

    @property
    def _is_whole(self) -> bool:
        """Whether the lattice consists of all whole numbers."""
        return False

    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible codes of each person, without the own code."""
        first, last = self.ends(own, bounds)
        listed = self._or_own(self._listed[:, np.newaxis], own)
        is_other = (first <= listed) & (listed <= last) & (listed != own)
        return np.asarray(is_other.sum(axis=0, dtype=np.float64))

    def _neighbors(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find the member nearest to each value, and the members next to it."""
        listed = self._listed
        right = np.searchsorted(listed, values).clip(1, len(listed) - 1)
        is_left = values - listed[right - 1] <= listed[right] - values
        place = 1 + np.where(is_left, right - 1, right)
        padded = np.concatenate([[np.nan], listed, [np.nan]])
        near = np.where(np.isnan(values), np.nan, padded[place])
        return padded[place - 1], near, padded[place + 1]

    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the members of the lattice from one end to the other."""
        listed = self._or_own(self._listed, own)
        return listed[(first <= listed) & (listed <= last)]

    @cached_property
    def _listed(self) -> np.ndarray:
        """The members, (n_members,), dtype float64."""
        return np.array(self.members)
