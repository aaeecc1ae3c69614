"""Recourse by group: who gets none, and who pays more."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ..table import same_cells
from ._background import Told
from ._intervals import mean_interval, wilson
from ._population import Movement

_MOST_VALUES = 10
_MEANS = ("effort", "percentile", "n_changed")


def table_by_group(told: Told, by: Any) -> pd.DataFrame:
    """Summarise the recourse of every group.

    Parameters
    ----------
    told : RecourseReport
        The report.
    by : column or array-like of shape (n_samples,)
        A column of the factuals, or the group of each row.

    Returns
    -------
    table : DataFrame of shape (n_groups, 15), or 18 with options
        As `skpar.RecourseReport.by_group` says.
    """
    labels, name = _groups(told, by)
    rows = {}
    for label in labels.cat.categories:
        of_group = (labels == label).to_numpy(bool)
        if of_group.any():
            rows[label] = _summary(told, of_group)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = name
    return table.astype({"n": int, "n_asked": int, "n_answered": int})


def changes_by_group(
    told: Told, by: Any, movements: Sequence[Movement]
) -> pd.DataFrame:
    """Tell who changes what.

    Parameters
    ----------
    told : RecourseReport
        The report.
    by : column or array-like of shape (n_samples,)
        A column of the factuals, or the group of each row.
    movements : sequence of Movement
        The features to tell of.

    Returns
    -------
    shares : DataFrame of shape (n_movements, n_groups)
        Share of the people with a recourse in each group who change each feature; NaN
        in groups without such people.
    """
    labels, _ = _groups(told, by)
    columns = [movement.column for movement in movements]
    changed = ~same_cells(told.codes_before, told.codes_after)[:, columns]
    shares = {}
    for label in labels.cat.categories:
        of_group = (labels == label).to_numpy(bool)
        rows = of_group & told.answered
        if of_group.any():
            share = changed[rows].sum(axis=0) / rows.sum() if rows.any() else np.nan
            shares[label] = pd.Series(share, index=range(len(columns)))
    table = pd.DataFrame(shares)
    return table.set_axis([movement.name for movement in movements])


def _summary(told: Told, rows: np.ndarray) -> dict[str, float]:
    """Count and average over some rows (n_samples,), dtype bool."""
    asked, answered = rows & told.asked, rows & told.answered
    n_asked, n_answered = int(asked.sum()), int(answered.sum())
    summary: dict[str, float] = {
        "n": int(rows.sum()),
        "n_asked": n_asked,
        "n_answered": n_answered,
        "coverage": n_answered / n_asked if n_asked else np.nan,
    }
    summary["coverage_low"], summary["coverage_high"] = wilson(n_answered, n_asked)
    for figure in _MEANS:
        values = np.asarray(getattr(told, figure)[answered], dtype=np.float64)
        summary[figure] = float(values.mean()) if n_answered else np.nan
        summary[f"{figure}_low"], summary[f"{figure}_high"] = mean_interval(values)
    if told.options:
        count = np.sum([way.answered for way in told.options], axis=0, dtype=float)
        summary["n_options"] = float(np.mean(count[asked])) if n_asked else np.nan
        ends = mean_interval(count[asked])
        summary["n_options_low"], summary["n_options_high"] = ends
    return summary


def _groups(told: Told, by: Any) -> tuple[pd.Series, Hashable]:
    """Give the group of each row as a categorical, and what the groups are called."""
    values: Any = by
    name: Hashable = getattr(by, "name", None)
    if isinstance(by, Hashable):
        j, name = told._schema.position(by), by
        factuals = told.factuals
        frame = hasattr(factuals, "iloc")
        values = factuals.iloc[:, j] if frame else np.asarray(factuals)[:, j]
    if len(values) != len(told.status):
        raise ValueError(
            f"The groups are {len(values)}, but the report has {len(told.status)} rows."
        )
    groups = pd.Series(np.asarray(values) if isinstance(values, list) else values)
    groups = groups.reset_index(drop=True)
    is_number = pd.api.types.is_numeric_dtype(groups.dtype)
    if is_number and groups.nunique() > _MOST_VALUES:
        groups = _quartiles(groups)
    groups = groups.astype("category")
    if groups.isna().any():
        groups = groups.cat.add_categories(["(missing)"]).fillna("(missing)")
    return groups, name


def _quartiles(numbers: pd.Series) -> pd.Series:
    """Cut numbers at their quartiles, into groups that are named for a reader."""
    quartiles = np.unique(numbers.quantile([0.25, 0.5, 0.75]).to_numpy(np.float64))
    cuts = quartiles[np.isfinite(quartiles) & (quartiles < numbers.max())].tolist()
    if not cuts:
        return numbers.where(numbers.isna(), f"up to {numbers.max():.6g}")
    ends = [f"{cut:.6g}" for cut in cuts]
    if len(set(ends)) < len(ends):
        ends = [str(cut) for cut in cuts]
    between = [f"{low} to {high}" for low, high in pairwise(ends)]
    names = [f"up to {ends[0]}", *between, f"above {ends[-1]}"]
    return pd.cut(numbers, [-np.inf, *cuts, np.inf], labels=names)
