"""Schemas come back equal, and read and write the same tables."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from skpar.actionability._relations import read_relations
from skpar.relations import (
    ExtremeFormula,
    LinearFormula,
    ProductFormula,
    RelationConfig,
    determined_of,
    groups_of,
    with_determined,
)
from skpar.report.record._format import record_schema
from skpar.report.record.plain._json_schema import find_faults
from skpar.report.record.plain._schemas import plain_schema, schema_of
from skpar.table import TableSchema

RNG = np.random.default_rng(0)
N = 60


def frame(**columns):
    return pd.DataFrame(columns)


TABLES = {
    "plain": frame(
        age=RNG.integers(18, 80, N),
        debt=RNG.normal(size=N),
        job=RNG.choice(["cook", "clerk"], N),
    ),
    "extension": frame(
        a=pd.array([1, None, 3] * 20, dtype="Int8"),
        b=pd.array([True, None, False] * 20, dtype="boolean"),
        c=pd.array([0.5, None, 2.25] * 20, dtype="Float32"),
        d=pd.array(["x", None, "y"] * 20, dtype="string"),
    ),
    "missing": frame(
        a=[1.5, np.nan, 3.25] * 20,
        b=pd.Series(["x", None, "y"] * 20, dtype=object),
        c=pd.Series([pd.NA, "u", "v"] * 20, dtype=object),
    ),
    "categories": frame(
        a=pd.Categorical([3, 1, 2] * 20, categories=[3, 1, 2, 9], ordered=True),
        b=pd.Categorical([True, False, True] * 20),
        c=pd.Categorical(["p", None, "q"] * 20),
    ),
    "narrow": frame(
        a=RNG.normal(size=N).astype(np.float32),
        b=RNG.integers(0, 200, N).astype(np.uint8),
        c=RNG.normal(size=N).astype(np.float16),
        d=RNG.random(N) < 0.5,
    ),
    "numbered": pd.DataFrame(RNG.integers(0, 9, (N, 3)).round(1)),
    "array": RNG.normal(size=(N, 3)).round(2),
    "float32 array": RNG.normal(size=(N, 2)).astype(np.float32),
    "object array": np.array([["a", 1], ["b", 2.5]] * 30, dtype=object),
    "text array": np.array([["a", "bcd"], ["b", "e"]] * 30),
}


def there_and_back(schema):
    plain = json.loads(json.dumps(plain_schema(schema), allow_nan=False))
    assert find_faults(plain, _table_part()) == []
    return schema_of(plain)


def _table_part():
    schema = record_schema()
    return {**schema["properties"]["table"], "$defs": schema["$defs"]}


@pytest.mark.parametrize("name", TABLES)
def test_schemas_come_back_equal(name):
    table = TABLES[name]
    schema = TableSchema.infer(table)
    other = there_and_back(schema)
    assert other == schema and type(other) is type(schema)
    codes = schema.encode(table)
    np.testing.assert_array_equal(other.encode(table), codes)
    if schema.is_frame:
        pd.testing.assert_frame_equal(other.decode(codes), schema.decode(codes))
    else:
        assert other.decode(codes).dtype == table.dtype
    for one, two in zip(schema.columns, other.columns, strict=True):
        assert repr(one.missing_value) == repr(two.missing_value)


def related():
    X = pd.get_dummies(pd.DataFrame({"job": RNG.choice(list("abc"), 200)}), dtype=int)
    X["level"] = RNG.choice(list("klm"), 200)
    X["years"] = X["level"].map({"k": 1, "l": 5, "m": 9})
    X["u"], X["v"] = RNG.integers(0, 50, (2, 200))
    X["sum"] = X["u"] + X["v"]
    return X


def test_groups_and_determined_columns_come_back_equal():
    X = related()
    table = TableSchema.infer(X)
    config = RelationConfig()
    schema = read_relations(
        table, table.encode(X), None, searches=True, config=config
    ).schema
    assert groups_of(schema) and len(determined_of(schema)) == 2
    other = there_and_back(schema)
    assert other == schema
    np.testing.assert_array_equal(other.encode(X), schema.encode(X))


@pytest.mark.parametrize(
    "formula",
    [
        LinearFormula(
            2, (0, 1), 0.5, 1e-9, True, coefficients=(1.0, -0.1), intercept=3.0
        ),
        ProductFormula(2, (0, 1), None, 0.0, False, is_ratio=True, factor=12.0),
        ExtremeFormula(2, (0, 1), 1.0, is_max=False),
    ],
    ids=lambda one: type(one).__name__,
)
def test_formulas_come_back_equal(formula):
    schema = with_determined(TableSchema.infer(TABLES["array"]), [formula])
    assert there_and_back(schema) == schema


def test_a_dtype_that_cannot_be_written_names_the_column():
    schema = TableSchema.infer(TABLES["plain"])
    column = replace(schema.columns[0], dtype=pd.PeriodDtype("D"))
    with pytest.raises(
        ValueError, match="column 'age': a record cannot hold its dtype"
    ):
        plain_schema(TableSchema((column,)))


def test_a_level_that_cannot_be_written_names_the_column():
    column = TableSchema.infer(TABLES["plain"]).columns[2]
    with pytest.raises(ValueError, match="column 'job'.*bytes"):
        plain_schema(TableSchema((replace(column, levels=(b"a", b"b")),)))


def broken(change):
    X = related()
    table = TableSchema.infer(X)
    relations = read_relations(
        table, table.encode(X), None, searches=True, config=RelationConfig()
    )
    plain = json.loads(json.dumps(plain_schema(relations.schema)))
    change(plain)
    return plain


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["groups"][0]["members"].append(99),
        lambda plain: plain["groups"][0].update(members=[0, 1, 99]),
        lambda plain: plain["groups"][0].update(name="other"),
        lambda plain: plain["groups"][0]["seen"].pop(),
        lambda plain: plain["determined"][0].update(column=99),
        lambda plain: plain["determined"][0].update(more=1),
        lambda plain: plain["determined"][0].update(known=["a"]),
        lambda plain: plain["columns"][0].update(dtype={"numpy": "<M8[ns]"}),
        lambda plain: plain["columns"][0].update(dtype={"numpy": "<U9999999999"}),
        lambda plain: plain["columns"][0].update(dtype={"pandas": "object"}),
        lambda plain: plain["columns"][0].update(dtype={}),
    ],
)
def test_forged_schemas_are_refused(change):
    with pytest.raises((ValueError, TypeError)):
        schema_of(broken(change))
