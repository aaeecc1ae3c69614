"""Each step of a plan is feasible, smallest sets first, then the cheapest."""

from contextlib import suppress
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skpar import (
    Derived,
    ExactlyOne,
    Falls,
    If,
    Linear,
    MaxChanged,
    NotAbove,
    Range,
    Rises,
)
from skpar.actionability import Actionability, Limits, People, StepOrder
from skpar.actionability._step_order import _best_path, _subsets
from skpar.table import TableSchema

from .._rule_cases import (
    cases,
    differs,
    keeps_link,
    limits_for,
    links_for,
    within_limits,
)


def check_steps(steps, able, schema, rules, links, people, row):
    """Check rows by the definitions of links and limits, and that all changes occur."""
    own, before = people.codes[0], people.codes[0]
    made = [j for step in steps for j in step.features]
    expected = [
        j for j in range(len(own)) if differs(own[j], row[j]) and j not in able.derived
    ]
    assert sorted(made) == expected
    for step in steps:
        assert step.features
        for j in range(len(own)):
            if j not in able.derived:
                cell = row[j] if j in step.features else before[j]
                assert not differs(step.row[j], cell)
        for link in links:
            assert keeps_link(link, own, step.row, schema, rules, slack=1e-9)
        assert within_limits(people.limits, 0, own, step.row)
        assert able.keeps_rules(people, step.row[np.newaxis]).all()
        before = step.row
    np.testing.assert_array_equal(before, row)


@st.composite
def answers(draw):
    """A person with links and limits, and a feasible row with several changes."""
    schema, rules, factual, proposal = draw(cases(most=5))
    links = draw(links_for(schema, rules))
    limits = draw(limits_for(schema, factual))
    able = Actionability(schema, rules, links)
    people = People(factual, limits)
    rows = able.project(people, proposal)
    changed = ~(
        (rows == factual[:, None]) | (np.isnan(rows) & np.isnan(factual)[:, None])
    )
    changed[..., list(able.derived)] = False
    who, k = np.nonzero(changed.sum(axis=-1) > 1)
    assume(len(who))
    effort = np.array(draw(st.lists(st.integers(0, 4), min_size=5, max_size=5)))
    effort = effort[: len(schema.columns)] / 4
    return able, schema, rules, links, people[[who[0]]], rows[who[0], k[0]], effort


def check_answer(case, max_exact):
    able, schema, rules, links, people, row, effort = case
    steps = StepOrder(able, max_exact, max_joint=2).steps(people, row, effort)
    check_steps(steps, able, schema, rules, links, people, row)
    return max((len(step.features) for step in steps), default=0)


@given(answers(), st.sampled_from([8, 1]))
@settings(max_examples=60)
def test_every_step_is_feasible(case, max_exact):
    check_answer(case, max_exact)


NAMES = list("abcde")
LINKED = TableSchema.infer(pd.DataFrame({name: [0, 9] for name in [*NAMES, "f"]}))


def draw_link(rng, own, row):
    """Draw a link that binds between the two rows more often than not."""
    one, two, three = rng.permutation(NAMES)[:3].tolist()
    kind = rng.integers(3)
    if kind == 0:
        return NotAbove(one, two)
    if kind == 1:
        steps = [Rises if rng.random() < 0.5 else Falls for _ in range(2)]
        return If(steps[0](one), steps[1](two))
    weights = {one: 1, two: rng.choice([-1, 1]), three: rng.choice([-1, 1])}
    ends = [sum(w * x[NAMES.index(k)] for k, w in weights.items()) for x in (own, row)]
    return Linear(weights, low=min(ends) - rng.integers(2), high=max(ends))


def sum_of_two(table):
    return table["a"] + table["b"]


def effect(new, old):
    return old["f"] + old["a"] - new["a"] + new["b"] - old["b"]


