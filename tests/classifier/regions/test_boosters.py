"""Boosters of LightGBM and XGBoost, from their formats and, if installed, from them."""

import json
from typing import ClassVar

import numpy as np
import pytest

from skpar.classifier.regions._boosters import boosted_trees
from skpar.classifier.regions._certificates import _with_intercept

from .test_sklearn_trees import data


def split(feature, threshold, left, right, missing="None", default_left=True):
    return {
        "split_feature": feature,
        "threshold": threshold,
        "decision_type": "<=",
        "missing_type": missing,
        "default_left": default_left,
        "left_child": left,
        "right_child": right,
    }


class LightGBM:
    """A booster with two trees."""

    pandas_categorical = None
    changes: ClassVar[dict] = {}

    def dump_model(self):
        inner = split(1, 0.5, {"leaf_value": 2.0}, {"leaf_value": 3.0}, "NaN", False)
        trees = [split(0, 1.0, {"leaf_value": 1.0}, inner), {"leaf_value": 10.0}]
        model = {
            "objective": "binary sigmoid:1",
            "num_tree_per_iteration": 1,
            "tree_info": [{"tree_structure": tree} for tree in trees],
        }
        return model | self.changes


class XGBoost:
    """A booster with one tree."""

    booster, split_types = "gbtree", (0, 0, 0)

    def save_raw(self, raw_format):
        tree = {
            "left_children": [1, -1, -1],
            "right_children": [2, -1, -1],
            "split_conditions": [0.1, -1.5, 2.5],
            "split_indices": [0, 0, 0],
            "default_left": [1, 0, 0],
            "split_type": self.split_types,
        }
        model = {"tree_info": [0], "trees": [tree]}
        learner = {
            "attributes": {},
            "objective": {"name": "binary:logistic"},
            "learner_model_param": {"num_class": "0"},
            "gradient_booster": {"name": self.booster, "model": model},
        }
        return bytearray(json.dumps({"learner": learner}).encode())


def classifier_of(name, module, **attributes):
    return type(name, (), {"__module__": module, **attributes})()


def lightgbm(**changes):
    booster = LightGBM()
    booster.changes = changes
    attributes = {"booster_": booster, "boosting_type": "gbdt"}
    return classifier_of("LGBMClassifier", "lightgbm.sklearn", **attributes)


def xgboost(**changes):
    booster = XGBoost()
    vars(booster).update(changes)
    attributes = {"get_booster": lambda self: booster, "missing": np.nan}
    return classifier_of("XGBClassifier", "xgboost.sklearn", **attributes)


def test_a_lightgbm_dump_is_read():
    rows = [[1.0, 0.0], [1.1, 0.5], [1.1, 0.6], [1.1, np.nan], [np.nan, 0.0]]
    scores = boosted_trees(lightgbm()).scores(np.array(rows))
    assert scores.tolist() == [[0, 11], [0, 12], [0, 13], [0, 13], [0, 11]]


def test_xgboost_compares_single_precision_below_the_threshold():
    trees = boosted_trees(xgboost())
    edge = float(np.float32(0.1))
    below = float(np.nextafter(np.float32(0.1), np.float32(0)))
    scores = trees.scores(np.array([[below], [edge], [np.nan]]))[:, 1]
    assert scores.tolist() == [-1.5, 2.5, -1.5]
    assert trees.precision == trees.sum_precision == np.float32


def test_what_is_not_understood_is_declined():
    zero = split(0, 1.0, {"leaf_value": 1.0}, {"leaf_value": 2.0}, "Zero")
    linear = {"leaf_value": 1.0, "leaf_features": [0], "leaf_coeff": [1.0]}
    for tree in (zero, linear):
        assert boosted_trees(lightgbm(tree_info=[{"tree_structure": tree}])) is None
    assert boosted_trees(lightgbm(average_output=True)) is None
    assert boosted_trees(lightgbm(objective="regression")) is None
    assert boosted_trees(xgboost(booster="dart")) is None
    assert boosted_trees(xgboost(split_types=[1, 0, 0])) is None
    assert boosted_trees(classifier_of("XGBClassifier", "mine")) is None


class AsIs:
    """The inputs of a model without preprocessing."""

    def __init__(self, model):
        self.model = model

    def transformed(self, codes):
        return codes

    def values(self, codes, precision):
        return codes.astype(precision).astype(float)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("package", ["lightgbm", "xgboost"])
def test_real_boosters_have_these_scores(package, n_classes):
    module = pytest.importorskip(package)
    X, y = data(n_classes, missing=True)
    if package == "lightgbm":
        model = module.LGBMClassifier(n_estimators=5, num_threads=1, verbose=-1)
    else:
        model = module.XGBClassifier(n_estimators=5, n_jobs=1)
    model.fit(X, y)
    assert _with_intercept(boosted_trees(model), AsIs(model), X[:50]) is not None
