"""Budgets: the largest effort of single people."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from ..table import as_python, refuse_masked
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
        efforts = np.fmin(efforts, _numbers(X, given))
    efforts = efforts[rows]
    return efforts if (efforts < np.inf).any() else None


def _numbers(X: Any, given: Any) -> np.ndarray:
    """Read numbers for each row, NaN where there is no limit."""
    labels = getattr(X, "index", np.arange(len(X)))
    if isinstance(given, Real) and not isinstance(given, bool):
        efforts = np.full(len(X), float(given))
    else:
        refuse_masked("max_effort", given)
        if hasattr(given, "iloc"):
            check_aligned(labels, "max_effort", given)
        cells = np.asarray(given)
        if cells.dtype.kind not in "iuf":
            cells = np.asarray([np.nan if c is None else c for c in cells.ravel()])
        if cells.dtype.kind not in "iuf":
            raise TypeError(
                "max_effort must be a number, or one number for each row of X, got "
                f"{given!r}."
            )
        if cells.shape != (len(X),):
            raise ValueError(
                f"max_effort has shape {np.shape(given)}, but X has {len(X)} rows. "
                "Give a number, or one number for each row."
            )
        efforts = cells.astype(np.float64)
    if (efforts < 0.0).any():
        row = int(np.argmax(efforts < 0.0))
        raise ValueError(
            f"max_effort of row {as_python(labels[row])!r} is {efforts[row]:.15g}, but "
            "it must not be negative."
        )
    return efforts
