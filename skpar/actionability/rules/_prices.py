"""Prices of changes: per unit of a column, or from level to level."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ...table import Column, as_python


@dataclass(frozen=True)
class Price:
    """The price of changing a number, per unit of its column.

    Parameters
    ----------
    up : float
        Price of one more unit, at least 0. The unit is that of the column: if incomes
        are in euros, it is the price of one more euro of income.
    down : float, default=None
        Price of one unit less, at least 0. None is the price `up`.
    fill : float, default=None
        Price of filling a missing cell, at least 0. None is the price of a change over
        the whole range seen in training, the more expensive direction.

    See Also
    --------
    LevelPrices : Prices of columns with levels.

    Notes
    -----
    The rule needs ``PARRecourse(effort="price")``. Then the effort is the sum of the
    prices, in the user's currency. This rule does not restrict the column: all values
    stay feasible.

    Examples
    --------
    A month of a longer loan costs 25; a shorter loan costs nothing:

    >>> from skpar import Price
    >>> Price(up=25, down=0)
    Price(up=25, down=0)
    """

    up: float
    down: float | None = None
    fill: float | None = None

    def __repr__(self) -> str:
        """Show only the arguments that were given."""
        given = ((name, getattr(self, name)) for name in ("up", "down", "fill"))
        shown = [f"{name}={as_python(one)!r}" for name, one in given if one is not None]
        return f"Price({', '.join(shown)})"


@dataclass(frozen=True)
class LevelPrices:
    """The effort of a change from one level to another.

    Parameters
    ----------
    prices : mapping of pairs of levels to float, or callable
        Maps ``(old, new)`` to the effort of this change, at least 0. Levels are written
        as in the table. ``(None, new)`` is the filling of a missing cell. A callable
        gets `old` and `new` and returns the effort. It is called in ``fit`` only, for
        all pairs of different levels, and with None as `old` if the column has missing
        cells.
    default : float, default=None
        Effort of all other changes. None is 1, the usual effort of a change to another
        level. With ``PARRecourse(effort="price")`` there is no usual price: None then
        requires a price of every feasible change between levels, and filling a missing
        cell has the highest price of the column.

    See Also
    --------
    RareLevels : Rare levels need more effort.
    Price : Prices of numbers.

    Notes
    -----
    The prices of both directions are separate. A ``Weight`` of the column multiplies
    them. This rule does not restrict the column: all levels stay feasible. It can price
    columns with ordered levels too, and then replaces the unit of effort there.

    Examples
    --------
    >>> from skpar import LevelPrices
    >>> LevelPrices({("rent", "own"): 3.0, ("family", "rent"): 0.5})
    LevelPrices({('family', 'rent'): 0.5, ('rent', 'own'): 3.0})
    """

    prices: Mapping[tuple[Any, Any], float] | Callable[[Any, Any], float]
    default: float | None = None

    def __post_init__(self) -> None:
        """Keep sorted pairs, so that the rule can be hashed and compared."""
        if callable(self.prices):
            return
        if not isinstance(self.prices, Mapping):
            raise TypeError(
                "LevelPrices takes a dict of (old, new) to price, or a function; got "
                f"{self.prices!r}."
            )
        kept = []
        for pair, price in self.prices.items():
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise TypeError(
                    "LevelPrices takes a pair (old, new) of levels as the key of each "
                    f"price; got {pair!r}."
                )
            old, new = (as_python(level) for level in pair)
            kept.append(((None if _is_nan(old) else old, new), as_python(price)))
        object.__setattr__(self, "prices", tuple(sorted(kept, key=repr)))

    @property
    def pairs(self) -> tuple[tuple[tuple[Any, Any], Any], ...]:
        """Each pair of levels with its price, in a fixed order; none of a callable."""
        return () if callable(self.prices) else self.prices  # type: ignore[return-value]

    def __repr__(self) -> str:
        """Show the prices as a dict."""
        shown = self.prices if callable(self.prices) else dict(self.pairs)
        default = "" if self.default is None else f", default={self.default!r}"
        return f"LevelPrices({shown!r}{default})"


@dataclass(frozen=True)
class RareLevels:
    r"""Changes to rare levels need more effort than changes to frequent levels.

    See Also
    --------
    LevelPrices : Prices from level to level.

    Notes
    -----
    A change to the level :math:`v`, or filling a missing cell with it, has the effort

    .. math:: 1 + \log \frac{\max_u p(u)}{p(v)}

    with the shares :math:`p` of the levels among the training rows where the cell is
    present. The most frequent level has the usual effort 1. A level that is ten times
    rarer has 2.3 more. The share of a level that no row has counts as half a row.

    A ``Weight`` of the column multiplies this. The rule does not restrict the column.
    It replaces the unit of effort in columns with ordered levels. It gives no amount of
    money, so it cannot be used with ``PARRecourse(effort="price")``.

    Examples
    --------
    >>> from skpar import RareLevels
    >>> RareLevels()
    RareLevels()
    """


PRICES = (Price, LevelPrices, RareLevels)
AnyPrice = Price | LevelPrices | RareLevels


def check_price(column: Column, rule: AnyPrice) -> str:
    """Find what is wrong with the prices of a column.

    Parameters
    ----------
    column : Column
        What the column is.
    rule : Price, LevelPrices or RareLevels
        As the user wrote it.

    Returns
    -------
    problem : str
        Empty if the prices can be used.
    """
    if isinstance(rule, Price):
        if not column.is_numeric:
            return (
                f"Price is for numbers and this column is {column.kind}; use "
                "LevelPrices({(old, new): price})."
            )
        given = [(name, getattr(rule, name)) for name in ("up", "down", "fill")]
        return _problem_of((n, p) for n, p in given if n == "up" or p is not None)
    if column.is_numeric:
        return (
            f"{type(rule).__name__} is for columns with levels and this column is "
            f"{column.kind}; use Price(up=..., down=...) or Weight."
        )
    if isinstance(rule, RareLevels):
        return ""
    default = [] if rule.default is None else [("default", rule.default)]
    if problem := _problem_of(default):
        return problem
    try:
        price_table(column, rule)
    except ValueError as error:
        return str(error)
    return ""


def price_table(column: Column, rule: LevelPrices) -> np.ndarray:
    """Tabulate the prices between the levels of a column.

    Parameters
    ----------
    column : Column
        A column with L levels.
    rule : LevelPrices

    Returns
    -------
    prices : ndarray of shape (L + 1, L), dtype float64
        Price from the level of each row to the level of each column; the last row is
        for missing cells. NaN if there is no price; 0 on the diagonal.

    Raises
    ------
    ValueError
        If a level is unknown, or a price is no finite number from 0 on.
    """
    levels = column.levels or ()
    prices = np.full((len(levels) + 1, len(levels)), np.nan)
    for (old, new), price in _priced_pairs(column, rule):
        row = len(levels) if old is None else int(column.code_of(old))
        place = int(column.code_of(new))
        if row == place:
            raise ValueError(f"keeping the level {old!r} is free; remove the pair.")
        if problem := _problem_of([(f"the price from {old!r} to {new!r}", price)]):
            raise ValueError(problem)
        prices[row, place] = float(price)
    if rule.default is not None:
        prices[np.isnan(prices)] = float(rule.default)
    np.fill_diagonal(prices, 0.0)
    return prices


def _priced_pairs(
    column: Column, rule: LevelPrices
) -> Iterator[tuple[tuple[Any, Any], Any]]:
    """List pairs of levels with their prices; calls the function of the user."""
    if not callable(rule.prices):
        yield from rule.pairs
        return
    levels = column.levels or ()
    for old in (*levels, *([None] if column.may_be_missing else [])):
        for new in levels:
            if old != new:
                yield (old, new), as_python(rule.prices(old, new))


def price_of(written: tuple[Hashable, ...]) -> AnyPrice | None:
    """Find the price among the rules of a column; None if there is none.

    Parameters
    ----------
    written : tuple of rule
        The rules of one column.

    Returns
    -------
    price : Price, LevelPrices, RareLevels or None
    """
    return next((rule for rule in written if isinstance(rule, PRICES)), None)


def _problem_of(prices: Any) -> str:
    """Say which of some named prices is no finite number from 0 on."""
    for name, price in prices:
        if isinstance(price, bool) or not isinstance(price, Real):
            return f"{name} must be a number, got {price!r}."
        if not math.isfinite(price) or price < 0:
            return f"{name} must be finite and not negative, got {price!r}."
    return ""


def _is_nan(level: Any) -> bool:
    """Whether a level is written as the missing number."""
    return isinstance(level, float) and math.isnan(level)
