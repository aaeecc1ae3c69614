"""Tree ensembles of scikit-learn as `Trees`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from ._trees import Trees

_SINGLE = (DecisionTreeClassifier, ExtraTreeClassifier)
_FORESTS = (RandomForestClassifier, ExtraTreesClassifier)
_FLOAT32 = np.dtype(np.float32)


def sklearn_trees(classifier: Any) -> Trees | None:
    """Read a fitted tree ensemble of scikit-learn.

    Parameters
    ----------
    classifier : classifier
        A decision tree, random forest, extra trees, gradient boosting or histogram
        gradient boosting; subclasses are not read.

    Returns
    -------
    trees : Trees or None
        The largest score decides. Of boosting, the intercept is 0: it is found with the
        classifier's own scores. None for other classifiers.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skpar.classifier.regions._sklearn_trees import sklearn_trees
    >>> tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1])
    >>> sklearn_trees(tree).scores(np.array([[0.2], [0.9]]))
    array([[1., 0.],
           [0., 1.]])
    """
    kind = type(classifier)
    if kind in _SINGLE and classifier.n_outputs_ == 1:
        return _of_tree(classifier.tree_)
    if kind in _FORESTS and classifier.n_outputs_ == 1:
        members = classifier.estimators_
        trees = Trees.joined([_of_tree(member.tree_) for member in members])
        return replace(trees, divisor=float(len(members)))
    if kind is GradientBoostingClassifier:
        return _of_boosting(classifier)
    if kind is HistGradientBoostingClassifier:
        return _of_histograms(classifier)
    return None


def _of_tree(tree: Any) -> Trees:
    """Read a tree whose leaves hold shares of classes."""
    return _of_nodes(tree, tree.value[:, 0])


def _of_nodes(tree: Any, value: np.ndarray) -> Trees:
    """Read the nodes of a tree; its leaves have the values (n_nodes, n_classes)."""
    nodes = tree.__getstate__()["nodes"]
    is_leaf = nodes["left_child"] < 0
    return Trees(
        np.zeros(1, dtype=np.int64),
        np.where(is_leaf, -1, nodes["feature"]),
        nodes["threshold"].copy(),
        nodes["left_child"].copy(),
        nodes["right_child"].copy(),
        nodes["missing_go_to_left"].astype(bool),
        value,
        np.zeros(value.shape[1]),
        _FLOAT32,
    )


def one_of_classes(values: np.ndarray, k: int, n_scores: int) -> np.ndarray:
    """Spread values of one class, (n,), over all classes, (n, n_classes).

    With one score, it belongs to the second of two classes.
    """
    n_classes = max(2, n_scores)
    spread = np.zeros((len(values), n_classes))
    spread[:, k if n_scores > 1 else 1] = values
    return spread


def _of_boosting(classifier: Any) -> Trees | None:
    """Read gradient boosting that starts from a constant."""
    if not (classifier.init is None or classifier.init == "zero"):
        return None
    members, rate = classifier.estimators_, classifier.learning_rate
    n_scores = members.shape[1]
    trees = Trees.joined(
        [
            _of_nodes(
                member.tree_,
                one_of_classes(rate * member.tree_.value[:, 0, 0], k, n_scores),
            )
            for stage in members
            for k, member in enumerate(stage)
        ]
    )
    # Two classes share one score, and a score of 0 is for the second.
    return replace(trees, last_at_ties=n_scores == 1)


def _of_histograms(classifier: Any) -> Trees | None:
    """Read histogram gradient boosting, with its categories."""
    known = classifier._bin_mapper.make_known_categories_bitsets()
    return Trees.joined(
        [
            _of_predictor(predictor, k, len(stage), known)
            for stage in classifier._predictors
            for k, predictor in enumerate(stage)
        ]
    )


def _of_predictor(
    predictor: Any, k: int, n_scores: int, known: tuple[np.ndarray, np.ndarray]
) -> Trees:
    """Read a tree of histogram gradient boosting."""
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    categories = {}
    for node in np.flatnonzero(~is_leaf & nodes["is_categorical"].astype(bool)):
        lefts = _members(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
        seen = _members(known[0][known[1][nodes["feature_idx"][node]]])
        categories[int(node)] = (lefts, np.setdiff1d(seen, lefts))
    return Trees(
        np.zeros(1, dtype=np.int64),
        np.where(is_leaf, -1, nodes["feature_idx"]),
        nodes["num_threshold"].copy(),
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        nodes["missing_go_to_left"].astype(bool),
        one_of_classes(nodes["value"], k, n_scores),
        np.zeros(max(2, n_scores)),
        categories=categories,
    )


def _members(bits: np.ndarray) -> np.ndarray:
    """List the members of a set of small numbers that is stored as 32-bit words."""
    words = bits.astype(np.uint64)[:, np.newaxis] >> np.arange(32, dtype=np.uint64)
    return np.flatnonzero((words & np.uint64(1)).ravel())