def linked_case(seed):
    """A person, and a feasible row with several changes, under links that bind."""
    rng = np.random.default_rng(seed)
    own, row = rng.integers(0, 5, (2, 6)).astype(float)
    row[rng.permutation(5)[: rng.integers(0, 3)]] = -1.0
    row[:5] = np.where(row[:5] < 0, own[:5], row[:5])
    follows = Derived("f", ["a", "b"], sum_of_two)
    follows = follows if seed % 2 else Derived("f", ["a", "b"], effect, uses_old=True)
    changes = row - own
    row[5] = row[0] + row[1] if seed % 2 else own[5] - changes[0] + changes[1]
    if not changes[:2].any():
        row[5] = own[5]
    rules = {"f": [Range(*sorted((own[5], row[5])))]} if rng.random() < 0.5 else {}
    low, high = np.full((1, 6), -np.inf), np.full((1, 6), np.inf)
    if rng.random() < 0.5:
        high[0, 5] = max(own[5], row[5])
    people = People(own[None], Limits(low, high, np.zeros((1, 6), dtype=bool)))
    links = [follows]
    for link in (draw_link(rng, own, row) for _ in range(4)):
        able = None
        with suppress(ValueError):
            able = Actionability(LINKED, rules, [*links, link])
        if able is not None and able.is_feasible(people, row[None])[0]:
            links.append(link)
    able = Actionability(LINKED, rules, links)
    effort = rng.integers(0, 4, 6) / 4
    return able, LINKED, rules, links, people, row, effort


@pytest.mark.parametrize("max_exact", [8, 1])
@pytest.mark.parametrize(
    ("n_seeds", "least"),
    [(60, 40), pytest.param(1500, 1000, marks=pytest.mark.slow)],
)
def test_every_step_of_linked_cases_is_feasible(n_seeds, least, max_exact):
    n_cases, n_joint, n_reordered = 0, 0, 0
    for seed in range(n_seeds):
        case = linked_case(seed)
        able, *_, people, row, effort = case
        if not able.is_feasible(people, row[None])[0]:
            continue
        n_cases += 1
        largest = check_answer(case, max_exact)
        n_joint += largest > 1
        free = StepOrder(Actionability(LINKED), max_exact).steps(people, row, effort)
        steps = StepOrder(able, max_exact).steps(people, row, effort)
        n_reordered += [s.features for s in free if s.features != (5,)] != [
            s.features for s in steps
        ]
    assert n_cases >= least
    # Links bind, so that the checks above could fail.
    assert n_joint > n_cases / 5 and n_reordered > n_cases / 3


def partitions(left):
    """All sequences of sets of changes."""
    if not left:
        yield ()
        return
    for bits in range(1, 2 ** len(left)):
        first = tuple(j for k, j in enumerate(left) if bits >> k & 1)
        for rest in partitions(tuple(j for j in left if j not in first)):
            yield (first, *rest)


