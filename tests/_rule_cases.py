"""Schemas, rules, links and limits drawn at random, and what they mean.

`permits`, `reachable` and `keeps_link` read rules and links by their definitions and
share no code with the package.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from skpar import (
    Derived,
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
from skpar.actionability._actionability import Actionability
from skpar.actionability._limits import Limits
from skpar.actionability._people import People
from skpar.objective import Eligibility
from skpar.table import TableSchema
from skpar.table._codes import n_changed

SCHOOLS = list("abcde")
JOBS = ["clerk", "cook", "nurse", "smith"]
SMALL = st.integers(-8, 8)


def mixed_schema():
    """A schema with a column of each kind, made by hand."""
    table = pd.DataFrame(
        {
            "age": [18, 90, 40, 25],
            "rate": [0.0, 10.0, 0.4, np.nan],
            "job": ["clerk", "cook", "nurse", None],
            "grade": pd.Categorical(["a", "e", "b", "c"], SCHOOLS, ordered=True),
        }
    )
    return TableSchema.infer(table, ordinal_features={"grade": SCHOOLS})


def move(schema, rules, own, asked):
    """Project one cell of `mixed_schema`; the other cells do not matter."""
    (name,) = rules
    j = schema.names.index(name)
    factual = np.array([[30.0, 1.0, 0.0, 0.0]])
    proposal = factual.copy()
    factual[0, j], proposal[0, j] = own, asked
    able = Actionability(schema, rules)
    return able.project(People.unlimited(factual), proposal)[0, j]


def fewest_changes(own, rows):
    """Objective of rows (n,) that prefers few changes."""
    return -n_changed(own, rows).astype(float)


def few_changes_of(people, rows):
    """Objective of rows (n,) of people that prefers few changes, for a prover."""
    return fewest_changes(people.codes, rows)


def all_eligible():
    """Let every row be an answer."""
    return Eligibility(None, -np.inf, None)


def cells(values, missing, size):
    """Lists of cells with two different ones at least present at the front."""
    rest = values | st.none() if missing else values
    return st.lists(rest, min_size=size - 2, max_size=size - 2).flatmap(
        lambda tail: st.lists(values, min_size=2, max_size=2, unique=True).map(
            lambda head: head + tail
        )
    )


@st.composite
def schemas(draw, kinds="ciobn", most=5):
    """Schemas of one to five columns of any kind, most with missing cells."""
    size = draw(st.integers(3, 6))
    data, ordinal = {}, {}
    kinds = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most))
    for j, kind in enumerate(kinds):
        name = f"{kind}{j}"
        missing = draw(st.booleans())
        if kind == "c":
            values = draw(cells(SMALL.map(lambda k: k / 10 + 0.05), missing, size))
            column = pd.Series(values, dtype="float64")
        elif kind == "i":
            column = pd.Series(draw(cells(SMALL, missing, size)), dtype="Int64")
        elif kind == "b":
            column = pd.Series(
                draw(cells(st.booleans(), missing, size)), dtype="boolean"
            )
        else:
            levels = SCHOOLS if kind == "o" else JOBS
            values = draw(cells(st.sampled_from(levels), missing, size))
            column = pd.Series(values, dtype=object)
            if kind == "o":
                ordinal[name] = levels
        data[name] = column
    return TableSchema.infer(pd.DataFrame(data), ordinal_features=ordinal)


def ranges(number):
    """Ranges, some of them absurd."""
    bound = st.none() | number
    step = st.none() | number.map(abs)
    return st.builds(Range, bound, bound, step, st.booleans())


def rules_for(column):
    """Lists of rules that may suit a column."""
    choices = [st.just("immutable"), st.booleans().map(Fill), st.just(Weight(2))]
    order = st.permutations(column.levels or ())
    if column.is_ordered:
        choices.append(st.sampled_from(["increasing", "decreasing"]))
    else:
        ordered = st.builds(Levels, order, st.just(True))
        word = st.sampled_from(["increasing", "decreasing"])
        choices.append(st.tuples(word, ordered))
    if column.is_numeric:
        whole = column.kind == "integer"
        choices.append(ranges(SMALL if whole else SMALL.map(lambda k: k / 10)))
    else:
        some = st.lists(st.sampled_from(column.levels), min_size=1, unique=True)
        choices.append(some.map(Levels))
        level = st.sampled_from(column.levels)
        targets = st.lists(level, unique=True)
        choices.append(st.dictionaries(level, targets, min_size=1).map(Transitions))
    return st.lists(st.one_of(choices), max_size=3).map(flat)


def flat(rules):
    """Write out the tuples in a list of rules."""
    return [r for rule in rules for r in (rule if isinstance(rule, tuple) else [rule])]


def is_accepted(schema, rules, links=None):
    """Tell whether rules and links pass validation."""
    try:
        Actionability(schema, rules, links)
    except ValueError:
        return False
    return True


@st.composite
def cases(draw, kinds="ciobn", most=5):
    """A schema, rules that it takes, people, and proposals to them."""
    schema = draw(schemas(kinds, most))
    rules = {}
    for column in schema.columns:
        rule = draw(rules_for(column))
        if is_accepted(schema, {column.name: rule}):
            rules[column.name] = rule
    n, m = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    factual = np.empty((n, len(schema.columns)))
    proposal = np.empty((n, m, len(schema.columns)))
    for j, column in enumerate(schema.columns):
        if column.is_numeric:
            own = (
                SMALL.map(float)
                if column.kind == "integer"
                else SMALL.map(lambda k: k / 10) | st.floats(-2, 2)
            )
            wild = st.sampled_from([1e300, -np.inf, np.inf, -1e9, -0.0])
            asked = SMALL.map(lambda k: k / 2) | st.floats(-12, 12) | wild
        else:
            seen = [float(k) for k, ok in enumerate(column.seen) if ok]
            own = st.sampled_from(seen)
            asked = st.sampled_from([*range(len(column.levels))]).map(float)
        if column.may_be_missing:
            own = own | st.just(np.nan)
        asked = asked | own | st.just(np.nan)
        for i in range(n):
            factual[i, j] = draw(own)
            for k in range(m):
                proposal[i, k, j] = draw(asked)
    return schema, rules, factual, proposal


def place(code, column, rules):
    """Find the place of a code in the order of its column."""
    order = [r.levels for r in rules if isinstance(r, Levels) and r.ordered]
    if not order or np.isnan(code):
        return code
    level = column.levels[int(code)]
    return order[0].index(level) if level in order[0] else np.nan


def permits(rule, own, value, column, rules):
    """Read a rule by its definition, for columns with a finite list of codes."""
    if rule == "immutable":
        return False
    if isinstance(rule, (Fill, Weight)):
        return True
    if isinstance(rule, Levels):
        return column.levels[int(value)] in rule.levels
    if isinstance(rule, Transitions):
        if np.isnan(own):
            return False
        targets = dict(rule.pairs).get(column.levels[int(own)], ())
        return column.levels[int(value)] in targets
    if rule in ("increasing", "decreasing"):
        own, value = place(own, column, rules), place(value, column, rules)
        return value >= own if rule == "increasing" else value <= own
    start = own if rule.relative else 0.0
    if (rule.low, rule.high, rule.step) == (None, None, None):
        return True
    if np.isnan(start):
        return False
    low = -np.inf if rule.low is None else start + rule.low
    high = np.inf if rule.high is None else start + rule.high
    anchor = start if rule.relative else rule.low or 0.0
    on_grid = rule.step is None or (value - anchor) % rule.step == 0
    return low <= value <= high and on_grid


def reachable(column, rules, own):
    """All codes that the rules permit beside the own one."""
    codes = np.arange(column.low, column.high + 1)
    if column.seen is not None:
        codes = np.flatnonzero(column.seen).astype(float)
    fill = [rule.allowed for rule in rules if isinstance(rule, Fill)]
    if np.isnan(own) and fill == [False]:
        return []
    if np.isnan(own) and fill == [True]:
        rules = [as_for_everybody(rule) for rule in rules]
    return [
        v for v in codes if all(permits(rule, own, v, column, rules) for rule in rules)
    ]


def as_for_everybody(rule):
    """Drop what a rule says about the own value."""
    if isinstance(rule, Range) and rule.relative:
        return Range(step=rule.step)
    return rule if isinstance(rule, (Range, Levels, Fill)) else Weight(1)


def joined(table, how):
    """A number that follows from all columns of a table."""
    columns = [
        pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
        for _, column in table.items()
    ]
    return how(np.column_stack(columns), axis=1)


def total(table):
    return joined(table, np.sum)


def highest(table):
    return joined(table, np.max)


def is_large(table):
    return joined(table, np.sum) > 0


def with_effect(new, old):
    """The own number, which is the last column, and half of the change of a sum."""
    own = pd.to_numeric(old.iloc[:, -1]).to_numpy(dtype=np.float64, na_value=np.nan)
    return own + 0.5 * (total(new) - total(old.iloc[:, :-1]))


@st.composite
def links_for(draw, schema, rules, most=3):
    """Some links that a schema takes."""
    columns = schema.columns
    ordered = st.sampled_from([c.name for c in columns if c.is_ordered] or [None])
    numbers = [c.name for c in columns if c.is_numeric]
    by = st.none() | st.integers(1, 4)
    step = st.builds(Rises, ordered, by) | st.builds(Falls, ordered, by)
    names = st.lists(st.sampled_from(schema.names), min_size=1, unique=True)
    choices = [
        st.builds(If, step, step),
        st.builds(MaxChanged, st.integers(1, 3)),
        st.builds(MaxChanged, st.just(1), names),
    ]
    if len(numbers) > 1:
        number = st.sampled_from(numbers)
        weights = st.dictionaries(number, st.sampled_from([-2, -1, 1, 3]), min_size=1)
        bound = st.none() | SMALL
        some = st.lists(number, min_size=1, max_size=2, unique=True)
        truths = [c.name for c in columns if c.kind == "binary"]
        choices += [
            st.builds(NotAbove, number, number),
            st.builds(Linear, weights, bound, st.none()),
            st.builds(Linear, weights, st.none(), bound),
            st.builds(Derived, number, some, st.sampled_from([total, highest])),
            st.builds(Derived, number, some, st.just(with_effect), st.just(True)),
        ]
        if truths:
            truth = st.sampled_from(truths)
            choices.append(st.builds(Derived, truth, some, st.just(is_large)))
    links = []
    for link in draw(st.lists(st.one_of(choices), max_size=most)):
        if is_accepted(schema, rules, [*links, link]):
            links.append(link)
    return links


@st.composite
def limits_for(draw, schema, factual):
    """Limits of some people, or none."""
    if draw(st.booleans()):
        return Limits.none(factual.shape)
    low, high = np.full(factual.shape, -np.inf), np.full(factual.shape, np.inf)
    frozen = np.zeros(factual.shape, dtype=bool)
    for i, j in itertools.product(*map(range, factual.shape)):
        column = schema.columns[j]
        kind = draw(st.sampled_from(["free", "free", "frozen", "limited"]))
        if kind == "frozen":
            frozen[i, j] = True
        elif kind == "limited" and column.is_ordered:
            ends = sorted(draw(st.tuples(SMALL, SMALL)))
            low[i, j], high[i, j] = ends
    return Limits(low, high, frozen)


def differs(a, b):
    """Tell whether two cells differ; two missing ones do not."""
    return not (a == b or (np.isnan(a) and np.isnan(b)))


def steps(step, own, new, schema, rules):
    """Tell whether a rise or fall happens."""
    j = schema.names.index(step.column)
    written = rules.get(step.column, [])
    start = place(own[j], schema.columns[j], written)
    end = place(new[j], schema.columns[j], written)
    rise = end - start if isinstance(step, Rises) else start - end
    return rise > 0 if step.by is None else rise >= step.by - 1e-9


def keeps_link(link, own, new, schema, rules, slack=0.0):
    """Read a link by its definition."""
    at = {name: j for j, name in enumerate(schema.names)}
    changed = [differs(a, b) for a, b in zip(own, new, strict=True)]
    if isinstance(link, If):
        happens = steps(link.change, own, new, schema, rules)
        return not happens or steps(link.then, own, new, schema, rules)
    if isinstance(link, MaxChanged):
        names = schema.names if link.of is None else link.of
        return sum(changed[at[name]] for name in names) <= link.count
    if isinstance(link, Derived):
        if not any(changed[at[name]] for name in link.sources):
            return not changed[at[link.column]]
        cells = {name: [new[at[name]]] for name in link.sources}
        tables = [pd.DataFrame(cells)]
        if link.uses_old:
            names = (*link.sources, link.column)
            tables.append(pd.DataFrame({name: [own[at[name]]] for name in names}))
        value = float(link.function(*tables)[0])
        if schema.columns[at[link.column]].kind == "integer":
            value = np.rint(value)
        return not differs(value, new[at[link.column]])
    if isinstance(link, NotAbove):
        link = Linear({link.column: 1, link.other: -1}, high=0)
    if not any(changed[at[name]] for name, _ in link.terms):
        return True
    value = sum(weight * new[at[name]] for name, weight in link.terms)
    if np.isnan(value):
        return True
    low = -np.inf if link.low is None else link.low
    high = np.inf if link.high is None else link.high
    return low - slack <= value <= high + slack


def listed(schema, rules, links, own, most=300):
    """All rows within reach, by the definitions; None where they are too many."""
    values = []
    for j, column in enumerate(schema.columns):
        if column.kind == "continuous":
            return None
        known = reachable(column, rules.get(column.name, []), own[j])
        values.append([own[j], *(code for code in known if differs(own[j], code))])
    if np.prod([len(codes) for codes in values]) > most:
        return None
    rows = [
        row
        for row in itertools.product(*values)
        if all(keeps_link(link, own, row, schema, rules) for link in links)
    ]
    return np.array(rows)


def needed_rows(own, rows, derived=()):
    """Keep the rows that make no more than all changes of another of them."""
    acting = [j for j in range(len(own)) if j not in derived]
    changes = [
        {(j, str(row[j])) for j in acting if differs(own[j], row[j])} for row in rows
    ]
    kept = [not any(part < whole for part in changes) for whole in changes]
    return rows[np.array(kept, dtype=bool)]


def within_limits(limits, i, own, new):
    """Tell whether one person's limits are kept."""
    frozen = limits.frozen[i]
    return all(
        not differs(a, b)
        or (not frozen[j] and limits.low[i, j] <= b <= limits.high[i, j])
        for j, (a, b) in enumerate(zip(own, new, strict=True))
    )
