"""Setup of the classifier to explain, its labels and the favorable labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from ..table import (
    Cells,
    Column,
    TableSchema,
    copied,
    kind_of,
    refuse_lazy,
    to_kind,
    warn_user,
)
from ._threshold import Threshold

_LAST_IS_FAVORABLE = ({0, 1}, {-1, 1})


def choose_classifier(
    estimator: Any, clf: Any, schema: TableSchema
) -> tuple[Any, bool]:
    """Find the classifier to explain.

    Parameters
    ----------
    estimator : estimator or None
        The constructor parameter ``estimator``.
    clf : fitted classifier or None
        The argument ``clf`` of ``fit``.
    schema : TableSchema
        Columns that the default classifier encodes.

    Returns
    -------
    classifier : estimator
        The classifier to use.
    is_fitted : bool
        True if it is used unchanged, False if it must be cloned and fitted.

    Raises
    ------
    ValueError
        If both are given.
    """
    if clf is not None and estimator is not None:
        raise ValueError(
            "Both estimator= and fit(..., clf=) are given. Pass the classifier to "
            "explain only once, as clf= or as estimator=FrozenEstimator(clf)."
        )
    if clf is not None:
        return clf, True
    if estimator is not None:
        return estimator, isinstance(estimator, FrozenEstimator)
    return _default_classifier(schema), False


def check_labels(X: Any, y: Any, classifier: Any, *, is_needed: bool) -> Any:
    """Check the labels of a table.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        The table.
    y : array-like of shape (n_samples,), or None
        Its labels; for a `Threshold`, also numbers of the regressor's target.
    classifier : classifier
        The classifier to explain.
    is_needed : bool
        Whether the classifier has to be fitted.

    Returns
    -------
    y : ndarray of shape (n_samples,), or None
        None if no labels are given or needed.

    Raises
    ------
    ValueError
        If there are none but they are needed, and for labels that are missing,
        continuous, or all the same.
    TypeError
        For a LazyFrame.
    """
    refuse_lazy("y", y)
    if y is None and not is_needed:
        return None
    if y is None:
        raise ValueError(
            "This PARRecourse estimator requires y to be passed, but the target y is "
            "None: it is needed to fit the classifier. To do without, pass a fitted "
            "classifier as clf= or estimator=FrozenEstimator(clf)."
        )
    y = column_or_1d(y, warn=True)
    check_consistent_length(X, y)
    missing = Cells("y", y, np.arange(len(y))).missing
    if missing.any():
        raise ValueError(
            f"Input y contains NaN or None, first at position {missing.argmax()}; "
            "drop rows without a label."
        )
    labels = labels_of(classifier, y)
    check_classification_targets(labels)
    if len(np.unique(labels)) < 2:
        raise ValueError(
            "y holds 1 class only; recourse needs both accepted and denied people."
        )
    return y


def labels_of(classifier: Any, y: Any) -> Any:
    """Turn the target of a classifier into labels.

    Parameters
    ----------
    classifier : classifier
        Also a `Threshold` inside a ``FrozenEstimator`` or at the end of a pipeline.
    y : ndarray of shape (n_samples,)
        Labels, or numbers of the target of a `Threshold`.

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        Numbers become 0 or 1 by the bounds; labels stay.
    """
    while isinstance(classifier, (FrozenEstimator, Pipeline)):
        is_frozen = isinstance(classifier, FrozenEstimator)
        classifier = classifier.estimator if is_frozen else classifier[-1]
    if not isinstance(classifier, Threshold) or np.isin(y, [0, 1]).all():
        return y
    return classifier.labels_of(y)


def find_classes(
    classifier: Any, predicted: np.ndarray, y: np.ndarray | None
) -> np.ndarray:
    """Find all labels that a classifier may predict.

    Parameters
    ----------
    classifier : fitted classifier
        If it has ``classes_``, these are returned.
    predicted : ndarray of shape (n_samples,)
        Labels predicted by the classifier.
    y : ndarray of shape (n_samples,) or None
        Labels of the same rows.

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If `y` is used and its labels have another type than the predicted labels.
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
            f"as {given!r}; pass y with the labels of the classifier, or leave y out."
        )
    return np.unique(np.concatenate([predicted, y]))


def table_to_fit(X: Any) -> Any:
    """Return the table that a classifier is fitted to.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_features)
        Training rows.

    Returns
    -------
    table : DataFrame or ndarray of shape (n_samples, n_features)
        `X`; a Table of pyarrow becomes a DataFrame of pandas, because numpy, and so
        scikit-learn, reads a null in a dictionary column as a level.
    """
    return to_kind(X, "pandas") if kind_of(X) == "pyarrow" else X


def fit_classifier(
    classifier: Any, X: Any, y: np.ndarray, n_folds: int, rng: np.random.RandomState
) -> tuple[Any, np.ndarray]:
    """Fit a clone of a classifier, and predict all rows out of fold.

    Parameters
    ----------
    classifier : estimator
        Classifier to clone. Random states that are None get a seed from `rng`.
    X : table of shape (n_samples, n_features)
        Training rows.
    y : ndarray of shape (n_samples,)
        Labels.
    n_folds : int
        Number of folds for the out-of-fold predictions.
    rng : numpy.random.RandomState
        Source of the seeds.

    Returns
    -------
    fitted : estimator
        Clone fitted on all rows.
    predicted : ndarray of shape (n_samples,)
        Out-of-fold predictions. If a class is too small for folds, predictions of
        `fitted`.
    """
    fresh = with_seeds(classifier, rng)
    folds_seed = int(rng.randint(2**31))
    # The classifier may write into its input, so it gets copies.
    fitted = clone(fresh).fit(copied(X), y.copy())
    strata = labels_of(classifier, y)
    n_folds = min(n_folds, int(np.unique(strata, return_counts=True)[1].min()))
    if n_folds < 2:
        return fitted, np.asarray(fitted.predict(copied(X)))
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=folds_seed)
    splits = list(folds.split(X, strata))
    return fitted, cross_val_predict(fresh, X, y, cv=splits)


