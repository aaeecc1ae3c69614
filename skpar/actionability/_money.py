"""Checks that prices and the unit of effort go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from ..table import Column, TableSchema
from .rules import (
    FeasibleValues,
    LevelPrices,
    Price,
    RareLevels,
    Weight,
    price_of,
    price_table,
)


def check_prices(
    schema: TableSchema,
    rules: Sequence[FeasibleValues],
    derived: Collection[int],
    effort: str,
) -> None:
    """Refuse prices that do not go together with the unit of effort.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    rules : sequence of FeasibleValues
        The merged rules, one per feature.
    derived : collection of int
        Features that are computed from others. They have no price.
    effort : str
        The unit of effort. With ``"price"``, every feature that can change needs a
        price. With other units, no feature has a `Price`.

    Raises
    ------
    ValueError
        Names the columns, and the levels without a price.
    """
    unpriced = []
    for j, (column, rule) in enumerate(zip(schema.columns, rules, strict=True)):
        price = price_of(rule.written)
        if price is not None and j in derived:
            raise _refusal(
                column, "its value follows from other columns; price those instead."
            )
        if effort != "price":
            if isinstance(price, Price):
                raise _refusal(
                    column, "Price needs effort='price'. Use Weight in other units."
                )
        elif j not in derived:
            _check_money(column, rule)
            if price is None and not rule.immutable:
                unpriced.append(repr(column.name))
    if unpriced:
        raise ValueError(
            "effort='price' needs a price of every column that can change, but "
            f"{', '.join(unpriced)} has none. Add Price(...) or LevelPrices({{...}}), "
            "or make the column 'immutable'."
        )


def _check_money(column: Column, rule: FeasibleValues) -> None:
    """Refuse rules that give no amount of money, and changes without a price."""
    for one in rule.written:
        if isinstance(one, (Weight, RareLevels)):
            raise _refusal(
                column, f"{one!r} is no amount of money, as effort='price' needs it."
            )
    price = price_of(rule.written)
    if isinstance(price, LevelPrices) and not rule.immutable:
        prices = price_table(column, price)
        codes = np.arange(float(prices.shape[1]))
        for own in codes[np.array(column.seen, dtype=bool)]:
            moves = rule.nearest(np.full(len(codes), own), codes) == codes
            missing = codes[moves & np.isnan(prices[int(own)])]
            if len(missing):
                old, new = column.value_of(own), column.value_of(missing[0])
                raise _refusal(
                    column,
                    f"LevelPrices has no price from {old!r} to {new!r}. Add it, set "
                    "default, or forbid the change with Transitions.",
                )


def _refusal(column: Column, why: str) -> ValueError:
    """Make an error that names the column."""
    return ValueError(f"actionability of column {column.name!r}: {why}")
