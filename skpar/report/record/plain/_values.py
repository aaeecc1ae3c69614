"""Cells, levels, labels and names as plain data of JSON, and back, without loss."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pandas as pd

from ....table import as_python

_MISSING = {"NA": pd.NA, "NaT": pd.NaT}
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MAX_SHOWN = 200


class Unwritten:
    """A cell of a row that could not be read, of which a record holds the text only.

    Parameters
    ----------
    text : str
        The beginning of its `repr`.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        """Show the text."""
        return self.text


def plain_value(value: Any) -> Any:
    """Write one value as plain data.

    Parameters
    ----------
    value : object
        None, a boolean, number, string, date, missing value of pandas, or a tuple of
        these. Scalars of numpy count as those of Python.

    Returns
    -------
    plain : None, bool, int, float, str or dict
        A dict with one key for values that JSON does not have.

    Raises
    ------
    ValueError
        For a value of another type, also a subclass.

    Examples
    --------
    >>> from skpar.report.record.plain import plain_value, value_of
    >>> plain_value(("job", 0.1))
    {'tuple': ['job', 0.1]}
    >>> plain_value(float("nan")), value_of({"float": "nan"})
    ({'float': 'nan'}, nan)
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        value = pd.Timestamp(value)
    value = as_python(value)
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    for name, missing in _MISSING.items():
        if value is missing:
            return {"missing": name}
    if kind is tuple:
        return {"tuple": [plain_value(one) for one in value]}
    if kind is pd.Timestamp:
        return {"timestamp": value.isoformat()}
    if kind is datetime.datetime:
        return {"datetime": value.isoformat()}
    if kind is datetime.date:
        return {"date": value.isoformat()}
    raise ValueError(
        f"{shown(value)} is of type {kind.__name__}, and a record holds only numbers, "
        "strings, booleans, dates and missing values"
    )


def value_of(plain: Any) -> Any:
    """Read one value that `plain_value` wrote.

    Parameters
    ----------
    plain : None, bool, int, float, str or dict
        Plain data.

    Returns
    -------
    value : object

    Raises
    ------
    ValueError
        If it is nothing that `plain_value` writes.
    """
    if plain is None or type(plain) in (bool, int, float, str):
        return plain
    if isinstance(plain, dict) and len(plain) == 1:
        (name, content) = next(iter(plain.items()))
        if name == "tuple" and isinstance(content, list):
            return tuple(value_of(one) for one in content)
        if isinstance(content, str):
            return _tagged(name, content)
    raise ValueError(f"{shown(plain)} is no value of a record")


def plain_unreadable(value: Any) -> Any:
    """Write a cell of a row that could not be read: at least its text."""
    try:
        return plain_value(value)
    except ValueError:
        return {"text": shown(value)}


def named(where: str, value: Any) -> Any:
    """Write one value as plain data, and name its place if this is not possible.

    Parameters
    ----------
    where : str
        Such as ``"column 'job'"``.
    value : object
        As in `plain_value`.

    Raises
    ------
    ValueError
        Names the place.
    """
    try:
        return plain_value(value)
    except ValueError as error:
        raise ValueError(f"{where}: {error}.") from None


def shown(value: Any) -> str:
    """Show a value of the user in at most 200 characters."""
    return repr(value)[:_MAX_SHOWN]


def _tagged(name: str, content: str) -> Any:
    """Read a value that JSON does not have."""
    if name == "float" and content in _FLOATS:
        return _FLOATS[content]
    if name == "missing" and content in _MISSING:
        return _MISSING[content]
    if name == "text":
        return Unwritten(content)
    readers = {
        "timestamp": pd.Timestamp,
        "datetime": datetime.datetime.fromisoformat,
        "date": datetime.date.fromisoformat,
    }
    if name in readers:
        return readers[name](content)
    raise ValueError(f"{name!r} with {shown(content)} is no value of a record")
