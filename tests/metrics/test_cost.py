"""The meter of classifiers."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skpar.metrics import MeteredClassifier, cost_per_person

X = np.arange(6.0)[:, None]
Y = np.array([0, 0, 0, 1, 1, 1])


class Slow:
    """Spend a twentieth of a CPU second on every call."""

    def predict(self, table):
        spend(0.05)
        return np.ones(len(table))


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_every_way_of_asking_counts():
    clf = LogisticRegression().fit(X, Y)
    metered = MeteredClassifier(clf)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        np.testing.assert_array_equal(
            getattr(metered, method)(X), getattr(clf, method)(X)
        )
    metered.decision_function(X[:2])
    assert metered.rows == 3 * 6 + 2
    assert metered.score(X, Y) == 1.0
    np.testing.assert_array_equal(metered.classes_, [0, 1])
    assert not hasattr(metered, "transform")


def test_a_meter_can_be_pickled():
    metered = MeteredClassifier(LogisticRegression().fit(X, Y))
    metered.predict(X)
    assert pickle.loads(pickle.dumps(metered)).rows == 6


def test_cost_is_shared_out():
    metered = MeteredClassifier(Slow())
    metered.predict(X)

    def find(people):
        spend(0.1)
        metered.predict(people[:1])
        metered.predict(people)

    cost = cost_per_person(find, X[:4], metered)
    assert (cost.n_rows, cost.n) == (5 / 4, 4)
    assert cost.own_seconds == pytest.approx(0.1 / 4, abs=0.01)
    assert cost.seconds == pytest.approx(0.2 / 4, abs=0.01)
