"""People are compared with accepted people near them, on a score that fits."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skpar._config import SearchConfig
from skpar.classifier import BlackBox
from skpar.search import NeighborComparison
from skpar.table import TableSchema

from ..._loans import Accepts

D = 4
CONFIG = SearchConfig()


@pytest.fixture(scope="module")
def table():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.randn(300, D), columns=list("abcd"))
    y = (X["a"] + X["b"] * X["c"] + 0.3 * rng.randn(300) > 0).astype(int)
    return X, y


def compare(
    table,
    classifier,
    favorable=(1,),
    families=None,
    target=None,
    lowest=1e-3,
    **settings,
):
    """Compare all denied people; the nearest are those of smallest distance."""
    X, _ = table
    schema = TableSchema.infer(X)
    codes = schema.encode(X)
    box = BlackBox(classifier, schema, list(favorable))
    accepted = box.accepted(codes)
    pool = codes[accepted]
    if target is not None:
        box = box.of_demand((target, 0.0, 1.0))

    def nearest(rows, k):
        far = ((rows[:, None] - pool) ** 2).sum(axis=2).argsort(axis=1)[:, :k]
        repeated = np.concatenate([far, np.repeat(far[:, :1], k, axis=1)], axis=1)
        return pool[repeated[:, :k]]

    families = np.arange(D) if families is None else np.array(families)
    config = dataclasses.replace(CONFIG, **settings)
    comparison = NeighborComparison(nearest, families, config, lowest, seed=0)
    denied = codes[~box.accepted(codes)]
    return box, denied, *comparison.compare(box, denied), nearest


def test_linear_scores_have_the_known_contributions(table):
    X, y = table
    clf = LogisticRegression().fit(X, y)
    _, denied, got, neighbors, nearest = compare(table, clf)
    near = nearest(denied, CONFIG.n_reason_neighbors)
    np.testing.assert_array_equal(np.stack(neighbors), near)
    expected = clf.coef_[0] * (denied - near.mean(axis=1))
    np.testing.assert_allclose(got, expected, atol=1e-8)
    # The favorable label may be the first one.
    *_, denied, got, neighbors, _ = compare(table, clf, favorable=[0])
    expected = -clf.coef_[0] * (denied - np.mean(neighbors, axis=1))
    np.testing.assert_allclose(got, expected, atol=1e-8)


def test_families_are_exchanged_together(table):
    X, y = table
    clf = LogisticRegression().fit(X, y)
    *_, alone, _, _ = compare(table, clf)
    *_, joint, _, _ = compare(table, clf, families=[0, 1, 0, 2])
    expected = np.stack([alone[:, 0] + alone[:, 2], alone[:, 1], alone[:, 3]], axis=1)
    np.testing.assert_allclose(joint, expected, atol=1e-8)


def test_probabilities_become_log_odds(table):
    X, y = table
    clf = GaussianNB().fit(X, y)
    box, denied, got, neighbors, _ = compare(table, clf)

    def log_odds(rows):
        return logit(box.score(rows).clip(1e-3, 1 - 1e-3))

    mean = [log_odds(near).mean() for near in neighbors]
    np.testing.assert_allclose(got.sum(axis=1), log_odds(denied) - mean, atol=1e-7)
    # The log-odds of a naive model are a sum over columns.
    *_, got, neighbors, _ = compare(table, clf, lowest=1e-15)

    def term(rows):
        spread, far = clf.var_, (rows[..., None, :] - clf.theta_) ** 2
        density = -0.5 * (np.log(spread) + far / spread)
        return density[..., 1, :] - density[..., 0, :]

    expected = term(denied) - np.array([term(near).mean(axis=0) for near in neighbors])
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_labels_alone_count_accepted_rows(table):
    clf = Accepts(lambda X: (X["a"] > 0.2) & (X["b"] > 0))
    box, _, got, neighbors, _ = compare(table, clf)
    assert box.score_method is None
    np.testing.assert_allclose(got.sum(axis=1), -1.0, atol=1e-7)
    assert len(neighbors[0]) == CONFIG.n_reason_neighbors
    np.testing.assert_array_equal(got[:, 2:], 0.0)
    assert (got[:, :2] <= 0).all()


class Odd(GaussianNB):
    """Its score falls with what it accepts."""

    def predict(self, X):
        return 1 - super().predict(X)


def test_labels_count_if_the_score_does_not_fall(table):
    clf = Odd().fit(*table)
    _, denied, got, *_ = compare(table, clf)
    assert len(denied) > 50
    np.testing.assert_allclose(got.sum(axis=1), -1.0, atol=1e-7)


def test_neighbors_have_the_wanted_label(table):
    X, _ = table
    y = np.select([X["a"] > 0.5, X["a"] < -0.5], ["large", "none"], "small")
    clf = LogisticRegression().fit(X, y)
    favorable = ["large", "small"]
    _, denied, got, neighbors, _ = compare(table, clf, favorable, target=0)
    assert {"none", "small"} <= set(
        clf.predict(pd.DataFrame(denied, columns=X.columns))
    )
    for near in neighbors:
        labels = clf.predict(pd.DataFrame(near, columns=X.columns))
        assert set(labels) == {"large"} or len(near) == CONFIG.n_reason_neighbors
    assert (got.sum(axis=1) < 0).all()


def test_few_rows_leave_fewer_neighbors(table):
    clf = GaussianNB().fit(*table)
    settings = {"max_reason_rows": 20}
    _, denied, _, neighbors, nearest = compare(table, clf, **settings)
    assert {len(near) for near in neighbors} == {20 // (2 * (D - 1))}
    np.testing.assert_array_equal(neighbors[0], nearest(denied[:1], 3)[0])


def test_repeated_neighbors_count_once(table):
    X, _ = table
    best = X.nlargest(5, "a").index
    clf = Accepts(lambda rows: rows["a"] >= X["a"][best].min())
    *_, neighbors, _ = compare(table, clf)
    assert {len(near) for near in neighbors} == {5}
    assert all(len(np.unique(near, axis=0)) == 5 for near in neighbors)
