"""Rows drawn inside a box, and boxes that leave refused rows out."""

import numpy as np

from skpar._search_config import RegionConfig
from skpar.classifier.regions._drawing import draw_rows, shrunk_box

from ._cases import axis, whole

AXES = [axis(0, 0.5), axis(2, 7.0, 2.0, 30.0, whole)]
BOX = np.array([[0.2, 0.9], [4.0, 11.0]])
ROW = np.array([0.5, -1.0, 7.0])


def test_rows_are_feasible_inside_and_hold_the_corners():
    rows = draw_rows(ROW, AXES, BOX, 500, np.random.default_rng(0))
    assert rows.shape == (500, 3) and (rows[:, 1] == -1.0).all()
    assert (rows[:, 2] == np.rint(rows[:, 2])).all()
    assert set(rows[:, 2]) == set(np.arange(4.0, 12.0))
    assert rows[:, 0].min() == 0.2 and rows[:, 0].max() == 0.9
    assert len(np.unique(rows[:, 0])) > 400
    corners = {(a, b) for a in BOX[0] for b in BOX[1]}
    assert corners <= set(map(tuple, rows[:, [0, 2]].tolist()))


def test_a_shrunk_box_leaves_refused_rows_out_and_keeps_the_rest():
    def accepts(rows):
        return (rows[:, 0] < 0.7) & (rows[:, 2] > 5.0)

    rest = (300, np.random.default_rng(0), RegionConfig())
    box = shrunk_box(accepts, ROW, AXES, BOX, *rest)
    assert box[0, 0] == 0.2 and 0.6 < box[0, 1] < 0.7
    assert box[1, 0] == 6.0 and box[1, 1] == 11.0
    same = shrunk_box(lambda rows: rows[:, 0] < 2, ROW, AXES, BOX, *rest)
    np.testing.assert_array_equal(same, BOX)


def test_nothing_is_left_of_a_box_in_which_all_else_is_refused():
    def accepts(rows):
        return (rows == ROW).all(axis=1)

    rest = (300, np.random.default_rng(0), RegionConfig())
    box = shrunk_box(accepts, ROW, AXES, BOX, *rest)
    np.testing.assert_array_equal(box, [[0.5, 0.5], [7.0, 7.0]])
