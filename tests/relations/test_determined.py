"""Determined columns that are looked up."""

import numpy as np
import pytest

from skpar.relations import LookedUp, in_order

LOOKUP = LookedUp(1, (0,), known=(0.0, 1.0, 4.0), values=(9.0, 13.0, 13.0))


def rows(*sources, own=np.nan):
    return np.array([[source, own] for source in sources])


def test_known_values_are_looked_up():
    np.testing.assert_array_equal(LOOKUP.compute(rows(4.0, 0.0, 1.0)), [13, 9, 13])


def test_new_and_missing_values_are_unknown():
    assert np.isnan(LOOKUP.compute(rows(-1.0, 2.0, 5.0, np.nan))).all()


def test_between_equal_neighbours_an_ordered_source_is_known():
    lookup = LookedUp(1, (0,), LOOKUP.known, LOOKUP.values, is_ordered=True)
    computed = lookup.compute(rows(-1.0, 0.5, 2.5, 4.5))
    np.testing.assert_array_equal(computed, [np.nan, np.nan, 13, np.nan])


def test_rows_agree_if_the_value_follows_or_is_unknown():
    cells = np.array(
        [[0.0, 9.0], [0.0, 13.0], [2.0, 9.0], [np.nan, 9.0], [1.0, np.nan]]
    )
    agrees = LOOKUP.agrees(cells)
    np.testing.assert_array_equal(agrees, [True, False, True, True, False])


def test_own_values_do_not_matter():
    sources = (0.0, 1.0, 2.0)
    np.testing.assert_array_equal(
        LOOKUP.compute(rows(*sources, own=7.0)), LOOKUP.compute(rows(*sources))
    )


def test_the_description_names_columns():
    assert LOOKUP.describe(["education", "years"]) == "years follows from education"


def test_sources_come_first():
    links = [LookedUp(0, (1,)), LookedUp(1, (2,)), LookedUp(3, (0, 1))]
    assert [one.column for one in in_order(links)] == [1, 0, 3]


def test_circles_and_columns_that_follow_twice_are_refused():
    with pytest.raises(ValueError, match="determine each other"):
        in_order([LookedUp(0, (1,)), LookedUp(1, (0,))])
    with pytest.raises(ValueError, match="determined twice"):
        in_order([LookedUp(0, (1,)), LookedUp(0, (2,))])
