"""A wrapper that lets the user's classifier predict codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..table import TableSchema
from ._linear import LinearScore, extract_linear_score


class BlackBox:
    """Predict codes with a fitted classifier.

    Parameters
    ----------
    classifier : object with ``predict``
        Fitted classifier; it is used unchanged, never cloned or fitted.
    schema : TableSchema
        Columns of the codes.
    favorable : ndarray of shape (n_favorable,), optional
        Labels that people want. All methods except `check` and `predict` need them.
    min_probability : float, optional
        Minimum probability of the favorable labels that an answer needs.

    Notes
    -----
    The classifier gets the container that it was trained on, with the training dtypes.
    A classifier with ``feature_names_in_`` gets a DataFrame. A classifier that has only
    ``n_features_in_`` gets an ndarray, if one numeric array can hold the table. A
    classifier with neither gets the container of ``fit``.

    Only ``predict`` decides whether a person is accepted, because the threshold of a
    classifier may differ from one half. Scores only rank candidates.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.classifier._black_box import BlackBox
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"income": [10, 20, 30, 40], "debt": [9, 8, 3, 1]})
    >>> classifier = LogisticRegression().fit(table, ["no", "no", "yes", "yes"])
    >>> schema = TableSchema.infer(table)
    >>> black_box = BlackBox(classifier, schema, ["yes"])
    >>> black_box.accepted(schema.encode(table))
    array([False, False,  True,  True])
    """

    def __init__(
        self,
        classifier: Any,
        schema: TableSchema,
        favorable: Any = None,
        min_probability: float | None = None,
    ) -> None:
        self.min_probability = min_probability
        self.classifier = classifier
        self.schema = schema
        self.favorable = None if favorable is None else np.asarray(favorable)
        self._input_schema = _input_schema(classifier, schema)

    def with_favorable(
        self, favorable: Any, min_probability: float | None = None
    ) -> BlackBox:
        """Create a black box of the same classifier with other favorable labels.

        Parameters
        ----------
        favorable : ndarray of shape (n_favorable,)
            Labels that people want.
        min_probability : float, optional
            Minimum probability of these labels that an answer needs.

        Returns
        -------
        black_box : BlackBox
        """
        return BlackBox(self.classifier, self.schema, favorable, min_probability)

    def check(self, codes: npt.NDArray[np.float64]) -> None:
        """Check that the classifier can predict one row, so that errors come early.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows; the first is predicted.

        Raises
        ------
        TypeError
            If the object is not a classifier with ``predict``.
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If the prediction fails or has a wrong shape.
        """
        name = type(self.classifier).__name__
        if isinstance(self.classifier, type):
            raise TypeError(
                f"The classifier is the class {self.classifier.__name__}; "
                "pass a fitted object of it."
            )
        if not hasattr(self.classifier, "predict"):
            if hasattr(self.classifier, "fit"):
                self._check_is_fitted()
            raise TypeError(f"The classifier, a {name}, has no method predict.")
        try:
            labels = self.classifier.predict(self._input_schema.decode(codes[:1]))
        except NotFittedError as error:
            raise self._not_fitted() from error
        except Exception as error:
            raise ValueError(
                f"The classifier, a {name}, cannot predict a row of the table "
                f"({type(error).__name__}: {error}). It must accept the table's "
                "columns unchanged; put preprocessing inside a Pipeline."
            ) from error
        self._one_label_per_row(labels, 1)

    def check_probability(self, codes: npt.NDArray[np.float64]) -> None:
        """Check that the classifier predicts probabilities, so that errors come early.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows; the first is predicted.

        Raises
        ------
        ValueError
            If the classifier has no probabilities.
        """
        if self._call("predict_proba", self._input_schema.decode(codes[:1])) is None:
            name = type(self.classifier).__name__
            raise ValueError(
                f"min_probability needs a classifier with predict_proba; the {name} "
                "has none."
            )

    def predict(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        """Predict the labels of rows.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        if len(codes) == 0:
            return np.empty(0, dtype=object)
        labels = self.classifier.predict(self._input_schema.decode(codes))
        return self._one_label_per_row(labels, len(codes))

    def accepted(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether the classifier predicts a favorable label.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        accepted : ndarray of shape (n,) and dtype bool
        """
        return np.isin(self.predict(codes), self._favorable_labels())

    def meets_demands(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether it is accepted with at least `min_probability`.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        meets_demands : ndarray of shape (n,) and dtype bool
        """
        accepted = self.accepted(codes)
        if self.min_probability is None:
            return accepted
        score = self.score(codes)
        assert score is not None
        return accepted & (score >= self.min_probability)

    def accepts_table(self, table: Any) -> npt.NDArray[np.bool_]:
        """Check for each row of a user's table whether the classifier accepts it.

        Parameters
        ----------
        table : DataFrame or ndarray of shape (n, d), n > 0
            It is passed on unchanged if the classifier was trained on this type of
            container.

        Returns
        -------
        accepted : ndarray of shape (n,) and dtype bool
        """
        if hasattr(table, "columns") != self._input_schema.is_frame:
            return self.accepted(self.schema.encode(table))
        labels = self._one_label_per_row(self.classifier.predict(table), len(table))
        return np.isin(labels, self._favorable_labels())

    def score(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        """Score rows by the classifier; a larger score is more favorable.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        score : ndarray of shape (n,) and dtype float64, or None
            Probability of the favorable labels, if the classifier has probabilities.
            Otherwise the decision function, with the sign such that larger is more
            favorable. For several classes, this is the largest value of the favorable
            classes minus the largest value of the other classes. None if the classifier
            has neither method, or no ``classes_``.
        """
        classes = getattr(self.classifier, "classes_", None)
        if classes is None:
            return None
        if len(codes) == 0:
            return np.empty(0)
        favorable = np.isin(np.asarray(classes), self._favorable_labels())
        table = self._input_schema.decode(codes)
        probabilities = self._call("predict_proba", table)
        if probabilities is None:
            values = self._call("decision_function", table)
            return None if values is None else _favorable_lead(values, favorable)
        if probabilities.shape != (len(codes), len(favorable)):
            raise ValueError(
                f"predict_proba gave an array of shape {probabilities.shape} for "
                f"{len(codes)} rows and {len(favorable)} classes."
            )
        return probabilities[:, favorable].sum(axis=1)

    def linear_score(self) -> LinearScore | None:
        """Write the classifier as a sum over columns, if it is linear.

        Returns
        -------
        score : LinearScore or None
            None for a classifier that `extract_linear_score` does not support.
        """
        favorable = self._favorable_labels()
        return extract_linear_score(self.classifier, self.schema, favorable)

    def _favorable_labels(self) -> npt.NDArray[Any]:
        """Return the favorable labels; they must have been given."""
        assert self.favorable is not None
        return self.favorable

    def _not_fitted(self) -> NotFittedError:
        """Create the error for a classifier that is not fitted."""
        name = type(self.classifier).__name__
        return NotFittedError(
            f"The classifier, a {name}, is not fitted. Fit it before you pass it."
        )

    def _check_is_fitted(self) -> None:
        """Raise a NotFittedError for an unfitted estimator; it may hide `predict`."""
        try:
            check_is_fitted(self.classifier)
        except NotFittedError as error:
            raise self._not_fitted() from error

    def _one_label_per_row(self, labels: Any, n_rows: int) -> npt.NDArray[Any]:
        """Check that a prediction has one label per row; one column is allowed."""
        labels = np.asarray(labels)
        if labels.shape == (n_rows, 1):
            labels = labels[:, 0]
        if labels.shape != (n_rows,):
            name = type(self.classifier).__name__
            raise ValueError(
                f"The classifier, a {name}, predicts an array of shape {labels.shape} "
                f"for {n_rows} rows; it must give one label per row."
            )
        return labels

    def _call(self, method: str, table: Any) -> npt.NDArray[np.float64] | None:
        """Call a method; return None if it is absent or not implemented."""
        if not hasattr(self.classifier, method):
            return None
        try:
            return np.asarray(getattr(self.classifier, method)(table), np.float64)
        except (AttributeError, NotImplementedError):
            return None


def _favorable_lead(
    values: npt.NDArray[np.float64], favorable: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64] | None:
    """Compute the lead of the favorable classes; None if columns are not classes."""
    if favorable.all() or not favorable.any():
        return None
    if values.ndim == 1 and len(favorable) == 2:
        return values if favorable[1] else -values
    if values.ndim != 2 or values.shape[1] != len(favorable):
        return None
    return values[:, favorable].max(axis=1) - values[:, ~favorable].max(axis=1)


def _input_schema(classifier: Any, schema: TableSchema) -> TableSchema:
    """Describe the container that the classifier was trained on."""
    names = getattr(classifier, "feature_names_in_", None)
    if schema.is_frame:
        dtype = schema.numeric_dtype
        takes_array = names is None and hasattr(classifier, "n_features_in_")
        if takes_array and dtype is not None:
            return replace(schema, array_dtype=dtype)
        return schema
    if names is None or len(names) != schema.n_features:
        return schema
    pairs = zip(schema.columns, np.asarray(names).tolist(), strict=True)
    columns = tuple(replace(column, name=name) for column, name in pairs)
    return TableSchema(columns)
