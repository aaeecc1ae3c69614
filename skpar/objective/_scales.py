"""Scales: positions of the values of one column, and the effort between two values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np


class Scale(ABC):
    """Positions of the values of one column, and the effort of moving between them."""

    @abstractmethod
    def position(self, cells: np.ndarray) -> np.ndarray:
        """Place values on a line, so that the distance of two is the effort.

        Parameters
        ----------
        cells : ndarray of any shape, dtype float64
            Codes; NaN where missing.

        Returns
        -------
        positions : ndarray of the shape of cells, dtype float64
            If both directions have different efforts, the distance is their mean.
        """

    def effort(self, cells: np.ndarray, cells2: np.ndarray) -> np.ndarray:
        """Compute the effort of moving to other values.

        Parameters
        ----------
        cells : ndarray of any shape, dtype float64
            Codes before the change; NaN where missing.
        cells2 : ndarray, dtype float64
            Codes after the change; must broadcast with `cells`.

        Returns
        -------
        effort : ndarray of the common shape, dtype float64
            At least 0. It is 1 if one of the two cells is missing, and 0 if both are.
        """
        size = np.abs(self.position(cells) - self.position(cells2))
        return with_missing(size, cells, cells2)

    @property
    def knots(self) -> np.ndarray:
        """Values between which the effort is linear, (n_knots,), dtype float64."""
        return np.empty(0)

    def middle(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Find values between two others, from where half of the effort is left.

        Parameters
        ----------
        start : ndarray of shape (n,), dtype float64
            Codes.
        end : ndarray of shape (n,), dtype float64
            Other codes.

        Returns
        -------
        middle : ndarray of shape (n,), dtype float64
            If all values between the two have the same effort, the mean of the two.
        """
        return start / 2 + end / 2


@dataclass(frozen=True)
class LevelScale(Scale):
    """Levels without an order: every change has effort 1."""

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Return the codes: no change moves on a line."""
        return cells

    def effort(self, cells: np.ndarray, cells2: np.ndarray) -> np.ndarray:
        """Compute 1 for each change; see `Scale.effort`."""
        size = (cells != cells2).astype(np.float64)
        return with_missing(size, cells, cells2)


@dataclass(frozen=True)
class LinearScale(Scale):
    """Numbers in multiples of a spread.

    Parameters
    ----------
    spread : float
        Positive; infinite if no change has an effort.
    """

    spread: float

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Divide by the spread; see `Scale.position`."""
        return cells / self.spread


@dataclass(frozen=True)
class ShareScale(Scale):
    """Shares of people below values.

    Parameters
    ----------
    values : ndarray of shape (n_knots,), dtype float64
        In ascending order.
    shares : ndarray of shape (n_knots,), dtype float64
        The share of each value, in ascending order.
    """

    values: np.ndarray
    shares: np.ndarray

    @property
    def knots(self) -> np.ndarray:
        """Values between which the effort is linear, (n_knots,), dtype float64."""
        return self.values

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Interpolate shares; see `Scale.position`."""
        return np.interp(cells, self.values, self.shares)

    def middle(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Find the middle share; see `Scale.middle`."""
        return _middle(self.values, self.shares, start, end)


@dataclass(frozen=True)
class LogTailScale(Scale):
    """Logarithms of the shares of people above and below values.

    Parameters
    ----------
    values : ndarray of shape (n_knots,), dtype float64
        In ascending order.
    rises : ndarray of shape (n_knots,), dtype float64
        Negative logarithm of the share above each value, in ascending order.
    falls : ndarray of shape (n_knots,), dtype float64
        Logarithm of the share below each value, in ascending order.

    Notes
    -----
    The logarithms are tabulated and interpolated. So the effort of a path in one
    direction is the sum of its parts.
    """

    values: np.ndarray
    rises: np.ndarray
    falls: np.ndarray

    @classmethod
    def of_shares(
        cls, values: np.ndarray, shares: np.ndarray, least: float
    ) -> LogTailScale:
        """Tabulate both tails of shares; `least` is the smallest tail."""
        shares = np.clip(shares, least, 1.0 - least)
        return cls(values, -np.log1p(-shares), np.log(shares))

    @property
    def knots(self) -> np.ndarray:
        """Values between which the effort is linear, (n_knots,), dtype float64."""
        return self.values

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Take half of the logit: its distance is the mean of both directions."""
        return (self._rise(cells) + self._fall(cells)) / 2

    def effort(self, cells: np.ndarray, cells2: np.ndarray) -> np.ndarray:
        """Compare upper tails if the value rises, else lower ones."""
        rise = self._rise(cells2) - self._rise(cells)
        fall = self._fall(cells) - self._fall(cells2)
        return with_missing(np.where(cells2 > cells, rise, fall), cells, cells2)

    def middle(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Find the middle on the tail of the direction; see `Scale.middle`."""
        up = _middle(self.values, self.rises, start, end)
        down = _middle(self.values, self.falls, start, end)
        return np.where(end > start, up, down)

    def _rise(self, cells: np.ndarray) -> np.ndarray:
        """Interpolate the negative logarithm of the share above."""
        return np.interp(cells, self.values, self.rises)

    def _fall(self, cells: np.ndarray) -> np.ndarray:
        """Interpolate the logarithm of the share below."""
        return np.interp(cells, self.values, self.falls)


def with_missing(
    distance: np.ndarray, cells: np.ndarray, cells2: np.ndarray
) -> np.ndarray:
    """Set a distance to 1 if one of two cells is missing, to 0 if both are.

    Parameters
    ----------
    distance : ndarray of any shape, dtype float64
        Distance between present cells.
    cells : ndarray, dtype float64
        Codes; NaN where missing.
    cells2 : ndarray, dtype float64
        Other codes; NaN where missing.

    Returns
    -------
    distance : ndarray of the shape of distance, dtype float64
    """
    missing, missing2 = np.isnan(cells), np.isnan(cells2)
    return np.where(missing | missing2, missing != missing2, distance)


def _middle(
    values: np.ndarray, positions: np.ndarray, start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Find values whose position is the mean of the positions of two values."""
    mean = start / 2 + end / 2
    ends = (np.interp(cells, values, positions) for cells in (start, end))
    middle = np.interp(sum(ends) / 2, positions, values)
    low, high = np.minimum(start, end), np.maximum(start, end)
    return np.where((low < middle) & (middle < high), middle, mean)
