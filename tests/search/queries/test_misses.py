"""Near misses: the best denied row of each person, by probability and by score."""

from __future__ import annotations

import numpy as np
import pytest

from skpar.search.queries import NearMisses

OWN = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
WHO = np.array([2, 0, 0, 2, 0])
ROWS = np.array([[2.0, 5.0], [0.0, 3.0], [9.0, 1.0], [2.0, 4.0], [8.0, 2.0]])
EVERYBODY = np.ones(3, dtype=bool)


def first_cell(rows):
    return rows[:, 0] + rows[:, 1] / 100


@pytest.fixture
def misses():
    made = NearMisses(OWN)
    made.add(WHO[:3], ROWS[:3])
    made.add(WHO[3:], ROWS[3:])
    return made


def test_the_most_likely_row_is_the_nearest_without_a_score(misses):
    expected = [[9.0, 1.0], [1.0, 1.0], [2.0, 5.0]]
    for score in (None, lambda rows: None):
        found = misses.nearest(EVERYBODY, first_cell, score, 2)
        np.testing.assert_array_equal(found, expected)


def test_the_score_chooses_among_the_most_likely_rows(misses):
    asked = []

    def second_cell(rows):
        asked.append(len(rows))
        return rows[:, 1]

    found = misses.nearest(EVERYBODY, first_cell, second_cell, 2)
    np.testing.assert_array_equal(found, [[8.0, 2.0], [1.0, 1.0], [2.0, 5.0]])
    found = misses.nearest(EVERYBODY, first_cell, second_cell, 3)
    np.testing.assert_array_equal(found, [[0.0, 3.0], [1.0, 1.0], [2.0, 5.0]])
    assert asked == [4, 5]


def test_people_who_are_not_wanted_get_their_own_row(misses):
    wanted = np.array([False, True, True])
    found = misses.nearest(wanted, first_cell, None, 1)
    np.testing.assert_array_equal(found, [[0.0, 0.0], [1.0, 1.0], [2.0, 5.0]])
    none = NearMisses(OWN).nearest(EVERYBODY, first_cell, None, 1)
    np.testing.assert_array_equal(none, OWN)
