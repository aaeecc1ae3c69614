"""Prices as the effort of one column: per unit of a number, or from level to level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..actionability import AnyPrice, LevelPrices, Price, price_table
from ..table import Column
from ._scales import Scale, with_missing


@dataclass(frozen=True)
class UnitPrices(Scale):
    """Prices per unit of a number.

    Parameters
    ----------
    up : float
        Price of one unit more.
    down : float
        Price of one unit less.
    fill : float
        Price of filling a missing cell.
    scale : Scale
        Gives positions.
    """

    up: float
    down: float
    fill: float
    scale: Scale

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Ignore prices: they do not put two people farther apart."""
        return self.scale.position(cells)

    def effort(self, cells: np.ndarray, cells2: np.ndarray) -> np.ndarray:
        """Multiply the change by its price; see `Scale.effort`."""
        change = cells2 - cells
        size = np.where(change > 0.0, self.up * change, self.down * -change)
        differs = with_missing(np.zeros(size.shape), cells, cells2)
        missing = np.isnan(cells) | np.isnan(cells2)
        return np.where(missing, self.fill * differs, np.abs(size))


@dataclass(frozen=True)
class PriceTable(Scale):
    """Prices from level to level.

    Parameters
    ----------
    prices : ndarray of shape (n_levels + 1, n_levels + 1), dtype float64
        Price from the level of each row to the level of each column. The last row and
        column are for missing cells, and for cells of a group without a level.
    scale : Scale
        Gives positions.
    """

    prices: np.ndarray
    scale: Scale

    def position(self, cells: np.ndarray) -> np.ndarray:
        """Ignore prices: they do not put two people farther apart."""
        return self.scale.position(cells)

    def effort(self, cells: np.ndarray, cells2: np.ndarray) -> np.ndarray:
        """Look the price up; 0 if the cell does not change; see `Scale.effort`."""
        price = self.prices[self._place(cells), self._place(cells2)]
        both_missing = np.isnan(cells) & np.isnan(cells2)
        return np.where(both_missing | (cells == cells2), 0.0, price)

    def _place(self, cells: np.ndarray) -> np.ndarray:
        """Find the row of each cell in the table."""
        n_levels = len(self.prices) - 1
        known = (cells >= 0) & (cells < n_levels)
        return np.where(known, cells, n_levels).astype(np.int64)


def price_scale(
    price: AnyPrice, column: Column, present: np.ndarray, scale: Scale, is_money: bool
) -> Scale:
    """Turn the user's prices of a column into a scale.

    Parameters
    ----------
    price : Price, LevelPrices or RareLevels
        A valid rule of the column.
    column : Column
        What the column is.
    present : ndarray of shape (n_present,), dtype float64
        Cells of reference people that are not missing.
    scale : Scale
        Gives positions.
    is_money : bool
        Whether effort is money, so that changes between levels have no usual effort.

    Returns
    -------
    scale : Scale
    """
    if isinstance(price, Price):
        up = float(price.up)
        down = up if price.down is None else float(price.down)
        widest = max(up, down) * (column.high - column.low)
        fill = widest if price.fill is None else float(price.fill)
        return UnitPrices(up, down, fill, scale)
    if isinstance(price, LevelPrices):
        prices = price_table(column, price)
        usual = _default(prices, price) if is_money else 1.0
        prices[np.isnan(prices)] = usual
    else:
        prices, usual = _rare_levels(present, len(column.levels or ())), 1.0
    return PriceTable(np.column_stack([prices, np.full(len(prices), usual)]), scale)


def _default(prices: np.ndarray, price: LevelPrices) -> float:
    """Price of what has no price of its own: the highest one, unless the user says."""
    if price.default is not None:
        return float(price.default)
    known = prices[~np.isnan(prices)]
    return float(known.max(initial=0.0))


def _rare_levels(present: np.ndarray, n_levels: int) -> np.ndarray:
    """Tabulate the prices of `RareLevels`, (n_levels + 1, n_levels)."""
    known = present[(present >= 0) & (present < n_levels)].astype(np.int64)
    counts = np.maximum(np.bincount(known, minlength=n_levels), 0.5)
    prices = np.tile(1.0 + np.log(counts.max() / counts), (n_levels + 1, 1))
    np.fill_diagonal(prices, 0.0)
    return prices
