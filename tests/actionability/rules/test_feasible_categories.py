"""Levels without order: a proposal is feasible, or the own level stays."""

import numpy as np
import pytest

from skpar.actionability.rules._feasible_categories import (
    FeasibleCategories,
    SeveralCategories,
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


@pytest.mark.parametrize("proposal", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, np.nan])
def test_what_is_not_permitted_changes_nothing(proposal):
    got = FeasibleCategories(moves=MOVES).nearest(OWN, np.full(4, proposal))
    for own, new in zip(OWN, got, strict=True):
        row = 3 if np.isnan(own) else int(own)
        permitted = proposal in (0.0, 1.0, 2.0) and MOVES[row][int(proposal)]
        np.testing.assert_array_equal(new, proposal if permitted else own)


def test_only_other_levels_count_as_a_change():
    rule = FeasibleCategories(moves=MOVES)
    assert rule.can_change(OWN).tolist() == [True, False, True, True]
    assert rule.count_alternatives(OWN, Bounds()).tolist() == [1, 0, 1, 1]
    assert [rule.alternatives(own, Bounds(), 9).tolist() for own in OWN] == [
        [1.0],
        [],
        [0.0],
        [2.0],
    ]


def test_a_rule_may_order_the_levels():
    plain = FeasibleCategories(moves=MOVES)
    ordered = FeasibleCategories(moves=MOVES, ranks=(1.0, 0.0, np.nan))
    assert not plain.has_order and ordered.has_order
    np.testing.assert_array_equal(ordered.places(OWN), [1.0, 0.0, np.nan, np.nan])
    assert ordered.can_move(up=False, by=1.0)
    assert not ordered.can_move(up=True, by=1.0) and not plain.can_move(False, 1.0)


@pytest.mark.parametrize("shape", [(), (5,)])
def test_several_columns_together_are_as_one_by_one(shape):
    rng = np.random.RandomState(0)
    tables = [rng.rand(n + 1, n) < 0.6 for n in (3, 2, 5, 4)]
    rules = [FeasibleCategories(moves=tuple(map(tuple, table))) for table in tables]
    rules.insert(1, FeasibleCategories(moves=MOVES, immutable=True))
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
