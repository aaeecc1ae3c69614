"""Linear classifiers with preprocessing, written as exact sums over columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.svm import LinearSVC

from ...relations import ColumnGroup, FeatureSchema, table_of
from ...table import TableSchema
from ._preprocessing import (
    Feature,
    UnsupportedStep,
    apply_step,
    input_feature,
    pipeline_steps,
)

# With two classes, each predicts by the sign of `coef_ @ row + intercept_`.
_CLASSIFIERS = (
    LinearDiscriminantAnalysis,
    LinearSVC,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)


@dataclass(frozen=True)
class LinearScore:
    r"""A score that is a sum over columns; rows with a positive score are accepted.

    Attributes
    ----------
    intercept : float
        Constant term.
    slopes : ndarray of shape (n_features,), dtype float64
        Weight of each column of numbers; 0 for columns with levels.
    missing : ndarray of shape (n_features,), dtype float64
        Contribution of a missing cell; NaN if the classifier does not accept missing
        cells.
    tables : tuple of ndarray or None
        For each column with levels, the contribution of each level, of shape
        (n_levels,); NaN if the classifier does not know the level. None for columns of
        numbers.

    Notes
    -----
    Fitted steps for imputing, scaling, and one-hot or ordinal encoding convert each
    column to one or more features. A linear score of these features has the form

    .. math:: b + \sum_j f_j(x_j)

    Here :math:`f_j` is a linear function for numbers and a table for levels. Both are
    computed from the parameters of the fitted steps, without a call of ``predict``.
    """

    intercept: float
    slopes: np.ndarray
    missing: np.ndarray
    tables: tuple[np.ndarray | None, ...]

    def decision_function(self, codes: np.ndarray) -> np.ndarray:
        """Compute the score of rows.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        score : ndarray of shape (n_samples,), dtype float64
        """
        score: np.ndarray = self.intercept + self.contributions(codes).sum(axis=1)
        return score

    def contributions(self, codes: np.ndarray) -> np.ndarray:
        """Compute the contribution of each cell to the score.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        contributions : ndarray of shape (n_samples, n_features), dtype float64
        """
        contributions = np.empty(codes.shape)
        for j in range(codes.shape[1]):
            contributions[:, j] = self.contribution(j, codes[:, j])
        return contributions

    def contribution(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Compute the contribution of cells of one column.

        Parameters
        ----------
        j : int
            Position of the column.
        cells : ndarray, dtype float64
            Codes of the cells.

        Returns
        -------
        contribution : ndarray of the shape of `cells`, dtype float64
        """
        table = self.tables[j]
        if table is None:
            present = cells * self.slopes[j]
        else:
            present = table[np.nan_to_num(cells).astype(np.intp)]
        return np.where(np.isnan(cells), self.missing[j], present)


@dataclass(frozen=True)
class GroupedLinearScore(LinearScore):
    """A linear score of features, of which some are groups of columns.

    Attributes
    ----------
    members : tuple of tuple of int
        Columns of the table of each feature.
    groups : dict of int to ColumnGroup
        The features that are groups.
    """

    members: tuple[tuple[int, ...], ...]
    groups: dict[int, ColumnGroup]

    def contribution(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Compute the contribution of cells of one feature."""
        if j not in self.groups:
            return super().contribution(self.members[j][0], cells)
        known = np.where(np.isnan(cells), 0.0, cells)
        inside = self.groups[j].expand(known)
        total = np.zeros(cells.shape)
        for place, column in enumerate(self.members[j]):
            total += super().contribution(column, inside[..., place])
        return np.where(np.isnan(cells), np.nan, total)


def extract_linear_score(
    classifier: Any, schema: TableSchema, favorable: np.ndarray
) -> LinearScore | None:
    """Write a fitted classifier as a sum over columns, if it is linear and supported.

    Parameters
    ----------
    classifier : fitted classifier
        A LogisticRegression, RidgeClassifier (or one of both that chooses its penalty
        by cross-validation), LinearSVC, SGDClassifier, Perceptron or
        LinearDiscriminantAnalysis with two classes. It may be the last step of a
        Pipeline of ColumnTransformer, SimpleImputer, StandardScaler, MinMaxScaler,
        RobustScaler, MaxAbsScaler, OneHotEncoder and OrdinalEncoder.
        Subclasses are not supported.
    schema : TableSchema
        Features of the table.
    favorable : ndarray of shape (n_favorable,)
        Labels that people want.

    Returns
    -------
    score : LinearScore or None
        Of codes of `schema`. None if a step has another class, or an option that is
        not supported.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skpar.classifier.linear._linear import extract_linear_score
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"income": [10, 20, 30, 40], "debt": [9, 8, 3, 1]})
    >>> clf = make_pipeline(StandardScaler(), LogisticRegression())
    >>> clf = clf.fit(table, ["no", "no", "yes", "yes"])
    >>> score = extract_linear_score(clf, TableSchema.infer(table), np.array(["yes"]))
    >>> values = score.decision_function(table.to_numpy(float))
    >>> np.allclose(values, clf.decision_function(table))
    True
    """
    table = table_of(schema)
    try:
        features = [input_feature(table, j) for j in range(table.n_features)]
        steps = pipeline_steps(classifier)
        names = list(table.names)
        for step in steps[:-1]:
            features = apply_step(step, features, names)
            names = []
        score = _sum_by_column(steps[-1], features, table, favorable)
    except UnsupportedStep:
        return None
    if not isinstance(schema, FeatureSchema):
        return score
    parts = (score.intercept, score.slopes, score.missing, score.tables)
    return GroupedLinearScore(*parts, schema.members, schema.groups)


def _sum_by_column(
    classifier: Any,
    features: list[Feature],
    schema: TableSchema,
    favorable: np.ndarray,
) -> LinearScore:
    """Multiply features by the coefficients of the classifier and sum by column."""
    if type(classifier) not in _CLASSIFIERS or len(classifier.classes_) != 2:
        raise UnsupportedStep
    weights = np.ravel(classifier.coef_).astype(np.float64)
    wanted = np.isin(classifier.classes_, favorable)
    if wanted.all() or not wanted.any() or len(weights) != len(features):
        raise UnsupportedStep
    sign = 1.0 if wanted[1] else -1.0  # the coefficients belong to the second class
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
            table += values.table()
            missing[j] += values.missing
    for column, table in zip(schema.columns, tables, strict=True):
        if table is not None and np.isnan(table[np.array(column.seen)]).any():
            raise UnsupportedStep
    return LinearScore(intercept, slopes, missing, tuple(tables))
