"""The people of a record: their rows, limits and options, read back as codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...actionability import Demands, Limits, People
from ...table import TableReading, TableSchema
from .._wording import UNREADABLE
from .plain import value_of


@dataclass(frozen=True, eq=False)
class RecordedPeople:
    """The people of a record whose rows can be read, and their options.

    Parameters
    ----------
    written : list of dict
        What the record says about each of these people.
    people : People
        Their codes and limits.
    owner : ndarray of shape (n_options,), dtype int64
        Position of the person of each option.
    number : ndarray of shape (n_options,), dtype int64
        Number of the option among those of the person, from 0.
    rows : ndarray of shape (n_options, n_features), dtype float64
        Codes of the options.
    problems : list of (label, option, str)
        Cells that cannot be read; None is the option of the person's own row.
    """

    written: list[Mapping[str, Any]]
    people: People
    owner: np.ndarray
    number: np.ndarray
    rows: np.ndarray
    problems: list[tuple[Any, int | None, str]]

    def option(self, k: int) -> Mapping[str, Any]:
        """Take what the record says about one option."""
        one: Mapping[str, Any] = self.written[self.owner[k]]["options"][self.number[k]]
        return one

    def place(self, k: int) -> tuple[Any, int]:
        """Return the label of the person of an option, and the number of the option."""
        label = value_of(self.written[self.owner[k]]["label"])
        return label, int(self.number[k])


def read_people(
    content: Mapping[str, Any], schema: TableSchema, favorable: list[Any]
) -> RecordedPeople:
    """Read the people of a record.

    Parameters
    ----------
    content : mapping
        A record that has the schema of its version.
    schema : TableSchema
        Schema of its table.
    favorable : list of label
        The favorable labels.

    Returns
    -------
    recorded : RecordedPeople
        Without the people whose rows the report could not read, and without people and
        options with cells that cannot be read now.
    """
    some = [one for one in content["people"] if one["status"] != UNREADABLE]
    codes, wrong = _read(schema, [one["cells"] for one in some])
    problems: list[tuple[Any, int | None, str]]
    problems = [(value_of(some[k]["label"]), None, text) for k, text in wrong.items()]
    kept = [k for k in range(len(some)) if k not in wrong]
    written = [some[k] for k in kept]
    options = [
        (k, number, option["cells"])
        for k, one in enumerate(written)
        for number, option in enumerate(one["options"])
    ]
    rows, wrong = _read(schema, [cells for *_, cells in options])
    for k, text in wrong.items():
        person, number, _ = options[k]
        problems.append((value_of(written[person]["label"]), number, text))
    read = np.array([k not in wrong for k in range(len(options))], dtype=bool)
    owner = np.array([place[0] for place in options], dtype=np.int64)[read]
    numbers = np.array([place[1] for place in options], dtype=np.int64)[read]
    limits = _limits(written, schema, favorable)
    people = People(codes[kept], limits)
    return RecordedPeople(written, people, owner, numbers, rows[read], problems)


def _read(
    schema: TableSchema, rows: list[list[Any]]
) -> tuple[np.ndarray, dict[int, str]]:
    """Read rows of cells as codes (n, n_features), and say which cannot be read."""
    n_columns = len(_names(schema))
    wrong = {
        k: f"there are {len(row)} cells instead of {n_columns}"
        for k, row in enumerate(rows)
        if len(row) != n_columns
    }
    codes = np.full((len(rows), schema.n_features), np.nan)
    right = [k for k in range(len(rows)) if k not in wrong]
    if right:
        reading = _reading(schema, [rows[k] for k in right])
        codes[right] = reading.codes
        for place, text in enumerate(reading.reasons()):
            if text:
                wrong[right[place]] = text
    return codes, wrong


def _names(schema: TableSchema) -> tuple[Any, ...]:
    """Names of the columns of the table."""
    table: TableSchema = getattr(schema, "table", schema)
    return table.names


def _reading(schema: TableSchema, rows: list[list[Any]]) -> TableReading:
    """Read cells by the schema, as a table of Python objects."""
    names = _names(schema)
    table = np.empty((len(rows), len(names)), dtype=object)
    for k, row in enumerate(rows):
        for j, cell in enumerate(row):
            table[k, j] = value_of(cell)
    if not schema.is_frame:
        return schema.read(table)
    return schema.read(pd.DataFrame(table, columns=pd.Index(names)))


def _limits(
    written: list[Mapping[str, Any]], schema: TableSchema, favorable: list[Any]
) -> Limits:
    """Read the limits and demands of people."""
    shape = (len(written), schema.n_features)
    low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
    frozen = np.zeros(shape, dtype=bool)
    closed: dict[int, np.ndarray] = {}
    for row, one in enumerate(written):
        for limit in one["limits"]:
            j = schema.names.index(value_of(limit["feature"]))
            if limit["low"] is not None:
                low[row, j] = value_of(limit["low"])
            if limit["high"] is not None:
                high[row, j] = value_of(limit["high"])
            frozen[row, j] = limit["frozen"]
            levels = schema.columns[j].levels or ()
            for level in limit["closed"]:
                flags = closed.setdefault(j, np.zeros((shape[0], len(levels)), bool))
                flags[row, levels.index(level)] = True
    demands = [one["demands"] or {} for one in written]
    most = np.array([one.get("max_effort") for one in demands], dtype=np.float64)
    wanted = None
    if any(demands):
        targets = [value_of(one.get("target")) for one in demands]
        wanted = Demands(
            np.array([-1 if t is None else favorable.index(t) for t in targets], int),
            np.array([one.get("min_probability", 0.0) for one in demands], float),
            np.array([one.get("max_probability", 1.0) for one in demands], float),
        )
    has_budget = bool(np.isfinite(most).any())
    budget = np.where(np.isnan(most), np.inf, most) if has_budget else None
    return Limits(low, high, frozen, closed, budget, wanted)
