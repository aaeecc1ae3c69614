"""People are cut and aligned together with their limits."""

import numpy as np
import pytest

from skpar.actionability._limits import Limits
from skpar.actionability._people import People

CODES = np.arange(6.0).reshape(3, 2)


@pytest.fixture
def people():
    limits = Limits(CODES - 1, CODES + 1, CODES == 3)
    return People(CODES, limits, CODES.tolist())


def test_people_are_cut_with_their_limits(people):
    some = people[np.array([2, 1])]
    assert len(some) == 2 and some.table is None
    np.testing.assert_array_equal(some.codes, CODES[[2, 1]])
    np.testing.assert_array_equal(some.limits.low, CODES[[2, 1]] - 1)
    assert some.limits.frozen.tolist() == [[False, False], [False, True]]


def test_people_align_with_many_rows_each(people):
    rows = np.zeros((3, 5, 2))
    aligned = people.aligned_to(rows)
    assert aligned.codes.shape == aligned.limits.high.shape == (3, 1, 2)
    assert people.aligned_to(rows[:, 0]) is people


def test_further_cells_freeze(people):
    more = people.with_frozen(CODES == 0)
    assert more.limits.frozen.tolist() == [[True, False], [False, True], [False, False]]
    assert people.limits.frozen.sum() == 1
    assert more.limits.without_column(0).frozen.tolist() == [
        [False, False],
        [False, True],
        [False, False],
    ]


def test_nobody_is_limited_without_limits():
    limits = People.unlimited(CODES).limits
    assert not len(limits.restricted_columns)
    assert np.isinf(limits.low).all() and np.isinf(limits.high).all()
