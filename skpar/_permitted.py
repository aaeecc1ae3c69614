"""The codes that the rules of one feature permit, and the nearest of them."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

_DIGITS = 15
_FINEST = 1e-12
_TENS = np.array([float(f"1e{power}") for power in range(305)])


@dataclass(frozen=True)
class Permitted:
    r"""All rules of one feature, merged, on codes.

    Attributes
    ----------
    written : tuple of rule
        What the user wrote, for reports.
    immutable : bool
        Whether every cell keeps its code.
    ordered : bool
        False for nominal columns, where only `levels` counts.
    low, high : float
        Bounds that are the same for everybody, the range seen in training
        included.
    fall, rise : float
        Bounds of the change from the own value.
    step : float or None
        Distance between the permitted values; None where they are dense.
    anchor : float or None
        A permitted value to count the steps from; None for the own value.
    levels : tuple of float or None
        The permitted codes in rising order; None where `low`, `high` and `step`
        say it all.
    dtype : numpy dtype or None
        What the table holds the column in, if that is less precise than float64;
        permitted values are then values of this dtype.

    Notes
    -----
    The permitted values of an ordered feature, for a person whose value is
    :math:`o`, are the members of a lattice between two ends,

    .. math:: \max(low, o + fall) \le v \le \min(high, o + rise),

    and the lattice is a list of levels, or :math:`anchor + k \cdot step`, or
    everything. The own value is permitted besides. A missing own value makes the
    ends NaN where a rule compares with it, and nothing lies between these.
    """

    written: tuple[Hashable, ...] = ()
    immutable: bool = False
    ordered: bool = True
    low: float = -math.inf
    high: float = math.inf
    fall: float = -math.inf
    rise: float = math.inf
    step: float | None = None
    anchor: float | None = 0.0
    levels: tuple[float, ...] | None = None
    dtype: np.dtype | None = None

    def nearest(self, own: np.ndarray, proposal: np.ndarray) -> np.ndarray:
        """Find the permitted code nearest to each proposal, own codes included.

        Parameters
        ----------
        own : ndarray of shape (n_samples,) or (n_samples, 1), dtype float64
            Own codes, NaN where missing.
        proposal : ndarray of shape (n_samples,) or (n_samples, n_proposals), \
                dtype float64
            Codes proposed.

        Returns
        -------
        nearest : ndarray of a shape that broadcasts to that of `proposal`, \
                dtype float64
            Of two codes equally near the one nearer to the own code.
        """
        if self.immutable:
            return own
        if not self.ordered:
            return np.where(np.isin(proposal, self.levels or ()), proposal, own)
        first, last = self.ends(own)
        target = np.clip(proposal, np.fmin(first, own), np.fmax(last, own))
        below, above = self.around(np.clip(target, first, last), own)
        climb, drop = above - target, target - below
        up = (climb < drop) | ((climb == drop) & (above - own < own - below))
        moved = np.where(up, above, below) + 0.0  # never -0.0
        stays = np.abs(target - own) <= np.abs(target - moved)
        return np.where(stays | np.isnan(proposal) | ~(first <= last), own, moved)

    def is_free(self, own: np.ndarray) -> np.ndarray:
        """Tell whether anything but the own code is permitted.

        Parameters
        ----------
        own : ndarray, dtype float64
            Own codes, NaN where missing.

        Returns
        -------
        free : ndarray of the shape of `own`, dtype bool
            False where a cell cannot change.
        """
        if self.immutable:
            return np.zeros(own.shape, dtype=bool)
        if not self.ordered:
            others = np.array(self.levels) != own[..., np.newaxis]
            return others.any(axis=-1)
        first, last = self.ends(own)
        return (first <= last) & ((first != own) | (last != own))

    def ends(self, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest permitted value.

        Parameters
        ----------
        own : ndarray, dtype float64
            Own codes of an ordered feature, NaN where missing.

        Returns
        -------
        first, last : ndarray of the shape of `own`, dtype float64
            No value is permitted where ``first <= last`` does not hold.
        """
        low = np.full(own.shape, self.low)
        high = np.full(own.shape, self.high)
        if self.fall > -math.inf:
            low = np.maximum(low, self._move(own, np.float64(self.fall)))
        if self.rise < math.inf:
            high = np.minimum(high, self._move(own, np.float64(self.rise)))
        return self.around(low, own)[1], self.around(high, own)[0]

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
            smaller; both are the value itself where it is a member.
        """
        if self.levels is not None:
            padded = np.array([np.nan, *self.levels, np.nan])
            below = padded[np.searchsorted(padded[1:-1], values, side="right")]
            above = padded[np.searchsorted(padded[1:-1], values) + 1]
            return below, above
        if self.step is None:
            return self._representable_around(values)
        if self.step == 1.0 and self.anchor == 0.0:
            return np.floor(values), np.ceil(values)
        anchor = self._anchor(own)
        count = np.rint((values - anchor) / self.step)
        near = self._move(anchor, count * self.step)
        lower = self._move(anchor, (count - 1) * self.step)
        upper = self._move(anchor, (count + 1) * self.step)
        below = np.where(near > values, lower, near)
        above = np.where(near < values, upper, near)
        return below, above

    def _anchor(self, own: np.ndarray) -> np.ndarray | np.float64:
        """Say where steps start; NaN where they are too fine to be told apart."""
        if self.anchor is not None:
            return np.float64(self.anchor)
        return np.where(np.abs(own) * finest(self.dtype) < self.step, own, np.nan)

    def _move(
        self, start: np.ndarray | np.float64, change: np.ndarray | np.float64
    ) -> np.ndarray:
        """Add a change to a value, in the precision of the table."""
        moved = _shift(start, change)
        if self.dtype is None:
            return moved
        return np.where(change == 0, moved, moved.astype(self.dtype))

    def _representable_around(
        self, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the values next to given ones that the table can hold."""
        if self.dtype is None:
            return values, values
        near = values.astype(self.dtype)
        lower = np.nextafter(near, self.dtype.type(-np.inf))
        upper = np.nextafter(near, self.dtype.type(np.inf))
        below = np.where(near > values, lower, near).astype(np.float64)
        above = np.where(near < values, upper, near).astype(np.float64)
        return below, above


