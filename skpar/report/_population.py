"""Which features change, how much, and for how many people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..table import same_cells
from ._background import Told
from ._wording import Wording

WAYS = ("raise", "lower", "switch", "fill in")


@dataclass(frozen=True, eq=False)
class Movement:
    """What one feature does in the recourse of many people.

    Parameters
    ----------
    column : int
        Position of the feature.
    name : str
        What it is called.
    ways : ndarray of shape (4,), dtype float64
        Share of the people with a recourse who raise it, lower it, switch to another
        level, or fill in a missing cell.
    typical : str
        The median change of a number, or the commonest change of levels.
    effort : float
        Mean effort over the people who change it; NaN where it is not known.
    """

    column: int
    name: str
    ways: np.ndarray
    typical: str
    effort: float

    @property
    def share(self) -> float:
        """Share of the people with a recourse who change the feature."""
        return float(self.ways.sum())


def movements_of(told: Told, words: Wording) -> tuple[Movement, ...]:
    """Gather what changes in a report, the commonest first.

    Parameters
    ----------
    told : RecourseReport
        The report.
    words : Wording
        Names and units.

    Returns
    -------
    movements : tuple of Movement
        One per feature that changes for anybody.
    """
    rows = np.flatnonzero(told.answered)
    old, new = told.codes_before[rows], told.codes_after[rows]
    changed = ~same_cells(old, new)
    found = []
    for j in np.flatnonzero(changed.any(axis=0)).tolist():
        who = changed[:, j]
        effort = np.nan
        if told._background is not None:
            effort = float(told._background.efforts[rows[who], j].mean())
        ways = _ways(told, j, old[who, j], new[who, j]) / len(rows)
        typical = _typical(told, words, j, old[who, j], new[who, j])
        found.append(Movement(j, words.name(j), ways, typical, effort))
    return tuple(sorted(found, key=lambda movement: -movement.share))


def _ways(told: Told, j: int, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Count people by what they do."""
    column = told._schema.columns[j]
    is_filled = np.isnan(old)
    if column.is_ordered and column.kind != "binary":
        ways = [new > old, new < old, np.zeros_like(is_filled), is_filled]
    else:
        none = np.zeros_like(is_filled)
        ways = [none, none, ~is_filled, is_filled]
    return np.array([way.sum() for way in ways], dtype=np.float64)


def _typical(
    told: Told, words: Wording, j: int, old: np.ndarray, new: np.ndarray
) -> str:
    """Say the median change, or the commonest one."""
    shift = new - old
    if told._schema.columns[j].is_numeric and not np.isnan(shift).all():
        return f"median {float(f'{np.nanmedian(shift):.3g}'):+,.12g}"
    # Codes of levels are not negative, so -1 may stand for a missing cell.
    pairs, counts = np.unique(
        np.column_stack([np.nan_to_num(old, nan=-1.0), new]),
        axis=0,
        return_counts=True,
    )
    came_code, to_code = pairs[counts.argmax()]
    came_code = np.nan if came_code < 0 else came_code
    came, to = words.values(j, came_code, to_code)
    return f"{came} \N{RIGHTWARDS ARROW} {to}, {counts.max() / len(old):.0%}"