def with_seeds(estimator: Any, rng: np.random.RandomState) -> Any:
    """Clone an estimator; random states that are None get a seed.

    Parameters
    ----------
    estimator : estimator
        Also one with other estimators inside.
    rng : numpy.random.RandomState
        Source of the seeds.

    Returns
    -------
    fresh : estimator
        Unfitted.
    """
    fresh = clone(estimator)
    seeds = {
        name: int(rng.randint(2**31))
        for name, value in sorted(fresh.get_params(deep=True).items())
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    return fresh.set_params(**seeds)


def refuse_mapping(favorable_label: Any) -> None:
    """Refuse a mapping, whose keys would be taken for labels.

    Parameters
    ----------
    favorable_label : label, collection of labels, or None
        What the user gave.

    Raises
    ------
    TypeError
        For a mapping.
    """
    if isinstance(favorable_label, Mapping):
        raise TypeError(
            "favorable_label must be a label or a list of labels, not the mapping "
            f"{favorable_label!r}."
        )


def choose_favorable(classes: np.ndarray, favorable_label: Any) -> np.ndarray:
    """Find the labels that people want.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        All labels.
    favorable_label : label, collection of labels, or None
        None selects the last of `classes`; a warning follows if this is a guess.

    Returns
    -------
    favorable : ndarray of shape (n_favorable,)

    Raises
    ------
    ValueError
        If a label is unknown, or if all labels or none are favorable.
    """
    if favorable_label is None:
        return _guess_favorable(classes)
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


def _guess_favorable(classes: np.ndarray) -> np.ndarray:
    """Select the last label; warn unless it is favorable by convention."""
    labels = classes.tolist()
    if set(labels) not in _LAST_IS_FAVORABLE:
        warn_user(
            f"favorable_label is not given: {labels[-1]!r}, the last of "
            f"{labels}, is taken as the label that people want. Set favorable_label "
            "to silence this warning."
        )
    return classes[-1:]


def check_acceptance_rate(accepted: np.ndarray) -> None:
    """Raise an error if the classifier accepts everybody or nobody.

    Parameters
    ----------
    accepted : ndarray of shape (n_samples,), dtype bool
        Decisions of the classifier.

    Raises
    ------
    ValueError
        If all decisions are the same.
    """
    share = float(accepted.mean())
    if share in (0.0, 1.0):
        who = "everybody" if share else "nobody"
        raise ValueError(
            f"The classifier accepts {who}: the share accepted is {share:.2f} of "
            f"{len(accepted)} rows. Recourse needs both accepted and denied people; "
            "check favorable_label, the classifier's threshold and the rows."
        )


def warn_if_trained_on(
    predicted: np.ndarray,
    y: np.ndarray,
    suspicious_agreement: float,
    suspicious_error_ratio: float,
) -> None:
    """Warn if the classifier was probably trained on the rows.

    The sign is that predictions agree with almost all labels, and with far more than a
    constant prediction would. For example, a forest agrees with almost all labels of
    its training rows.

    Parameters
    ----------
    predicted : ndarray of shape (n_samples,)
        Predicted labels.
    y : ndarray of shape (n_samples,)
        True labels.
    suspicious_agreement : float
        The warning needs at least this share of equal labels.
    suspicious_error_ratio : float
        The warning needs at most this ratio of the errors to the errors of a constant
        prediction of the most frequent label.
    """
    agreement = float((predicted == y).mean())
    constant = float(np.unique(y, return_counts=True)[1].max() / len(y))
    few_errors = 1 - agreement <= suspicious_error_ratio * (1 - constant)
    if agreement >= suspicious_agreement and few_errors:
        warn_user(
            f"The classifier's predictions agree with y on {agreement:.1%} of the "
            f"rows (a constant: {constant:.1%}), so it was probably trained on them. "
            "Call fit with rows that the classifier has not seen."
        )


def _default_classifier(schema: TableSchema) -> Any:
    """Create a pipeline: imputing, scaling, one-hot encoding, logistic regression."""
    # polars renames a column that is called "" when it is selected by its position.
    by_name = schema.kind == "polars"
    keys = schema.names if by_name else range(schema.n_features)
    numeric: list[Any] = []
    levels: list[Any] = []
    texts: list[Any] = []
    known: set[str] = set()
    na: Any = None
    for key, column in zip(keys, schema.columns, strict=True):
        if column.is_numeric:
            numeric.append(key)
        elif _is_text_with_na(column):
            texts.append(key)
            na = column.missing_value  # NA of pandas
            known.update(map(str, column.levels or ()))
        else:
            levels.append(key)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numeric),
            (one_hot, levels),
            (make_pipeline(_without_na(na, known), one_hot), texts),
        ),
        LogisticRegression(max_iter=1000),
    )


def _is_text_with_na(column: Column) -> bool:
    """Whether a column has text, and NA of pandas in missing cells."""
    has_na = not isinstance(column.missing_value, float | None)
    return has_na and all(isinstance(level, str) for level in column.levels or ())


def _without_na(na: Any, known: set[str]) -> SimpleImputer:
    """Make a level of NA, which the one-hot encoder of scikit-learn cannot sort."""
    name = "missing"
    while name in known:
        name += "_"
    return SimpleImputer(missing_values=na, strategy="constant", fill_value=name)
