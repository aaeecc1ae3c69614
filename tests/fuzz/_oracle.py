"""What rules, links and limits mean, read from their documentation.

Nothing here calls skpar. A row is a list of Python values, None for missing cells. With
``slack=1`` rounding errors are forgiven, to find rows that are surely wrong. With
``slack=-1`` nothing is, to list rows that are surely right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
import pandas as pd

from skpar import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    Fill,
    If,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Range,
    Rises,
    Transitions,
    Weight,
)

from ._tables import ColumnFacts

Row = list[Any]


def same(one: Any, other: Any) -> bool:
    """Compare two cells; two missing cells are the same."""
    return one is None and other is None if None in (one, other) else one == other


def nothing(*values: Any) -> bool:
    """Check whether a cell is missing, or no number."""
    return any(value is None or value != value for value in values)


@dataclass(frozen=True)
class Limit:
    """The limits of one cell of one person; None for none."""

    lower: Any = None
    upper: Any = None
    is_frozen: bool = False


@dataclass(frozen=True)
class Oracle:
    """Rules and links of a case.

    Parameters
    ----------
    facts : list of ColumnFacts
        What the training table shows of each column.
    rules : list of list of rule
        The rules of each column.
    links : list of link
        All links.
    one_row : callable
        Makes a table of one row, with the dtypes of training, from cells and the
        positions of their columns.
    training : list of list
        Training rows.
    features : dict
        Name of each feature to the positions of its columns.
    """

    facts: list[ColumnFacts]
    rules: list[list[Any]]
    links: list[Any]
    one_row: Callable[[list[Any], list[int]], Any]
    training: list[Row]
    features: dict[Any, tuple[int, ...]]

    def feature(self, key: Any) -> tuple[int, ...]:
        """Positions of the columns of a feature: of a group, or of one column."""
        if key in self.features and key not in [fact.key for fact in self.facts]:
            return self.features[key]
        j = self.position(key)
        return next((one for one in self.features.values() if j in one), (j,))

    def position(self, key: Any) -> int:
        """Find a column; columns of an array have names in found relations."""
        keys = [fact.key for fact in self.facts]
        return keys.index(key) if key in keys else int(str(key).removeprefix("x"))

    def followers(self) -> list[Any]:
        """Links of the columns that follow from others, sources before followers."""
        links = [one for one in self.links if isinstance(one, (Derived, Determines))]
        by_feature = {self.feature(link.column): link for link in links}
        graph = {
            column: [self.feature(key) for key in sources_of(link)]
            for column, link in by_feature.items()
        }
        order = TopologicalSorter(graph).static_order()
        return [by_feature[column] for column in order if column in by_feature]

    def derived(self) -> set[int]:
        """Positions of the columns that follow from others."""
        return {j for link in self.followers() for j in self.feature(link.column)}

    def count_actions(self, changed: list[bool]) -> int:
        """Count changed features, a group once; what follows is no action."""
        derived = self.derived()
        return sum(
            any(changed[j] for j in columns)
            for columns in set(self.features.values())
            if not derived & set(columns)
        )

    def broken(
        self, own: Row, new: Row, limits: list[Limit], slack: int = 1
    ) -> list[tuple[str, str]]:
        """List what a changed row breaks, as pairs of kind and text."""
        found = []
        for j, fact in enumerate(self.facts):
            if not same(own[j], new[j]):
                for kind, text in self.broken_by_cell(
                    j, own[j], new[j], limits[j], slack
                ):
                    text = f"{fact.key!r} from {own[j]!r} to {new[j]!r}: {text}"
                    found.append((kind, text))
        for link in self.links:
            if not self.keeps_link(link, own, new, slack):
                found.append((f"link {type(link).__name__}", repr(link)))
        return found

    def broken_by_cell(
        self, j: int, own: Any, new: Any, limit: Limit, slack: int
    ) -> list[tuple[str, str]]:
        """List what a changed cell breaks."""
        fact, rules = self.facts[j], self.rules[j]
        if new is None:
            return [("emptied", "a known cell became missing")]
        found = []
        if fact.is_number:
            size = max(abs(float(new)), abs(fact.low), abs(fact.high))
            room = slack * fact.rounding * size
            if not fact.low - room <= new <= fact.high + room:
                found.append(("range", f"training has {fact.low!r} to {fact.high!r}"))
            if fact.is_whole and not float(new).is_integer():
                found.append(("whole", "the column holds whole numbers"))
        elif new not in fact.seen:
            found.append(("level", "no training row has this level"))
        if own is None and not fills(rules):
            found.append(("rule Fill", f"the cell must stay missing: {rules!r}"))
        for rule in rules:
            if not keeps_rule(rule, own, new, fact, self.order(j), rules, slack):
                found.append((f"rule {name_of(rule)}", repr(rule)))
        return found + broken_limits(limit, new, fact, slack)

    def order(self, j: int) -> tuple[Any, ...] | None:
        """Levels of a column from the lowest to the highest, if they have an order."""
        for rule in self.rules[j]:
            if isinstance(rule, Levels) and rule.ordered:
                return tuple(rule.levels)
        return self.facts[j].order

    def place(self, j: int, cell: Any) -> float:
        """Find the place of a cell in the order of its column; NaN if it has none."""
        if cell is None:
            return math.nan
        if self.facts[j].is_number:
            return float(cell)
        order = self.order(j) or ()
        return float(order.index(cell)) if cell in order else math.nan

    def keeps_link(self, link: Any, own: Row, new: Row, slack: int) -> bool:
        """Read a link by its definition."""
        changed = [not same(a, b) for a, b in zip(own, new, strict=True)]
        if isinstance(link, MaxChanged):
            keys = [fact.key for fact in self.facts] if link.of is None else link.of
            counted = {self.feature(key) for key in keys}
            n = sum(any(changed[j] for j in columns) for columns in counted)
            return n <= link.count
        if isinstance(link, ExactlyOne):
            return self.keeps_group(link, new, changed)
        if isinstance(link, If):
            if not self.happens(link.change, own, new, -slack):
                return True
            return self.happens(link.then, own, new, slack)
        if isinstance(link, (Derived, Determines)):
            return self.follows(link, own, new)
        if isinstance(link, NotAbove):
            one, other = self.position(link.column), self.position(link.other)
            if not (changed[one] or changed[other]) or nothing(new[one], new[other]):
                return True
            return bool(new[one] <= new[other])
        assert isinstance(link, Linear)
        places = {
            self.position(key): weight for key, weight in dict(link.weights).items()
        }
        if not any(changed[j] for j in places) or nothing(*(new[j] for j in places)):
            return True
        terms = [weight * float(new[j]) for j, weight in places.items()]
        # Sums of computers depend on the order of their terms.
        room = slack * 4e-12 * sum(map(abs, terms))
        low = -math.inf if link.low is None else link.low
        high = math.inf if link.high is None else link.high
        return low - room <= math.fsum(terms) <= high + room

    def happens(self, step: Rises | Falls, own: Row, new: Row, slack: int) -> bool:
        """Check whether a feature rises or falls."""
        j = self.position(step.column)
        start, end = self.place(j, own[j]), self.place(j, new[j])
        if nothing(start, end):
            return False
        rise = end - start if isinstance(step, Rises) else start - end
        if step.by is None:
            return rise > 0
        room = slack * self.facts[j].rounding * max(abs(start), abs(end), step.by)
        return rise >= step.by - room

    def keeps_group(self, link: ExactlyOne, new: Row, changed: list[bool]) -> bool:
        """Check that one column is on if one of them changed."""
        columns = [self.position(key) for key in link.columns]
        if not any(changed[j] for j in columns):
            return True
        values = [sorted({row[j] for row in self.training}) for j in columns]
        if any(new[j] not in some for j, some in zip(columns, values, strict=True)):
            return False
        n_on = sum(new[j] == some[-1] for j, some in zip(columns, values, strict=True))
        return n_on == 1 or (link.at_most and n_on == 0)

    def follows(self, link: Any, own: Row, new: Row) -> bool:
        """Compute what follows from other columns again."""
        columns = self.feature(link.column)
        sources = [j for key in sources_of(link) for j in self.feature(key)]
        if all(same(own[j], new[j]) for j in sources):
            return all(same(own[j], new[j]) for j in columns)
        value = self.computed(link, own, new)
        if value is None:
            return False
        relation = getattr(getattr(link, "function", None), "relation", None)
        for j, cell in zip(columns, value, strict=True):
            room = 0.0
            if relation is not None and self.facts[j].is_number and cell is not None:
                size = self.facts[j].rounding * abs(cell)
                room = float(getattr(relation, "tolerance", 0.0)) + size
            if same(cell, new[j]):
                continue
            if not room or None in (cell, new[j]) or abs(cell - new[j]) > room:
                return False
        return True

    def computed(self, link: Any, own: Row, row: Row) -> Row | None:
        """Compute the cells of the feature that follows; None if nothing is known."""
        if isinstance(link, Determines):
            return self.looked_up(link, row)
        j = self.position(link.column)
        sources = [self.position(key) for key in link.sources]
        tables = [self.one_row([row[k] for k in sources], sources)]
        if link.uses_old:
            columns = [*sources, j]
            tables.append(self.one_row([own[k] for k in columns], columns))
        value = np.asarray(link.function(*tables)).tolist()[0]
        fact = self.facts[j]
        if isinstance(value, float) and not math.isfinite(value):
            return [None]
        if fact.is_number and fact.is_whole:
            value = float(np.rint(value))
        if fact.is_number and "32" in str(fact.dtype):
            value = float(np.float32(value))
        return [value]

    def looked_up(self, link: Determines, row: Row) -> Row | None:
        """Look for training rows with the same value of the source."""
        sources, columns = self.feature(link.source), self.feature(link.column)
        pairs = {}
        for one in self.training:
            cells = [one[j] for j in (*sources, *columns)]
            if None not in cells:
                pairs[tuple(cells[: len(sources)])] = cells[len(sources) :]
        value = tuple(row[j] for j in sources)
        if value in pairs or None in value:
            return pairs.get(value)
        if len(sources) > 1 or not self.facts[sources[0]].is_number:
            return None
        below = [one for one in pairs if one < value]
        above = [one for one in pairs if one > value]
        if not below or not above or pairs[max(below)] != pairs[min(above)]:
            return None
        return pairs[max(below)]


def sources_of(link: Any) -> tuple[Any, ...]:
    """Columns that others follow from."""
    return (link.source,) if isinstance(link, Determines) else tuple(link.sources)


def name_of(rule: Any) -> str:
    """Name a rule by its word or its class."""
    return rule if isinstance(rule, str) else type(rule).__name__


def compares(rule: Any) -> bool:
    """Check whether a rule compares with the own value."""
    if isinstance(rule, Range):
        has_bound = (rule.low, rule.high, rule.step) != (None, None, None)
        return rule.relative and has_bound
    return isinstance(rule, (str, Transitions))


def fills(rules: list[Any]) -> bool:
    """Check whether a missing cell may be filled."""
    for rule in rules:
        if isinstance(rule, Fill):
            return rule.allowed
    return not any(map(compares, rules))


def keeps_rule(
    rule: Any,
    own: Any,
    new: Any,
    fact: ColumnFacts,
    order: tuple[Any, ...] | None,
    rules: list[Any],
    slack: int,
) -> bool:
    """Read a rule by its definition, for a changed cell."""
    if own is None and isinstance(rule, Range) and rule.relative:
        rule = Range(step=rule.step)
    elif isinstance(rule, (Fill, Weight)) or (own is None and compares(rule)):
        return True  # filling is judged by `fills`
    if rule == "immutable":
        return False
    if isinstance(rule, Levels):
        return new in rule.levels
    if isinstance(rule, Transitions):
        return new in dict(rule.moves).get(own, ())
    if isinstance(rule, Range):
        return keeps_range(rule, own, float(new), fact, slack)
    if not fact.is_number:
        assert order is not None
        if own not in order or new not in order:
            return False
        own, new = order.index(own), order.index(new)
    return bool(new >= own if rule == "increasing" else new <= own)


def keeps_range(
    rule: Range, own: Any, new: float, fact: ColumnFacts, slack: int
) -> bool:
    """Check bounds and steps."""
    start = float(own) if rule.relative else 0.0
    anchor = start if rule.relative else float(rule.low or 0.0)
    size = max(
        abs(new), abs(start), abs(anchor), abs(rule.low or 0), abs(rule.high or 0)
    )
    room = slack * fact.rounding * size
    if rule.low is not None and new < start + rule.low - room:
        return False
    if rule.high is not None and new > start + rule.high + room:
        return False
    if rule.step is None:
        return True
    steps = (new - anchor) / rule.step
    return abs(steps - round(steps)) * rule.step <= fact.rounding * max(size, rule.step)


def broken_limits(
    limit: Limit, new: Any, fact: ColumnFacts, slack: int
) -> list[tuple[str, str]]:
    """Check the limits of one cell of one person."""
    if limit.is_frozen:
        return [("limit", "the cell is frozen")]
    found = []
    for name, end, sign in (("lower", limit.lower, 1), ("upper", limit.upper, -1)):
        if nothing(end):
            continue
        if fact.is_number:
            room = slack * fact.rounding * max(abs(float(new)), abs(float(end)))
            is_beyond = sign * (float(end) - float(new)) > room
        else:
            order = fact.order or ()
            is_beyond = sign * (order.index(end) - order.index(new)) > 0
        if is_beyond:
            found.append(("limit", f"{name} is {end!r}"))
    return found


def read_limits(
    facts: list[ColumnFacts], given: dict[str, Any], n: int, is_frame: bool
) -> list[list[Limit]]:
    """Read the limits of all people from the tables that the user passes."""
    limits = []
    for i in range(n):
        row = []
        for fact in facts:
            key = fact.key if is_frame else f"x{fact.key}"
            cells = {
                name: table[key].iloc[i]
                for name, table in given.items()
                if key in table.columns
            }
            ends = [
                None if nothing(c := cells.get(e)) else c for e in ("lower", "upper")
            ]
            row.append(Limit(*ends, is_frozen=bool(cells.get("frozen", False))))
        limits.append(row)
    return limits


def table_maker(train: Any) -> Callable[[list[Any], list[int]], Any]:
    """Make tables of one row with the dtypes of a training table."""
    if not isinstance(train, pd.DataFrame):

        def one_row(cells: list[Any], columns: list[int]) -> Any:
            filled = [np.nan if cell is None else cell for cell in cells]
            return np.array([filled], dtype=train.dtype)

        return one_row

    def one_frame(cells: list[Any], columns: list[int]) -> Any:
        names = [train.columns[j] for j in columns]
        made = {
            j: pd.Series([cell]).astype(train.dtypes.iloc[column])
            for j, (cell, column) in enumerate(zip(cells, columns, strict=True))
        }
        frame = pd.DataFrame(made)
        frame.columns = pd.Index(names)
        return frame

    return one_frame
