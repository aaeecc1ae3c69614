"""The levels that a person may move to are those that every column permits."""

from itertools import product

import numpy as np
import pytest

from skpar.actionability.rules._feasible_groups import FeasibleGroup
from skpar.actionability.rules._feasible_values import Bounds
from skpar.relations import ColumnGroup


def make(at_most=False, rises=(1, 1, 1), falls=(1, 1, 1), moves=None):
    group = ColumnGroup((0, 1, 2), (0.0,) * 3, (1.0,) * 3, at_most)
    n = group.n_levels
    table = np.ones((n + 1, n), dtype=bool) if moves is None else moves
    return FeasibleGroup(
        group=group,
        rises=tuple(map(bool, rises)),
        falls=tuple(map(bool, falls)),
        moves=tuple(map(tuple, table)),
    )


def brute_force(rule, own):
    """Levels that keep the rules of all columns, found column by column."""
    group, levels = rule.group, []
    before = group.expand(np.array([own]))[0]
    for level in range(group.n_levels):
        after = group.expand(np.array([float(level)]))[0]
        rises, falls = after > before, after < before
        if not (rises & ~np.array(rule.rises)).any():
            if not (falls & ~np.array(rule.falls)).any():
                levels.append(float(level))
    return levels


@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("rises", [(1, 1, 1), (0, 1, 1), (0, 0, 0)])
@pytest.mark.parametrize("falls", [(1, 1, 1), (1, 0, 1)])
def test_every_pattern_moves_as_its_columns_may(at_most, rises, falls):
    rule = make(at_most, rises, falls)
    for bits in product([0.0, 1.0], repeat=3):
        own = rule.group.compress(np.array([bits]))
        expected = [level for level in brute_force(rule, own[0]) if level != own[0]]
        listed = rule.alternatives(own[0], Bounds(), 10).tolist()
        assert listed == expected
        assert rule.count_alternatives(own, Bounds())[0] == len(expected)
        assert rule.can_change(own)[0] == bool(expected)
        for level in range(rule.group.n_levels):
            reached = rule.nearest(own, np.array([float(level)]))[0]
            assert reached == (level if level in expected else own[0])


def test_closed_levels_and_frozen_cells_are_not_reached():
    rule = make()
    own = np.array([0.0, 1.0, 1.0])
    closed = np.array([[False, True, False], [True, False, False], [False] * 3])
    bounds = Bounds(frozen=np.array([False, False, True]), closed=closed)
    proposals = np.array([[0.0, 1.0, 2.0]] * 3)
    column = Bounds(frozen=bounds.frozen[:, None], closed=closed[:, None])
    reached = rule.nearest(own[:, None], proposals, column)
    assert reached.tolist() == [[0, 0, 2], [1, 1, 2], [1, 1, 1]]
    assert rule.can_change(own, bounds).tolist() == [True, True, False]


def test_proposals_that_are_no_level_leave_the_own_one():
    rule = make()
    proposals = np.array([-1.0, 0.5, 3.0, np.nan])
    assert rule.nearest(np.full(4, 2.0), proposals).tolist() == [2.0] * 4


def test_a_linear_score_sees_every_level():
    rule = make(rises=(0, 1, 1))
    extremes = rule.extremes(np.array([1.0]), Bounds())
    assert [float(level[0]) for level in extremes] == [1.0, 1.0, 2.0]


def test_a_group_has_no_order():
    rule = make()
    assert not rule.has_order
    assert not rule.can_move(True, 0.0)
    proposals = np.array([2.0])
    moved = rule.moved(np.array([0.0]), proposals, True, None, Bounds())
    assert moved is proposals
