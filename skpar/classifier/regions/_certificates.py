"""Which judge certifies a classifier, if one does."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._black_box import BlackBox
from ..linear import UnsupportedStep
from ._boosters import boosted_trees
from ._inputs import ModelInputs
from ._judges import Judge, LinearJudge, TreeJudge
from ._sklearn_trees import sklearn_trees
from ._trees import Trees

# Of computed scores, in roundings of the largest; a model that was misread is far off.
_MAX_ROUNDINGS = 10_000
_N_COMPARED = 16


def certifying_judge(
    black_box: BlackBox, rows: np.ndarray, n_values: int
) -> Judge | None:
    """Find a judge whose word holds for every row of a cell.

    Parameters
    ----------
    black_box : BlackBox
        The classifier, with the favorable labels and demands of a person.
    rows : ndarray of shape (n, n_features), dtype float64
        Codes of some rows. On the first of them, scores of trees are compared.
    n_values : int
        Number of values of an axis to try, for linear classifiers.

    Returns
    -------
    judge : Judge or None
        None if there is a demand besides acceptance, or if the classifier is neither a
        linear pipeline nor a tree ensemble that is known.
    """
    if black_box.has_demands or not len(rows):
        return None
    score = black_box.linear_score()
    if score is not None:
        is_double = black_box.schema.is_double_precision
        return LinearJudge(score, is_double, n_values)
    try:
        inputs = ModelInputs(black_box)
    except UnsupportedStep:
        return None
    model = inputs.model
    trees = sklearn_trees(model) or boosted_trees(model)
    classes = getattr(model, "classes_", None)
    if trees is None or classes is None or black_box.favorable is None:
        return None
    wanted = np.isin(np.asarray(classes), black_box.favorable)
    if len(wanted) != len(trees.intercept) or wanted.all() or not wanted.any():
        return None
    known = _with_intercept(trees, inputs, rows[:_N_COMPARED])
    return None if known is None else TreeJudge(inputs, known, wanted)


def _with_intercept(
    trees: Trees, inputs: ModelInputs, rows: np.ndarray
) -> Trees | None:
    """Find the intercept: the rest of the scores, which must be equal in all rows."""
    scores = _scores(inputs.model, inputs.transformed(rows))
    if scores.ndim == 1:
        scores = np.stack([np.zeros(len(scores)), scores], axis=1)
    rest = scores - trees.scores(inputs.values(rows, trees.precision))
    size = _MAX_ROUNDINGS * float(np.finfo(trees.sum_precision).eps)
    size *= max(1.0, float(np.abs(scores).max()))
    if not np.isfinite(rest).all() or np.ptp(rest, axis=0).max() > size:
        return None
    return trees.with_intercept(np.median(rest, axis=0))


def _scores(model: Any, table: Any) -> np.ndarray:
    """Compute the scores of rows that the largest of decides the label."""
    package = type(model).__module__.split(".")[0]
    if package == "lightgbm":
        scores = model.predict(table, raw_score=True)
    elif package == "xgboost":
        scores = model.predict(table, output_margin=True)
    elif hasattr(model, "decision_function"):
        scores = model.decision_function(table)
    else:
        scores = model.predict_proba(table)
    return np.asarray(scores, dtype=np.float64)
