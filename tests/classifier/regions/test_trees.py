"""Trees: bounds hold for every row of a cell, and are exact for single rows."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from skpar.classifier.regions._axes import Cells
from skpar.classifier.regions._sklearn_trees import sklearn_trees
from skpar.classifier.regions._trees import FreeInput

from ._cases import xor_data


@pytest.fixture(scope="module")
def forest():
    X, y = xor_data(n_columns=3)
    X[:30, 2] = np.nan
    return RandomForestClassifier(8, max_depth=5, random_state=0).fit(X, y)


def free_inputs(cells, falls=()):
    """Each column is one input, or one that falls if the column rises."""
    return {
        k: FreeInput(k, -one.candidates if k in falls else one.candidates, True, one)
        if k not in falls
        else FreeInput(k, -one.candidates, False, one)
        for k, one in enumerate(cells)
    }


def single(rows):
    return rows.astype(np.float32).astype(float)


def test_scores_are_those_of_the_forest(forest):
    X, _ = xor_data(n_columns=3, seed=1)
    X[:20, 2] = np.nan
    trees = sklearn_trees(forest)
    np.testing.assert_allclose(trees.scores(single(X)), forest.predict_proba(X))


@pytest.mark.parametrize("falls", [(), (0,), (0, 1)])
def test_bounds_hold_in_every_cell(forest, falls):
    rng = np.random.default_rng(0)
    trees, signs = sklearn_trees(forest), np.array([1.0, 1.0, 1.0])
    signs[list(falls)] = -1.0
    low = np.where(signs < 0, -1.0, 0.0)
    cells = []
    for k in range(2):
        values = np.unique(single(low[k] + rng.random(24)))
        first = np.arange(0, len(values), 4)
        cells.append(Cells(values, first, np.append(first[1:], len(values)) - 1))
    row = np.array([0.0, 0.0, 0.5])
    leaves = trees.leaves(row, free_inputs(cells, falls))
    share = trees.value[leaves.node] / trees.divisor
    lead = share[:, 1] - share[:, 0]
    bound = leaves.lower_bound(lead, tuple(map(len, cells)))
    differs = 0
    for i, k in np.ndindex(bound.shape):
        ends = [
            (one.low[place], one.high[place])
            for one, place in zip(cells, (i, k), strict=True)
        ]
        drawn = np.array([rng.uniform(*end, size=40) for end in ends])
        inside = np.column_stack([*(drawn * signs[:2, np.newaxis]), np.full(40, 0.5)])
        scores = trees.scores(single(inside))
        truth = (scores[:, 1] - scores[:, 0]).min()
        assert bound[i, k] <= truth + 1e-12
        differs += bound[i, k] < truth - 1e-12
    assert 0 < differs < bound.size  # Neither always exact, nor always loose.


def test_bounds_of_single_rows_are_their_scores(forest):
    trees = sklearn_trees(forest)
    values = [np.unique(single(np.linspace(0.0, 1.0, 12))) for _ in range(2)]
    cells = list(map(Cells.of_points, values))
    leaves = trees.leaves(np.array([0.0, 0.0, np.nan]), free_inputs(cells))
    value = trees.value[leaves.node, 1] / trees.divisor
    bound = leaves.lower_bound(value, tuple(map(len, cells)))
    grid = np.stack(np.meshgrid(*values, indexing="ij"), axis=-1).reshape(-1, 2)
    rows = np.column_stack([grid, np.full(len(grid), np.nan)])
    expected = forest.predict_proba(rows)[:, 1].reshape(bound.shape)
    np.testing.assert_allclose(bound, expected)


def test_thresholds_lie_in_gaps():
    cells = Cells.of_points(np.array([0.0, 1.0, 2.0]))
    rising = FreeInput(0, cells.candidates, True, cells)
    assert rising.crossed(np.array([-1.0, 0.0, 0.5, 1.5, 2.0])).tolist() == [
        -1,
        0,
        0,
        1,
        -1,
    ]
    falling = FreeInput(0, -cells.candidates, False, cells)
    assert falling.crossed(np.array([-3.0, -2.0, -0.5, 0.0])).tolist() == [-1, 1, 0, -1]
