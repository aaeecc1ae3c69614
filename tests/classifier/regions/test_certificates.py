"""Which classifiers are certified, and which demands are not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar.actionability import Demand
from skpar.classifier import BlackBox, Refits, certifying_judge
from skpar.classifier.regions._certificates import _with_intercept
from skpar.classifier.regions._inputs import ModelInputs
from skpar.classifier.regions._judges import LinearJudge, TreeJudge
from skpar.classifier.regions._sklearn_trees import sklearn_trees
from skpar.table import TableSchema

from ._cases import xor_data


@pytest.fixture(scope="module")
def data():
    X, y = xor_data()
    return pd.DataFrame(X, columns=["a", "b"]), y


def judge_of(data, model, favorable=(1,), change=lambda box: box):
    X, y = data
    box = BlackBox(model.fit(X, y), TableSchema.infer(X), list(favorable))
    return certifying_judge(change(box), X.to_numpy()[:8], 20)


FOREST = RandomForestClassifier(3, random_state=0)


@pytest.mark.parametrize("favorable", [(1,), (0,)])
def test_pipelines_are_certified(data, favorable):
    for model, kind in ((LogisticRegression(), LinearJudge), (FOREST, TreeJudge)):
        pipeline = make_pipeline(StandardScaler(), model)
        assert isinstance(judge_of(data, pipeline, favorable), kind)
    X, y = data
    frozen = FrozenEstimator(FOREST.fit(X, y))
    assert isinstance(judge_of(data, frozen, favorable), TreeJudge)


def test_other_decisions_are_not_certified(data):
    others = [
        GaussianNB(),
        FixedThresholdClassifier(FOREST, threshold=0.3),
        CalibratedClassifierCV(FOREST, cv=2),
    ]
    assert [judge_of(data, model) for model in others] == [None] * 3


def test_demands_are_not_certified(data):
    def sure(box):
        box.choose_scores(data[0].to_numpy()[:3])
        return box.of_demand(Demand(min_probability=0.6))

    assert judge_of(data, FOREST, change=sure) is None
    refits = Refits((), 0.5)
    assert judge_of(data, FOREST, change=lambda box: box.with_refits(refits)) is None
    assert judge_of(data, FOREST, change=lambda box: box) is not None


def test_a_model_that_was_misread_is_declined(data):
    X, y = data
    model = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(X, y)
    inputs = ModelInputs(BlackBox(model, TableSchema.infer(X), [1]))
    trees, rows = sklearn_trees(model), X.to_numpy()[:8]
    known = _with_intercept(trees, inputs, rows)
    scores = known.scores(inputs.values(rows, known.precision))[:, 1]
    np.testing.assert_allclose(scores, model.decision_function(X[:8]))
    trees.value[trees.feature < 0] *= 1.001
    assert _with_intercept(trees, inputs, rows) is None
