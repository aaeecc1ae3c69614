"""Pruned trees decide as the whole ones, and hold less."""

import json

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from skpar.classifier import BlackBox, certifying_judge
from skpar.report.page.what_if._choices import Choice
from skpar.report.page.what_if.trees import PrunedTrees, TooLarge
from skpar.table import TableSchema

MOST = 10**6


def judge_of(model, n_classes=2):
    rng = np.random.default_rng(0)
    X = np.round(rng.random((200, 3)), 2)
    y = np.floor(n_classes * ((X[:, 0] + 2 * X[:, 1] + X[:, 2]) % 1)).astype(int)
    schema = TableSchema.infer(X)
    box = BlackBox(model.fit(X, y), schema, [1])
    return certifying_judge(box, X, 2), X


def free(*features, low=0.0, high=1.0):
    return [Choice(j, np.empty(0), low, high) for j in features]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(4, random_state=0),
        GradientBoostingClassifier(n_estimators=3, random_state=0),
    ],
)
def test_winners_are_those_of_the_model(model, n_classes):
    judge, X = judge_of(model, n_classes)
    rows = X.copy()
    rows[:, 2] = X[0, 2]
    choices = free(0, 1)
    trees = PrunedTrees(judge, X[0], choices, MOST)
    expected = model.predict(rows)
    assert (trees.winners(rows, choices) == expected).all()
    assert len(set(expected)) > 1
    is_boosted = isinstance(model, GradientBoostingClassifier)
    assert trees.has_one_score == (is_boosted and n_classes == 2)


def test_less_freedom_makes_less_data():
    judge, X = judge_of(RandomForestClassifier(4, random_state=0))
    sizes = [
        len(json.dumps(PrunedTrees(judge, X[0], choices, MOST).plain()))
        for choices in ([], free(0), free(0, 1), free(0, 1, 2))
    ]
    assert sizes == sorted(set(sizes))
    assert sizes[1] < sizes[-1] / 4
    nobody = PrunedTrees(judge, X[0], [], MOST)
    assert nobody.tests == []
    assert len(nobody.nodes) == 4


def test_every_written_test_divides_something():
    judge, X = judge_of(RandomForestClassifier(4, random_state=0))
    choices = free(0, low=0.3, high=0.8)
    trees = PrunedTrees(judge, X[0], choices, MOST)
    assert trees.tests
    assert all(0.3 <= test.cut < 0.8 for test in trees.tests)


def test_too_many_entries_are_refused():
    judge, X = judge_of(RandomForestClassifier(4, random_state=0))
    with pytest.raises(TooLarge):
        PrunedTrees(judge, X[0], free(0, 1, 2), 50)
