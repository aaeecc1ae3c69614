"""Boosters of LightGBM and XGBoost as `Trees`, read from their own formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._sklearn_trees import one_of_classes
from ._trees import Trees

_FLOAT32 = np.dtype(np.float32)


def boosted_trees(classifier: Any) -> Trees | None:
    """Read a fitted LGBMClassifier or XGBClassifier.

    Parameters
    ----------
    classifier : classifier
        It is recognized by the name of its class, so neither package is imported.

    Returns
    -------
    trees : Trees or None
        With intercept 0, as `sklearn_trees` returns it. None for other classifiers, and
        for boosters with categories, linear leaves, dropout or missing zeros.
    """
    kind = type(classifier)
    if (kind.__module__, kind.__name__) == ("lightgbm.sklearn", "LGBMClassifier"):
        is_plain = classifier.boosting_type == "gbdt"
        return _of_lightgbm(classifier.booster_) if is_plain else None
    if (kind.__module__, kind.__name__) == ("xgboost.sklearn", "XGBClassifier"):
        return _of_xgboost(classifier)
    return None


def _of_lightgbm(booster: Any) -> Trees | None:
    """Read a booster of LightGBM."""
    model = booster.dump_model()
    if booster.pandas_categorical or model.get("average_output"):
        return None
    if not model["objective"].startswith(("binary", "multiclass ")):
        return None
    n_scores = model["num_tree_per_iteration"]
    trees = []
    for number, info in enumerate(model["tree_info"]):
        nodes = list(_lightgbm_nodes(info["tree_structure"]))
        if any(node is None for node in nodes):
            return None
        columns = [np.array(column) for column in zip(*nodes, strict=True)]
        feature, threshold, left, right, missing_left, value = columns
        values = one_of_classes(value, number % n_scores, n_scores)
        trees.append(
            Trees(
                np.zeros(1, dtype=np.int64),
                feature,
                threshold.astype(np.float64),
                left,
                right,
                missing_left.astype(bool),
                values,
                np.zeros(values.shape[1]),
            )
        )
    return Trees.joined(trees)


def _lightgbm_nodes(root: dict[str, Any]) -> Iterator[tuple[Any, ...] | None]:
    """List the nodes of a tree, the root first; None for a node that is not read."""
    waiting, n_known = [root], 1
    while waiting:
        node = waiting.pop(0)
        if "split_feature" not in node:
            is_linear = "leaf_features" in node or "leaf_coeff" in node
            leaf = (-1, 0.0, 0, 0, False, node["leaf_value"])
            yield None if is_linear else leaf
            continue
        missing = node["missing_type"]
        if node["decision_type"] != "<=" or missing == "Zero":
            yield None
            return
        # Without a direction of its own, a missing value counts as 0.
        goes_left = node["default_left"] if missing == "NaN" else node["threshold"] >= 0
        yield (
            node["split_feature"],
            float(node["threshold"]),
            n_known,
            n_known + 1,
            goes_left,
            0.0,
        )
        waiting += [node["left_child"], node["right_child"]]
        n_known += 2


def _of_xgboost(classifier: Any) -> Trees | None:
    """Read a booster of XGBoost; its numbers have single precision."""
    booster = classifier.get_booster()
    learner = json.loads(bytes(booster.save_raw(raw_format="json")))["learner"]
    model = learner["gradient_booster"]
    if model["name"] != "gbtree":
        return None
    if learner["objective"]["name"] not in ("binary:logistic", "multi:softprob"):
        return None
    if not np.isnan(classifier.missing):
        return None
    groups, listed = model["model"]["tree_info"], model["model"]["trees"]
    n_scores = max(1, int(learner["learner_model_param"]["num_class"]))
    best = getattr(booster, "best_iteration", None)
    if learner["attributes"].get("best_iteration") is not None and best is not None:
        ends = model["model"].get("iteration_indptr")
        if ends is None:
            return None
        listed = listed[: ends[best + 1]]
    if any(any(one["split_type"]) for one in listed):
        return None
    return Trees.joined(
        [
            _xgboost_tree(one, k, n_scores)
            for one, k in zip(listed, groups[: len(listed)], strict=True)
        ]
    )


def _xgboost_tree(tree: dict[str, Any], k: int, n_scores: int) -> Trees:
    """Read a tree of XGBoost: inputs below the threshold go left."""
    left = np.array(tree["left_children"])
    condition = np.array(tree["split_conditions"], dtype=np.float32)
    values = one_of_classes(condition.astype(np.float64), k, n_scores)
    below = np.nextafter(condition, np.float32(-np.inf)).astype(np.float64)
    return Trees(
        np.zeros(1, dtype=np.int64),
        np.where(left < 0, -1, np.array(tree["split_indices"])),
        below,
        left,
        np.array(tree["right_children"]),
        np.array(tree["default_left"]).astype(bool),
        values,
        np.zeros(values.shape[1]),
        _FLOAT32,
        _FLOAT32,
    )
