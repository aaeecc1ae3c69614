"""What is drawn of one person: every change on its own scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._background import Told, labels_of_rows
from ._wording import Wording

PROBABILITY = "Probability of acceptance"
PERCENTILE = "Plausibility percentile"
_LEAST_BAR = 0.8


@dataclass(frozen=True, eq=False)
class Track:
    """One line of a picture: a value before and after, on a scale from 0 to 1.

    Parameters
    ----------
    name : str
        What is measured.
    came, to : str
        The values in words.
    before, after : float
        Where they stand on the scale; NaN where a cell was missing.
    bars : ndarray of shape (n_bars, 3), dtype float64
        Left end, right end and height of each bar of accepted people, in [0, 1].
    ends : tuple of (str, str)
        What the ends of the scale stand for; empty for levels without order.
    """

    name: str
    came: str
    to: str
    before: float
    after: float
    bars: np.ndarray
    ends: tuple[str, str]

    @property
    def text(self) -> str:
        """Both values in words."""
        return f"{self.came} \N{RIGHTWARDS ARROW} {self.to}"


@dataclass(frozen=True, eq=False)
class Portrait:
    """One person, and what may be done.

    Parameters
    ----------
    label : str
        The label of the row.
    status, reason : str
        What came of asking, and why there is no recourse.
    options : tuple of tuple of Track
        One tuple per option: what changes, then what that does for acceptance and
        plausibility. Empty where there is no recourse.
    said : tuple of tuple of str
        The changes of each option in words, in the same order.
    """

    label: str
    status: str
    reason: str
    options: tuple[tuple[Track, ...], ...] = ()
    said: tuple[tuple[str, ...], ...] = ()

    @property
    def title(self) -> str:
        """What to call the person in a heading, where a bare number says nothing."""
        return f"Row {self.label}" if self.label.isdecimal() else self.label


def portrait_of(told: Told, row: int, words: Wording) -> Portrait:
    """Gather what is drawn of one person.

    Parameters
    ----------
    told : RecourseReport
        The report.
    row : int
        Position of the person.
    words : Wording
        Names and units.

    Returns
    -------
    portrait : Portrait
    """
    label, status = str(labels_of_rows(told)[row]), str(told.status[row])
    if not told.answered[row]:
        return Portrait(label, status, str(told.reason[row]))
    ways = [way for way in told.options or (told,) if way.answered[row]]
    options, said = zip(*(_option(way, row, words) for way in ways), strict=True)
    return Portrait(label, status, "", options, said)


def _option(
    told: Told, row: int, words: Wording
) -> tuple[tuple[Track, ...], tuple[str, ...]]:
    """Gather the lines of one option, and its changes in words."""
    old, new = told.codes_before[row], told.codes_after[row]
    changed = told._changed_features(row).tolist()
    tracks = [_track(told, words, j, old[j], new[j]) for j in changed]
    background = told._background
    if background is not None:
        before, after = background.probability[row].tolist()
        tracks.append(_share(PROBABILITY, before, after))
        percentiles = float(background.percentile[row]), float(told.percentile[row])
        tracks.append(_share(PERCENTILE, *percentiles))
    known = tuple(track for track in tracks if not np.isnan(track.after))
    return known, tuple(words.action(j, old[j], new[j]) for j in changed)


def _track(told: Told, words: Wording, j: int, old: float, new: float) -> Track:
    """Put a change on the scale of its column."""
    column = told._schema.columns[j]
    came, to = words.values(j, old, new)
    edges, shares = np.array([column.low, column.high]), np.zeros(1)
    if told._background is not None:
        spread = told._background.scene.crowd[j]
        edges, shares = spread.edges, spread.shares
    elif column.levels is not None:
        edges = edges + [-0.5, 0.5]
    low, high = np.nanmin([edges[0], old, new]), np.nanmax([edges[-1], old, new])
    places = (edges - low) / (high - low)
    gap = (1.0 - _LEAST_BAR) / 2 * (column.levels is not None)
    width = np.diff(places)
    bars = np.column_stack(
        [
            places[:-1] + gap * width,
            places[1:] - gap * width,
            shares / max(shares.max(), 1e-300),
        ]
    )
    return Track(
        words.name(j),
        came,
        to,
        (old - low) / (high - low),
        (new - low) / (high - low),
        bars[shares > 0],
        _ends(column, words, j, low, high),
    )


def _ends(
    column: Any, words: Wording, j: int, low: float, high: float
) -> tuple[str, str]:
    """Say what the ends of a scale stand for."""
    if column.kind in ("nominal", "binary"):
        return "", ""
    if column.levels is not None:
        return words.values(j, column.low, column.high)
    if column.kind == "integer":
        return words.values(j, np.ceil(low), np.floor(high))
    return words.values(j, float(f"{low:.3g}"), float(f"{high:.3g}"))


def _share(name: str, before: float, after: float) -> Track:
    """Put a share on a scale from 0 to 100 %."""
    return Track(
        name,
        "unknown" if np.isnan(before) else f"{before:.0%}",
        "unknown" if np.isnan(after) else f"{after:.0%}",
        before,
        after,
        np.empty((0, 3)),
        ("0%", "100%"),
    )
