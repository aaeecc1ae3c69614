"""The largest box: against all boxes of small grids."""

from itertools import product

import numpy as np
import pytest

from skpar.classifier.regions._box_search import largest_box

FLOOR = 0.01


def all_boxes(permitted, place):
    """Every box of permitted cells with the cell inside, as slices per axis."""
    ends = [
        [(first, last) for first in range(own + 1) for last in range(own, n)]
        for own, n in zip(place, permitted.shape, strict=True)
    ]
    for box in product(*ends):
        if permitted[tuple(slice(first, last + 1) for first, last in box)].all():
            yield box


def size_of(box, lows, highs):
    sides = [
        high[last] - low[first] + FLOOR
        for (first, last), low, high in zip(box, lows, highs, strict=True)
    ]
    return np.prod(sides)


@pytest.mark.parametrize("shape", [(9,), (6, 7), (4, 4, 5), (3, 3, 3, 3)])
def test_no_box_is_larger(shape):
    rng = np.random.default_rng(0)
    for _ in range(15):
        permitted = rng.random(shape) < 0.85
        place = tuple(rng.integers(n) for n in shape)
        permitted[place] = True
        edges = [np.sort(rng.random(2 * n)) for n in shape]
        lows, highs = [edge[::2] for edge in edges], [edge[1::2] for edge in edges]
        found = largest_box(permitted, place, lows, highs, FLOOR)
        boxes = list(all_boxes(permitted, place))
        assert found in boxes
        best = max(size_of(box, lows, highs) for box in boxes)
        assert size_of(found, lows, highs) == pytest.approx(best)


def test_a_refused_cell_has_no_box():
    ends = [np.arange(2.0)] * 2
    assert largest_box(np.eye(2, dtype=bool), (0, 1), ends, ends, FLOOR) is None
