"""The same people as frames of pandas, polars and pyarrow, with cells of every kind."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

KINDS = ("polars", "pyarrow")
GRADES = ["low", "normal", "high"]


def people(n=240, seed=0):
    """Columns of Python cells: numbers, text, categories, an Enum, booleans, nulls."""
    rng = np.random.default_rng(seed)

    def some_missing(cells, share=0.1):
        return [None if rng.random() < share else cell for cell in cells]

    return {
        "age": rng.integers(20, 70, n).tolist(),
        "income": rng.gamma(4, 800, n).round(0).tolist(),
        "debt": some_missing(rng.gamma(2, 400, n).round(1).tolist()),
        "children": some_missing(rng.integers(0, 4, n).tolist()),
        "job": some_missing(rng.choice(["cook", "clerk", "driver"], n).tolist()),
        "town": rng.choice(["Bern", "Ulm"], n).tolist(),
        "grade": some_missing(rng.choice(GRADES, n).tolist()),
        "owner": (rng.random(n) < 0.4).tolist(),
    }


DTYPES = {
    "age": pl.Int32(),
    "income": pl.Float64(),
    "debt": pl.Float64(),
    "children": pl.Int64(),
    "job": pl.String(),
    "town": pl.Categorical(),
    "grade": pl.Enum(GRADES),
    "owner": pl.Boolean(),
}


def as_polars(columns):
    return pl.DataFrame(columns, schema=DTYPES)


def frames(columns):
    """The people as pandas reads them, as polars, and as pyarrow."""
    polars = as_polars(columns)
    nan = {
        name: [math.nan if c is None else c for c in columns[name]] for name in columns
    }
    pandas = pd.DataFrame(
        {
            "age": np.array(columns["age"], dtype=np.int32),
            "income": columns["income"],
            "debt": nan["debt"],
            "children": nan["children"],
            "job": pd.array(columns["job"], dtype=pd.StringDtype(na_value=np.nan)),
            "town": pd.Categorical(columns["town"]),
            "grade": pd.Categorical(columns["grade"], GRADES, ordered=True),
            "owner": columns["owner"],
        }
    )
    return {"pandas": pandas, "polars": polars, "pyarrow": polars.to_arrow()}


def cells_of(frame):
    """Python cells of a frame of polars or pyarrow, with NaN as text to compare it."""
    rows = frame.to_dict(as_series=False) if isinstance(frame, pl.DataFrame) else None
    rows = frame.to_pydict() if isinstance(frame, pa.Table) else rows
    return {
        name: ["NaN" if isinstance(c, float) and math.isnan(c) else c for c in cells]
        for name, cells in rows.items()
    }
