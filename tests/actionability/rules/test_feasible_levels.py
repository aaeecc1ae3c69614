"""Ordered levels: the lattice of those that a person may move to."""

import numpy as np
import pytest

from skpar.actionability.rules._feasible_levels import FeasibleLevels, can_climb
from skpar.actionability.rules._feasible_values import Bounds

# From the lowest of three levels to any, from the others nowhere; missing to the first.
MOVES = ((True, True, True), (False,) * 3, (False,) * 3, (True, False, False))
RULE = FeasibleLevels(moves=MOVES)
NAN = np.nan


def test_the_nearest_level_is_one_that_may_be_reached():
    own = np.array([0.0, 0.0, 1.0, NAN])
    got = RULE.nearest(own, np.array([1.4, 9.0, 2.0, 2.0]))
    np.testing.assert_array_equal(got, [1.0, 2.0, 1.0, 0.0])


def test_bounds_narrow_the_levels():
    own = np.zeros(2)
    bounds = Bounds(np.array([1.0, -np.inf]), np.array([np.inf, 0.0]), False)
    got = RULE.nearest(own, np.array([0.4, 2.0]), bounds)
    np.testing.assert_array_equal(got, [0.0, 0.0])
    assert RULE.can_change(own, bounds).tolist() == [True, False]


@pytest.mark.parametrize("immutable", [False, True])
@pytest.mark.parametrize(
    "low, high, frozen", [(-9, 9, 0), (1, 9, 0), (-9, 1, 0), (-9, 9, 1)]
)
def test_as_many_levels_are_counted_as_are_listed(low, high, frozen, immutable):
    own = np.array([0.0, 1.0, 2.0, NAN])
    rule = FeasibleLevels(moves=MOVES, immutable=immutable)
    bounds = Bounds(np.full(4, low), np.full(4, high), np.full(4, bool(frozen)))
    one = Bounds(float(low), float(high), bool(frozen))
    listed = [len(rule.alternatives(cell, one, 9)) for cell in own]
    assert rule.count_alternatives(own, bounds).tolist() == listed


def test_a_change_leaves_the_own_level():
    own = np.array([0.0, 1.0])
    got = RULE.moved(own, own, True, None, Bounds())
    np.testing.assert_array_equal(got, [1.0, 1.0])


def test_levels_rise_only_where_a_move_leads_up():
    moves, ranks = np.array(MOVES), np.arange(3.0)
    assert can_climb(moves, ranks, True, 2.0)
    assert not can_climb(moves, ranks, True, 3.0)
    assert not can_climb(moves, ranks, False, 1.0)
