"""Cuts decide as thresholds do, to the last bit."""

import numpy as np
import pytest

from skpar.report.page.what_if.trees._cuts import Thresholds, find_cuts

DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)


class Lines:
    """Inputs that are lines of columns, computed step by step as by a scaler."""

    def __init__(self, centers, scales, is_whole=False):
        self.centers, self.scales, self.is_whole = centers, scales, is_whole

    def values(self, codes, precision):
        codes = np.rint(codes) if self.is_whole else codes
        lines = (codes - self.centers) / self.scales
        return lines.astype(precision).astype(np.float64)

    def thresholds(self, j, values):
        slope = 1.0 / self.scales[j]
        shift = -self.centers[j] / self.scales[j]
        return Thresholds(j, j, slope, shift, np.array(values), self.is_whole)


def check(lines, wanted, precision):
    cuts = find_cuts(lines, np.zeros(len(lines.centers)), wanted, precision)
    for one, found in zip(wanted, cuts, strict=True):
        rows = np.zeros((len(found), len(lines.centers)))
        for cells, is_left in ((found, True), (np.nextafter(found, np.inf), False)):
            rows[:, one.column] = cells
            inputs = lines.values(rows, precision)[:, one.number]
            assert ((inputs <= one.values) == is_left).all()
    return cuts


@pytest.mark.parametrize("precision", [DOUBLE, SINGLE])
def test_cuts_are_the_last_numbers_that_go_left(precision):
    rng = np.random.default_rng(0)
    lines = Lines(np.array([0.0, 1e4, -3.3]), np.array([1.0, 12.5, 1e-3]))
    values = rng.normal(0, 2, (2, 50))
    wanted = [
        lines.thresholds(0, [*values[0], 0.0, 1e-45, -1e-45]),
        lines.thresholds(1, [0.25]),
        lines.thresholds(2, values[1]),
    ]
    check(lines, wanted, precision)


@pytest.mark.parametrize("precision", [DOUBLE, SINGLE])
def test_cuts_of_whole_numbers_are_between_them(precision):
    lines = Lines(np.zeros(1), np.ones(1), is_whole=True)
    (found,) = check(lines, [lines.thresholds(0, [-4.0, 0.0, 0.5, 2.0])], precision)
    np.testing.assert_allclose(found, [-3.5, 0.5, 0.5, 2.5])


def test_inputs_that_do_not_follow_their_column_have_no_cuts():
    lines = Lines(np.zeros(1), np.ones(1))
    wrong = lines.thresholds(0, [1.0])._replace(slope=0.01)
    assert find_cuts(lines, np.zeros(1), [wrong], DOUBLE) is None
    assert find_cuts(lines, np.zeros(1), [], DOUBLE) == []
