"""Controls: what one person may change on a page, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...._search_config import ControlConfig
from ....actionability import (
    Actionability,
    FeasibleLists,
    FeasibleNumbers,
    Limits,
    People,
)
from ....objective import Effort
from ....table import Column
from ..._sentences import Writer
from ..pictures import printable
from ._choices import plain_cell
from ._ties import locked_features

RULE, KEPT, NONE, TIED = "rule", "kept", "none", "tied"
_NICE = np.array([1.0, 2.0, 5.0, 10.0])


@dataclass(frozen=True)
class ControlMaker:
    """Makes the controls of one person.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    effort : Effort
        Effort of changes.
    person : People
        One person, with limits.
    known : ndarray of shape (n_rows, n_features), dtype float64
        Rows that controls must be able to show: that of the person, and recourse.
    writer : Writer
        Names and values in words.
    config : ControlConfig
        Sizes.
    """

    actionability: Actionability
    effort: Effort
    person: People
    known: np.ndarray
    writer: Writer
    config: ControlConfig

    @property
    def own(self) -> np.ndarray:
        """Codes of the person, (n_features,), dtype float64."""
        return np.asarray(self.person.codes[0])

    @property
    def limits(self) -> Limits:
        """Limits of the person."""
        return self.person.limits

    def controls(self) -> list[dict[str, Any]]:
        """Describe every feature.

        Returns
        -------
        controls : list of dict
            In the order of the features. ``role`` is "free", "fixed" or "follows".
            Free features have their values with words and efforts. Numbers between the
            values are feasible if they are on the ``lattice``.
        """
        can_change = self.actionability.can_change(self.person)[0]
        locked = locked_features(self.actionability)
        return [
            self._control(j, bool(can_change[j]), j in locked)
            for j in range(len(can_change))
        ]

    def _control(self, j: int, can_change: bool, is_locked: bool) -> dict[str, Any]:
        """Describe one feature."""
        column, own = self._column(j), float(self.own[j])
        control = {
            "name": printable(self.writer.name(j)),
            "own": plain_cell(column, own),
            "isNumber": column.is_numeric,
            "role": "free",
        }
        if column.is_numeric:
            pattern, control["factor"] = self.writer.pattern(j)
            control["pattern"] = printable(pattern)
        if is_locked or not can_change:
            follows = j in self.actionability.derived and not is_locked
            control["role"] = "follows" if follows else "fixed"
            control["why"] = "" if follows else self._why_fixed(j, is_locked)
            codes = self._shown(j, follows)
            if follows:
                allowed = self._allowed(j).tolist()
                control["allowed"] = [plain_cell(column, one) for one in allowed]
        else:
            codes = self._codes(j)
            efforts = self._efforts(j, codes)
            control["sentences"] = [self._sentence(j, one) for one in codes.tolist()]
            control["efforts"] = [_short(one) for one in efforts.tolist()]
            control["bends"] = self._bends(j, codes)
        control["values"] = [plain_cell(column, one) for one in codes.tolist()]
        labels = [self.writer.rounded(j, one) for one in codes.tolist()]
        control["labels"] = [printable(label) for label in labels]
        rule = self.actionability.rules[j]
        places = rule.places(codes) if rule.has_order else codes
        control["places"] = _finite(places)
        lattice = self._lattice(j)
        return control if lattice is None else {**control, "lattice": lattice}

    def _column(self, j: int) -> Column:
        """Column of a feature."""
        schema = self.actionability.schema
        return schema.columns[j]

    def _why_fixed(self, j: int, is_locked: bool) -> str:
        """Say why a feature cannot change."""
        frozen = self.limits.frozen
        if is_locked:
            return TIED
        if self.actionability.rules[j].immutable:
            return RULE
        return KEPT if frozen[0, j] else NONE

    def _shown(self, j: int, follows: bool) -> np.ndarray:
        """Codes that a feature without a control may show."""
        codes = self.known[:, j]
        levels = self._column(j).levels
        if follows and levels is not None:
            codes = np.append(codes, np.arange(float(len(levels))))
        return np.unique(codes)

    def _allowed(self, j: int) -> np.ndarray:
        """Codes that a feature may get from others, if it has no lattice."""
        rule, bounds = self.actionability.rules[j], self.limits.of_column(j)
        if isinstance(rule, FeasibleNumbers) and not isinstance(rule, FeasibleLists):
            return np.empty(0)
        n_levels = len(self._column(j).levels or ())
        most = max(n_levels, self.config.n_positions)
        return rule.alternatives(float(self.own[j]), bounds, most)

    def _codes(self, j: int) -> np.ndarray:
        """Codes that the control of a feature offers, a missing own cell first."""
        rule, own = self.actionability.rules[j], self.person.codes[:, j]
        bounds, most = self.limits.of_column(j), self.config.n_positions
        if not isinstance(rule, FeasibleNumbers):
            levels = self._column(j).levels or ()
            codes = rule.alternatives(float(own[0]), bounds, len(levels))
        elif rule.count_alternatives(own, bounds)[0] <= most:
            codes = rule.alternatives(float(own[0]), bounds, most)
        else:
            first, last = (float(end[0]) for end in rule.ends(own, bounds))
            grid = np.concatenate([_round_numbers(first, last, most), self.known[:, j]])
            codes = rule.nearest(np.repeat(own, len(grid)), grid, bounds)
        codes = np.unique(np.append(codes, own))
        return np.concatenate([codes[np.isnan(codes)], codes[~np.isnan(codes)]])

    def _lattice(self, j: int) -> dict[str, Any] | None:
        """Describe which numbers are feasible; None if the listed values are all."""
        rule, own = self.actionability.rules[j], self.person.codes[:, j]
        if not isinstance(rule, FeasibleNumbers) or isinstance(rule, FeasibleLists):
            return None
        bounds = self.limits.of_column(j)
        first, last = (float(end[0]) for end in rule.ends(own, bounds))
        if rule.immutable or not first <= last:
            return None
        anchor = float(np.nan_to_num(own[0])) if rule.anchor is None else rule.anchor
        is_single = rule.dtype is not None and rule.dtype.itemsize == 4
        if rule.dtype is not None and not is_single:
            return None  # JavaScript rounds to 32 bits only.
        lattice = {"low": first, "high": last, "step": rule.step, "anchor": anchor}
        return {**lattice, "isSingle": is_single}

    def _rows(self, j: int, codes: np.ndarray) -> np.ndarray:
        """Rows of the person that have other codes in one feature."""
        rows = np.repeat(self.own[np.newaxis], len(codes), axis=0)
        rows[:, j] = codes
        return rows

    def _efforts(self, j: int, codes: np.ndarray) -> np.ndarray:
        """Effort of each code of a feature."""
        rows = self._rows(j, codes)
        return np.asarray(self.effort.per_feature(self.own, rows)[:, j])

    def _bends(self, j: int, codes: np.ndarray) -> list[list[float]]:
        """Numbers between which the effort is linear, and their efforts."""
        if not self._column(j).is_numeric:
            return []
        low, high = np.nanmin(codes), np.nanmax(codes)
        knots = self.effort.knots(j)
        knots = knots[(low < knots) & (knots < high)]
        # A row above the largest effort must not seem to be below it.
        has_limit = self.limits.max_effort is not None
        if len(knots) > self.config.n_bends and not has_limit:
            at = np.linspace(0, len(knots) - 1, self.config.n_bends)
            knots = knots[np.rint(at).astype(np.intp)]
        known = codes[~np.isnan(codes)]
        points = np.unique(np.concatenate([knots, known]))
        efforts = self._efforts(j, points)
        return [[x, _short(y)] for x, y in zip(points, efforts.tolist(), strict=True)]

    def _sentence(self, j: int, code: float) -> str:
        """Write the change to a code; empty for the own one."""
        own = float(self.own[j])
        is_own = code == own or np.isnan(code)
        return "" if is_own else printable(self.writer.action(j, own, code))


def _short(number: float) -> float:
    """Round an effort, to keep the page small."""
    return float(f"{number:.9g}")


def _finite(places: np.ndarray) -> list[float | None]:
    """Write places; None for a missing cell."""
    return [None if np.isnan(one) else one for one in places.tolist()]


def _round_numbers(low: float, high: float, most: int) -> np.ndarray:
    """List at most about `most` round numbers between two ends, and the ends."""
    width = (high - low) / most
    power = 10.0 ** np.floor(np.log10(width))
    step = power * _NICE[np.searchsorted(_NICE, width / power * (1 - 1e-9))]
    between = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    short = [float(f"{one:.12g}") for one in between.tolist()]  # 0.35, not 0.35...03
    return np.array([low, *short, high])
