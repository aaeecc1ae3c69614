import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.objective._scales import (
    LevelScale,
    LinearScale,
    LogTailScale,
    ShareScale,
    with_missing,
)

VALUES, SHARES = np.array([0.0, 1.0, 10.0, 40.0]), np.array([0.1, 0.4, 0.7, 0.95])
SCALES = [
    LevelScale(),
    LinearScale(2.5),
    ShareScale(VALUES, SHARES),
    LogTailScale.of_shares(VALUES, SHARES, 0.05),
]
CELLS = st.lists(st.sampled_from([np.nan, -3.0, 0.0, 0.5, 1.0, 9.0, 40.0, 55.0]))


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: type(scale).__name__)
@given(CELLS)
def test_effort_of_missing_and_unchanged_cells(scale, cells):
    cells = np.array(cells, dtype=np.float64)
    assert not scale.effort(cells, cells).any()
    other = np.full(len(cells), np.nan)
    np.testing.assert_array_equal(scale.effort(cells, other), ~np.isnan(cells))
    np.testing.assert_array_equal(scale.effort(other, cells), ~np.isnan(cells))


@pytest.mark.parametrize("scale", SCALES[1:], ids=lambda scale: type(scale).__name__)
@given(st.lists(st.floats(-5, 60), min_size=3, max_size=3))
def test_the_middle_is_between_and_farther_never_costs_less(scale, values):
    near, middle, far = (np.array([value]) for value in sorted(values))
    for start, end in ((near, far), (far, near)):
        whole = scale.effort(start, end)[0]
        assert whole >= scale.effort(start, middle)[0] >= 0.0
        found = scale.middle(start, end)
        assert near <= found <= far
        halves = scale.effort(start, found)[0], scale.effort(found, end)[0]
        assert halves[0] + halves[1] == pytest.approx(whole, abs=1e-12)


def test_effort_of_each_scale_by_hand():
    before, after = np.array([1.0, 10.0]), np.array([10.0, 0.0])
    efforts = [scale.effort(before, after) for scale in SCALES]
    np.testing.assert_allclose(efforts[0], [1, 1])
    np.testing.assert_allclose(efforts[1], [3.6, 4.0])
    np.testing.assert_allclose(efforts[2], [0.3, 0.6])
    np.testing.assert_allclose(efforts[3], [np.log(0.6 / 0.3), np.log(0.7 / 0.1)])
    clipped = LogTailScale.of_shares(VALUES, SHARES, 0.2)
    found = clipped.effort(np.array([10.0, 10.0]), np.array([40.0, 0.0]))
    np.testing.assert_allclose(found, [np.log(0.3 / 0.2), np.log(0.7 / 0.2)])


def test_position_of_log_tails_is_half_of_the_logit():
    scale = SCALES[3]
    logit = np.log(SHARES / (1 - SHARES))
    np.testing.assert_allclose(scale.position(VALUES), logit / 2)


def test_with_missing():
    cells = np.array([1.0, np.nan, 2.0, np.nan])
    other = np.array([3.0, 1.0, np.nan, np.nan])
    np.testing.assert_array_equal(with_missing(cells, cells, other), [1, 1, 1, 0])
