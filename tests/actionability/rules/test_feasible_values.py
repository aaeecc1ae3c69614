"""What holds of the feasible values of every kind of column."""

import numpy as np
import pytest
from hypothesis import given, settings

from skpar.actionability.rules._feasible_values import Bounds
from skpar.actionability.rules._validation import read_rules

from ..._rule_cases import cases


@pytest.mark.slow
@settings(max_examples=100)
@given(cases())
def test_frozen_cells_stay(case):
    schema, rules, factual, proposal = case
    frozen = Bounds(frozen=np.ones(len(factual), dtype=bool))
    for j, rule in enumerate(read_rules(schema, rules)):
        own = factual[:, j]
        nearest = rule.nearest(own, proposal[:, 0, j], frozen)
        np.testing.assert_array_equal(nearest, own)
        assert not rule.can_change(own, frozen).any()
        assert (rule.alternatives(own[0], Bounds(frozen=True), 10)).size == 0


@pytest.mark.slow
@settings(max_examples=100)
@given(cases("iobn"))
def test_alternatives_are_what_proposals_can_reach(case):
    schema, rules, factual, _ = case
    for j, rule in enumerate(read_rules(schema, rules)):
        own, column = factual[:1, j], schema.columns[j]
        listed = rule.alternatives(own[0], Bounds(), 10**4)
        reached = {
            float(rule.nearest(own, np.array([code]))[0])
            for code in np.arange(column.low - 1, column.high + 2)
        }
        reached -= {own[0]}
        assert {code for code in reached if not np.isnan(code)} == set(listed.tolist())
        count = 0 if rule.immutable else rule.count_alternatives(own, Bounds())
        assert rule.immutable or count == len(listed)
        assert rule.can_change(own)[0] == (len(listed) > 0)
