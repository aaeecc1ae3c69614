"""Ensembles of scikit-learn are read exactly; others are declined."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skpar.classifier.regions._sklearn_trees import sklearn_trees

MODELS = {
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
    "forest": RandomForestClassifier(5, random_state=0),
    "extra": ExtraTreesClassifier(5, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=6, random_state=0),
    "zero": GradientBoostingClassifier(n_estimators=6, init="zero", random_state=0),
    "histograms": HistGradientBoostingClassifier(max_iter=6, random_state=0),
}


def data(n_classes, missing, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(150, 3))
    y = np.digitize(X[:, 0] + X[:, 1] ** 2, [0.5, 1.5][: n_classes - 1])
    if missing:
        X[rng.random(X.shape) < 0.2] = np.nan
    return X, y


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", MODELS)
def test_scores_differ_by_a_constant_only(name, n_classes):
    X, y = data(n_classes, "oosting" not in name and name != "zero")
    model = MODELS[name].fit(X, y)
    method = getattr(model, "decision_function", None) or model.predict_proba
    scores, precision = method(X), np.float32
    if scores.ndim == 1:
        scores = np.stack([np.zeros(len(X)), scores], axis=1)
    trees = sklearn_trees(model)
    rest = scores - trees.scores(X.astype(trees.precision).astype(float))
    assert trees.precision == (np.float64 if name == "histograms" else precision)
    assert np.ptp(rest, axis=0).max() < 1e-10
    if not hasattr(model, "decision_function"):
        np.testing.assert_allclose(rest, 0.0, atol=1e-12)


def test_histograms_with_categories_go_where_the_model_goes():
    rng = np.random.default_rng(0)
    words = rng.choice(["a", "b", "c", "d", None], 300)
    X = pd.DataFrame({"size": rng.normal(size=300), "word": pd.Categorical(words)})
    y = np.isin(words, ["a", "d"]) ^ (X["size"] > 0.3)
    model = HistGradientBoostingClassifier(max_iter=6, random_state=0).fit(X, y)
    trees = sklearn_trees(model)
    assert trees.categories
    parsed = trees.scores(model._preprocess_X(X, reset=False))[:, 1]
    assert np.ptp(model.decision_function(X) - parsed) < 1e-10


def test_others_are_declined():
    class Subclass(RandomForestClassifier):
        pass

    X, y = data(2, False)
    boosting = GradientBoostingClassifier(
        n_estimators=2, init=LogisticRegression(), random_state=0
    )
    others = [
        Subclass(2, random_state=0),
        BaggingClassifier(n_estimators=2, random_state=0),
        boosting,
    ]
    two = RandomForestClassifier(2, random_state=0).fit(X, np.column_stack([y, 1 - y]))
    assert sklearn_trees(two) is None
    assert [sklearn_trees(one.fit(X, y)) for one in others] == [None] * 3
