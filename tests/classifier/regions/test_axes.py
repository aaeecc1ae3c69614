"""Axes list feasible values; cells cut and merge them."""

import numpy as np
import pytest

from skpar.classifier.regions._axes import Cells, cell_caps, coarse_cells

from ._cases import axis, whole


def test_values_are_feasible_within_the_ends_and_hold_the_own_value():
    one = axis(value=7.0, low=2.0, high=30.0, around=whole)
    for found in (one.spread(50), one.feasible(np.array([-5.0, 7.2, 29.5, 40.0]))):
        assert (np.diff(found) > 0).all()
        assert (found == np.rint(found)).all()
        assert found[0] == 2.0 and found[-1] == 30.0 and 7.0 in found
    assert one.feasible(np.array([7.2])).tolist() == [2.0, 7.0, 8.0, 30.0]


def test_gaps_between_whole_numbers_are_known():
    one = axis(value=3.0, low=0.0, high=9.0, around=whole)
    gaps = one.has_gap_after(np.array([0.0, 1.0, 3.0, 4.0]))
    assert gaps.tolist() == [True, False, True]
    assert not axis().has_gap_after(np.array([0.1, 0.2])).any()


def test_shares_and_values_are_inverse():
    one = axis(low=2.0, high=30.0, value=7.0)
    values = np.linspace(2.0, 30.0, 9)
    np.testing.assert_allclose(one.value_at(one.share(values)), values)


def test_cells_end_at_clean_gaps_only():
    values = np.arange(5.0)
    cells = Cells.of_gaps(values, np.array([True, False, False, True]))
    assert list(zip(cells.low, cells.high, strict=True)) == [(0, 0), (1, 3), (4, 4)]
    assert [cells.place(value) for value in values] == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("most", [3, 4, 10, 25])
@pytest.mark.parametrize("own", [0, 1, 20, 38, 39])
def test_merged_cells_cover_everything_and_keep_the_own_cell(most, own):
    values = np.sort(np.random.default_rng(0).random(40))
    cells = Cells.of_points(values).coarsened(values[own], values, most)
    assert most / 2 < len(cells) <= most
    assert cells.first[0] == 0 and cells.last[-1] == 39
    np.testing.assert_array_equal(cells.first[1:], cells.last[:-1] + 1)
    place = cells.place(values[own])
    assert cells.low[place] == cells.high[place] == values[own]


def test_a_grid_has_few_cells_and_short_axes_keep_theirs():
    assert cell_caps([1000], 50) == [50]
    assert cell_caps([4, 1000, 1000], 400) == [4, 10, 10]
    axes = [axis(k) for k in range(3)]
    cells = [Cells.of_points(one.spread(100)) for one in axes]
    merged = coarse_cells(axes, cells, 1000)
    assert 300 < np.prod([len(one) for one in merged]) <= 1000