def finest(dtype: np.dtype | None) -> float:
    """Find the smallest step, in units of a value, that can be counted there."""
    return _FINEST if dtype is None else 16 * float(np.finfo(dtype).eps)


def _shift(
    anchor: np.ndarray | np.float64, change: np.ndarray | np.float64
) -> np.ndarray:
    """Add a change to a value, free of the noise of binary fractions.

    Parameters
    ----------
    anchor : ndarray, dtype float64
        Values to start from.
    change : ndarray, dtype float64
        What to add; must broadcast with `anchor`.

    Returns
    -------
    values : ndarray, dtype float64
        Sums, rounded to 15 digits of the larger summand, and never on the wrong
        side of `anchor`.

    Notes
    -----
    Every number of at most 15 significant digits survives the way into binary
    and back. Hence ``_shift(0.1, 0.2) == 0.3`` where ``0.1 + 0.2`` is not, and a
    change of 0 gives `anchor` to the bit, whatever its digits.
    """
    larger = np.maximum(np.abs(anchor), np.abs(change))
    exponent = np.floor(np.log10(np.maximum(larger, 1e-290)))
    power = _DIGITS - 1 - np.nan_to_num(exponent, nan=0.0)
    scale = _TENS[np.clip(power, 0, len(_TENS) - 1).astype(np.intp)]
    total = np.rint((anchor + change) * scale) / scale
    total = np.where(change > 0, np.maximum(total, anchor), total)
    total = np.where(change < 0, np.minimum(total, anchor), total)
    return np.where(change == 0, anchor, total)
