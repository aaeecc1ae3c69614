"""People are cut and aligned together with their limits."""

import numpy as np
import pandas as pd
import pytest

from skpar.actionability._limits import Limits
from skpar.actionability._people import People, read_people
from skpar.table import TableSchema

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


def test_rows_that_cannot_be_read_are_no_people():
    X = pd.DataFrame({"age": [20, 30, 40], "job": ["cook", "clerk", "cook"]})
    schema = TableSchema.infer(X)
    spoiled = X.assign(age=pd.Series([20, "old", 40], dtype=object))
    upper = pd.DataFrame({"age": [30, "none", 50]}, dtype=object)
    people, reading = read_people(schema, spoiled, upper=upper)
    assert reading.unreadable.tolist() == [False, True, False]
    pd.testing.assert_frame_equal(people.table, X.iloc[[0, 2]])
    np.testing.assert_array_equal(people.codes, [[20, 1], [40, 1]])
    assert people.limits.high[:, 0].tolist() == [30, 50]
    people, reading = read_people(schema, X)
    assert people.table is X and not reading.problems


def test_nobody_is_limited_without_limits():
    limits = People.unlimited(CODES).limits
    assert not len(limits.restricted_columns)
    assert np.isinf(limits.low).all() and np.isinf(limits.high).all()
