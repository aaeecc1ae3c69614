"""Judges: what they permit is accepted, and little else is left out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar.classifier import BlackBox, certifying_judge
from skpar.classifier.regions._axes import coarse_cells
from skpar.classifier.regions._judges import LinearJudge, ProbeJudge, TreeJudge
from skpar.table import TableSchema

from ._cases import axis, xor_data

MODELS = {LinearJudge: LogisticRegression(), TreeJudge: RandomForestClassifier(9)}


def black_box(model, y_of=None):
    X, y = xor_data()
    y = y if y_of is None else y_of(X)
    table = pd.DataFrame(X, columns=["a", "b"])
    clf = make_pipeline(StandardScaler(), model).fit(table, y)
    return BlackBox(clf, TableSchema.infer(table), [1]), X


def judged(kind, most):
    if kind is LinearJudge:
        box, X = black_box(MODELS[kind], lambda X: (X[:, 0] > X[:, 1]).astype(int))
    else:
        box, X = black_box(MODELS[TreeJudge].set_params(random_state=0))
    judge = certifying_judge(box, X[:5], 40)
    if kind is ProbeJudge:
        judge = ProbeJudge(box.accepted, 40)
    assert type(judge) is kind
    row = X[box.accepted(X)][0]
    axes = [axis(k, row[k]) for k in range(2)]
    cells = coarse_cells(axes, judge.cells(row, axes), most)
    return box, row, axes, cells, judge.permitted(row, axes, cells)


@pytest.mark.parametrize("most", [60, 3000])
@pytest.mark.parametrize("kind", [LinearJudge, TreeJudge, ProbeJudge])
def test_permitted_cells_are_accepted(kind, most):
    box, row, _, cells, permitted = judged(kind, most)
    assert permitted[tuple(one.place(row[k]) for k, one in enumerate(cells))]
    assert 0.1 < permitted.mean() < 0.9
    rng = np.random.default_rng(0)
    places = np.argwhere(permitted)[:: max(1, permitted.sum() // 300)]
    ends = [
        [one.low[at], one.high[at]] for one, at in zip(cells, places.T, strict=True)
    ]
    if kind is ProbeJudge:  # Only the outer row of each cell was queried.
        outer = [
            np.where(high <= row[k], low, high) for k, (low, high) in enumerate(ends)
        ]
        assert box.accepted(np.stack(outer, axis=1)).all()
        return
    drawn = [rng.uniform(*end, size=(20, len(places))).ravel() for end in ends]
    assert box.accepted(np.stack(drawn, axis=1)).all()
    for corner in np.ndindex(2, 2):
        rows = np.stack([end[side] for end, side in zip(ends, corner, strict=True)], 1)
        assert box.accepted(rows).all()


@pytest.mark.parametrize("kind", [LinearJudge, TreeJudge])
def test_fine_cells_that_are_refused_hold_a_refused_row(kind):
    box, _, _, cells, permitted = judged(kind, 10**6)
    grid = np.stack(np.meshgrid(*(one.low for one in cells), indexing="ij"), axis=-1)
    accepted = box.accepted(grid.reshape(-1, 2)).reshape(permitted.shape)
    assert (permitted <= accepted).all()
    assert (permitted == accepted).mean() > 0.99


@pytest.mark.parametrize("kind", [LinearJudge, TreeJudge])
def test_between_fine_cells_nothing_is_refused(kind):
    box, row, axes, _, _ = judged(kind, 60)
    judge = certifying_judge(box, np.atleast_2d(row), 40)
    one = judge.cells(row, axes[:1])
    permitted = judge.permitted(row, axes[:1], one)
    both = np.flatnonzero(permitted[:-1] & permitted[1:])
    shares = np.linspace(0.0, 1.0, 9)[:, np.newaxis]
    low, high = one[0].high[both], one[0].low[both + 1]
    rows = np.tile(row, (9 * len(both), 1))
    rows[:, 0] = (low + (high - low) * shares).ravel()
    assert len(both) > 5 and box.accepted(rows).all()


def test_three_classes_are_bounded_against_each_rival():
    X, _ = xor_data()
    y = np.digitize(X[:, 0] + X[:, 1], [0.7, 1.2])
    table = pd.DataFrame(X, columns=["a", "b"])
    clf = RandomForestClassifier(9, random_state=0).fit(table, y)
    box = BlackBox(clf, TableSchema.infer(table), [1, 2])
    judge = certifying_judge(box, X[:5], 40)
    row = X[clf.predict(table) == 1][0]
    axes = [axis(k, row[k]) for k in range(2)]
    cells = judge.cells(row, axes)
    permitted = judge.permitted(row, axes, cells)
    grid = np.stack(np.meshgrid(*(one.low for one in cells), indexing="ij"), axis=-1)
    accepted = box.accepted(grid.reshape(-1, 2)).reshape(permitted.shape)
    assert (permitted <= accepted).all()
    assert 0.2 < permitted.mean() <= accepted.mean() < 0.95
