"""Levels without order: a proposal is feasible, or the own level stays."""

import pickle

import numpy as np
import pytest

from skpar.actionability.rules._feasible_categories import (
    FeasibleCategories,
    SeveralCategories,
    distinct_moves,
)
from skpar.actionability.rules._feasible_values import Bounds

# From level 0 to 1, from 1 to 1 alone, from 2 to 0; a missing cell may become 2.
MOVES = (
    (False, True, False),
    (False, True, False),
    (True, False, False),
    (False, False, True),
)
OWN = np.array([0.0, 1.0, 2.0, np.nan])


def make(table, ranks=None, **given):
    moves, row_of = distinct_moves(np.array(table))
    return FeasibleCategories(moves=moves, row_of=row_of, ranks=ranks, **given)


@pytest.mark.parametrize("proposal", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, np.nan])
def test_what_is_not_permitted_changes_nothing(proposal):
    got = make(MOVES).nearest(OWN, np.full(4, proposal))
    for own, new in zip(OWN, got, strict=True):
        row = 3 if np.isnan(own) else int(own)
        permitted = proposal in (0.0, 1.0, 2.0) and MOVES[row][int(proposal)]
        np.testing.assert_array_equal(new, proposal if permitted else own)


def test_only_other_levels_count_as_a_change():
    rule = make(MOVES)
    assert rule.can_change(OWN).tolist() == [True, False, True, True]
    assert rule.count_alternatives(OWN, Bounds()).tolist() == [1, 0, 1, 1]
    frozen = np.array([True, False, False, True])
    count = rule.count_alternatives(OWN, Bounds(frozen=frozen))
    assert count.tolist() == [0, 0, 1, 0]
    closed = make(MOVES, immutable=True)
    assert closed.count_alternatives(OWN, Bounds()).tolist() == [0, 0, 0, 0]
    assert [rule.alternatives(own, Bounds(), 9).tolist() for own in OWN] == [
        [1.0],
        [],
        [0.0],
        [2.0],
    ]


def test_a_rule_may_order_the_levels():
    plain = make(MOVES)
    ordered = make(MOVES, ranks=(1.0, 0.0, np.nan))
    assert not plain.has_order and ordered.has_order
    np.testing.assert_array_equal(ordered.places(OWN), [1.0, 0.0, np.nan, np.nan])
    assert ordered.can_move(up=False, by=1.0)
    assert not ordered.can_move(up=True, by=1.0) and not plain.can_move(False, 1.0)


@pytest.mark.parametrize("shape", [(), (5,)])
def test_several_columns_together_are_as_one_by_one(shape):
    rng = np.random.RandomState(0)
    tables = [rng.rand(n + 1, n) < 0.6 for n in (3, 2, 5, 4)]
    rules = [make(table) for table in tables]
    rules.insert(1, make(MOVES, immutable=True))
    several = SeveralCategories(rules, without=(4,))
    assert several.columns.tolist() == [0, 2, 3]
    own = rng.randint(0, 2, size=(40, *[1] * len(shape), 5)).astype(float)
    own[rng.rand(*own.shape) < 0.2] = np.nan
    frozen = rng.rand(*own.shape) < 0.2
    proposal = rng.choice([-1.0, 0.0, 0.5, 1.0, 2.0, 4.0, np.nan], (40, *shape, 5))
    nearest = several.nearest(own, proposal, frozen)
    for k, j in enumerate(several.columns):
        bounds = Bounds(frozen=frozen[..., j])
        expected = rules[j].nearest(own[..., j], proposal[..., j], bounds)
        np.testing.assert_array_equal(nearest[..., k], expected)
    assert SeveralCategories(rules[1:2], ()).nearest(own, proposal, frozen).size == 0


def test_equal_rows_of_moves_are_kept_once():
    rule = make(MOVES)
    assert rule.moves == (MOVES[0], MOVES[2], MOVES[3])
    assert rule.row_of == (0, 0, 1, 2)
    np.testing.assert_array_equal(rule.table(), MOVES)


def test_thousands_of_levels_take_little_room():
    rule = make(np.ones((2001, 2000), dtype=bool))
    assert len(rule.moves) == 1 and rule.n_levels == 2000
    assert len(pickle.dumps(rule)) < 20_000
