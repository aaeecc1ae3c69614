"""Relations that hold in every row of a random table: groups, pairs, sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SHARE = 0.25
HOT = "hot"
FOLLOWS = "follows"


@dataclass(frozen=True)
class Planted:
    """Columns that make a relation.

    Parameters
    ----------
    frame : DataFrame
        The new columns.
    kinds : list of str
        Kind of each.
    at_most : bool
        Whether all columns of a group may be off.
    """

    frame: pd.DataFrame
    kinds: list[str]
    at_most: bool = False


def plant(
    rng: np.random.Generator, skill: np.ndarray, is_numbers: bool, is_text: bool
) -> list[Planted]:
    """Draw one or two relations."""
    ways = [plant_group, plant_sum] if is_numbers else [plant_group, plant_pair]
    ways = ways if is_numbers or is_text else [*ways, plant_sum]
    planted = []
    for k in range(2 if rng.random() < 0.3 else 1):
        way = ways[int(rng.integers(len(ways)))]
        merit = skill + rng.normal(size=len(skill))
        one = way(rng, merit, is_numbers)
        names = [f"{name}{k or ''}" for name in one.frame.columns]
        if rng.random() < 0.7:
            names = [f"p{k} {name}" for name in names]
        planted.append(
            Planted(one.frame.set_axis(names, axis=1), one.kinds, one.at_most)
        )
    return planted


def plant_group(
    rng: np.random.Generator, merit: np.ndarray, is_numbers: bool
) -> Planted:
    """Encode levels one-hot: as booleans, 0 and 1, or standardised; or drop one."""
    n_levels, at_most = int(rng.integers(3, 6)), bool(rng.random() < 0.35)
    ends = np.quantile(merit, np.linspace(0, 1, n_levels + at_most + 1)[1:-1])
    level = np.digitize(merit, ends)
    is_on = level[:, np.newaxis] == np.arange(n_levels) + at_most
    ways = ["int64", "int8", "float64", "float32", "standardised"]
    way = str(rng.choice(ways if is_numbers else [*ways, "bool", "bool"]))
    if way == "standardised":
        cells = (is_on - is_on.mean(axis=0)) / is_on.std(axis=0)
    else:
        cells = is_on.astype(way)
    frame = pd.DataFrame(cells, columns=[f"hot_{k}" for k in range(n_levels)])
    return Planted(frame, [HOT] * n_levels, at_most)


def plant_pair(
    rng: np.random.Generator, merit: np.ndarray, is_numbers: bool
) -> Planted:
    """Make a column of levels, and a number or one-hot columns that follow."""
    levels = np.array(["none", "low", "middle", "high"], dtype=object)
    place = np.digitize(merit, [-1, 0, 1])
    is_missing = rng.random(len(merit)) < (0.1 if rng.random() < 0.2 else 0)
    frame = pd.DataFrame({"school": pd.Series(levels[place]).mask(is_missing)})
    if rng.random() < 0.25 and not is_missing.any():
        for k in range(4):
            frame[f"school_{k}"] = place == k
        return Planted(frame, ["source", *[HOT] * 4])
    values = np.array([8, 9, 13, 13 if rng.random() < 0.3 else 20])[place]
    years: Any = pd.Series(values)
    if rng.random() < 0.5 or is_missing.any():
        years = years.astype("float64").mask(is_missing)
    return Planted(frame.assign(years=years), ["source", FOLLOWS])


def plant_sum(rng: np.random.Generator, merit: np.ndarray, is_numbers: bool) -> Planted:
    """Make two columns of numbers, and their sum, mean, ratio or minimum."""
    other = np.exp((merit + rng.normal(size=len(merit))) / 2)
    digits = int(rng.choice([0, 2, 6]))
    one = (np.exp(merit / 2) * 100).round(digits)
    two = (other * 50).round(digits) + 1
    way = int(rng.integers(5))
    results = [one + two, (one + two) / 2, one / two, np.minimum(one, two), one]
    frame = pd.DataFrame({"one": one, "two": two, "result": results[way]})
    return Planted(frame, [FOLLOWS] * 3)


def break_groups(
    rng: np.random.Generator, ask: Any, groups: list[list[int]], values: list[Any]
) -> Any:
    """Let some people have two columns of a group on, or none; cells stay legal.

    `values` has the two values of each column of the table, off first.
    """
    cells = ask.iloc if isinstance(ask, pd.DataFrame) else ask
    for group in groups:
        for i in np.flatnonzero(rng.random(len(ask)) < 0.15).tolist():
            for j in group:
                cells[i, j] = values[j][int(rng.random() < 0.35)]
    return ask
