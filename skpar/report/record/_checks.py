"""Checks of recorded people: decisions, rules, demands, changes and regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._config import RecordConfig
from ...actionability import Actionability, find_violations
from ...classifier import BlackBox
from ...search import broken_decisions
from ...table import TOLERANCE, TableSchema, same_cells
from .._wording import ACCEPTED, FOUND
from ._findings import Finding
from ._recorded import RecordedPeople
from .plain import plain_value, shown, value_of


def check_statuses(recorded: RecordedPeople) -> Iterator[Finding]:
    """Compare the status of each person with the options and the reason."""
    for one in recorded.written:
        label, has_options = value_of(one["label"]), bool(one["options"])
        if (one["status"] == FOUND) != has_options:
            text = (
                f"the status is {one['status']!r}, with {len(one['options'])} options"
            )
            yield Finding("status", text, label)


def check_decisions(recorded: RecordedPeople, box: BlackBox) -> Iterator[Finding]:
    """Compare the recorded decisions with those of a classifier."""
    people = recorded.people
    demands = people.limits.demands
    accepted = box.are_wanted(box.predict(people.codes), demands)
    for one, is_accepted in zip(recorded.written, accepted.tolist(), strict=True):
        if is_accepted != (one["status"] == ACCEPTED):
            now = "accepts" if is_accepted else "denies"
            text = f"the status is {one['status']!r}, but the classifier {now} the row"
            yield Finding("decision", text, value_of(one["label"]))
    owners = people[recorded.owner]
    wanted = box.are_wanted(box.predict(recorded.rows), owners.limits.demands)
    broken = broken_decisions(box, owners, recorded.rows, wanted)
    for k, texts in enumerate(broken):
        for text in texts:
            yield Finding("decision", text, *recorded.place(k))


def check_rules(
    recorded: RecordedPeople, actionability: Actionability, skipped: list[Any]
) -> Iterator[Finding]:
    """Check that options keep rules, links and limits; leave out some links."""
    owners = recorded.people[recorded.owner]
    silent = {repr(link) for link in skipped}
    broken = find_violations(actionability, owners, recorded.rows)
    for k, texts in enumerate(broken):
        for text in texts:
            if text not in silent:
                yield Finding("feasibility", text, *recorded.place(k))


def check_demands(recorded: RecordedPeople, min_percentile: float) -> Iterator[Finding]:
    """Compare recorded percentiles and efforts with what was demanded."""
    people = recorded.people
    most = people.limits.max_effort
    for k in range(len(recorded.rows)):
        option = recorded.option(k)
        percentile, effort = option["percentile"], option["effort"]
        if percentile is not None and percentile < min_percentile - TOLERANCE:
            text = f"percentile {percentile:.6g} is below min_percentile"
            yield Finding("demands", text, *recorded.place(k))
        if most is None or effort is None:
            continue
        highest = most[recorded.owner[k]]
        if effort > highest + TOLERANCE * max(1.0, highest):
            text = f"effort {effort:.6g} is above max_effort={highest:.6g}"
            yield Finding("demands", text, *recorded.place(k))


def check_changes(recorded: RecordedPeople, schema: TableSchema) -> Iterator[Finding]:
    """Compare the recorded changes with the cells."""
    before = recorded.people.codes[recorded.owner]
    for k, (own, new) in enumerate(zip(before, recorded.rows, strict=True)):
        expected = {
            schema.names[j]: [
                plain_value(schema.value_of(j, float(code)))
                for code in (own[j], new[j])
            ]
            for j in np.flatnonzero(~same_cells(own, new)).tolist()
        }
        changes = recorded.option(k)["changes"]
        given = {value_of(one["feature"]): [one["from"], one["to"]] for one in changes}
        if given != expected or len(given) != len(changes):
            names = sorted(map(repr, given.keys() ^ expected.keys()))
            names = names or sorted(repr(n) for n in given if given[n] != expected[n])
            text = f"the list of changes contradicts the cells: {', '.join(names)}"
            yield Finding("changes", text, *recorded.place(k))


def check_regions(
    recorded: RecordedPeople, schema: TableSchema, box: BlackBox
) -> Iterator[Finding]:
    """Draw rows in the region of each option, and let the classifier predict them."""
    for k in range(len(recorded.rows)):
        region = recorded.option(k).get("region")
        if region is None:
            continue
        place, row = recorded.place(k), recorded.rows[k]
        ranges = [region["together"], *([one] for one in region.get("alone", []))]
        for seed, bounds in enumerate(ranges):
            problem = _problem_of(bounds, row, schema)
            if problem:
                yield Finding("region", problem, *place)
                continue
            rows = _draws(bounds, row, schema, seed)
            owner = recorded.people[np.full(len(rows), recorded.owner[k])]
            wanted = box.are_wanted(box.predict(rows), owner.limits.demands)
            if not wanted.all():
                text = (
                    f"the classifier denies {(~wanted).sum()} of {len(rows)} rows in it"
                )
                yield Finding("region", text, *place)


def _problem_of(bounds: Any, row: np.ndarray, schema: TableSchema) -> str:
    """Say what is wrong with a region, besides the classifier."""
    for bound in bounds:
        name = value_of(bound["feature"])
        if name not in schema.names:
            return f"it names an unknown feature {shown(name)}"
        j = schema.names.index(name)
        low, high = _ends(bound, schema, j)
        if not schema.columns[j].is_numeric or not low <= row[j] <= high:
            return f"the recourse itself is outside of it in {name!r}"
    return ""


def _ends(bound: Any, schema: TableSchema, j: int) -> tuple[float, float]:
    """Read a range; an open end is that of the training values."""
    column = schema.columns[j]
    low = column.low if bound["low"] is None else bound["low"]
    high = column.high if bound["high"] is None else bound["high"]
    return low, high


def _draws(bounds: Any, row: np.ndarray, schema: TableSchema, seed: int) -> np.ndarray:
    """Draw rows in a region; its corners come first, (n_rows, n_features)."""
    n_rows = RecordConfig.n_region_rows
    uniform = np.random.RandomState(seed).random_sample
    rows = np.tile(row, (n_rows, 1))
    for bound in bounds:
        j = schema.names.index(value_of(bound["feature"]))
        low, high = _ends(bound, schema, j)
        places = uniform(n_rows)
        places[: n_rows // 2] = np.rint(places[: n_rows // 2])
        rows[:, j] = low * (1.0 - places) + high * places
        if schema.columns[j].kind == "integer":
            inside = np.clip(np.rint(rows[:, j]), np.ceil(low), np.floor(high))
            rows[:, j] = inside
    return rows
