"""Regions: certified and tested, as large as the truth allows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skpar._search_config import RegionConfig
from skpar.classifier import BlackBox, RegionFinder, certifying_judge, draw_rows
from skpar.classifier.regions._judges import Judge
from skpar.table import TableSchema

from ._cases import axis

CONFIG = RegionConfig()


def finder_of(model, rule, n_columns=2, config=CONFIG):
    X = np.random.default_rng(0).random((400, n_columns))
    table = pd.DataFrame(X)
    clf = model.fit(X, rule(X))
    box = BlackBox(clf, TableSchema.infer(table.to_numpy()), [True])
    judge = certifying_judge(box, X[:8], config.n_values)
    return RegionFinder(judge, box.accepted, config, 300), box


def rectangle(X):
    return (X[:, 0] > 0.2) & (X[:, 1] < 0.7)


def region_of(finder, row):
    axes = [axis(k, value) for k, value in enumerate(row)]
    return finder.find(np.array(row), axes, np.random.default_rng(0)), axes


def test_the_region_of_a_rectangle_is_the_rectangle():
    finder, _ = finder_of(DecisionTreeClassifier(random_state=0), rectangle)
    region, _ = region_of(finder, [0.5, 0.5])
    assert region.is_certified
    expected = [[0.2, 1.0], [0.0, 0.7]]
    np.testing.assert_allclose(region.box, expected, atol=0.02)
    np.testing.assert_allclose(region.single, expected, atol=0.02)


@pytest.mark.parametrize("n_columns", [2, 3])
def test_a_linear_box_is_nearly_optimal(n_columns):
    model = LogisticRegression(C=1e4, max_iter=1000)
    finder, box = finder_of(model, lambda X: X.sum(axis=1) < 0.5 * n_columns, n_columns)
    row = [0.3] * n_columns
    region, axes = region_of(finder, row)
    assert region.is_certified
    coef, intercept = box.classifier.coef_[0], box.classifier.intercept_[0]
    assert (coef < 0).all()
    # The best upper ends u have the largest product under -coef @ u = intercept.
    best = np.prod(intercept / n_columns / np.abs(coef))
    assert (region.box[:, 0] == 0.0).all()
    found = np.prod(region.box[:, 1])
    assert 0.9**n_columns < found / best <= 1.0
    margin = intercept + coef.sum() * 0.3
    alone = np.minimum(0.3 + margin / np.abs(coef), 1.0)
    np.testing.assert_allclose(region.single[:, 1], alone, rtol=0.02)
    rows = draw_rows(np.array(row), axes, region.box, 2000, np.random.default_rng(1))
    assert box.accepted(rows).all()


def test_others_are_tested():
    finder, box = finder_of(KNeighborsClassifier(5), rectangle)
    assert finder.judge is None
    region, axes = region_of(finder, [0.5, 0.5])
    assert not region.is_certified
    assert np.diff(region.box)[0, 0] > 0.6 and np.diff(region.box)[1, 0] > 0.5
    rows = draw_rows(np.full(2, 0.5), axes, region.box, 2000, np.random.default_rng(1))
    assert box.accepted(rows).mean() > 0.99


def test_a_judge_that_errs_is_not_believed():
    class Careless(Judge):
        def cells(self, row, axes):
            return finder.judge.cells(row, axes)

        def permitted(self, row, axes, cells):
            return np.ones(tuple(map(len, cells)), dtype=bool)

    finder, box = finder_of(DecisionTreeClassifier(random_state=0), rectangle)
    careless = RegionFinder(Careless(), box.accepted, CONFIG, 300)
    region, _ = region_of(careless, [0.5, 0.5])
    assert not region.is_certified
    assert region.box[0, 0] > 0.15 and region.box[1, 1] < 0.75


def test_of_many_numbers_some_stay():
    config = RegionConfig(max_axes=2)
    rule = lambda X: X[:, 0] > 0.2  # noqa: E731
    finder, _ = finder_of(DecisionTreeClassifier(random_state=0), rule, 3, config)
    region, _ = region_of(finder, [0.5, 0.5, 0.5])
    assert (np.diff(region.box)[:, 0] > 0).sum() == 2
    assert (np.diff(region.single)[:, 0] > 0).all()
