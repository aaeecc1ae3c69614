"""The view of many people: which features change, how much, and for how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ....table import Column, same_cells
from ..._sentences import Writer

if TYPE_CHECKING:
    from ..._report import RecourseReport

CHANGE_KINDS = ("raise", "lower", "switch", "fill in")


@dataclass(frozen=True, eq=False)
class FeatureSummary:
    """How the recourse of many people changes one feature.

    Parameters
    ----------
    column : int
        Position of the feature.
    name : str
        Name of the feature for readers.
    kind_shares : ndarray of shape (4,), dtype float64
        Share of the people with a recourse who raise it, lower it, switch to another
        level, or fill in a missing cell.
    typical_change : str
        The median change of a number, or the most frequent change of levels.
    mean_effort : float
        Mean effort over the people who change it.
    """

    column: int
    name: str
    kind_shares: np.ndarray
    typical_change: str
    mean_effort: float

    @property
    def share(self) -> float:
        """Share of the people with a recourse who change the feature."""
        return float(self.kind_shares.sum())


def feature_summaries(
    report: RecourseReport, writer: Writer
) -> tuple[FeatureSummary, ...]:
    """Summarise the changes of a report by feature, the most frequent first.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    summaries : tuple of FeatureSummary
        One per feature that changes for at least one person.
    """
    rows = np.flatnonzero(report.answered)
    before, after = report.codes_before[rows], report.codes_after[rows]
    effort = report.details.feature_effort[rows]
    changed = ~same_cells(before, after)
    summaries = []
    for j in np.flatnonzero(changed.any(axis=0)).tolist():
        column, of_feature = report.schema.columns[j], changed[:, j]
        old, new = before[of_feature, j], after[of_feature, j]
        summaries.append(
            FeatureSummary(
                j,
                writer.name(j),
                _kind_counts(column, old, new) / len(rows),
                _typical_change(column, writer, j, old, new),
                float(effort[of_feature, j].mean()),
            )
        )
    return tuple(sorted(summaries, key=lambda summary: -summary.share))


def _kind_counts(column: Column, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Count the kinds of change of one feature, (4,)."""
    is_filled = np.isnan(old)
    none = np.zeros_like(is_filled)
    if column.is_ordered and column.kind != "binary":
        kinds = [new > old, new < old, none, is_filled]
    else:
        kinds = [none, none, ~is_filled, is_filled]
    return np.array([kind.sum() for kind in kinds], dtype=np.float64)


def _typical_change(
    column: Column, writer: Writer, j: int, old: np.ndarray, new: np.ndarray
) -> str:
    """Write the median change, or the most frequent one."""
    shift = new - old
    is_flag = column.kind == "integer" and (column.low, column.high) == (0, 1)
    if column.is_numeric and not is_flag and not np.isnan(shift).all():
        change = writer.shift(j, float(np.nanmedian(shift)))
        page = writer.page
        return page.median.format(change=change)
    # Codes of levels are not negative, so -1 may stand for a missing cell.
    pairs, counts = np.unique(
        np.column_stack([np.nan_to_num(old, nan=-1.0), new]),
        axis=0,
        return_counts=True,
    )
    before, after = pairs[counts.argmax()]
    before = np.nan if before < 0 else before
    before_text, after_text = writer.values(j, before, after)
    share = counts.max() / len(old)
    return f"{before_text} \N{RIGHTWARDS ARROW} {after_text}, {share:.0%}"
