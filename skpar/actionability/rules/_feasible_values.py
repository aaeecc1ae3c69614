"""Feasible values of one feature, under its rules and a person's limits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Bounds(NamedTuple):
    """Limits of people in one feature.

    Parameters
    ----------
    low : float or ndarray of shape (n_people,), dtype float64
        Smallest code that a cell may change to.
    high : float or ndarray of shape (n_people,), dtype float64
        Largest code that a cell may change to.
    frozen : bool or ndarray of shape (n_people,), dtype bool
        Whether a cell must not change.
    closed : ndarray of shape (n_people, n_levels), dtype bool, or None
        For the feature of a group: levels that a cell must not change to.
    """

    low: float | np.ndarray = -np.inf
    high: float | np.ndarray = np.inf
    frozen: bool | np.ndarray = False
    closed: np.ndarray | None = None


UNBOUNDED = Bounds()


@dataclass(frozen=True)
class FeasibleValues(ABC):
    """All rules of one feature, merged, on codes.

    The own value of a person is always feasible. Subclasses define which other values
    are feasible.

    Attributes
    ----------
    written : tuple of rule
        The rules that the user wrote, for reports.
    weight : float
        Factor on the effort of this feature.
    immutable : bool
        Whether every cell keeps its code.
    fills : bool
        Whether a missing cell may be filled.
    """

    written: tuple[Hashable, ...] = ()
    weight: float = 1.0
    immutable: bool = False
    fills: bool = True

    @abstractmethod
    def nearest(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> np.ndarray:
        """Find the feasible code nearest to each proposal, own codes included.

        Parameters
        ----------
        own : ndarray of shape (n_people,) or (n_people, 1), dtype float64
            Own codes, NaN where missing.
        proposal : ndarray of shape (n_people,) or (n_people, n_proposals), \
                dtype float64
            Proposed codes.
        bounds : Bounds
            Limits of each person, of the shape of `own`.

        Returns
        -------
        nearest : ndarray of a shape that broadcasts to that of `proposal`, \
                dtype float64
            The nearest feasible codes. Of two equally near codes, the one nearer to
            the own code is taken.
        """

    @abstractmethod
    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Check whether any code other than the own code is feasible.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        can_change : ndarray of shape (n_people,), dtype bool
        """

    @abstractmethod
    def alternatives(self, own: float, bounds: Bounds, most: int) -> np.ndarray:
        """List the feasible codes of one person, without the own code.

        Parameters
        ----------
        own : float
            Own code, NaN if missing.
        bounds : Bounds
            Limits of the person.
        most : int
            Largest number of codes to list.

        Returns
        -------
        codes : ndarray of shape (n_codes,), dtype float64
            In ascending order.

        Raises
        ------
        OverflowError
            If more than `most` codes or a continuous range are feasible.
        """

    @abstractmethod
    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible codes of each person, without the own code.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        count : ndarray of shape (n_people,), dtype float64
            Infinite if a continuous range is feasible.
        """

    @abstractmethod
    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """List the codes to compare in order to maximize a sum of scores of columns.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        codes : list of ndarray of shape (n_people,), dtype float64
            For numbers, the two ends: a linear score is largest at one of them. For
            levels, all levels. NaN if a person has no such code. The own code is not
            added.
        """

    @property
    def takes_many_numbers(self) -> bool:
        """Whether values are numbers, and not those of a list alone."""
        return False

    @property
    @abstractmethod
    def has_order(self) -> bool:
        """Whether a feature can rise and fall."""

    def places(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into positions in the order of the feature."""
        return codes

    @abstractmethod
    def can_move(self, up: bool, by: float) -> bool:
        """Check whether the rules let anybody rise (or fall) by at least `by`."""

    @abstractmethod
    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Find the nearest feasible codes that rise (or fall) from the own codes.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        proposal : ndarray of shape (n_people,), dtype float64
            Proposed codes.
        up : bool
            True to rise, False to fall.
        goal : ndarray of shape (n_people,), dtype float64, or None
            Codes that the move must at least reach; None if every step counts.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        moved : ndarray of shape (n_people,), dtype float64
            The nearest such codes to the proposals. The own code if there is none.
            The proposal if the feature has no nearest code.
        """


@dataclass(frozen=True)
class OrderedValues(FeasibleValues):
    r"""Feasible values that are a lattice between two ends.

    Notes
    -----
    The feasible values of a person with value :math:`o` are :math:`o` itself and the
    members of a lattice between two ends. Subclasses define the lattice. Limits of
    single people narrow the ends further.
    """

    @abstractmethod
    def _lattice_ends(
        self, own: np.ndarray, low: float | np.ndarray, high: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest lattice member between two limits."""

    @abstractmethod
    def around(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the members of the lattice next to given values.

        Parameters
        ----------
        values : ndarray, dtype float64
            Any codes.
        own : ndarray, dtype float64
            Own codes; must broadcast to the shape of `values`.

        Returns
        -------
        below : ndarray of the shape of `values`, dtype float64
            The largest member that is not above the value; NaN if there is none.
        above : ndarray of the shape of `values`, dtype float64
            The smallest member that is not below the value; NaN if there is none.
            For a member of the lattice, `below` and `above` are the value itself.
        """

    @abstractmethod
    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the members of the lattice from one end to the other."""

    @property
    @abstractmethod
    def range(self) -> tuple[float, float]:
        """Lower and upper bound of the lattice for everybody."""

    def settled(
        self, values: np.ndarray, own: np.ndarray, tolerance: np.ndarray
    ) -> np.ndarray:
        """Replace values that are nearly members of the lattice by these members.

        Parameters
        ----------
        values : ndarray of shape (n_people,), dtype float64
            Computed values, which have rounding errors.
        own : ndarray of shape (n_people,), dtype float64
            Own codes.
        tolerance : ndarray of shape (n_people,), dtype float64
            Largest rounding error.

        Returns
        -------
        settled : ndarray of shape (n_people,), dtype float64
        """
        below, above = self.around(values, own)
        settled = np.where(above - values <= tolerance, above, values)
        return np.where(values - below <= tolerance, below, settled)

    @property
    def has_order(self) -> bool:
        """Whether a feature can rise and fall."""
        return True

    def ends(
        self, own: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest feasible value, without the own value.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        first : ndarray of the shape of `own`, dtype float64
            The smallest feasible value.
        last : ndarray of the shape of `own`, dtype float64
            The largest feasible value. If ``first <= last`` does not hold, no value is
            feasible.
        """
        first, last = self._lattice_ends(own, bounds.low, bounds.high)
        return np.where(bounds.frozen, np.nan, first), last

    def nearest(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> np.ndarray:
        """Find the feasible code nearest to each proposal, own codes included."""
        if self.immutable:
            return own
        first, last = self.ends(own, bounds)
        # For few people, these two functions take less time than np.clip.
        target = np.maximum(proposal, np.fmin(first, own))
        target = np.minimum(target, np.fmax(last, own))
        below, above = self.around(np.minimum(np.maximum(target, first), last), own)
        climb, drop = above - target, target - below
        up = (climb < drop) | ((climb == drop) & (above - own < own - below))
        moved = np.where(up, above, below) + 0.0  # never -0.0
        stays = np.abs(target - own) <= np.abs(target - moved)
        return np.where(stays | np.isnan(proposal) | ~(first <= last), own, moved)

    def nearest_change(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds
    ) -> np.ndarray:
        """Find the feasible code nearest to each proposal, without the own code.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        proposal : ndarray of shape (n_people,), dtype float64
            Proposed codes.
        bounds : Bounds
            Limits of each person; the own code may break them.

        Returns
        -------
        changed : ndarray of shape (n_people,), dtype float64
            The nearest feasible codes; the own code if no other code is feasible.
        """
        if self.immutable:
            return own
        first, last = self.ends(own, bounds)
        target = np.clip(proposal, first, last)
        below, above = self.around(target, own)
        moved = np.where(above - target < target - below, above, below) + 0.0
        return np.where((first <= last) & ~np.isnan(moved), moved, own)

    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Check whether any code other than the own code is feasible."""
        if self.immutable:
            return np.zeros(own.shape, dtype=bool)
        first, last = self.ends(own, bounds)
        return (first <= last) & ((first != own) | (last != own))

    def alternatives(self, own: float, bounds: Bounds, most: int) -> np.ndarray:
        """List the feasible codes of one person, without the own code."""
        own_ = np.array([own])
        first, last = self.ends(own_, bounds)
        if not self.can_change(own_, bounds)[0]:
            return np.empty(0)
        codes = self._members(own_, float(first[0]), float(last[0]), most)
        return codes[codes != own]

    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Find the nearest feasible codes that rise (or fall) from the own codes."""
        if goal is None:
            goal = np.nextafter(own, np.inf if up else -np.inf)
        if up:
            narrowed = bounds._replace(low=np.maximum(bounds.low, goal))
        else:
            narrowed = bounds._replace(high=np.minimum(bounds.high, goal))
        return self.nearest_change(own, proposal, narrowed)
