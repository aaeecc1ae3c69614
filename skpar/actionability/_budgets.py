"""Budgets and demands: the largest effort of single people, and what they want."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from ..table import Cells, as_python, refuse_masked
from ._demands import ANY_LABEL, Demands
from ._limits import check_aligned


def read_max_effort(
    X: Any, given: Any, everybody: float | None, rows: np.ndarray
) -> np.ndarray | None:
    """Read the largest effort of people in a table.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_columns)
        The people.
    given : float or array-like of shape (n_samples,), optional
        A number for all, or one for each row of `X`; a missing one sets no limit. A
        Series has the index of `X`.
    everybody : float, optional
        Another limit for all people. The smaller one counts.
    rows : ndarray of shape (n_people,), dtype int64
        Positions of the people.

    Returns
    -------
    max_effort : ndarray of shape (n_people,), dtype float64, or None
        inf for people without a limit; None if nobody has one.

    Raises
    ------
    TypeError
        If the efforts are no numbers.
    ValueError
        If they are negative or not aligned to `X`.
    """
    highest = np.inf if everybody is None else float(everybody)
    efforts = np.full(len(X), highest)
    if given is not None:
        efforts = np.fmin(efforts, _efforts(X, given))
    efforts = efforts[rows]
    return efforts if (efforts < np.inf).any() else None


def read_demands(
    X: Any,
    target: Any,
    min_probability: Any,
    max_probability: Any,
    favorable: Sequence[Any],
    bounds_of_all: tuple[float | None, float | None],
    rows: np.ndarray,
) -> Demands | None:
    """Read the demands of people in a table.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_columns)
        The people.
    target : label or array-like of shape (n_samples,), optional
        A label for all, or one for each row; a missing one is any favorable label.
    min_probability : float or array-like of shape (n_samples,), optional
        A number for all, or one for each row; a missing one demands nothing.
    max_probability : float or array-like of shape (n_samples,), optional
        The same for the largest probability.
    favorable : sequence of labels
        The favorable labels.
    bounds_of_all : tuple of (float or None, float or None)
        Least and largest probability for everybody. Stricter bounds count.
    rows : ndarray of shape (n_people,), dtype int64
        Positions of the people.

    Returns
    -------
    demands : Demands or None
        None if nobody demands more than `bounds_of_all` says of the least probability,
        which everybody's answer needs anyway.

    Raises
    ------
    TypeError
        If the probabilities are no numbers.
    ValueError
        If a label is not favorable, a probability is not in [0, 1], the least one is
        above the largest one, or the values are not aligned to `X`.
    """
    least, most = bounds_of_all
    wanted = _read_targets(X, target, favorable)
    low = _read_probabilities(X, "min_probability", min_probability, 0.0)
    high = _read_probabilities(X, "max_probability", max_probability, 1.0)
    high = np.minimum(high, 1.0 if most is None else most)
    if least is not None:
        low = np.where(low > least, low, 0.0)
    lowest = np.maximum(low, 0.0 if least is None else least)
    if (lowest > high).any():
        row = int(np.argmax(lowest > high))
        raise ValueError(
            f"min_probability of row {_label(X, row)!r} is {lowest[row]:.15g}, above "
            f"its max_probability={high[row]:.15g}. Widen the range."
        )
    if (wanted == ANY_LABEL).all() and (low == 0.0).all() and (high == 1.0).all():
        return None
    return Demands(wanted, low, high)[rows]


def _read_probabilities(X: Any, name: str, given: Any, missing: float) -> np.ndarray:
    """Read probabilities for each row."""
    if given is None:
        return np.full(len(X), missing)
    values = _numbers(X, given, name)
    outside = (values < 0.0) | (values > 1.0)
    if outside.any():
        row = int(np.argmax(outside))
        raise ValueError(
            f"{name} of row {_label(X, row)!r} is {values[row]:.15g}, but a "
            "probability lies between 0 and 1."
        )
    return np.where(np.isnan(values), missing, values)


def _read_targets(X: Any, given: Any, favorable: Sequence[Any]) -> np.ndarray:
    """Read the position of each wanted label among the favorable labels."""
    wanted = np.full(len(X), ANY_LABEL)
    if given is None:
        return wanted
    refuse_masked("target", given)
    if isinstance(given, str) or np.ndim(given) == 0:
        labels = [given] * len(X)
    else:
        if hasattr(given, "iloc"):
            check_aligned(getattr(X, "index", np.arange(len(X))), "target", given)
        if np.shape(given) != (len(X),):
            raise ValueError(
                f"target has shape {np.shape(given)}, but X has {len(X)} rows. Give a "
                "label, or one label for each row."
            )
        labels = given.to_pylist() if hasattr(given, "to_pylist") else list(given)
    cells = np.empty(len(labels), dtype=object)
    cells[:] = labels
    missing = Cells("target", cells, np.arange(len(cells))).missing
    for row in np.flatnonzero(~missing).tolist():
        label = cells[row]
        if label not in favorable:
            raise ValueError(
                f"target of row {_label(X, row)!r} is {as_python(label)!r}, which is "
                f"not among the favorable labels {list(favorable)} of fit. Use one of "
                "these, or fit with this label in favorable_label."
            )
        wanted[row] = favorable.index(label)
    # A single favorable label is what everybody wants anyway.
    return wanted if len(favorable) > 1 else np.full(len(X), ANY_LABEL)


def _label(X: Any, row: int) -> Any:
    """Label of a row in the index of a table."""
    index = getattr(X, "index", None)
    return row if index is None else as_python(index[row])


def _numbers(X: Any, given: Any, name: str) -> np.ndarray:
    """Read one number for each row of a table.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_columns)
        The table.
    given : float or array-like of shape (n_samples,)
        A number for all rows, or one for each. A Series has the index of `X`.
    name : str
        Name of the argument, for errors.

    Returns
    -------
    numbers : ndarray of shape (n_samples,), dtype float64
        NaN where it is missing.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If they are not aligned to `X`.
    """
    labels = getattr(X, "index", np.arange(len(X)))
    if isinstance(given, Real) and not isinstance(given, bool):
        return np.full(len(X), float(given))
    refuse_masked(name, given)
    if hasattr(given, "iloc"):
        check_aligned(labels, name, given)
    cells = np.asarray(given)
    if cells.dtype.kind not in "iuf":
        cells = np.asarray([np.nan if c is None else c for c in cells.ravel()])
    if cells.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must be a number, or one number for each row of X, got {given!r}."
        )
    if cells.shape != (len(X),):
        raise ValueError(
            f"{name} has shape {np.shape(given)}, but X has {len(X)} rows. "
            "Give a number, or one number for each row."
        )
    return cells.astype(np.float64)


def _efforts(X: Any, given: Any) -> np.ndarray:
    """Read efforts for each row, NaN where there is no limit."""
    efforts = _numbers(X, given, "max_effort")
    if (efforts < 0.0).any():
        row = int(np.argmax(efforts < 0.0))
        raise ValueError(
            f"max_effort of row {_label(X, row)!r} is {efforts[row]:.15g}, but "
            "it must not be negative."
        )
    return efforts
