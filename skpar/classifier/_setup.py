"""Whose classifier decides, which labels are favorable, who is accepted."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from ..table import Cells, TableSchema

_SILENT_DEFAULTS = ({0, 1}, {-1, 1})
_FOLDS = 3
_TOO_GOOD = 0.99
_CALLER_OF_FIT = 5


def choose_classifier(
    estimator: Any, clf: Any, schema: TableSchema
) -> tuple[Any, bool]:
    """Find the classifier to explain.

    Parameters
    ----------
    estimator : estimator or None
        The constructor parameter.
    clf : fitted classifier or None
        The argument of ``fit``.
    schema : TableSchema
        What the default classifier has to encode.

    Returns
    -------
    classifier : estimator
        To be used as it is, or to be cloned and fitted.
    is_fitted : bool
        True where it is used as it is.

    Raises
    ------
    ValueError
        Where both are given.
    """
    if clf is not None and estimator is not None:
        raise ValueError(
            "Both estimator= and fit(..., clf=) are given: pass the classifier to "
            "explain once, as clf= or as estimator=FrozenEstimator(clf)."
        )
    if clf is not None:
        return clf, True
    if estimator is not None:
        return estimator, isinstance(estimator, FrozenEstimator)
    return _default_classifier(schema), False


def check_labels(X: Any, y: Any) -> np.ndarray:
    """Check the labels of a table.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)

    Returns
    -------
    y : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError
        For labels that are missing, continuous, or all the same.
    """
    y = column_or_1d(y, warn=True)
    check_consistent_length(X, y)
    missing = Cells("y", y, np.arange(len(y))).missing
    if missing.any():
        raise ValueError(
            f"Input y contains NaN or None, first at position {missing.argmax()}; "
            "drop rows without a label."
        )
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError(
            "y holds 1 class only; recourse needs accepted and denied people."
        )
    return y


def labels_of(
    classifier: Any, predicted: np.ndarray, y: np.ndarray | None
) -> np.ndarray:
    """Find all labels that a classifier may give.

    Parameters
    ----------
    classifier : fitted classifier
        Its ``classes_`` say it all, where it has them.
    predicted : ndarray of shape (n_samples,)
        Labels that it gave.
    y : ndarray of shape (n_samples,) or None
        Labels of the same rows.

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        Where `y` is needed and its labels are of another type.
    """
    classes = getattr(classifier, "classes_", None)
    if classes is not None:
        return np.asarray(classes)
    if y is None:
        return np.unique(predicted)
    given, true = predicted.tolist()[0], y.tolist()[0]
    if isinstance(given, str) != isinstance(true, str):
        raise ValueError(
            f"y holds labels such as {true!r}, but the classifier predicts labels such "
            f"as {given!r}; pass y as the classifier knows it, or none at all."
        )
    return np.unique(np.concatenate([predicted, y]))


def fit_classifier(
    classifier: Any, X: Any, y: np.ndarray, rng: np.random.RandomState
) -> tuple[Any, np.ndarray]:
    """Fit a clone, and predict every row by a clone that has not seen it.

    Parameters
    ----------
    classifier : estimator
        Is cloned; its seeds that are None are drawn.
    X : table of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Labels.
    rng : numpy.random.RandomState

    Returns
    -------
    fitted : estimator
        Fitted on all rows.
    predicted : ndarray of shape (n_samples,)
        Out-of-fold predictions; plain ones where a class is too small for folds.
    """
    fresh = clone(classifier)
    seeds = {
        name: int(rng.randint(2**31))
        for name, value in sorted(fresh.get_params(deep=True).items())
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    fresh.set_params(**seeds)
    folds_seed = int(rng.randint(2**31))
    fitted = clone(fresh).fit(X, y)
    n_folds = min(_FOLDS, int(np.unique(y, return_counts=True)[1].min()))
    if n_folds < 2:
        return fitted, np.asarray(fitted.predict(X))
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=folds_seed)
    return fitted, cross_val_predict(fresh, X, y, cv=folds)


def choose_favorable(classes: np.ndarray, favorable_label: Any) -> np.ndarray:
    """Find the labels that a person wants.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        All labels.
    favorable_label : label, collection of labels, or None
        None takes the last of `classes`, with a warning where that is a guess.

    Returns
    -------
    favorable : ndarray of shape (n_favorable,)

    Raises
    ------
    ValueError
        Where a label is unknown, or no label is left to deny.
    """
    if favorable_label is None:
        labels = classes.tolist()
        if not any(set(labels) == known for known in _SILENT_DEFAULTS):
            warnings.warn(
                f"favorable_label is not given: {labels[-1]!r}, the last of "
                f"{labels}, is taken as the label that people want.",
                UserWarning,
                stacklevel=_CALLER_OF_FIT,
            )
        return classes[-1:]
    wanted = [favorable_label]
    if isinstance(favorable_label, Iterable) and not isinstance(favorable_label, str):
        wanted = list(favorable_label)
    known = classes.tolist()
    for label in wanted:
        if label not in known:
            raise ValueError(
                f"favorable_label={label!r} is not among the labels {known}."
            )
    favorable = classes[[label in wanted for label in known]]
    if not 0 < len(favorable) < len(classes):
        raise ValueError(
            f"favorable_label={favorable_label!r} must name some but not all of the "
            f"labels {known}."
        )
    return favorable


def check_shares(accepted: np.ndarray) -> None:
    """Refuse a classifier that accepts everybody or nobody.

    Parameters
    ----------
    accepted : ndarray of shape (n_samples,), dtype bool

    Raises
    ------
    ValueError
        Where only one decision occurs.
    """
    share = float(accepted.mean())
    if share in (0.0, 1.0):
        who = "everybody" if share else "nobody"
        raise ValueError(
            f"The classifier accepts {who}: the share accepted is {share:.2f} of "
            f"{len(accepted)} rows. Recourse needs accepted and denied people; check "
            "favorable_label, the classifier's threshold and the rows."
        )


def warn_if_rows_were_seen(predicted: np.ndarray, y: np.ndarray) -> None:
    """Warn where predictions repeat the labels, as on a forest's training rows.

    Parameters
    ----------
    predicted, y : ndarray of shape (n_samples,)
        Labels.
    """
    agreement = float((predicted == y).mean())
    if agreement >= _TOO_GOOD:
        warnings.warn(
            f"The classifier's predictions agree with y on {agreement:.1%} of the "
            "rows: it was probably trained on them. Fit on rows that it has not seen, "
            "so that accepted people are told as they will be.",
            UserWarning,
            stacklevel=_CALLER_OF_FIT,
        )


def _default_classifier(schema: TableSchema) -> Any:
    """Logistic regression behind imputing, scaling and one-hot encoding."""
    numeric = [j for j, column in enumerate(schema.columns) if column.is_numeric]
    levels = [j for j, column in enumerate(schema.columns) if not column.is_numeric]
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numeric),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), levels),
        ),
        LogisticRegression(max_iter=1000),
    )
