"""What is known during one search: decisions and penalties by key."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skpar.actionability import People
from skpar.search.queries import AcceptedRows, QueryCandidates, QueryState
from skpar.search.queries._state import ACCEPTED, DENIED, UNKNOWN

NAN = np.nan


def make_state(n_people=2, n_features=2):
    own = np.full((n_people, n_features), -1.0)
    accepted = AcceptedRows(own, np.ones(n_features, dtype=bool))
    return QueryState(People.unlimited(own), accepted)


KEYS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)


@given(
    st.lists(st.dictionaries(KEYS, st.booleans(), max_size=6), max_size=4),
    st.lists(KEYS, max_size=6),
)
def test_decisions_are_what_a_dict_holds(rounds, others):
    state, known = make_state(), {}
    for new in rounds:
        fresh = {key: yes for key, yes in new.items() if key not in known}
        state.add_decisions(
            np.array([*fresh], dtype=np.int64), np.array([*fresh.values()], dtype=bool)
        )
        known |= fresh
    keys = [*others, *known, *others]
    expected = [
        (ACCEPTED if known[key] else DENIED) if key in known else UNKNOWN
        for key in keys
    ]
    assert state.decisions(np.array(keys, dtype=np.int64)).tolist() == expected


def test_the_first_decision_on_a_row_counts():
    state, key = make_state(), np.array([7])
    state.add_decisions(key, np.array([False]))
    state.add_decisions(key, np.array([True]))
    assert state.decisions(key) == [DENIED]


def test_people_below_a_limit_keep_their_order():
    state = make_state(3)
    state.result.n_queries[:] = [0, 4, 5]
    assert state.below(np.array([2, 1, 0]), 5).tolist() == [1, 0]
    assert state.below(np.array([2, 1, 0]), 0).tolist() == []


def five_candidates():
    """The first two rows are equal; the fourth is the same row of another person."""
    rows = np.array([[1.0, NAN], [1.0, NAN], [1.0, 2.0], [1.0, NAN], [0.0, 0.0]])
    who, half = np.array([0, 0, 0, 1, 1]), np.full(5, 0.5)
    return QueryCandidates(who, rows, np.zeros(5), half, np.zeros(5), np.zeros(2))


def test_repeats_and_rows_queried_before_are_skipped():
    state, candidates = make_state(), five_candidates()
    state.apply(candidates)
    assert candidates.is_skipped.tolist() == [False, True, False, False, False]
    state.add_decisions(candidates.key[[0, 4]], np.array([True, False]))
    candidates = five_candidates()
    state.apply(candidates)
    assert candidates.is_skipped.tolist() == [True, True, False, False, True]
    assert not candidates.is_queried.any()


def test_known_penalties_are_subtracted_at_once():
    state, candidates = make_state(), five_candidates()
    candidates.subtract_penalty(np.array([2, 4]), np.array([0.5, 0.0]))
    state.add_penalties(candidates)
    again = five_candidates()
    state.apply(again)
    np.testing.assert_array_equal(again.objective, [0, 0, -0.5, 0, 0])
    np.testing.assert_array_equal(again.penalty, [NAN, NAN, 0.5, NAN, 0.0])
    again.subtract_penalty(np.array([0]), np.array([2.0]))
    state.add_penalties(again)
    third = five_candidates()
    state.apply(third)
    np.testing.assert_array_equal(third.penalty, [2.0, NAN, 0.5, NAN, 0.0])
