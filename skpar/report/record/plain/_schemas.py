"""The schema of a table as plain data, with groups and determined columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ....relations import (
    ColumnGroup,
    Determined,
    ExtremeFormula,
    FeatureSchema,
    LinearFormula,
    LookedUp,
    ProductFormula,
    determined_of,
    group_columns,
    groups_of,
    table_of,
    with_determined,
)
from ....table import Column, TableSchema
from ._values import named, plain_value, value_of

_DETERMINED: dict[str, type[Determined]] = {
    one.__name__: one
    for one in (LookedUp, LinearFormula, ProductFormula, ExtremeFormula)
}
_NUMPY = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|O|U\d{1,6})")
_EXTENSIONS = {
    "boolean",
    *(f"{name}{bits}" for name in ("Int", "UInt") for bits in (8, 16, 32, 64)),
    "Float32",
    "Float64",
}


def plain_schema(schema: TableSchema) -> dict[str, Any]:
    """Write a schema as plain data.

    Parameters
    ----------
    schema : TableSchema
        Also a `FeatureSchema`.

    Returns
    -------
    plain : dict

    Raises
    ------
    ValueError
        Names the column that cannot be written.
    """
    table = table_of(schema)
    dtype = None if table.is_frame else _plain_dtype("the table", table.array_dtype)
    return {
        "array_dtype": dtype,
        "columns": [_plain_column(column) for column in table.columns],
        "groups": [
            _plain_group(schema.columns[j], group)
            for j, group in groups_of(schema).items()
        ],
        "determined": [plain_determined(one) for one in determined_of(schema)],
    }


def schema_of(plain: Mapping[str, Any]) -> TableSchema:
    """Read a schema that `plain_schema` wrote.

    Parameters
    ----------
    plain : mapping
        Plain data, as `plain_schema` returns it.

    Returns
    -------
    schema : TableSchema

    Raises
    ------
    ValueError
        If the parts contradict each other.
    """
    columns = tuple(_column_of(one) for one in plain["columns"])
    dtype = plain["array_dtype"]
    table = TableSchema(columns, None if dtype is None else _dtype_of(dtype))
    groups = [_group_of(one) for one in plain["groups"]]
    for group in groups:
        if not all(0 <= j < len(columns) for j in group.members):
            raise ValueError("a group names a column that the table does not have")
    schema = _with_seen(group_columns(table, groups), plain["groups"])
    determined = [_determined_of(one) for one in plain["determined"]]
    for one in determined:
        if not all(0 <= j < schema.n_features for j in (one.column, *one.sources)):
            raise ValueError("a relation names a column that the table does not have")
    return with_determined(schema, determined)


def _plain_column(column: Column) -> dict[str, Any]:
    """Write one column."""
    where = f"column {column.name!r}"
    plain = {
        field.name: getattr(column, field.name)
        for field in fields(Column)
        if field.name not in ("dtype", "levels", "seen", "few_values")
    }
    plain = {name: named(where, value) for name, value in plain.items()}
    for name in ("levels", "seen", "few_values"):
        values = getattr(column, name)
        if values is not None:
            values = [named(where, one) for one in values]
        plain[name] = values
    return {**plain, "dtype": _plain_dtype(where, column.dtype)}


def _column_of(plain: Mapping[str, Any]) -> Column:
    """Read one column."""
    values: dict[str, Any] = {
        name: value_of(value) if not isinstance(value, list) else value
        for name, value in plain.items()
        if name != "dtype"
    }
    for name in ("levels", "seen", "few_values"):
        if values[name] is not None:
            values[name] = tuple(value_of(one) for one in values[name])
    return Column(**values, dtype=_dtype_of(plain["dtype"]))


def _plain_dtype(where: str, dtype: Any) -> dict[str, Any]:
    """Write a dtype of numpy or pandas."""
    if isinstance(dtype, type):
        dtype = np.dtype(dtype)
    if isinstance(dtype, np.dtype) and _NUMPY.fullmatch(dtype.str):
        return {"numpy": dtype.str}
    if isinstance(dtype, pd.CategoricalDtype):
        levels = [named(where, one) for one in dtype.categories.tolist()]
        return {
            "categories": levels,
            "of": _plain_dtype(where, dtype.categories.dtype),
            "ordered": bool(dtype.ordered),
        }
    if isinstance(dtype, pd.StringDtype):
        return {"string": dtype.storage, "missing": plain_value(dtype.na_value)}
    if str(dtype) in _EXTENSIONS:
        return {"pandas": str(dtype)}
    raise ValueError(f"{where}: a record cannot hold its dtype {dtype}.")


def _dtype_of(plain: Mapping[str, Any]) -> Any:
    """Read a dtype."""
    if "numpy" in plain and _NUMPY.fullmatch(plain["numpy"]):
        return np.dtype(plain["numpy"])
    if "categories" in plain:
        levels = [value_of(one) for one in plain["categories"]]
        index = pd.Index(levels, dtype=_dtype_of(plain["of"]))
        return pd.CategoricalDtype(index, ordered=plain["ordered"])
    if "string" in plain:
        return pd.StringDtype(plain["string"], na_value=value_of(plain["missing"]))
    if plain.get("pandas") in _EXTENSIONS:
        return pd.api.types.pandas_dtype(plain["pandas"])
    raise ValueError(f"unknown dtype {dict(plain)!r}")


def _plain_group(feature: Column, group: ColumnGroup) -> dict[str, Any]:
    """Write one group, with the levels that occur in training rows."""
    return {
        "name": feature.name,
        "members": list(group.members),
        "off": list(group.off),
        "on": list(group.on),
        "at_most": group.at_most,
        "seen": list(feature.seen or ()),
    }


def _group_of(plain: Mapping[str, Any]) -> ColumnGroup:
    """Read one group."""
    lists = {name: tuple(plain[name]) for name in ("members", "off", "on")}
    if len({len(values) for values in lists.values()}) != 1:
        raise ValueError(f"group {plain['name']!r}: its lists differ in length")
    return ColumnGroup(**lists, at_most=plain["at_most"])


def _with_seen(schema: TableSchema, groups: list[Any]) -> TableSchema:
    """Restore which levels of groups occur in training rows."""
    if not isinstance(schema, FeatureSchema):
        return schema
    columns = list(schema.columns)
    for j, plain in zip(schema.groups, groups, strict=True):
        column = columns[j]
        if column.name != plain["name"]:
            raise ValueError(f"group {plain['name']!r} has other columns")
        if len(plain["seen"]) != len(column.levels or ()):
            raise ValueError(f"group {plain['name']!r} has another number of levels")
        columns[j] = replace(column, seen=tuple(plain["seen"]))
    return replace(schema, columns=tuple(columns))


def plain_determined(one: Determined) -> dict[str, Any]:
    """Write one determined column as plain data; its fields keep their names."""
    plain: dict[str, Any] = {"type": type(one).__name__}
    for field in fields(one):
        value = getattr(one, field.name)
        if isinstance(value, tuple):
            plain[field.name] = [plain_value(each) for each in value]
        else:
            plain[field.name] = plain_value(value)
    return plain


def _determined_of(plain: Mapping[str, Any]) -> Determined:
    """Read one determined column."""
    kind = _DETERMINED[plain["type"]]
    names = {field.name for field in fields(kind)}
    if names != {*plain} - {"type"}:
        raise ValueError(f"a relation {plain['type']} has other fields")
    values: dict[str, Any] = {
        name: tuple(map(value_of, value)) if isinstance(value, list) else value
        for name, value in plain.items()
        if name != "type"
    }
    if not all(_is_number(one) for one in _flat(values.values())):
        raise ValueError(f"a relation {plain['type']} holds what is no number")
    return kind(**values)


def _flat(values: Any) -> Any:
    """Go through values and the members of tuples among them."""
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _is_number(value: Any) -> bool:
    """Whether a value is a number, a boolean or None."""
    return value is None or isinstance(value, (bool, int, float))
