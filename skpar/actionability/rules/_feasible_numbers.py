"""Feasible values of a column of numbers: a lattice between two ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...table import finest_step, rounding_error
from ._feasible_values import Bounds, OrderedValues

_DIGITS = 15
_TENS = np.array([float(f"1e{power}") for power in range(305)])


@dataclass(frozen=True)
class FeasibleNumbers(OrderedValues):
    r"""All rules of a column of numbers, merged.

    Attributes
    ----------
    low : float
        Lower bound for everybody. It is not below the range seen in training.
    high : float
        Upper bound for everybody. It is not above the range seen in training.
    fall : float
        Lower bound of the change from the own value.
    rise : float
        Upper bound of the change from the own value.
    step : float or None
        Distance between neighboring feasible values; None if all values are feasible.
    anchor : float or None
        A feasible value from which steps are counted; None for the own value.
    dtype : numpy dtype or None
        The dtype of the column in the table, if it is less precise than float64. All
        feasible values are then values of this dtype.

    Notes
    -----
    The feasible values of a person with value :math:`o` are the members of a lattice
    between two ends,

    .. math:: \max(low, o + fall) \le v \le \min(high, o + rise).

    The lattice is :math:`anchor + k \cdot step` for whole numbers :math:`k`. Without a
    step it contains all values. If the own value is missing and may be filled, neither
    `fall` nor `rise` applies, and steps from the own value are counted from 0.
    """

    low: float = -math.inf
    high: float = math.inf
    fall: float = -math.inf
    rise: float = math.inf
    step: float | None = None
    anchor: float | None = 0.0
    dtype: np.dtype | None = None

    def _lattice_ends(
        self, own: np.ndarray, low: float | np.ndarray, high: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest and the largest lattice member between two limits."""
        lowest, highest = np.full(own.shape, self.low), np.full(own.shape, self.high)
        if self.fall > -math.inf:
            lowest = np.fmax(lowest, self._move(own, np.float64(self.fall)))
        if self.rise < math.inf:
            highest = np.fmin(highest, self._move(own, np.float64(self.rise)))
        first = self.around(np.maximum(lowest, low), own)[1]
        last = self.around(np.minimum(highest, high), own)[0]
        if not self.fills:
            first = np.where(np.isnan(own), np.nan, first)
        return first, last

    def around(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the members of the lattice next to given values."""
        if self.is_dense:
            return self._representable_around(values)
        if self._is_whole:
            return np.floor(values), np.ceil(values)
        lower, near, upper = (
            self._or_own(members, own) for members in self._neighbors(values, own)
        )
        below = np.where(near > values, lower, near)
        above = np.where(near < values, upper, near)
        return below, above

    @property
    def range(self) -> tuple[float, float]:
        """Lower and upper bound for everybody."""
        return self.low, self.high

    @property
    def takes_many_numbers(self) -> bool:
        """Whether values are numbers, and not those of a list alone."""
        return True

    @property
    def is_dense(self) -> bool:
        """Whether the lattice has no gaps."""
        return self.step is None

    @property
    def _is_whole(self) -> bool:
        """Whether the lattice consists of all whole numbers."""
        return self.step == 1.0 and self.anchor == 0.0

    def _neighbors(
        self, values: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find the member nearest to each value, and the members next to it."""
        assert self.step is not None
        anchor = self._anchor(own)
        count = np.rint((values - anchor) / self.step)
        near = self._move(anchor, count * self.step)
        lower = self._move(anchor, (count - 1) * self.step)
        upper = self._move(anchor, (count + 1) * self.step)
        return lower, near, upper

    def _or_own(self, members: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Replace members that differ from the own value by a rounding error only."""
        is_own = np.abs(members - own) <= rounding_error(self.dtype) * np.abs(own)
        return np.where(is_own, own, members)

    def count_alternatives(self, own: np.ndarray, bounds: Bounds) -> np.ndarray:
        """Count the feasible codes of each person, without the own code."""
        first, last = self.ends(own, bounds)
        steps = np.inf if self.step is None else 1.0 / self.step
        with np.errstate(invalid="ignore"):
            count = np.where(first < last, np.rint((last - first) * steps) + 1.0, 0.0)
        count[first == last] = 1.0
        on_lattice = self.around(own, own)[0] == own
        return count - ((first <= own) & (own <= last) & on_lattice)

    def extremes(self, own: np.ndarray, bounds: Bounds) -> list[np.ndarray]:
        """Return the smallest and the largest feasible code."""
        if self.immutable:
            return []
        first, last = self.ends(own, bounds)
        none = ~(first <= last)
        return [np.where(none, np.nan, first), np.where(none, np.nan, last)]

    def can_move(self, up: bool, by: float) -> bool:
        """Check whether the rules let anybody rise (or fall) by at least `by`."""
        if self.immutable:
            return False
        most = min(self.rise if up else -self.fall, self.high - self.low)
        return most > 0 and (most >= by or most == math.inf)

    def moved(
        self,
        own: np.ndarray,
        proposal: np.ndarray,
        up: bool,
        goal: np.ndarray | None,
        bounds: Bounds,
    ) -> np.ndarray:
        """Find the nearest feasible codes that rise (or fall) from the own codes."""
        if goal is None and self.is_dense:
            return proposal  # A continuous feature has no smallest step.
        return super().moved(own, proposal, up, goal, bounds)

    def _members(
        self, own: np.ndarray, first: float, last: float, most: int
    ) -> np.ndarray:
        """List the members of the lattice from one end to the other."""
        if first == last:
            return np.array([first])
        if self.step is None:
            raise OverflowError("the feasible values are dense")
        count = round((last - first) / self.step)
        if count > most:
            raise OverflowError(f"more than {most} values are feasible")
        anchor = np.broadcast_to(self._anchor(own), own.shape)
        start = np.rint((first - anchor) / self.step)
        members = self._move(anchor, (start + np.arange(count + 1)) * self.step)
        return self._or_own(members, own) + 0.0

    def _anchor(self, own: np.ndarray) -> np.ndarray | np.float64:
        """Find the start of steps; NaN if steps are too small for the precision."""
        if self.anchor is not None:
            return np.float64(self.anchor)
        start = np.nan_to_num(own) if self.fills else own
        precise = np.abs(start) * finest_step(self.dtype) < self.step
        return np.where(precise, start, np.nan)

    def _move(
        self, start: np.ndarray | np.float64, change: np.ndarray | np.float64
    ) -> np.ndarray:
        """Add a change to a value, in the precision of the table."""
        moved = add_decimal(start, change)
        if self.dtype is None:
            return moved
        return np.where(change == 0, moved, moved.astype(self.dtype))

    def _representable_around(
        self, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the values next to given values that the table can hold."""
        if self.dtype is None:
            return values, values
        near = values.astype(self.dtype)
        lower = np.nextafter(near, self.dtype.type(-np.inf))
        upper = np.nextafter(near, self.dtype.type(np.inf))
        below = np.where(near > values, lower, near).astype(np.float64)
        above = np.where(near < values, upper, near).astype(np.float64)
        return below, above


def add_decimal(
    anchor: np.ndarray | np.float64, change: np.ndarray | np.float64
) -> np.ndarray:
    """Add a change to a value without the rounding errors of binary fractions.

    Parameters
    ----------
    anchor : ndarray, dtype float64
        Values to start from.
    change : ndarray, dtype float64
        Changes to add; must broadcast with `anchor`.

    Returns
    -------
    values : ndarray, dtype float64
        Sums, rounded to 15 digits of the larger summand. A positive change never
        gives a value below `anchor`, a negative change never a value above.

    Notes
    -----
    Every number with at most 15 significant digits can be converted to binary and
    back without loss. Hence ``add_decimal(0.1, 0.2) == 0.3``, although ``0.1 + 0.2`` is
    not 0.3. A change of 0 returns `anchor` exactly, for any number of digits.
    """
    larger = np.maximum(np.abs(anchor), np.abs(change))
    exponent = np.floor(np.log10(np.maximum(larger, 1e-290)))
    power = _DIGITS - 1 - np.where(np.isnan(exponent), 0.0, exponent)
    last = len(_TENS) - 1
    scale = _TENS[np.minimum(np.maximum(power, 0), last).astype(np.intp)]
    total = np.rint((anchor + change) * scale) / scale
    total = np.where(change > 0, np.maximum(total, anchor), total)
    total = np.where(change < 0, np.minimum(total, anchor), total)
    return np.where(change == 0, anchor, total)
