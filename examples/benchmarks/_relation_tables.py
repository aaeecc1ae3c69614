"""Tables with and without relations between columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

Columns = dict[str, np.ndarray]


def independent_columns(
    n: int, d: int, rng: np.random.Generator, prefix: str = "c"
) -> Columns:
    """Draw independent columns: numbers, counts, flags (some of them rare), levels."""
    columns: Columns = {}
    for j in range(d):
        kind = j % 8
        if kind == 0:
            cells = rng.normal(50, 20, n)
        elif kind == 1:
            cells = np.round(rng.lognormal(7, 1, n), 2)
        elif kind == 2:
            cells = rng.integers(18, 90, n)
        elif kind == 3:
            cells = (rng.random(n) < rng.choice([0.5, 0.1, 0.02, 0.005])).astype(int)
        elif kind == 4:
            cells = rng.choice(list("abcdefgh"), n, p=rng.dirichlet(np.ones(8)))
        elif kind == 5:
            cells = rng.random(n) < rng.choice([0.5, 0.9, 0.03, 2 / n])
        elif kind == 6:
            cells = rng.poisson(rng.choice([0.05, 0.5, 3]), n)
        else:
            cells = np.where(rng.random(n) < 0.9, 0, rng.integers(100, 20_000, n))
        columns[f"{prefix}{j}"] = cells
    return columns


def independent_table(n: int, d: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a table without relations; some cells are missing in a third of them."""
    table = pd.DataFrame(independent_columns(n, d, rng))
    if rng.random() < 1 / 3:
        for name in rng.choice(table.columns, 3, replace=False):
            cells = table[name]
            if cells.dtype.kind in "iuf":
                table[name] = cells.where(rng.random(n) < 0.8).astype(float)
    return table


def _levels(n: int, k: int, rng: np.random.Generator) -> np.ndarray:
    """Draw levels of different frequency, all of them at least 4% in expectation."""
    weights = 0.04 + (1 - 0.04 * k) * rng.dirichlet(np.full(k, 3.0))
    return rng.choice(k, n, p=weights)


def _exactly_one(n: int, rng: np.random.Generator) -> Columns:
    levels = _levels(n, 6, rng)
    order = rng.permutation(6)
    return {f"e{k}x": (levels == order[k]).astype(int) for k in range(6)}


def _at_most_one(n: int, rng: np.random.Generator) -> Columns:
    columns = _exactly_one(n, rng)
    return {f"m{name}": columns[name] for name in list(columns)[1:]}


def _lookup(n: int, rng: np.random.Generator) -> Columns:
    levels = _levels(n, 10, rng)
    value = rng.integers(0, 4, 10)
    value[:4] = range(4)
    return {"l source": np.array(list("qwertzuiop"))[levels], "l child": value[levels]}


def _bijection(n: int, rng: np.random.Generator) -> Columns:
    levels = _levels(n, 12, rng)
    return {"b child": levels + 1, "b source": np.array(list("qwertzuiopas"))[levels]}


def _equal(n: int, rng: np.random.Generator) -> Columns:
    flag = (rng.random(n) < 0.1).astype(int)
    return {"q flag": flag, "q child": flag.copy()}


def _total(n: int, rng: np.random.Generator) -> Columns:
    parts = rng.integers(0, 5000, (n, 3))
    return {
        "t child": parts.sum(axis=1),
        "t a": parts[:, 0],
        "t b": parts[:, 1],
        "t c": parts[:, 2],
    }


def _mean(n: int, rng: np.random.Generator) -> Columns:
    months = np.round(rng.lognormal(6, 1, (n, 12)), 2)
    columns = {f"y {k}": months[:, k] for k in range(12)}
    return columns | {"y child": months.mean(axis=1)}


def _rounded_mean(n: int, rng: np.random.Generator) -> Columns:
    months = rng.integers(0, 900, (n, 6))
    columns = {f"r {k}": months[:, k] for k in range(6)}
    return columns | {"r child": np.rint(months.mean(axis=1)).astype(int)}


def _count(n: int, rng: np.random.Generator) -> Columns:
    flags = rng.random((n, 5)) < 0.3
    columns = {f"k {k}": flags[:, k] for k in range(5)}
    return columns | {"k child": flags.sum(axis=1)}


def _product(n: int, rng: np.random.Generator) -> Columns:
    rate, months = np.round(rng.lognormal(5, 0.5, n), 2), rng.integers(6, 61, n)
    return {"p rate": rate, "p months": months, "p child": rate * months}


def _ratio(n: int, rng: np.random.Generator) -> Columns:
    loan = np.where(rng.random(n) < 0.2, 0, rng.integers(20, 400, n) * 1000)
    price = rng.integers(50, 600, n) * 1000
    return {
        "z loan": loan,
        "z price": price,
        "z child": np.round(100 * loan / price, 1),
    }


def _minimum(n: int, rng: np.random.Generator) -> Columns:
    cells = rng.integers(300, 850, (n, 3))
    columns = {f"s {k}": cells[:, k] for k in range(3)}
    return columns | {"s child": cells.min(axis=1)}


def _maximum(n: int, rng: np.random.Generator) -> Columns:
    cells = rng.poisson(1.0, (n, 6))
    columns = {f"x {k}": cells[:, k] for k in range(6)}
    return columns | {"x child": cells.max(axis=1)}


def _bands(n: int, rng: np.random.Generator) -> Columns:
    income = rng.lognormal(10, 0.6, n)
    ends = np.exp([9.4, 10.0, 10.6])
    return {"a income": income, "a child": np.digitize(income, ends)}


def _rates(n: int, rng: np.random.Generator) -> Columns:
    grade, term = rng.integers(6, size=n), rng.integers(2, size=n)
    rates = np.array([[5, 6], [7, 7], [8, 9], [8, 10], [9, 11], [9, 13]]) / 100
    return {"u grade": grade, "u term": 36 + 24 * term, "u rate": rates[grade, term]}


PLANTED = {
    "exactly one of 6": _exactly_one,
    "at most one of 5": _at_most_one,
    "10 levels -> 4 values": _lookup,
    "12 levels <-> numbers": _bijection,
    "equal flags": _equal,
    "total of 3": _total,
    "mean of 12": _mean,
    "rounded mean of 6": _rounded_mean,
    "count of 5 flags": _count,
    "product": _product,
    "rounded percentage": _ratio,
    "minimum of 3": _minimum,
    "maximum of 6 counts": _maximum,
    "bands of a number": _bands,
    "unknown formula of 2": _rates,
}
"""Each relation: a function that draws its columns.

The determined column has "child" in its name."""


def planted_table(n: int, d: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a table with one relation of each kind, in random order of columns."""
    columns: Columns = {}
    for plant in PLANTED.values():
        columns |= plant(n, rng)
    columns |= independent_columns(n, d - len(columns), rng)
    table = pd.DataFrame(columns)
    return table[rng.permutation(table.columns)]
