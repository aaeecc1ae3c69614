"""Small reports made by hand, to be counted and drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from skpar.report._context import ReportContext, RowDetails, column_histograms
from skpar.report._measures import FLAGS, NUMBERS
from skpar.report._report import RecourseReport
from skpar.table import TableSchema
from skpar.table._codes import same_cells

HOSTILE = '<script>alert("1")</script>&'


def make_report(
    X: Any,
    rows: Any,
    status: list[str],
    rules: dict[str, tuple[Any, ...]] | None = None,
    known: Any = None,
) -> RecourseReport:
    """Report of new rows, given as a table; probabilities rise from 0.2 to 0.6."""
    schema = TableSchema.infer(X if known is None else known)
    codes, new = schema.encode(X), schema.encode(rows)
    found = np.array(status) == "found"
    denied = np.array(status) != "accepted"
    changed = ~same_cells(codes, new)
    effort = np.where(found, changed.sum(axis=1) / 2, np.nan)
    measures: dict[str, Any] = {name: np.full(len(X), np.nan) for name in NUMBERS}
    measures |= {name: np.zeros(len(X), dtype=bool) for name in FLAGS}
    measures |= {
        "effort": effort,
        "gower_distance": effort / 10,
        "n_changed": np.where(found, changed.sum(axis=1), np.nan),
        "objective": -effort,
        "log_density": effort - 5,
        "percentile": np.where(found, 0.5, np.nan),
        "contributions": np.zeros(codes.shape),
    }
    return RecourseReport(
        factuals=X,
        counterfactuals=rows,
        status=np.array(status),
        reason=np.where(denied & ~found, "too far", "").astype(object),
        **measures,
        n_queries=np.arange(len(X)),
        optimal=np.zeros(len(X), dtype=bool),
        needed=found.copy(),
        accompanying=np.zeros(codes.shape, dtype=bool),
        unchecked=np.zeros(codes.shape, dtype=bool),
        codes_before=codes,
        codes_after=new,
        schema=schema,
        favorable_label=np.array([1]),
        context=ReportContext(column_histograms(schema, codes), rules or {}),
        details=RowDetails(
            np.where(np.column_stack([denied, found]), [0.2, 0.6], np.nan),
            np.where(denied, 0.1, np.nan),
            changed / 2,
        ),
    )


def people() -> pd.DataFrame:
    """Four people with every kind of column."""
    sizes = pd.CategoricalDtype(["S", "M", "L"], ordered=True)
    return pd.DataFrame(
        {
            "age": [30, 40, 50, 60],
            "income": [1000.0, np.nan, 500.0, 2000.0],
            "size": pd.Categorical(["S", "M", "L", "S"], dtype=sizes),
            "job": ["cook", "clerk", "cook", "smith"],
            "owner": [False, True, False, False],
        },
        index=["ann", "bob", "cy", "di"],
    )


def few() -> RecourseReport:
    """Two people with a recourse, one without, one who needs none."""
    X = people()
    rows = X.copy()
    rows.loc["ann", ["age", "size", "job"]] = [45, "L", "smith"]
    rows.loc["bob", ["age", "income"]] = [35, 2000.0]
    status = ["found", "found", "not found", "accepted"]
    return make_report(X, rows, status, {"age": ("increasing",)})


def wide(n_features: int = 30) -> RecourseReport:
    """One person who changes everything, with long names and levels."""
    levels = [f"{HOSTILE} a level that goes on and on, $number$ {k}" for k in range(4)]
    columns: dict[str, Any] = {
        f"a long name of feature number {j} in $dollars$": np.arange(4) * 10.0**j
        for j in range(n_features // 2)
    }
    columns |= {
        f"{HOSTILE} levels of feature number {j}": levels
        for j in range(n_features - n_features // 2)
    }
    X = pd.DataFrame(columns, index=[HOSTILE, "b", "c", "d"])
    rows = X.copy()
    rows.iloc[0] = X.iloc[2]
    return make_report(X, rows, ["found", "accepted", "accepted", "accepted"])
