"""A table with every relation, and rows as JavaScript gets them."""

import numpy as np

from skpar.table import TableSchema

from ...._degrees import make_degrees


def related_table(n=200, seed=0):
    """Degrees and jobs, numbers that follow from others, missing cells, yes and no."""
    rng = np.random.default_rng(seed)
    table = make_degrees(n, seed)
    table["may"], table["june"] = rng.integers(0, 50, (2, n))
    table["total"] = table["may"] + table["june"]
    table["most"] = table[["may", "june"]].max(axis=1)
    table["price"] = rng.integers(1, 9, n)
    table["share"] = np.round(100.0 * table["may"] / table["price"])
    table["rent"] = np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(6, 1, n))
    table["is member"] = rng.random(n) < 0.4
    place = rng.choice(["Bern", "Genf", "</script>'\"\\"], n).astype(object)
    table["place"] = np.where(rng.random(n) < 0.1, None, place)
    return table


def raw_rows(schema: TableSchema, codes):
    """Write rows of features with values of JSON."""
    columns = schema.columns
    return [
        [
            column.value_of(code) if not column.is_numeric else _number(code)
            for column, code in zip(columns, row, strict=True)
        ]
        for row in codes.tolist()
    ]


def _number(code):
    return None if np.isnan(code) else code


def everything(schema: TableSchema):
    """Let every feature take any value."""
    return {
        j: (-np.inf, np.inf)
        if column.is_numeric
        else [*column.levels, *([None] if column.may_be_missing else [])]
        for j, column in enumerate(schema.columns)
    }


def with_missing(schema: TableSchema, codes):
    """Drop all cells of a row that may be missing."""
    may_be = [column.may_be_missing for column in schema.columns]
    return np.where(may_be, np.nan, codes)
