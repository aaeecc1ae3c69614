"""The inputs of a model behind a pipeline, and the columns that they follow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...relations import FeatureSchema, table_of
from ...table import TableSchema
from .._black_box import BlackBox
from ..linear import UnsupportedStep, apply_step, input_feature, pipeline_steps


class ModelInputs:
    """What the last step of a pipeline gets, and the column that each input follows.

    Parameters
    ----------
    black_box : BlackBox
        The classifier.

    Attributes
    ----------
    model : classifier
        The last step.
    of_column : dict of int to list of (int, float, float)
        For each column of numbers in the codes: the inputs that follow it, and the
        slope and the constant of each of them, up to rounding errors.

    Raises
    ------
    UnsupportedStep
        If a step is none of those that a linear classifier may have.

    Notes
    -----
    A supported step computes each input from one column, by multiplications, additions
    and conversions, none of which ever turns the order of two numbers around. So a
    value between two others gives an input between theirs, to the last bit.
    """

    def __init__(self, black_box: BlackBox) -> None:
        table = table_of(black_box.schema)
        self._black_box = black_box
        *self._steps, self.model = pipeline_steps(black_box.classifier)
        features = [input_feature(table, j) for j in range(table.n_features)]
        names = list(table.names)
        for step in self._steps:
            features, names = apply_step(step, features, names), []
        self._has_categories = getattr(self.model, "is_categorical_", None) is not None
        if self._has_categories:
            # Histogram gradient boosting puts the columns with categories first.
            order = np.argsort(~self.model.is_categorical_, kind="stable")
            features = [features[k] for k in order.tolist()]
        self.of_column: dict[int, list[tuple[int, float, float]]] = {}
        place = _places(black_box.schema)
        encoded = set(np.flatnonzero(self._category_flags(len(features))).tolist())
        for number, feature in enumerate(features):
            if feature.values is None and feature.column in place:
                j = place[feature.column]
                if number in encoded:
                    raise UnsupportedStep
                line = (number, feature.slope, feature.shift)
                self.of_column.setdefault(j, []).append(line)

    def _category_flags(self, n_inputs: int) -> np.ndarray:
        """Say which inputs are categories of the model, (n_inputs,), dtype bool."""
        flags = np.zeros(n_inputs, dtype=bool)
        if self._has_categories:
            flags[: int(self.model.is_categorical_.sum())] = True
        return flags

    def transformed(self, codes: np.ndarray) -> Any:
        """Pass rows through the steps before the model.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64

        Returns
        -------
        table : DataFrame, ndarray or sparse matrix of n rows
        """
        table = self._black_box.input_table(codes)
        for step in self._steps:
            if not (step is None or isinstance(step, str)):
                table = step.transform(table)
        return table

    def values(self, codes: np.ndarray, precision: np.dtype) -> np.ndarray:
        """Compute the inputs as the model compares them.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
        precision : numpy dtype
            Precision in which the model compares.

        Returns
        -------
        inputs : ndarray of shape (n, n_inputs), dtype float64
        """
        table = self.transformed(codes)
        if self._has_categories:
            table = self.model._preprocess_X(table, reset=False)
        if hasattr(table, "toarray"):
            table = table.toarray()
        return np.asarray(table, dtype=np.float64).astype(precision).astype(np.float64)


def _places(schema: TableSchema) -> dict[int, int]:
    """Map the columns of numbers of the table to the features of the codes."""
    if not isinstance(schema, FeatureSchema):
        return {j: j for j, column in enumerate(schema.columns) if column.is_numeric}
    return {
        places[0]: j
        for j, places in enumerate(schema.members)
        if j not in schema.groups and schema.columns[j].is_numeric
    }
