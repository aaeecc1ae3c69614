"""Requests: the people of a table, the limits of each, and what they ask for."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from sklearn.utils.validation import check_is_fitted

from .actionability import People, read_people
from .table import TableReading, validate_table


def check_n_options(n_options: Any) -> None:
    """Raise a TypeError or ValueError unless the number of options can be used."""
    if isinstance(n_options, bool) or not isinstance(n_options, Integral):
        raise TypeError(f"n_options must be a whole number, got {n_options!r}.")
    if n_options < 1:
        raise ValueError(f"n_options must be 1 or more, got {n_options!r}.")


def read_request(
    par: Any, X: Any, lower: Any, upper: Any, frozen: Any, max_effort: Any = None
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
    return people, X, reading
