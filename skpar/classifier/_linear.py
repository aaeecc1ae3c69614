"""Linear classifiers behind preparation by column, taken apart exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.svm import LinearSVC

from ..table import TableSchema
from ._preprocessing import Feature, UnsupportedStep, prepare, raw_feature, steps_of

_CLASSIFIERS = (LogisticRegression, LinearSVC, SGDClassifier, RidgeClassifier)


@dataclass(frozen=True)
class LinearScore:
    r"""A score that is a sum over columns, and accepts where it is above 0.

    Attributes
    ----------
    intercept : float
        What everybody gets.
    slopes : ndarray of shape (n_features,), dtype float64
        Weight of each column of numbers; 0 for columns with levels.
    missing : ndarray of shape (n_features,), dtype float64
        What a missing cell adds; NaN where the classifier takes none.
    tables : tuple of ndarray or None
        What each level of a column adds, (n_levels,), NaN where the classifier does
        not know it; None for columns of numbers.

    Notes
    -----
    Imputing, scaling and one-hot or ordinal encoding, each fitted, turn one column
    into a few. A linear score of these is

    .. math:: b + \sum_j f_j(x_j)

    with :math:`f_j` a line for numbers and a table for levels. Lines and tables are
    composed of the fitted parts' own numbers; the classifier is not asked.
    """

    intercept: float
    slopes: np.ndarray
    missing: np.ndarray
    tables: tuple[np.ndarray | None, ...]

    def parts(self, codes: np.ndarray) -> np.ndarray:
        """Say what every cell adds to the score.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        parts : ndarray of shape (n, n_features), dtype float64
        """
        parts = np.empty(codes.shape)
        for j in range(codes.shape[1]):
            parts[:, j] = self.part(j, codes[:, j])
        return parts

    def part(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Say what cells of one column add to the score.

        Parameters
        ----------
        j : int
            The column.
        cells : ndarray, dtype float64
            Codes.

        Returns
        -------
        part : ndarray of the shape of `cells`, dtype float64
        """
        table = self.tables[j]
        if table is None:
            part = cells * self.slopes[j]
        else:
            part = table[np.nan_to_num(cells).astype(np.intp)]
        return np.where(np.isnan(cells), self.missing[j], part)


def take_apart(
    classifier: Any, schema: TableSchema, favorable: np.ndarray
) -> LinearScore | None:
    """Write a fitted classifier as a sum over columns, if it is one that we know.

    Parameters
    ----------
    classifier : fitted classifier
        A logistic regression, a linear support vector classifier, an SGD or a ridge
        classifier with two classes; alone, or at the end of a Pipeline of
        ColumnTransformer, SimpleImputer, StandardScaler, MinMaxScaler,
        OneHotEncoder and OrdinalEncoder. Exactly these classes, no subclass.
    schema : TableSchema
        What each column is.
    favorable : ndarray of shape (k,)
        Labels that people want.

    Returns
    -------
    score : LinearScore or None
        None where some part is another, or has an option that is not known here.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skpar.classifier._linear import take_apart
    >>> from skpar.table._schema import TableSchema
    >>> table = pd.DataFrame({"income": [10, 20, 30, 40], "debt": [9, 8, 3, 1]})
    >>> clf = make_pipeline(StandardScaler(), LogisticRegression())
    >>> clf = clf.fit(table, ["no", "no", "yes", "yes"])
    >>> score = take_apart(clf, TableSchema.infer(table), np.array(["yes"]))
    >>> by_hand = score.intercept + score.parts(table.to_numpy(float)).sum(axis=1)
    >>> np.allclose(by_hand, clf.decision_function(table))
    True
    """
    try:
        features = [raw_feature(schema, j) for j in range(schema.n_features)]
        steps = steps_of(classifier)
        names = list(schema.names)
        for step in steps[:-1]:
            features = prepare(step, features, names)
            names = []
        return _add_up(steps[-1], features, schema, favorable)
    except UnsupportedStep:
        return None


def _add_up(
    classifier: Any,
    features: list[Feature],
    schema: TableSchema,
    favorable: np.ndarray,
) -> LinearScore:
    """Weigh the features with the coefficients of a classifier."""
    if type(classifier) not in _CLASSIFIERS or len(classifier.classes_) != 2:
        raise UnsupportedStep
    weights = np.ravel(classifier.coef_).astype(np.float64)
    wanted = np.isin(classifier.classes_, favorable)
    if wanted.all() or not wanted.any() or len(weights) != len(features):
        raise UnsupportedStep
    sign = 1.0 if wanted[1] else -1.0
    intercept = sign * float(np.ravel(classifier.intercept_)[0])
    slopes, missing = np.zeros(schema.n_features), np.zeros(schema.n_features)
    tables = [
        None if column.levels is None else np.zeros(len(column.levels))
        for column in schema.columns
    ]
    for feature, weight in zip(features, sign * weights, strict=True):
        j, table = feature.column, tables[feature.column]
        values = feature.scaled(float(weight), 0.0)
        if table is None:
            slopes[j] += values.slope
            intercept += values.shift
            missing[j] += values.missing - values.shift
        else:
            table += np.array(values.values, dtype=np.float64)
            missing[j] += values.missing
    for column, table in zip(schema.columns, tables, strict=True):
        if table is not None and np.isnan(table[np.array(column.seen)]).any():
            raise UnsupportedStep
    return LinearScore(intercept, slopes, missing, tuple(tables))
