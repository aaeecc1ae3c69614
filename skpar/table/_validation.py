"""Validation of tables before the schema reads their cells."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from ._cells import refuse_masked
from ._findings import identifying_columns
from ._warnings import warn_user
from .frames import column_names, is_frame, kind_of, refuse_lazy

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating, type(None))


def validate_table(estimator: BaseEstimator, X: Any, *, reset: bool) -> Any:
    """Check the names and number of columns, and the shape of arrays.

    The schema checks the cells later, because its messages name the column and row.

    Parameters
    ----------
    estimator : BaseEstimator
        Estimator that sets or checks ``n_features_in_`` and ``feature_names_in_``.
    X : DataFrame or array-like of shape (n_samples, n_features)
        The user's table.
    reset : bool
        Whether the estimator is being fitted.

    Returns
    -------
    X : DataFrame or ndarray of shape (n_samples, n_features)
        A frame of pandas, polars or pyarrow is returned unchanged. It may have no rows
        if `reset` is False.

    Raises
    ------
    TypeError
        For a masked array, for a LazyFrame, and for column names of several levels or
        types.
    """
    refuse_masked("X", X)
    refuse_lazy("X", X)
    if is_frame(X):
        _check_names(X)
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        return X
    dtype = None if _holds_text(X, is_training=reset) else "numeric"
    return validate_data(
        estimator,
        X,
        reset=reset,
        dtype=dtype,
        ensure_all_finite=False,
        ensure_min_samples=int(reset),
    )


def check_columns(table: Any, names: tuple[Hashable, ...], *, is_frame: bool) -> None:
    """Check that a table has the columns of training.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n_samples, n_features)
    names : tuple of Hashable
        Column labels of training.
    is_frame : bool
        Whether the table of training was a frame.

    Raises
    ------
    ValueError
        If columns are missing, extra or in another order.
    """
    if not is_frame or kind_of(table) == "array":
        if table.shape[1] != len(names):
            raise ValueError(
                f"The table has {table.shape[1]} columns; training had "
                f"{len(names)}: {list(names)}."
            )
        return
    found = column_names(table)
    if tuple(found) == names:
        return
    missing = [name for name in names if name not in found]
    extra = [name for name in found if name not in names]
    if missing or extra or len(found) != len(names):
        raise ValueError(
            f"The columns of the table differ from training: missing {missing}, "
            f"unexpected {extra}, {len(found)} columns instead of {len(names)}."
        )
    raise ValueError(
        f"The columns are in another order than in training: {found} instead of "
        f"{list(names)}. Use X[names] to reorder them."
    )


def _check_names(X: Any) -> None:
    """Refuse column names with several levels, or of several types."""
    names = column_names(X)
    if isinstance(X, pd.DataFrame) and X.columns.nlevels > 1:
        raise TypeError(
            f"X has column names of {X.columns.nlevels} levels, such as {names[0]!r}; "
            "join them: X.columns = ['_'.join(map(str, name)) for name in X.columns]."
        )
    kinds = {
        ("str" if isinstance(name, str) else type(name).__name__): name
        for name in names
    }
    if len(kinds) > 1:
        shown = " and ".join(f"{kinds[kind]!r} ({kind})" for kind in sorted(kinds))
        raise TypeError(
            f"X has column names of several types, such as {shown}; use "
            "X.columns = X.columns.astype(str)."
        )


def _holds_text(X: Any, *, is_training: bool) -> bool:
    """Check whether an array has cells that scikit-learn must not turn into floats.

    It would read strings as numbers. After training, it would refuse all rows because
    of one cell of another type; the schema reads the other rows.
    """
    kind = getattr(getattr(X, "dtype", None), "kind", None)
    if kind != "O":
        return kind == "U"
    kinds = {type(cell) for cell in np.ravel(X)}
    if is_training:
        return any(issubclass(kind, str) for kind in kinds)
    return not all(issubclass(kind, _NUMBERS) for kind in kinds)


def check_same_rows(X: Any, proposals: Any) -> None:
    """Check that proposals have the rows of the people whom they are for.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n_samples, n_features)
        People.
    proposals : DataFrame or ndarray
        One row per person.

    Raises
    ------
    ValueError
        If the number of rows or the index differs.
    """
    if len(X) != len(proposals):
        raise ValueError(
            f"X_cf has {len(proposals)} rows, but X has {len(X)}: pass one proposal "
            "per person."
        )
    own, other = (getattr(table, "index", None) for table in (X, proposals))
    if own is not None and other is not None and not own.equals(other):
        raise ValueError(
            "X_cf and X have different indexes. Pass the proposals in the order of X, "
            "with the same index."
        )


def compare_index(X: Any, y: Any) -> str | None:
    """Say how the row labels of `y` differ from those of `X`.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        The table.
    y : array-like of shape (n_samples,) or None
        Its labels.

    Returns
    -------
    difference : str or None
        None if both have the same row labels in the same order, or if one of them has
        no row labels.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table import compare_index
    >>> X, y = pd.DataFrame({"age": [31, 45]}), pd.Series([0, 1])
    >>> compare_index(X, y[::-1])
    'the row labels of X in another order'
    """
    own, other = (getattr(table, "index", None) for table in (X, y))
    if not (isinstance(own, pd.Index) and isinstance(other, pd.Index)):
        return None
    if own.equals(other):
        return None
    if len(own) == len(other) and own.isin(other).all() and other.isin(own).all():
        return "the row labels of X in another order"
    return "other row labels than X"


def warn_of_table(X: Any, y: Any) -> None:
    """Warn of what makes the answers of a fit wrong, in one warning.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        A table that the schema can read.
    y : array-like of shape (n_samples,) or None
        Its labels, as the user gave them.
    """
    faults = []
    names = identifying_columns(X)
    if names:
        faults.append(
            f"Almost every row has its own value in the columns {names}, so recourse "
            "would copy values of single people. Drop or convert these columns."
        )
    difference = compare_index(X, y)
    if difference is not None:
        faults.append(
            f"y has {difference}, but labels are used by position. Pass "
            "y.loc[X.index], or y.to_numpy() if the order is right."
        )
    if faults:
        warn_user(" ".join([*faults, "skpar.check_table(X, y) gives details."]))