@given(
    st.sets(st.integers(1, 14)),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
@settings(max_examples=80)
def test_the_best_path_is_the_best_of_all(kept, effort):
    effort = np.array(effort) / 4
    masks = np.array([0, *sorted(kept), 15])
    path = _best_path(_subsets(4)[masks], effort)
    got = []
    for start, end in zip(masks[path[:-1]], masks[path[1:]], strict=True):
        assert start & end == start
        got.append(tuple(j for j in range(4) if (end & ~start) >> j & 1))

    def quality(sequence):
        pairs = sum(len(step) * (len(step) - 1) // 2 for step in sequence)
        places = [sum(1 << j for j in step) for step in sequence]
        costs = [(round(sum(effort[list(step)]), 6),) for step in sequence]
        return pairs, list(zip(costs, places, strict=True))

    feasible = []
    for sequence in partitions((0, 1, 2, 3)):
        done, is_kept = 0, True
        for step in sequence:
            done |= sum(1 << j for j in step)
            is_kept &= done in masks
        if is_kept:
            feasible.append(sequence)
    assert tuple(got) == min(feasible, key=quality)


def schema_of(**columns):
    return TableSchema.infer(pd.DataFrame(columns))


NUMBERS = schema_of(a=[0, 9], b=[0, 9], c=[0, 9], d=[0, 9])


def features_of(links, row, effort, own=(1.0, 1.0, 1.0, 1.0), **options):
    able = Actionability(NUMBERS, links=links)
    people, row = People.unlimited(np.array([own])), np.array(row, dtype=float)
    assert able.is_feasible(people, row[np.newaxis]).all()
    steps = StepOrder(able, **options).steps(people, row, np.array(effort))
    check_steps(steps, able, NUMBERS, {}, links, people, row)
    return [step.features for step in steps]


@pytest.mark.parametrize("max_exact", [8, 1])
@pytest.mark.parametrize("effort", list(permutations([0.1, 0.2, 0.3, 0.4])))
def test_without_links_the_cheapest_comes_first(effort, max_exact):
    found = features_of([], [2, 3, 4, 5], effort, max_exact=max_exact)
    assert found == [(int(j),) for j in np.argsort(effort)]


@pytest.mark.parametrize("max_exact", [8, 2])
def test_equal_costs_keep_the_order_of_columns(max_exact):
    effort = [0.3, 0.1 + 0.2, 0.3, 0.1]
    found = features_of([], [2, 3, 4, 5], effort, max_exact=max_exact)
    assert found == [(3,), (0,), (1,), (2,)]


@pytest.mark.parametrize(
    ("links", "row", "expected"),
    [
        ([If(Rises("a"), Rises("d"))], [2, 3, 4, 5], [(1,), (2,), (3,), (0,)]),
        ([NotAbove("a", "c")], [6, 1, 7, 1], [(2,), (0,)]),
        # Each of the two requires the other.
        (
            [If(Rises("a"), Falls("d")), If(Falls("d"), Rises("a"))],
            [2, 3, 1, 0],
            [(1,), (0, 3)],
        ),
        # A sum that may not move: three changes at once, or none.
        (
            [Linear({"b": 1, "c": 1, "d": 1}, low=3, high=3)],
            [5, 0, 0, 3],
            [(0,), (1, 2, 3)],
        ),
        ([MaxChanged(3)], [2, 3, 4, 1], [(0,), (1,), (2,)]),
    ],
)
def test_links_decide_the_order(links, row, expected):
    effort = [0.1, 0.2, 0.3, 0.4]
    assert features_of(links, row, effort) == expected


def test_pairs_come_before_a_triple():
    # Either all but d at once, or two pairs: the pairs share fewer steps.
    links = [
        Linear({"a": 1, "b": 1}, low=2, high=2),
        Linear({"c": 1, "d": 1}, low=2, high=2),
    ]
    found = features_of(links, [0, 2, 2, 0], [0.4, 0.4, 0.1, 0.1])
    assert found == [(2, 3), (0, 1)]
    found = features_of(links, [0, 2, 2, 0], [0.4, 0.4, 0.1, 0.1], max_exact=2)
    assert found == [(2, 3), (0, 1)]


def test_a_dead_end_is_avoided():
    """The cheapest first step would force the two others into one step."""
    links = [
        Linear({"a": 1, "b": 1, "c": -1}, high=2),
        Linear({"a": 1, "c": 1, "b": -1}, high=2),
    ]
    row, effort = [2, 2, 2, 1], [0.1, 0.3, 0.2, 0.0]
    assert features_of(links, row, effort) == [(2,), (1,), (0,)]
    assert features_of(links, row, effort, max_exact=2) == [(0,), (1, 2)]


def test_what_no_small_step_allows_is_one_step():
    links = [Linear({"a": 1, "b": 1, "c": 1, "d": 1}, low=4, high=4)]
    row = [3, 0, 0, 1]
    assert features_of(links, row, [0.1] * 4, max_exact=2) == [(0, 1, 2)]
    assert features_of(links, row, [0.1] * 4, max_exact=2, max_joint=2) == [(0, 1, 2)]


def total(table):
    return table["a"] + table["b"]


def test_derived_columns_follow_in_each_step():
    able = Actionability(NUMBERS, links=[Derived("c", ["a", "b"], total)])
    people = People.unlimited(np.array([[1.0, 1.0, 7.0, 1.0]]))
    row = np.array([2.0, 3.0, 5.0, 1.0])
    steps = StepOrder(able).steps(people, row, np.array([0.2, 0.1, 0.0, 0.0]))
    assert [step.features for step in steps] == [(1,), (0,)]
    np.testing.assert_array_equal(steps[0].row, [1.0, 3.0, 4.0, 1.0])
    np.testing.assert_array_equal(steps[1].row, row)


def test_one_hot_columns_change_in_one_step():
    table = pd.DataFrame(
        {"x": [1, 0, 0], "y": [0, 1, 0], "z": [0, 0, 1], "n": [1, 2, 3]}
    )
    able = Actionability(TableSchema.infer(table), links=[ExactlyOne(["x", "y", "z"])])
    own, row = able.schema.encode(table)[[0, 2]]
    steps = StepOrder(able).steps(
        People.unlimited(own[None]), row, np.array([1.0, 0.5])
    )
    assert [step.features for step in steps] == [(1,), (0,)]


def test_nothing_to_do_is_no_step():
    own = np.ones((1, 4))
    order = StepOrder(Actionability(NUMBERS))
    assert order.steps(People.unlimited(own), own[0], np.zeros(4)) == []
