"""What the rules of one feature permit, on codes, and the nearest of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

Limit = float | np.ndarray


@dataclass(frozen=True)
class FeasibleValues(ABC):
    r"""All rules of one feature, merged, on codes.

    Attributes
    ----------
    written : tuple of rule
        What the user wrote, for reports.
    weight : float
        What a change of this feature costs, as a multiple of the usual effort.
    immutable : bool
        Whether every cell keeps its code.
    fills : bool
        Whether a missing cell may be filled.

    Notes
    -----
    The permitted values of an ordered feature, for a person whose value is
    :math:`o`, are the members of a lattice between two ends; the own value is
    permitted besides. Subclasses say what the lattice is. Limits of a single
    person, where given, narrow the ends further.
    """

    written: tuple[Hashable, ...] = ()
    weight: float = 1.0
    immutable: bool = False
    fills: bool = True

    def nearest(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        low: Limit = -np.inf,
        high: Limit = np.inf,
    ) -> np.ndarray:
        """Find the permitted code nearest to each proposal, own codes included.

        Parameters
        ----------
        own : ndarray of shape (n_samples,) or (n_samples, 1), dtype float64
            Own codes, NaN where missing.
        proposal : ndarray of shape (n_samples,) or (n_samples, n_proposals), \
                dtype float64
            Codes proposed.
        low, high : float or ndarray of the shape of `own`, dtype float64
            Limits of each person, besides the rules; `low` is NaN where a cell is
            frozen.

        Returns
        -------
        nearest : ndarray of a shape that broadcasts to that of `proposal`, \
                dtype float64
            Of two codes equally near the one nearer to the own code.
        """
        if self.immutable:
            return own
        first, last = self.ends(own, low, high)
        target = np.clip(proposal, np.fmin(first, own), np.fmax(last, own))
        below, above = self.around(np.clip(target, first, last), own)
        climb, drop = above - target, target - below
        up = (climb < drop) | ((climb == drop) & (above - own < own - below))
        moved = np.where(up, above, below) + 0.0  # never -0.0
        stays = np.abs(target - own) <= np.abs(target - moved)
        return np.where(stays | np.isnan(proposal) | ~(first <= last), own, moved)

    def forced(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        low: Limit = -np.inf,
        high: Limit = np.inf,
    ) -> np.ndarray:
        """Find the code nearest to each proposal to which one may move.

        Parameters
        ----------
        own, proposal : ndarray of shape (n_samples,), dtype float64
            Own codes of an ordered feature, NaN where missing, and codes proposed.
        low, high : float or ndarray of the shape of `own`, dtype float64
            Bounds, besides the rules, that the own code need not keep.

        Returns
        -------
        forced : ndarray of shape (n_samples,), dtype float64
            As `nearest`, but the own code only where no other is permitted.
        """
        if self.immutable:
            return own
        first, last = self.ends(own, low, high)
        target = np.clip(proposal, first, last)
        below, above = self.around(target, own)
        moved = np.where(above - target < target - below, above, below) + 0.0
        return np.where((first <= last) & ~np.isnan(moved), moved, own)

    def is_free(
        self, own: np.ndarray, low: Limit = -np.inf, high: Limit = np.inf
    ) -> np.ndarray:
        """Tell whether anything but the own code is permitted.

        Parameters
        ----------
        own : ndarray, dtype float64
            Own codes, NaN where missing.
        low, high : float or ndarray of the shape of `own`, dtype float64
            Limits of each person, besides the rules; `low` is NaN where a cell is
            frozen.

        Returns
        -------
        free : ndarray of the shape of `own`, dtype bool
            False where a cell cannot change.
        """
        if self.immutable:
            return np.zeros(own.shape, dtype=bool)
        first, last = self.ends(own, low, high)
        return (first <= last) & ((first != own) | (last != own))

    @abstractmethod
    def ends(
        self, own: np.ndarray, low: Limit = -np.inf, high: Limit = np.inf
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest permitted value.

        Parameters
        ----------
        own : ndarray, dtype float64
            Own codes of an ordered feature, NaN where missing.
        low, high : float or ndarray of the shape of `own`, dtype float64
            Limits of each person, besides the rules; `low` is NaN where a cell is
            frozen.

        Returns
        -------
        first, last : ndarray of the shape of `own`, dtype float64
            No value is permitted where ``first <= last`` does not hold.
        """

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

    def others(self, own: float, low: float, high: float, most: int) -> np.ndarray:
        """List the permitted codes of one person beside the own one.

        Parameters
        ----------
        own : float
            Own code, NaN where missing.
        low, high : float
            Limits of the person, besides the rules; `low` is NaN for a frozen cell.
        most : int
            Size of the longest list of use.

        Returns
        -------
        codes : ndarray of shape (n_codes,), dtype float64
            In rising order.

        Raises
        ------
        OverflowError
            Where more than `most` codes are permitted, or a dense range.
        """
        own_ = np.array([own])
        first, last = self.ends(own_, low, high)
        if not self.is_free(own_, low, high)[0]:
            return np.empty(0)
        codes = self._members(own_, float(first[0]), float(last[0]), most)
        return codes[codes != own]

    @abstractmethod
    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the members of the lattice from one end to the other."""
