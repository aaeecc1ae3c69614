"""Recourse by group: coverage and costs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..metrics import mean_interval
from ..relations import table_of
from ..table import as_pandas, is_frame, same_cells
from ._sentences import Writer
from ._wording import level_text
from .page import FeatureSummary

if TYPE_CHECKING:
    from ._report import RecourseReport

_MAX_NUMERIC_GROUPS = 10
_COUNTS = ("n", "n_denied", "n_answered", "n_unreadable")
_AVERAGED = ("effort", "percentile", "n_changed")


def table_by_group(report: RecourseReport, by: Any) -> pd.DataFrame:
    """Summarise the recourse of every group.

    Parameters
    ----------
    report : RecourseReport
        The report.
    by : column or array-like of shape (n_samples,)
        A column of the factuals, or the group of each row.

    Returns
    -------
    table : DataFrame of shape (n_groups, n_columns)
        As `skpar.RecourseReport.by_group` says.
    """
    labels, name = _group_labels(report, by)
    rows = {}
    for label in labels.cat.categories:
        of_group = (labels == label).to_numpy(bool)
        if of_group.any():
            rows[label] = _summary(report, of_group)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = name
    counts = [name for name in _COUNTS if name in table]
    return table.astype(dict.fromkeys(counts, int))


def changes_by_group(
    report: RecourseReport, by: Any, summaries: Sequence[FeatureSummary]
) -> pd.DataFrame:
    """Share of people who change each feature, by group.

    Parameters
    ----------
    report : RecourseReport
        The report.
    by : column or array-like of shape (n_samples,)
        A column of the factuals, or the group of each row.
    summaries : sequence of FeatureSummary
        The features.

    Returns
    -------
    shares : DataFrame of shape (n_summaries, n_groups)
        Share of the people with a recourse in each group who change each feature; NaN
        in groups without such people.
    """
    labels, _ = _group_labels(report, by)
    columns = [summary.column for summary in summaries]
    changed = ~same_cells(report.codes_before, report.codes_after)[:, columns]
    shares = {}
    for label in labels.cat.categories:
        of_group = (labels == label).to_numpy(bool)
        rows = of_group & report.answered
        if of_group.any():
            share = changed[rows].sum(axis=0) / rows.sum() if rows.any() else np.nan
            shares[label] = pd.Series(share, index=range(len(columns)))
    table = pd.DataFrame(shares)
    return table.set_axis([summary.name for summary in summaries])


def group_names(groups: pd.Index, writer: Writer) -> list[str]:
    """Name groups with the words of their column.

    Parameters
    ----------
    groups : Index
        Index of a table by group. Its name may be that of a feature.
    writer : Writer
        Values in words.

    Returns
    -------
    names : list of str
        Levels and numbers have their words; ranges and other groups stay.
    """
    names, columns = [level_text(group) for group in groups], writer.schema.names
    if groups.name not in columns:
        return names
    j = columns.index(groups.name)
    for place, group in enumerate(groups):
        try:
            code = float(writer.schema.columns[j].code_of(group))
        except (TypeError, ValueError):
            continue  # No value of the column, but a range of its numbers, or missing.
        names[place] = writer.values(j, code, code)[1]
    return names


def _summary(report: RecourseReport, rows: np.ndarray) -> dict[str, float]:
    """Count and average over some rows (n_samples,), dtype bool."""
    denied, answered = rows & report.denied, rows & report.answered
    summary: dict[str, float] = {
        "n": int(rows.sum()),
        "n_denied": int(denied.sum()),
        "n_answered": int(answered.sum()),
    }
    if report.unreadable.any():
        summary["n_unreadable"] = int((rows & report.unreadable).sum())
    means = {"coverage": report.answered[denied]}
    for measure in _AVERAGED:
        means[measure] = getattr(report, measure)[answered]
    if len(report.options) > 1:
        found = [option.answered for option in report.options]
        means["n_options"] = np.sum(found, axis=0, dtype=float)[denied]
    for name, values in means.items():
        interval = mean_interval(values)
        summary[name] = interval.value
        summary[f"{name}_low"], summary[f"{name}_high"] = interval.low, interval.high
    return summary


def _group_labels(report: RecourseReport, by: Any) -> tuple[pd.Series, Hashable]:
    """Group of each row as a categorical, and the name of the grouping."""
    values: Any = by
    name: Hashable = getattr(by, "name", None)
    unread = np.zeros(len(report), dtype=bool)
    if isinstance(by, Hashable):
        j, name = report.schema.position(by), by
        values = _values(report, j, by)
        unread = report.unreadable & np.isnan(report.codes_before[:, j])
        unread &= ~np.asarray(pd.isna(values))
    if len(values) != len(report):
        raise ValueError(
            f"The groups are {len(values)}, but the report has {len(report)} rows."
        )
    groups = pd.Series(np.asarray(values) if isinstance(values, list) else values)
    groups = groups.reset_index(drop=True)
    if unread.any():
        groups = groups.astype(object).mask(unread).infer_objects()
    is_number = pd.api.types.is_numeric_dtype(groups.dtype)
    if is_number and groups.nunique() > _MAX_NUMERIC_GROUPS:
        groups = _quartiles(groups)
    groups = groups.astype("category")
    if unread.any():
        groups = groups.cat.add_categories(["(unreadable)"]).mask(
            unread, "(unreadable)"
        )
    if groups.isna().any():
        groups = groups.cat.add_categories(["(missing)"]).fillna("(missing)")
    return groups, name


def _values(report: RecourseReport, j: int, by: Hashable) -> Any:
    """Values of a column of the table, or levels of a group of columns."""
    schema, factuals = report.schema, report.factuals
    table = table_of(schema)
    if schema is not table and by == schema.names[j] and by not in table.names:
        levels = [schema.value_of(j, code) for code in report.codes_before[:, j]]
        return np.array(levels, dtype=object)
    place = table.position(by)
    if is_frame(factuals):
        return as_pandas(factuals).iloc[:, place]
    return np.asarray(factuals)[:, place]


def _quartiles(numbers: pd.Series) -> pd.Series:
    """Cut numbers at their quartiles; name the groups for readers."""
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
