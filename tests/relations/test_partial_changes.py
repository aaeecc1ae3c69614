"""Rows that make only some of the changes."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.relations import partial_changes
from skpar.table import same_cells

CELLS = st.sampled_from([0.0, 1.0, np.nan])


def rows_of(own, new, chosen):
    row = own.copy()
    row[list(chosen)] = new[list(chosen)]
    return row.tobytes()


@given(st.lists(st.tuples(CELLS, CELLS, st.booleans()), min_size=1, max_size=6))
def test_all_proper_subsets_are_listed_once(cells):
    own, new, acting = (np.array(part) for part in zip(*cells, strict=True))
    own, new = own.astype(float), new.astype(float)
    changed = np.flatnonzero(~same_cells(own, new) & acting)
    subsets = chain.from_iterable(
        combinations(changed, size) for size in range(1, len(changed))
    )
    expected = sorted(rows_of(own, new, chosen) for chosen in subsets)
    parent, rows = partial_changes(own[None], new[None], acting, max_enumerated=6)
    assert sorted(row.tobytes() for row in rows) == expected
    assert (parent == 0).all()


def test_each_row_has_its_own_subsets():
    own = np.zeros((3, 4))
    new = np.array([[1.0, 2, 3, 0], [0, 0, 5, 0], [0, 7, 0, 8]])
    parent, rows = partial_changes(own, new, np.ones(4, bool), max_enumerated=5)
    assert parent.tolist() == [0] * 6 + [2] * 2
    np.testing.assert_array_equal(rows[6:], [[0, 0, 0, 8], [0, 7, 0, 0]])


@pytest.mark.parametrize("n_changes", [6, 8])
def test_of_many_changes_two_at_most_are_made_or_undone(n_changes):
    own, new = np.zeros((1, 9)), np.zeros((1, 9))
    new[0, :n_changes] = 1.0
    _, rows = partial_changes(own, new, np.ones(9, bool), max_enumerated=5)
    pairs = n_changes * (n_changes - 1) // 2
    made = rows.sum(axis=1)
    assert len(np.unique(rows, axis=0)) == len(rows) == 2 * (n_changes + pairs)
    assert set(made) == {1, 2, n_changes - 2, n_changes - 1}


def test_features_that_follow_keep_their_own_values():
    own, new = np.zeros((1, 3)), np.ones((1, 3))
    acting = np.array([True, True, False])
    _, rows = partial_changes(own, new, acting, max_enumerated=5)
    np.testing.assert_array_equal(rows, [[0, 1, 0], [1, 0, 0]])
