"""What a classifier gets, and what it returns: labels and scores, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..table import (
    Cells,
    TableSchema,
    are_among,
    as_python,
    loaded_kinds,
    warn_user,
    without_dictionaries,
)

THRESHOLD_HINT = (
    "To accept rows by a number, such as a price of at least 300,000, wrap the "
    "regressor: skpar.Threshold(regressor, at_least=300_000)."
)
_STAGE: ContextVar[str] = ContextVar("stage", default="a prediction")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Name the stage of the work that errors of the classifier report.

    It is a context manager and a decorator.

    Parameters
    ----------
    name : str
        Such as ``"the final check"``.
    """
    token = _STAGE.set(name)
    try:
        yield
    finally:
        _STAGE.reset(token)


def present_stage() -> str:
    """Name the stage of the work that is running."""
    return _STAGE.get()


def refuse_regressor(classifier: Any) -> None:
    """Refuse a regressor of scikit-learn, fitted or not, also inside a pipeline.

    Parameters
    ----------
    classifier : object
        Anything; objects without tags of scikit-learn pass.

    Raises
    ------
    ValueError
        If it is a regressor.
    """
    if isinstance(classifier, BaseEstimator) and is_regressor(classifier):
        raise ValueError(
            f"The classifier, a {type(classifier).__name__}, is a regressor: it "
            f"predicts numbers and no labels. {THRESHOLD_HINT}"
        )


def not_fitted(classifier: Any) -> NotFittedError:
    """Create the error for a classifier that is not fitted."""
    name = type(classifier).__name__
    return NotFittedError(
        f"The classifier, a {name}, is not fitted. Fit it before you pass it."
    )


def refuse_unfitted(classifier: Any) -> None:
    """Raise a NotFittedError for an estimator of scikit-learn that is unfitted."""
    if not isinstance(classifier, BaseEstimator):
        return
    try:
        check_is_fitted(classifier)
    except NotFittedError as error:
        raise not_fitted(classifier) from error


def read_labels(labels: Any, n_rows: int, classifier: Any) -> np.ndarray:
    """Check predicted labels.

    Parameters
    ----------
    labels : array-like of shape (n_rows,) or (n_rows, 1)
        Result of ``predict``.
    n_rows : int
        Number of rows that were predicted.
    classifier : object
        The classifier; its ``classes_``, if it has them, are all labels.

    Returns
    -------
    labels : ndarray of shape (n_rows,)

    Raises
    ------
    ValueError
        If there is not one label per row, if a label is missing or not in
        ``classes_``, or if they are numbers of a regressor and no labels.
    """
    labels, who = np.asarray(labels), f"The classifier, a {type(classifier).__name__},"
    if labels.shape == (n_rows, 1):
        labels = labels[:, 0]
    if labels.shape != (n_rows,):
        raise ValueError(
            f"{who} predicts an array of shape {labels.shape} for {n_rows} rows; it "
            "must return one label per row."
        )
    missing = Cells("prediction", labels, np.arange(n_rows)).missing
    if missing.any():
        raise ValueError(
            f"{who} predicts a missing label (NaN or None) for row {missing.argmax()} "
            f"of {n_rows}; it must predict a label for every row."
        )
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        number = float(labels[np.argmax(labels != np.rint(labels))])
        raise ValueError(
            f"{who} predicts numbers such as {number:g} and no labels, like a "
            f"regressor. {THRESHOLD_HINT}"
        )
    classes = getattr(classifier, "classes_", None)
    if classes is not None:
        known = are_among(labels, np.asarray(classes))
        if not known.all():
            label = as_python(labels[np.argmin(known)])
            raise ValueError(
                f"{who} predicts the label {label!r}, which is not in its classes_ "
                f"{np.asarray(classes).tolist()}."
            )
    return labels


