"""Checks of recorded regions: the classifier must accept all rows in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..._config import RecordConfig
from ...actionability import Actionability, OrderedValues, People
from ...classifier import BlackBox
from ._findings import Finding
from ._recorded import RecordedPeople
from .plain import shown, value_of


def check_regions(
    recorded: RecordedPeople, actionability: Actionability, box: BlackBox
) -> Iterator[Finding]:
    """Draw rows in the region of each option, and let the classifier predict them.

    Parameters
    ----------
    recorded : RecordedPeople
    actionability : Actionability
        Recorded rules: an open end of a region is as far as the person may move.
    box : BlackBox
        The classifier.

    Yields
    ------
    finding : Finding
    """
    for k in range(len(recorded.rows)):
        region = recorded.option(k).get("region")
        if region is None:
            continue
        place, row = recorded.place(k), recorded.rows[k]
        owner = recorded.people[[recorded.owner[k]]]
        ranges = [region["together"], *([one] for one in region.get("alone", []))]
        for seed, bounds in enumerate(ranges):
            sides = [_Side.read(bound, owner, row, actionability) for bound in bounds]
            problems = [one for one in sides if isinstance(one, str)]
            if problems:
                yield Finding("region", problems[0], *place)
                continue
            rows = _draws(sides, row, seed)
            owners = owner[np.zeros(len(rows), dtype=np.int64)]
            wanted = box.are_wanted(box.predict(rows), owners.limits.demands)
            if not wanted.all():
                refused = (~wanted).sum()
                text = f"the classifier denies {refused} of {len(rows)} rows in it"
                yield Finding("region", text, *place)


class _Side:
    """The range of one number, and the feasible values in it."""

    def __init__(
        self,
        j: int,
        low: float,
        high: float,
        enough: float,
        own: np.ndarray,
        rule: OrderedValues | None,
    ) -> None:
        self.j, self.low, self.high, self.enough = j, low, high, enough
        self.own, self.rule = own, rule

    @classmethod
    def read(
        cls,
        bound: Mapping[str, Any],
        owner: People,
        row: np.ndarray,
        actionability: Actionability,
    ) -> _Side | str:
        """Read a range of one person; say what is wrong with it, if anything is."""
        name, schema = value_of(bound["feature"]), actionability.schema
        if name not in schema.names:
            return f"it names an unknown feature {shown(name)}"
        j = schema.names.index(name)
        rule, own = actionability.rules[j], owner.codes[:, j]
        outside = f"the recourse itself is outside of it in {name!r}"
        if not isinstance(rule, OrderedValues) or not schema.columns[j].is_numeric:
            is_point = bound["low"] == bound["high"] == row[j]
            return cls(j, row[j], row[j], row[j], own, None) if is_point else outside
        first, last = rule.ends(own, owner.limits.of_column(j))
        ends = np.fmin(first[0], row[j]), np.fmax(last[0], row[j])
        low = ends[0] if bound["low"] is None else bound["low"]
        high = ends[1] if bound["high"] is None else bound["high"]
        if not low <= row[j] <= high:
            return outside
        if low < ends[0] or high > ends[1]:
            return f"it goes beyond what is feasible in {name!r}"
        enough = float(bound.get("enough", row[j]))
        is_known = low <= enough <= high
        if not is_known or enough not in rule.around(np.array([enough]), own)[0]:
            return f"what is enough is outside of it in {name!r}"
        return cls(j, float(low), float(high), enough, own, rule)

    def draw(self, uniform: np.ndarray, value: float) -> np.ndarray:
        """Place numbers between 0 and 1 (n,) in the range, at feasible values."""
        if self.rule is None or self.low == self.high:
            return np.full(len(uniform), value)
        drawn = self.low * (1.0 - uniform) + self.high * uniform
        below, above = self.rule.around(drawn, self.own)
        inside = np.where(above <= self.high, above, value)
        chosen: np.ndarray = np.where(below >= self.low, below, inside)
        return chosen


def _draws(sides: Sequence[Any], row: np.ndarray, seed: int) -> np.ndarray:
    """Draw rows (n_rows, n_features) in a region: what is enough, then corners."""
    n_rows = RecordConfig.n_region_rows
    uniform = np.random.RandomState(seed).random_sample
    rows = np.tile(row, (n_rows, 1))
    for side in sides:
        places = uniform(n_rows)
        places[: n_rows // 2] = np.rint(places[: n_rows // 2])
        rows[:, side.j] = side.draw(places, row[side.j])
        rows[0, side.j] = side.enough
    return rows
