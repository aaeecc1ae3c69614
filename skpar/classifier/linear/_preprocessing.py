"""Fitted transformers, expressed as functions of single columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

from ...table import TableSchema


class UnsupportedStep(Exception):
    """The step, or an option of it, is not supported."""


@dataclass(frozen=True)
class Feature:
    """A feature of the classifier as a function of one column of the table.

    Attributes
    ----------
    column : int
        Index of the column.
    slope : float
        The value of the feature for a number x is ``slope * x + shift``.
    shift : float
        Constant term of the feature for numbers.
    values : tuple or None
        Value of the feature for each level; None for a column of numbers.
    missing : object
        Value of the feature for a missing cell.
    """

    column: int
    slope: float = 1.0
    shift: float = 0.0
    values: tuple[Any, ...] | None = None
    missing: Any = np.nan

    def scaled(self, factor: float, shift: float) -> Feature:
        """Apply ``factor * value + shift``."""

        def line(value: Any) -> float:
            if isinstance(value, str) or value is None:
                raise UnsupportedStep
            return factor * float(value) + shift

        values = None if self.values is None else tuple(map(line, self.values))
        slope, moved = factor * self.slope, factor * self.shift + shift
        return Feature(self.column, slope, moved, values, line(self.missing))

    def mapped(self, function: Callable[[Any], Any]) -> Feature:
        """Apply a function to every value."""
        if self.values is None:
            raise UnsupportedStep
        values = tuple(map(function, self.values))
        return Feature(self.column, values=values, missing=function(self.missing))

    def filled(self, value: Any) -> Feature:
        """Replace the value for a missing cell, if that value is missing."""
        if not _is_missing(self.missing):
            return self
        return Feature(self.column, self.slope, self.shift, self.values, value)


def input_feature(schema: TableSchema, j: int) -> Feature:
    """Create the feature of a column before any preprocessing step.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    j : int
        Index of the column.

    Returns
    -------
    feature : Feature
    """
    column = schema.columns[j]
    if column.may_be_missing and not column.is_numeric:
        if not _is_missing(column.missing_value):
            raise UnsupportedStep
    return Feature(j, values=column.levels)


def _is_missing(value: Any) -> bool:
    """Check whether a value is NaN; None is excluded, as in SimpleImputer."""
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def pipeline_steps(classifier: Any) -> list[Any]:
    """List the fitted steps of a pipeline.

    Parameters
    ----------
    classifier : estimator
        A Pipeline, possibly nested, or any other estimator.

    Returns
    -------
    steps : list
        All steps; the classifier is the last one.
    """
    if type(classifier) is FrozenEstimator:
        return pipeline_steps(classifier.estimator)
    if type(classifier) is not Pipeline:
        return [classifier]
    return [inner for _, step in classifier.steps for inner in pipeline_steps(step)]


def apply_step(step: Any, features: list[Feature], names: list[Any]) -> list[Feature]:
    """Pass features through a fitted step.

    Parameters
    ----------
    step : transformer, "drop", "passthrough" or None
        The step.
    features : list of Feature
        Features before the step.
    names : list
        Names of the features; empty if they have none.

    Returns
    -------
    features : list of Feature
        Features after the step.
    """
    if step is None or isinstance(step, str):
        return [] if step == "drop" else features
    apply = _STEPS.get(type(step))
    if apply is None:
        raise UnsupportedStep
    return apply(step, features, names)


def _transform_columns(
    step: ColumnTransformer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a ColumnTransformer."""
    transformed: list[Feature] = []
    if step.transformer_weights:
        raise UnsupportedStep
    for _, transformer, selected in step.transformers_:
        indices = _selected_indices(selected, names, len(features))
        some = [features[index] for index in indices]
        if not some:
            continue
        is_word = isinstance(transformer, str)
        some_names = [names[index] for index in indices] if names else []
        for inner in [transformer] if is_word else pipeline_steps(transformer):
            some, some_names = apply_step(inner, some, some_names), []
        transformed += some
    return transformed


