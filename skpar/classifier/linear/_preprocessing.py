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
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from ...table import TableSchema


class UnsupportedStep(Exception):
    """The step, or an option of it, is not supported."""


@dataclass(frozen=True)
class Indicator:
    """Values of all levels of a column that differ in one category only.

    A one-hot encoder has one indicator per category. A tuple of all values would take
    memory for the square of the number of levels.

    Attributes
    ----------
    numbers : ndarray of shape (n_levels,), dtype int64
        The category of each level, -1 for levels that are no category. All indicators
        of a column share it.
    category : int
        The category of the indicator.
    inside : object
        Value of the levels of this category.
    outside : object
        Value of the levels of other categories.
    unknown : object
        Value of the levels that are no category.
    """

    numbers: np.ndarray
    category: int
    inside: Any = 1.0
    outside: Any = 0.0
    unknown: Any = 0.0

    def mapped(self, function: Callable[[Any], Any]) -> Indicator:
        """Apply a function to every value."""
        values = map(function, (self.inside, self.outside, self.unknown))
        return Indicator(self.numbers, self.category, *values)

    def table(self) -> np.ndarray:
        """List the value (n_levels,), dtype float64, of every level."""
        table = np.where(self.numbers < 0, float(self.unknown), float(self.outside))
        table[self.numbers == self.category] = self.inside
        return table


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
    values : tuple, Indicator or None
        Value of the feature for each level; None for a column of numbers.
    missing : object
        Value of the feature for a missing cell.
    """

    column: int
    slope: float = 1.0
    shift: float = 0.0
    values: tuple[Any, ...] | Indicator | None = None
    missing: Any = np.nan

    def scaled(self, factor: float, shift: float) -> Feature:
        """Apply ``factor * value + shift``."""

        def line(value: Any) -> float:
            if isinstance(value, str) or value is None:
                raise UnsupportedStep
            return factor * float(value) + shift

        values = None if self.values is None else _mapped(self.values, line)
        slope, moved = factor * self.slope, factor * self.shift + shift
        return Feature(self.column, slope, moved, values, line(self.missing))

    def mapped(self, function: Callable[[Any], Any]) -> Feature:
        """Apply a function to every value."""
        if self.values is None:
            raise UnsupportedStep
        values = _mapped(self.values, function)
        return Feature(self.column, values=values, missing=function(self.missing))

    def table(self) -> np.ndarray:
        """List the value (n_levels,), dtype float64, of every level."""
        if isinstance(self.values, Indicator):
            return self.values.table()
        return np.array(self.values, dtype=np.float64)

    def filled(self, value: Any) -> Feature:
        """Replace the value for a missing cell, if that value is missing."""
        if not _is_missing(self.missing):
            return self
        return Feature(self.column, self.slope, self.shift, self.values, value)


def _mapped(
    values: tuple[Any, ...] | Indicator, function: Callable[[Any], Any]
) -> tuple[Any, ...] | Indicator:
    """Apply a function to the values of all levels."""
    if isinstance(values, Indicator):
        return values.mapped(function)
    return tuple(map(function, values))


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
    means = step.mean_ if step.with_mean else None
    return _centered(features, means, step.scale_ if step.with_std else None)


def _scale_robustly(
    step: RobustScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a RobustScaler."""
    return _centered(features, step.center_, step.scale_)


def _scale_largest(
    step: MaxAbsScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a MaxAbsScaler."""
    if getattr(step, "clip", False):
        raise UnsupportedStep
    return _centered(features, None, step.scale_)


def _centered(
    features: list[Feature], centers: np.ndarray | None, scales: np.ndarray | None
) -> list[Feature]:
    """Subtract centers, then divide by scales, (n_features,); None leaves that out."""
    centers = np.zeros(len(features)) if centers is None else centers
    scales = np.ones(len(features)) if scales is None else scales
    return [
        feature.scaled(1 / float(scale), -float(center) / float(scale))
        for feature, center, scale in zip(features, centers, scales, strict=True)
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
        found = feature.mapped(_numbering(categories))
        kept = [index for index in range(len(categories)) if index != dropped]
        indicators += _indicators(found, kept, unknown)
    return indicators


def _indicators(found: Feature, kept: list[int], unknown: float) -> list[Feature]:
    """Create one feature per category that is 1 for it and 0 for the others.

    `found` gives the category of each level, -1 for levels that are no category.
    """
    numbers = found.table().astype(np.int64)
    return [
        Feature(
            found.column,
            values=Indicator(numbers, index, unknown=unknown),
            missing=unknown if found.missing < 0 else float(found.missing == index),
        )
        for index in kept
    ]


def _ordinal(
    step: OrdinalEncoder, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through an OrdinalEncoder: each category becomes its index."""
    if step.min_frequency is not None or step.max_categories is not None:
        raise UnsupportedStep

    def encoder(categories: Any) -> Callable[[Any], float]:
        number = _numbering(categories)

        def encode(value: Any) -> float:
            found = number(value)
            if found < 0:
                unknown = step.unknown_value
                return np.nan if unknown is None else float(unknown)
            missing = _is_missing(categories[found])
            return float(step.encoded_missing_value) if missing else float(found)

        return encode

    pairs = zip(features, step.categories_, strict=True)
    return [feature.mapped(encoder(categories)) for feature, categories in pairs]


def _numbering(categories: Any) -> Callable[[Any], int]:
    """Create a function that finds the index of a value; -1 if it is no category."""
    listed = categories.tolist()
    index = {category: number for number, category in enumerate(listed)}
    missing = next((k for k, one in enumerate(listed) if _is_missing(one)), -1)

    def number(value: Any) -> int:
        return missing if _is_missing(value) else index.get(value, -1)

    return number


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
    RobustScaler: _scale_robustly,
    MaxAbsScaler: _scale_largest,
    OneHotEncoder: _one_hot,
    OrdinalEncoder: _ordinal,
    FunctionTransformer: _pass_through,
}
