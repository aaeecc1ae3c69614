"""What fitted transformers make of one column, read from their parameters."""

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

from ..table import TableSchema


class UnsupportedStep(Exception):
    """Something that is not taken apart."""


@dataclass(frozen=True)
class Feature:
    """What the preparation makes of one column.

    Attributes
    ----------
    column : int
        The column.
    slope, shift : float
        A number x becomes ``slope * x + shift``.
    values : tuple or None
        What every level becomes; None for a column of numbers.
    missing : object
        What a missing cell becomes.
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
        """Put a value where the cell is missing."""
        if not _is_missing(self.missing):
            return self
        return Feature(self.column, self.slope, self.shift, self.values, value)


def raw_feature(schema: TableSchema, j: int) -> Feature:
    """Take a column as the classifier gets it.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    j : int
        The column.

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
    """Tell NaN from other values; None is not what SimpleImputer looks for."""
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def steps_of(classifier: Any) -> list[Any]:
    """List the fitted steps of a pipeline.

    Parameters
    ----------
    classifier : estimator
        A Pipeline, at any depth, or anything else.

    Returns
    -------
    steps : list
        The classifier last.
    """
    if type(classifier) is FrozenEstimator:
        return steps_of(classifier.estimator)
    if type(classifier) is not Pipeline:
        return [classifier]
    return [inner for _, step in classifier.steps for inner in steps_of(step)]


def prepare(step: Any, features: list[Feature], names: list[Any]) -> list[Feature]:
    """Pass features through a fitted step."""
    if step is None or isinstance(step, str):
        if step == "drop":
            return []
        return features
    known = _PREPARATIONS.get(type(step))
    if known is None:
        raise UnsupportedStep
    return known(step, features, names)


def _prepare_columns(
    step: ColumnTransformer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Pass features through a ColumnTransformer."""
    made: list[Feature] = []
    if step.transformer_weights:
        raise UnsupportedStep
    for _, inner, chosen in step.transformers_:
        places = _places(chosen, names, len(features))
        some = [features[place] for place in places]
        if not some:
            continue
        known = [names[place] for place in places] if names else []
        for part in [inner] if isinstance(inner, str) else steps_of(inner):
            some, known = prepare(part, some, known), []
        made += some
    return made


def _places(chosen: Any, names: list[Any], count: int) -> list[int]:
    """Find the columns that a ColumnTransformer chose."""
    if isinstance(chosen, str):
        chosen = [chosen]
    if isinstance(chosen, slice):
        if not all(
            isinstance(k, (int, type(None))) for k in (chosen.start, chosen.stop)
        ):
            raise UnsupportedStep
        return list(range(count))[chosen]
    array = np.asarray(chosen)
    if array.size == 0:
        return []
    if array.dtype == bool:
        return np.flatnonzero(array).tolist()
    if array.dtype.kind in "iu":
        return [int(place) % count for place in np.atleast_1d(array)]
    if not all(isinstance(name, str) and name in names for name in chosen):
        raise UnsupportedStep
    return [names.index(name) for name in chosen]


def _impute(
    step: SimpleImputer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Fill missing cells."""
    if step.add_indicator or not _is_missing(step.missing_values):
        raise UnsupportedStep
    if any(_is_missing(value) or value is None for value in step.statistics_):
        raise UnsupportedStep
    pairs = zip(features, step.statistics_, strict=True)
    return [feature.filled(value) for feature, value in pairs]


def _standardise(
    step: StandardScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Subtract means and divide by standard deviations."""
    means = np.zeros(len(features)) if not step.with_mean else step.mean_
    scales = np.ones(len(features)) if not step.with_std else step.scale_
    return [
        feature.scaled(1 / float(scale), -float(mean) / float(scale))
        for feature, mean, scale in zip(features, means, scales, strict=True)
    ]


def _stretch(
    step: MinMaxScaler, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Stretch ranges."""
    if step.clip:
        raise UnsupportedStep
    return [
        feature.scaled(float(factor), float(shift))
        for feature, factor, shift in zip(features, step.scale_, step.min_, strict=True)
    ]


def _one_hot(
    step: OneHotEncoder, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Make an indicator of every category."""
    if step.min_frequency is not None or step.max_categories is not None:
        raise UnsupportedStep
    made = []
    for k, (feature, known) in enumerate(zip(features, step.categories_, strict=True)):
        dropped = None if step.drop_idx_ is None else step.drop_idx_[k]
        if step.handle_unknown not in ("error", "ignore"):
            raise UnsupportedStep
        unknown = 0.0 if step.handle_unknown == "ignore" else np.nan
        for place in range(len(known)):
            if place != dropped:
                made.append(feature.mapped(_indicator(known, place, unknown)))
    return made


def _indicator(known: Any, place: int, unknown: float) -> Callable[[Any], float]:
    """Tell one category from the others."""

    def indicate(value: Any) -> float:
        found = _category(known, value)
        return unknown if found is None else float(found == place)

    return indicate


def _ordinal(
    step: OrdinalEncoder, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Put its number in place of every category."""
    if step.min_frequency is not None or step.max_categories is not None:
        raise UnsupportedStep

    def number(known: Any) -> Callable[[Any], float]:
        def numbered(value: Any) -> float:
            found = _category(known, value)
            if found is None:
                given = step.unknown_value
                return np.nan if given is None else float(given)
            missing = _is_missing(known[found])
            return float(step.encoded_missing_value) if missing else float(found)

        return numbered

    pairs = zip(features, step.categories_, strict=True)
    return [feature.mapped(number(known)) for feature, known in pairs]


def _category(known: Any, value: Any) -> int | None:
    """Find the place of a value among the categories."""
    for place, category in enumerate(known.tolist()):
        if category == value or (_is_missing(category) and _is_missing(value)):
            return place
    return None


def _pass_on(
    step: FunctionTransformer, features: list[Feature], names: list[Any]
) -> list[Feature]:
    """Leave everything as it is."""
    if step.func is not None:
        raise UnsupportedStep
    return features


_PREPARATIONS: dict[type, Callable[..., list[Feature]]] = {
    ColumnTransformer: _prepare_columns,
    SimpleImputer: _impute,
    StandardScaler: _standardise,
    MinMaxScaler: _stretch,
    OneHotEncoder: _one_hot,
    OrdinalEncoder: _ordinal,
    FunctionTransformer: _pass_on,
}
