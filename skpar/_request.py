"""Requests: the people of a table, the limits of each, and what they ask for."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import check_is_fitted

from .actionability import People, read_demands, read_people
from .table import (
    TableReading,
    is_other_frame,
    to_kind,
    validate_table,
    with_training_dtypes,
)

# Arguments beside X that say what single people want.
OWN_ARGUMENTS = (
    "lower",
    "upper",
    "frozen",
    "max_effort",
    "target",
    "min_probability",
    "max_probability",
)


def check_n_options(n_options: Any) -> None:
    """Raise a TypeError or ValueError unless the number of options can be used."""
    if isinstance(n_options, bool) or not isinstance(n_options, Integral):
        raise TypeError(f"n_options must be a whole number, got {n_options!r}.")
    if n_options < 1:
        raise ValueError(f"n_options must be 1 or more, got {n_options!r}.")


def as_configured(par: Any, X_cf: Any) -> Any:
    """Turn a result of ``transform`` into the container that the user wants.

    Parameters
    ----------
    par : PARRecourse
        Fitted.
    X_cf : DataFrame or ndarray of shape (n_samples, n_features)
        The result, a table of the kind of `X`.

    Returns
    -------
    X_cf : DataFrame or ndarray of shape (n_samples, n_features)
        An array if ``fit`` got one. Otherwise a frame of the library of ``set_output``;
        scikit-learn would lose dtypes between libraries. Frames of polars and pyarrow
        become pandas with the dtypes of training, whatever rows there are.
    """
    schema = par.schema_
    if not schema.is_frame:
        return np.asarray(X_cf)
    wanted = _get_output_config("transform", par)["dense"]
    if wanted == "default":
        return X_cf
    converted = to_kind(X_cf, wanted)
    if wanted == "pandas" and is_other_frame(X_cf):
        with_training_dtypes(schema.columns, converted)
    return converted


def read_request(
    par: Any,
    X: Any,
    lower: Any,
    upper: Any,
    frozen: Any,
    max_effort: Any = None,
    target: Any = None,
    min_probability: Any = None,
    max_probability: Any = None,
) -> tuple[People, Any, TableReading]:
    """Check a table of people and their limits, and read the rows that can be read.

    Parameters
    ----------
    par : PARRecourse
        The estimator; it must be fitted.
    X : DataFrame or array-like of shape (n_samples, n_features)
        People.
    lower : DataFrame or ndarray, or None
        Smallest values for single people.
    upper : DataFrame or ndarray, or None
        Largest values for single people.
    frozen : DataFrame or ndarray of booleans, or None
        Cells that must not change.
    max_effort : float or array-like of shape (n_samples,), default=None
        Largest effort of each person. The parameter of `par` limits it further.
    target : label or array-like of shape (n_samples,), default=None
        Favorable label that each person wants.
    min_probability : float or array-like of shape (n_samples,), default=None
        Least probability that the recourse of each person needs. The parameter of
        `par` may demand more.
    max_probability : float or array-like of shape (n_samples,), default=None
        Largest probability. The parameter of `par` may demand less.

    Returns
    -------
    people : People
        The people whose rows can be read, with their table.
    X : DataFrame or ndarray of shape (n_samples, n_features)
        The whole table.
    reading : TableReading
        Of the whole table.
    """
    check_is_fitted(par)
    X = validate_table(par, X, reset=False)
    people, reading = read_people(
        par.schema_, X, lower, upper, frozen, max_effort, par.max_effort
    )
    black_box = par._black_box
    demands = read_demands(
        X,
        target,
        min_probability,
        max_probability,
        black_box.favorable.tolist(),
        (black_box.min_probability, par.max_probability),
        np.flatnonzero(~reading.unreadable),
    )
    if demands is not None:
        if demands.has_probabilities:
            black_box.require_probabilities("min_probability or max_probability")
        people = replace(people, limits=replace(people.limits, demands=demands))
    return people, X, reading