def _selected_indices(selected: Any, names: list[Any], n_features: int) -> list[int]:
    """Find the features that a ColumnTransformer selected."""
    if isinstance(selected, str):
        selected = [selected]
    if isinstance(selected, slice):
        ends = (selected.start, selected.stop)
        if not all(isinstance(end, (int, type(None))) for end in ends):
            raise UnsupportedStep
        return list(range(n_features))[selected]
    array = np.asarray(selected)
    if array.size == 0:
        return []
    if array.dtype == bool:
        return np.flatnonzero(array).tolist()
    if array.dtype.kind in "iu":
        return [int(index) % n_features for index in np.atleast_1d(array)]
    if not all(isinstance(name, str) and name in names for name in selected):
        raise UnsupportedStep
    return [names.index(name) for name in selected]


def _impute(
    step: SimpleImputer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a SimpleImputer."""
    if step.add_indicator or not _is_missing(step.missing_values):
        raise UnsupportedStep
    if any(_is_missing(value) or value is None for value in step.statistics_):
        raise UnsupportedStep
    pairs = zip(features, step.statistics_, strict=True)
    return [feature.filled(value) for feature, value in pairs]


def _standardize(
    step: StandardScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a StandardScaler."""
    means = np.zeros(len(features)) if not step.with_mean else step.mean_
    scales = np.ones(len(features)) if not step.with_std else step.scale_
    return [
        feature.scaled(1 / float(scale), -float(mean) / float(scale))
        for feature, mean, scale in zip(features, means, scales, strict=True)
    ]


def _scale_range(
    step: MinMaxScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a MinMaxScaler."""
    if step.clip:
        raise UnsupportedStep
    return [
        feature.scaled(float(factor), float(shift))
        for feature, factor, shift in zip(features, step.scale_, step.min_, strict=True)
    ]


def _one_hot(
    step: OneHotEncoder, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a OneHotEncoder: one indicator per category."""
    if step.min_frequency is not None or step.max_categories is not None:
        raise UnsupportedStep
    indicators = []
    pairs = zip(features, step.categories_, strict=True)
    for k, (feature, categories) in enumerate(pairs):
        dropped = None if step.drop_idx_ is None else step.drop_idx_[k]
        if step.handle_unknown not in ("error", "ignore"):
            raise UnsupportedStep
        unknown = 0.0 if step.handle_unknown == "ignore" else np.nan
        for index in range(len(categories)):
            if index != dropped:
                indicator = _indicator(categories, index, unknown)
                indicators.append(feature.mapped(indicator))
    return indicators


def _indicator(categories: Any, index: int, unknown: float) -> Callable[[Any], float]:
    """Create a function that is 1 for one category and 0 for the others."""

    def indicate(value: Any) -> float:
        found = _category_index(categories, value)
        return unknown if found is None else float(found == index)

    return indicate


def _ordinal(
    step: OrdinalEncoder, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through an OrdinalEncoder: each category becomes its index."""
    if step.min_frequency is not None or step.max_categories is not None:
        raise UnsupportedStep

    def encoder(categories: Any) -> Callable[[Any], float]:
        def encode(value: Any) -> float:
            found = _category_index(categories, value)
            if found is None:
                unknown = step.unknown_value
                return np.nan if unknown is None else float(unknown)
            missing = _is_missing(categories[found])
            return float(step.encoded_missing_value) if missing else float(found)

        return encode

    pairs = zip(features, step.categories_, strict=True)
    return [feature.mapped(encoder(categories)) for feature, categories in pairs]


def _category_index(categories: Any, value: Any) -> int | None:
    """Find the index of a value among the categories; None if it is unknown."""
    for index, category in enumerate(categories.tolist()):
        if category == value or (_is_missing(category) and _is_missing(value)):
            return index
    return None


def _pass_through(
    step: FunctionTransformer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Return the features unchanged."""
    if step.func is not None:
        raise UnsupportedStep
    return features


_STEPS: dict[type, Callable[..., list[Feature]]] = {
    ColumnTransformer: _transform_columns,
    SimpleImputer: _impute,
    StandardScaler: _standardize,
    MinMaxScaler: _scale_range,
    OneHotEncoder: _one_hot,
    OrdinalEncoder: _ordinal,
    FunctionTransformer: _pass_through,
}