def read_scores(
    values: Any, n_rows: int, favorable: np.ndarray, *, are_probabilities: bool
) -> np.ndarray:
    """Compute how favorable each row is.

    Parameters
    ----------
    values : array-like
        Result of ``predict_proba`` or ``decision_function``.
    n_rows : int
        Number of rows that were predicted.
    favorable : ndarray of shape (n_classes,), dtype bool
        Which of the classes people want.
    are_probabilities : bool
        Whether `values` are probabilities.

    Returns
    -------
    scores : ndarray of shape (n_rows,), dtype float64
        Probability of the favorable labels, or the lead of the largest decision value
        of a favorable class over that of the others.

    Raises
    ------
    ValueError
        If the shape is another one, or if values are missing, infinite, or no
        probabilities.

    Notes
    -----
    With two classes, a single column belongs to the second class.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.shape == (n_rows,):
        values = values[:, np.newaxis]
    if values.shape == (n_rows, 1) and len(favorable) == 2:
        first = 1.0 - values if are_probabilities else -values
        values = np.concatenate([first, values], axis=1)
    if values.shape != (n_rows, len(favorable)):
        raise ValueError(
            f"it returns an array of shape {values.shape} for {n_rows} rows and "
            f"{len(favorable)} classes"
        )
    if not np.isfinite(values).all():
        raise ValueError("it returns missing or infinite values")
    if not are_probabilities:
        if favorable.all() or not favorable.any():
            raise ValueError("no class or every class is favorable")
        lead = values[:, favorable].max(axis=1) - values[:, ~favorable].max(axis=1)
        return np.asarray(lead / 2 if len(favorable) == 2 else lead)
    if values.size and not (values.min() >= 0.0 and values.max() <= 1.0):
        raise ValueError("it returns values outside of [0, 1]")
    return np.asarray(values[:, favorable].sum(axis=1))


def choose_input(
    classifier: Any, schema: TableSchema, codes: np.ndarray
) -> TableSchema:
    """Find the container that a classifier can predict.

    Parameters
    ----------
    classifier : object
        It should be a fitted classifier.
    schema : TableSchema
        Of the container that is tried first. If it is a frame, frames of pandas follow,
        and of other libraries that are loaded.
    codes : ndarray of shape (n, d), dtype float64
        Valid rows; the first is predicted.

    Returns
    -------
    schema : TableSchema
        Of the first container that does not fail.

    Raises
    ------
    TypeError
        If the object is not a classifier with ``predict``.
    NotFittedError
        If the classifier is not fitted.
    ValueError
        If all predictions fail, or one has a wrong shape.
    """
    name = type(classifier).__name__
    if isinstance(classifier, type):
        raise TypeError(
            f"The classifier is the class {classifier.__name__}; "
            "pass a fitted object of it."
        )
    if not hasattr(classifier, "predict"):
        refuse_unfitted(classifier)  # An unfitted estimator may hide predict.
        raise TypeError(f"The classifier, a {name}, has no method predict.")
    refuse_regressor(classifier)
    kinds = [schema.kind]
    if schema.is_frame:
        kinds += [kind for kind in ("pandas", *loaded_kinds()) if kind not in kinds]
    problem: Exception | None = None
    for kind in kinds:
        try:
            one = schema if kind == schema.kind else schema.of_kind(kind)
            labels = classifier.predict(one.decode(codes[:1]))
        except NotFittedError as error:
            raise not_fitted(classifier) from error
        except Exception as error:  # foreign code may raise anything
            problem = problem or error
            continue
        read_labels(labels, 1, classifier)
        return one
    raise ValueError(
        f"The classifier, a {name}, cannot predict a row of the table "
        f"({type(problem).__name__}: {problem}). It must accept the table's "
        "columns unchanged; put preprocessing inside a Pipeline."
    ) from problem


def warn_of_misread_nulls(classifier: Any, table: Any) -> None:
    """Warn if a classifier reads nulls in dictionary columns of pyarrow as levels.

    NumPy does, and so do classifiers of scikit-learn.

    Parameters
    ----------
    classifier : fitted classifier
    table : DataFrame or ndarray of shape (n, n_columns)
        Rows that have missing cells, in the container that the classifier gets.
    """
    plain, names = without_dictionaries(table)
    if not names:
        return
    answer = getattr(classifier, "predict_proba", classifier.predict)
    try:
        read, expected = np.asarray(answer(table)), np.asarray(answer(plain))
    except Exception:  # A classifier that needs dictionaries knows how to read them.
        return
    if not np.array_equal(read, expected):
        warn_user(
            f"The classifier takes nulls in the columns {names} for levels, as NumPy "
            "does with a dictionary of pyarrow: it answers differently if the same "
            "cells come as text. Cast these columns to text before the classifier is "
            "trained, and in all tables that skpar gets."
        )


def input_schema(classifier: Any, schema: TableSchema) -> TableSchema:
    """Describe the container that the classifier was most likely trained on.

    Parameters
    ----------
    classifier : fitted classifier
    schema : TableSchema
        The table of ``fit``.

    Returns
    -------
    schema : TableSchema
        Of the table that the classifier gets, unless it fails on it.
    """
    names = getattr(classifier, "feature_names_in_", None)
    if schema.is_frame:
        dtype = schema.numeric_dtype
        takes_array = names is None and hasattr(classifier, "n_features_in_")
        if takes_array and dtype is not None:
            return replace(schema, array_dtype=dtype, frame_format=None)
        return schema
    if names is None or len(names) != schema.n_features:
        return schema
    pairs = zip(schema.columns, np.asarray(names).tolist(), strict=True)
    columns = tuple(replace(column, name=name) for column, name in pairs)
    return TableSchema(columns)
