"""Random tables, and what their training cells show, in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ._planted import HOT, SHARE, Planted, break_groups, plant

LEVELS = {
    "job": ["clerk", "cook", "nurse", "smith"],
    "grade": ["none", "low", "middle", "high", "top"],
    "text": ["=a", "b c", "", "ä", "None"],
}
KINDS = (
    "float",
    "decimal",
    "step",
    "whole",
    "gap",
    "whole float",
    "float32",
    "Int64",
    "int8",
    "bool",
    "boolean",
    "string",
    "object",
    "category",
    "ordered",
    "ordinal",
    "code",
    "constant",
)
NUMBERS = ("float", "decimal", "step", "whole", "whole float", "float32", "gap")
MAY_MISS = {*KINDS} - {"whole", "gap", "int8", "bool", "code", "constant"}


@dataclass(frozen=True)
class ColumnFacts:
    """What the training cells of a column show.

    Parameters
    ----------
    key : label
        Label of the column, or its position in an array.
    is_number : bool
        Whether cells are numbers; otherwise they are levels.
    is_whole : bool
        Whether all training cells are whole numbers.
    low, high : float
        Smallest and largest number; NaN for levels.
    seen : tuple
        Levels that may be proposed; empty for numbers.
    order : tuple or None
        Levels from the lowest to the highest, if they have an order.
    may_be_missing : bool
        Whether a training cell is missing.
    dtype : object
        Dtype of the column.
    """

    key: Hashable
    is_number: bool
    is_whole: bool
    low: float
    high: float
    seen: tuple[Any, ...]
    order: tuple[Any, ...] | None
    may_be_missing: bool
    dtype: Any

    @property
    def rounding(self) -> float:
        """Relative rounding error of a computed cell."""
        return 1e-6 if "32" in str(self.dtype) else 1e-9


@dataclass(frozen=True)
class DrawnTable:
    """A training table, people who ask, and what `fit` must be told of columns.

    Parameters
    ----------
    train, ask : DataFrame or ndarray
        Rows for `fit`, and the rows of people.
    facts : list of ColumnFacts
        One per column.
    parameters : dict
        `categorical_features` and `ordinal_features`.
    derived : dict
        Position of a computed column to its sources and its function.
    unreadable : dict
        Row number in `ask` to the text of a cell that cannot be read.
    groups : list of tuple
        Positions of the columns of each planted group, and whether all may be off.
    pairs : list of tuple of int
        Positions of planted columns of levels, and of a column that follows.
    """

    train: Any
    ask: Any
    facts: list[ColumnFacts]
    parameters: dict[str, Any]
    derived: dict[int, tuple[tuple[int, ...], Callable[[Any], Any]]]
    unreadable: dict[int, str]
    groups: list[tuple[list[int], bool]] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)


def plain(cell: Any) -> Any:
    """Read a cell as a Python value; None if it is missing."""
    if cell is None or cell is pd.NA:
        return None
    value = cell.item() if isinstance(cell, np.generic) else cell
    return None if isinstance(value, float) and value != value else value


def plain_rows(table: Any) -> list[list[Any]]:
    """Read all rows as lists of Python values."""
    if isinstance(table, pd.DataFrame):
        columns = [list(table.iloc[:, j]) for j in range(table.shape[1])]
    else:
        columns = [list(table[:, j]) for j in range(table.shape[1])]
    return [[plain(cell) for cell in row] for row in zip(*columns, strict=True)]


def take(table: Any, rows: Any) -> Any:
    """Copy some rows."""
    if isinstance(table, pd.DataFrame):
        return table.iloc[rows].copy()
    return table[rows].copy()


def as_numbers(table: Any) -> np.ndarray:
    """Read all cells as float64, for functions of derived columns."""
    if not isinstance(table, pd.DataFrame):
        return np.asarray(table, dtype=np.float64)
    return np.column_stack(
        [
            pd.to_numeric(cells).to_numpy(dtype=np.float64, na_value=np.nan)
            for _, cells in table.items()
        ]
    )


def total(table: Any) -> np.ndarray:
    """Add up all columns."""
    return np.asarray(as_numbers(table).sum(axis=1))


def highest(table: Any) -> np.ndarray:
    """Take the largest cell of each row."""
    return np.asarray(as_numbers(table).max(axis=1))


def with_effect(new: Any, old: Any) -> np.ndarray:
    """Add half of the change of a sum to the own value, the last column of `old`."""
    before = as_numbers(old)
    change = as_numbers(new).sum(axis=1) - before[:, :-1].sum(axis=1)
    return np.asarray(before[:, -1] + 0.5 * change)


def is_positive(table: Any) -> np.ndarray:
    """Check whether the sum of each row is positive."""
    return np.asarray(as_numbers(table).sum(axis=1) > 0)


def draw_table(rng: np.random.Generator, is_complete_numbers: bool) -> DrawnTable:
    """Draw a frame or an array; complete numbers suit every classifier."""
    n, n_ask = int(rng.integers(60, 201)), 20
    chance = rng.spawn(1)[0]  # a table without relations is drawn as ever
    has_relation = chance.random() < SHARE
    n = int(chance.integers(200, 501)) if has_relation else n
    d = int(rng.integers(2, 8 if rng.random() < 0.5 else 5))
    is_array = rng.random() < (0.4 if is_complete_numbers else 0.15)
    dtype = str(rng.choice(["float64", "float32", "object"], p=[0.6, 0.2, 0.2]))
    kinds: tuple[str, ...] = KINDS
    if is_complete_numbers or is_array:
        kinds = NUMBERS
        # An array of objects needs text: numbers alone are read as float64.
        if dtype == "object" and is_array and not is_complete_numbers:
            kinds = ("decimal", "whole", "object", "ordinal")
    drawn = [str(rng.choice(kinds)) for _ in range(d)]
    if rng.random() < 0.3 and not is_array and not is_complete_numbers:
        discrete = ("Int64", "bool", "string", "ordered", "ordinal", "int8")
        drawn = [str(rng.choice(discrete)) for _ in range(min(d, 4))]
    skill = rng.normal(size=n + n_ask)
    names = [f"{kind} {j}" for j, kind in enumerate(drawn)]
    columns = [draw_column(rng, kind, skill) for kind in drawn]
    if not is_complete_numbers and not is_array:
        columns = [
            with_missing(rng, kind, cells)
            for kind, cells in zip(drawn, columns, strict=True)
        ]
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    planted: list[Planted] = []
    if has_relation:
        has_numbers = is_complete_numbers or is_array
        has_text = is_array and any(kind in ("object", "ordinal") for kind in drawn)
        planted = plant(chance, skill, has_numbers, has_text)
        frame, drawn = join(chance, frame, drawn, planted)
    places = {name: j for j, name in enumerate(frame.columns)}
    derived = add_derived(rng, frame, drawn) if rng.random() < 0.25 else {}
    frame.columns = pd.Index(draw_names(rng, list(frame.columns)))
    if is_array:
        has_text = any(kind in ("object", "ordinal") for kind in drawn)
        dtype = dtype if has_text == (dtype == "object") else "float64"
        table: Any = frame.to_numpy(dtype="object" if has_text else dtype)
        keys: list[Any] = list(range(table.shape[1]))
    else:
        frame.index = draw_index(rng, len(frame))
        table, keys = frame, list(frame.columns)
    made = split(rng, table, keys, drawn, n, derived)
    return with_planted(chance, made, planted, places) if planted else made


def join(
    rng: np.random.Generator,
    frame: pd.DataFrame,
    kinds: list[str],
    planted: list[Planted],
) -> tuple[pd.DataFrame, list[str]]:
    """Add planted columns, in any order; sometimes they are all columns."""
    if rng.random() < 0.1:
        frame, kinds = frame.iloc[:, :0], []
    joined = pd.concat([frame, *(one.frame for one in planted)], axis=1)
    names = [*kinds, *(kind for one in planted for kind in one.kinds)]
    order = rng.permutation(len(names)) if rng.random() < 0.5 else range(len(names))
    return joined.iloc[:, list(order)], [names[j] for j in order]


def with_planted(
    rng: np.random.Generator,
    drawn: DrawnTable,
    planted: list[Planted],
    places: dict[Any, int],
) -> DrawnTable:
    """Note what was planted, and let some people break groups."""
    groups, pairs = [], []
    for one in planted:
        columns = [places[name] for name in one.frame.columns]
        hot = [j for j, kind in zip(columns, one.kinds, strict=True) if kind == HOT]
        if hot:
            groups.append((sorted(hot), one.at_most))
        elif one.kinds[0] == "source":
            pairs.append((columns[0], columns[1]))
    cells = list(zip(*plain_rows(drawn.train), strict=True))
    values = [sorted(set(column) - {None}) for column in cells]
    ask = break_groups(rng, drawn.ask, [group for group, _ in groups], values)
    return replace(drawn, ask=ask, groups=groups, pairs=pairs)


def draw_column(rng: np.random.Generator, kind: str, skill: np.ndarray) -> Any:
    """Draw the cells of one column; skilled people have larger ones."""
    n = len(skill)
    merit = skill + rng.normal(size=n)
    whole = np.rint(merit * int(rng.choice([1, 2, 10]))).astype(np.int64)
    if kind == "float":
        return merit * 10.0 ** rng.integers(-3, 5)
    if kind == "decimal":
        return (np.exp(merit / 2) * 100).round(int(rng.integers(1, 3)))
    if kind == "step":
        return np.rint(np.exp(merit / 2) * 10) * 500.0 + rng.choice([0, 1])
    if kind == "float32":
        return merit.round(int(rng.integers(1, 6))).astype(np.float32)
    if kind in ("whole", "whole float", "Int64", "int8"):
        dtypes = {"whole": "int64", "whole float": "float64"}
        return pd.Series(whole).astype(dtypes.get(kind, kind)).array
    if kind == "gap":
        return np.array([0, 1, 666])[np.digitize(merit, [-0.5, 1.5])]
    if kind in ("bool", "boolean"):
        return pd.Series(merit > 0.3).astype(kind).array
    if kind == "constant":
        return rng.choice([np.full(n, 7), np.full(n, 0.1), np.full(n, "same")])
    place = np.clip(np.rint(merit + 2), 0, 4).astype(int)
    if kind in ("ordered", "ordinal"):
        levels = LEVELS["grade"]
        if kind == "ordered":
            return pd.Categorical.from_codes(place, levels, ordered=True)
        return np.array(levels, dtype=object)[place]
    if kind == "code":
        return np.minimum(place, 3) + 1
    cells = np.array(LEVELS["job" if rng.random() < 0.7 else "text"], dtype=object)
    cells = cells[np.minimum(place, len(cells) - 1)]
    dtype = {"string": "str", "object": "object"}.get(kind, "category")
    series = pd.Series(cells, dtype=dtype)
    if kind == "category":
        series = series.cat.add_categories(["unseen"])
    return series.array


def with_missing(rng: np.random.Generator, kind: str, cells: Any) -> Any:
    """Empty some cells of some columns."""
    if kind not in MAY_MISS or rng.random() < 0.65:
        return cells
    series = pd.Series(cells)
    return series.mask(rng.random(len(series)) < 0.15).array


def add_derived(rng: np.random.Generator, frame: pd.DataFrame, kinds: list[str]) -> Any:
    """Append a column that is computed from others; a few rows deviate."""
    numbers = [j for j, kind in enumerate(kinds) if kind in NUMBERS]
    if not numbers:
        return {}
    sources = tuple(sorted(rng.permutation(numbers)[: int(rng.integers(1, 3))]))
    functions = [total, highest, is_positive]
    function = functions[int(rng.integers(len(functions)))]
    values = function(frame.iloc[:, list(sources)])
    odd = rng.random(len(frame)) < 0.05
    frame["derived"] = np.where(odd, rng.permutation(values), values)
    kinds.append("derived")
    return {len(kinds) - 1: (tuple(int(j) for j in sources), function)}


def draw_names(rng: np.random.Generator, names: list[str]) -> list[Any]:
    """Name the columns by strings, rarely by numbers."""
    return list(range(5, 5 + len(names))) if rng.random() < 0.05 else names


def draw_index(rng: np.random.Generator, n: int) -> pd.Index:
    """Draw row labels: numbers, strings, or labels that occur twice."""
    kind = rng.integers(4)
    if kind == 0:
        return pd.Index([f"person {i}" for i in range(n)])
    if kind == 1:
        return pd.Index(rng.integers(0, n, n))
    if kind == 2:
        return pd.MultiIndex.from_arrays([["a"] * n, np.arange(n)])
    return pd.RangeIndex(n)


def split(
    rng: np.random.Generator,
    table: Any,
    keys: list[Any],
    kinds: list[str],
    n: int,
    derived: dict[int, Any],
) -> DrawnTable:
    """Split the rows, note what the training rows show, and make people odd."""
    count = len(table)
    train, ask = take(table, np.arange(n)), take(table, np.arange(n, count))
    pairs = [(key, j) for j, key in enumerate(keys)]
    codes = [key for key, j in pairs if kinds[j] == "code"]
    codes += [key for key, j in pairs if kinds[j] == "gap" and rng.random() < 0.3]
    orders = {key: LEVELS["grade"] for key, j in pairs if kinds[j] == "ordinal"}
    parameters: dict[str, Any] = {}
    if codes:
        parameters["categorical_features"] = codes
    if orders:
        parameters["ordinal_features"] = orders
    rows = plain_rows(train)
    facts = [
        find_facts(train, key, [row[j] for row in rows], key in codes, orders.get(key))
        for key, j in pairs
    ]
    for fact in facts:
        if not fact.seen and not fact.is_number:
            raise Redraw("a column is empty")
    hot = {j for j, kind in enumerate(kinds) if kind == HOT}
    ask = make_odd(rng, ask, facts, rows, hot)
    unreadable = make_unreadable(rng, ask, facts) if rng.random() < 0.05 else {}
    return DrawnTable(train, ask, facts, parameters, derived, unreadable)


class Redraw(Exception):
    """A drawn case cannot be fitted, so another one is drawn."""


def find_facts(
    train: Any, key: Hashable, cells: list[Any], is_code: bool, order: Any
) -> ColumnFacts:
    """Note what the training cells of a column show."""
    is_frame = isinstance(train, pd.DataFrame)
    dtype = train[key].dtype if is_frame else train.dtype
    known = [cell for cell in cells if cell is not None]
    first = known[0] if known else ""
    categorical = isinstance(dtype, pd.CategoricalDtype)
    is_level = isinstance(first, (str, bool)) or is_code or categorical
    low = high = np.nan
    seen: tuple[Any, ...] = ()
    if is_level:
        seen = tuple(order or sorted(set(known)))
    else:
        low, high = float(min(known)), float(max(known))
    if categorical and dtype.ordered:
        order = dtype.categories.tolist()
    elif isinstance(first, bool):
        order, seen = [False, True], tuple(sorted(set(known)))
    return ColumnFacts(
        key,
        not is_level,
        not is_level and all(float(cell).is_integer() for cell in known),
        low,
        high,
        seen,
        None if order is None else tuple(order),
        len(known) < len(cells),
        dtype,
    )


def make_odd(
    rng: np.random.Generator,
    ask: Any,
    facts: list[ColumnFacts],
    rows: list[Any],
    hot: set[int],
) -> Any:
    """Give some people values outside of the training range, and a row twice."""
    order = np.arange(len(ask))
    order[-3:] = rng.integers(0, len(ask) - 3, 3)
    ask = take(ask, order)
    cells = ask.iloc if isinstance(ask, pd.DataFrame) else ask
    for j, fact in enumerate(facts):
        for i in np.flatnonzero(rng.random(len(ask)) < 0.06).tolist():
            if j in hot:
                continue
            if fact.is_number and str(fact.dtype) != "int8":
                width = int(1 + (fact.high - fact.low) / 2)
                cells[i, j] = fact.low - width if rng.random() < 0.5 else fact.high + 1
            elif "unseen" in list(getattr(fact.dtype, "categories", ())):
                cells[i, j] = "unseen"
        missing = [row[j] is None for row in plain_rows(ask)]
        if any(missing) and not fact.may_be_missing:
            known = next(row[j] for row in rows if row[j] is not None)
            for i in np.flatnonzero(missing).tolist():
                cells[i, j] = known
        if fact.is_number:
            continue
        legal = set(fact.seen) | set(getattr(fact.dtype, "categories", ()))
        for i, row in enumerate(plain_rows(ask)):
            if row[j] is not None and row[j] not in legal:
                cells[i, j] = fact.seen[0]
    return ask


def make_unreadable(
    rng: np.random.Generator, ask: Any, facts: list[ColumnFacts]
) -> dict[int, str]:
    """Write a level that `fit` did not see into one row of people."""
    for j, fact in enumerate(facts):
        if isinstance(ask, pd.DataFrame) and str(fact.dtype) in ("str", "object"):
            if fact.seen and isinstance(fact.seen[0], str):
                i = int(rng.integers(len(ask)))
                ask.iloc[i, j] = "gig worker"
                return {i: "gig worker"}
    return {}
