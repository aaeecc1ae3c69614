"""Checks of recorded people: decisions, rules, demands and changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...actionability import Actionability, find_violations
from ...classifier import BlackBox
from ...search import broken_decisions
from ...table import TOLERANCE, TableSchema, same_cells
from .._wording import ACCEPTED, FOUND
from ._findings import Finding
from ._recorded import RecordedPeople
from .plain import plain_value, value_of


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
    for k, demands_broken in enumerate(broken):
        for one_broken in demands_broken:
            yield Finding("decision", str(one_broken), *recorded.place(k))


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
