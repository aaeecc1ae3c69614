"""Feasible values of one feature: what its rules and a person's limits leave."""

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
    low, high : float or ndarray of shape (n_people,), dtype float64
        A cell may only move to codes between these.
    frozen : bool or ndarray of shape (n_people,), dtype bool
        Whether a cell must not change.
    """

    low: float | np.ndarray = -np.inf
    high: float | np.ndarray = np.inf
    frozen: bool | np.ndarray = False


UNBOUNDED = Bounds()


@dataclass(frozen=True)
class FeasibleValues(ABC):
    """All rules of one feature, merged, on codes.

    The own value of a person is always feasible. Subclasses say which others are.

    Attributes
    ----------
    written : tuple of rule
        What the user wrote, for reports.
    weight : float
        Cost of a change of this feature, as a multiple of the usual effort.
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
            Codes proposed.
        bounds : Bounds
            Limits of each person, of the shape of `own`.

        Returns
        -------
        nearest : ndarray of a shape that broadcasts to that of `proposal`, \
                dtype float64
            Of two codes equally near the one nearer to the own code.
        """

    @abstractmethod
    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Tell whether anything but the own code is feasible.

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
        """List the feasible codes of one person other than the own one.

        Parameters
        ----------
        own : float
            Own code, NaN where missing.
        bounds : Bounds
            Limits of the person.
        most : int
            Length of the longest list that is useful.

        Returns
        -------
        codes : ndarray of shape (n_codes,), dtype float64
            In ascending order.

        Raises
        ------
        OverflowError
            Where more than `most` codes are feasible, or a continuous range.
        """

    @abstractmethod
    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible codes of each person other than the own one.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        count : ndarray of shape (n_people,), dtype float64
            Infinite where a continuous range is feasible.
        """

    @abstractmethod
    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """List codes among which the best one is, for a line or a table of values.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        codes : list of ndarray of shape (n_people,), dtype float64
            NaN where a person has no such code. For numbers the two ends, for levels
            all of them. The own code is left out.
        """

    @property
    @abstractmethod
    def has_order(self) -> bool:
        """Whether a feature can rise and fall."""

    def places(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into places in the order of the feature."""
        return codes

    @abstractmethod
    def can_move(self, up: bool, by: float) -> bool:
        """Tell whether the rules let anybody rise (or fall), and by that much."""

    @abstractmethod
    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Find the feasible codes nearest to proposals that rise (or fall).

        Parameters
        ----------
        own, proposal : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing, and codes proposed.
        up : bool
            Whether to rise.
        goal : ndarray of shape (n_people,), dtype float64, or None
            Where to move at least; None for any step.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        moved : ndarray of shape (n_people,), dtype float64
            The own code where there is no such code; the proposal where the feature
            has no nearest code.
        """


@dataclass(frozen=True)
class OrderedValues(FeasibleValues):
    r"""Feasible values that are a lattice between two ends.

    Notes
    -----
    The feasible values of a person whose value is :math:`o` are the members of a
    lattice between two ends, and :math:`o` itself. Subclasses say what the lattice is.
    Limits of a single person narrow the ends further.
    """

    @abstractmethod
    def _lattice_ends(
        self, own: np.ndarray, low: float | np.ndarray, high: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest member between two limits."""

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
        below, above : ndarray of the shape of `values`, dtype float64
            The largest member that is not larger, and the smallest that is not
            smaller; both are the value itself where it is a member, NaN where
            there is none.
        """

    @abstractmethod
    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the members of the lattice from one end to the other."""

    @property
    def has_order(self) -> bool:
        """Whether a feature can rise and fall."""
        return True

    def ends(
        self, own: np.ndarray, bounds: Bounds = UNBOUNDED
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest feasible value, the own one aside.

        Parameters
        ----------
        own : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing.
        bounds : Bounds
            Limits of each person.

        Returns
        -------
        first, last : ndarray of the shape of `own`, dtype float64
            No value is feasible where ``first <= last`` does not hold.
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
        target = np.clip(proposal, np.fmin(first, own), np.fmax(last, own))
        below, above = self.around(np.clip(target, first, last), own)
        climb, drop = above - target, target - below
        up = (climb < drop) | ((climb == drop) & (above - own < own - below))
        moved = np.where(up, above, below) + 0.0  # never -0.0
        stays = np.abs(target - own) <= np.abs(target - moved)
        return np.where(stays | np.isnan(proposal) | ~(first <= last), own, moved)

    def nearest_change(
        self, own: np.ndarray, proposal: np.ndarray, bounds: Bounds
    ) -> np.ndarray:
        """Find the feasible code nearest to each proposal, the own code left out.

        Parameters
        ----------
        own, proposal : ndarray of shape (n_people,), dtype float64
            Own codes, NaN where missing, and codes proposed.
        bounds : Bounds
            Limits, which the own code need not keep.

        Returns
        -------
        changed : ndarray of shape (n_people,), dtype float64
            The own code only where no other is feasible.
        """
        if self.immutable:
            return own
        first, last = self.ends(own, bounds)
        target = np.clip(proposal, first, last)
        below, above = self.around(target, own)
        moved = np.where(above - target < target - below, above, below) + 0.0
        return np.where((first <= last) & ~np.isnan(moved), moved, own)

    def can_change(self, own: np.ndarray, bounds: Bounds = UNBOUNDED) -> np.ndarray:
        """Tell whether anything but the own code is feasible."""
        if self.immutable:
            return np.zeros(own.shape, dtype=bool)
        first, last = self.ends(own, bounds)
        return (first <= last) & ((first != own) | (last != own))

    def alternatives(self, own: float, bounds: Bounds, most: int) -> np.ndarray:
        """List the feasible codes of one person other than the own one."""
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
        """Find the feasible codes nearest to proposals that rise (or fall)."""
        if goal is None:
            goal = np.nextafter(own, np.inf if up else -np.inf)
        low, high, frozen = bounds
        if up:
            narrowed = Bounds(np.maximum(low, goal), high, frozen)
        else:
            narrowed = Bounds(low, np.minimum(high, goal), frozen)
        return self.nearest_change(own, proposal, narrowed)
