"""Columns of few numbers: against a list of all feasible values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skpar.actionability.rules._feasible_lists import FeasibleLists
from skpar.actionability.rules._feasible_values import Bounds

NUMBERS = st.integers(-20, 20).map(lambda k: k / 4)
MEMBERS = st.lists(NUMBERS, min_size=2, max_size=10, unique=True).map(sorted)
ENDS = st.tuples(NUMBERS, NUMBERS).map(sorted)
ANYTHING = st.floats(-8, 8) | NUMBERS


@given(MEMBERS, ENDS, ENDS, st.lists(ANYTHING, min_size=1), ANYTHING | st.just(np.nan))
def test_values_are_those_of_the_list(members, ends, limits, proposals, own):
    rule = FeasibleLists(low=ends[0], high=ends[1], step=1.0, members=tuple(members))
    bounds = Bounds(*limits)
    low, high = max(ends[0], limits[0]), min(ends[1], limits[1])
    others = [v for v in members if low <= v <= high and v != own]
    owns = np.array([own])
    assert rule.alternatives(own, bounds, 10).tolist() == others
    assert rule.count_alternatives(owns, bounds)[0] == len(others)
    assert rule.can_change(owns, bounds)[0] == bool(others)
    choices = np.array(others if np.isnan(own) else [*others, own])
    for proposal in proposals:
        got = rule.nearest(owns, np.array([proposal]), bounds)[0]
        if len(choices):
            # Beyond the ends, all proposals are as good as the end.
            target = np.clip(proposal, choices.min(), choices.max())
            assert got in choices
            assert abs(got - target) == np.abs(choices - target).min()
        else:
            assert np.isnan(got)


@given(MEMBERS, ANYTHING)
def test_members_around_a_value(members, value):
    rule = FeasibleLists(low=-5.0, high=5.0, members=tuple(members))
    below, above = rule.around(np.array([value]), np.array([np.nan]))
    lower = [v for v in members if v <= value]
    upper = [v for v in members if v >= value]
    np.testing.assert_equal(below[0], max(lower, default=np.nan))
    np.testing.assert_equal(above[0], min(upper, default=np.nan))


def test_a_rounding_error_is_no_change():
    rule = FeasibleLists(low=0.1, high=0.7, members=(0.1, 0.3, 0.7))
    own = np.array([0.1 + 0.2])
    assert rule.nearest(own, np.array([0.3])) == own
    assert rule.alternatives(own[0], Bounds(), 10).tolist() == [0.1, 0.7]
    assert rule.count_alternatives(own, Bounds()) == 2
    assert rule.moved(own, own, True, None, Bounds()) == 0.7
    assert rule.moved(own, own, False, None, Bounds()) == 0.1
